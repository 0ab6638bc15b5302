// Dates and what goes with them wherever they are shown.
import type { Deadline } from "../api/types";
import { inZone, kCaseZone, spanWords, weekday, windowAwayWords, zoneWords } from "../words/dates";
import { assumptionWords } from "../words/deadline";

type Dates = Pick<Deadline, "earliest" | "latest"> &
  Partial<Pick<Deadline, "earliestTime" | "latestTime" | "boundary" | "timeZone">>;

/** One day: ISO, its weekday, and the time of day where a limit is exact to the hour. */
export function DayText(props: { day: string; time?: string; zone?: string }) {
  const zone = props.zone || kCaseZone;
  const at = props.time ? inZone(props.time, zone) : undefined;
  const day = at?.day ?? props.day;
  return (
    <span class="day">
      <time dateTime={props.time || day}>{day}</time> <span class="weekday">{weekday(day)}</span>
      {at && (
        <span class="weekday">
          {" "}
          {at.time} {zoneWords(zone)}
        </span>
      )}
    </span>
  );
}

/** The dates of a deadline or an alert. `day`: the day read, for "in 12 days"; empty: not said. */
export function When({ of, day }: { of: Dates; day: string }) {
  const before = of.boundary?.endsWith("BEFORE_DAY");
  const single = of.latest === of.earliest && (of.latestTime ?? "") === (of.earliestTime ?? "");
  return (
    <div class="when">
      {before && <span class="weekday">before </span>}
      <DayText day={of.earliest} time={of.earliestTime} zone={of.timeZone} />
      {!single && (
        <>
          <span class="weekday"> to </span>
          <DayText day={of.latest} time={of.latestTime} zone={of.timeZone} />
        </>
      )}
      {day && <span class="away">{windowAwayWords(day, of.earliest, of.latest)}</span>}
    </div>
  );
}

/** What was assumed: beside the date wherever the date is shown. */
export function Assumptions(props: { deadline: Pick<Deadline, "assumptions"> }) {
  if (!props.deadline.assumptions.length) return null;
  return (
    <ul class="assumptions" aria-label="Assumptions behind this date">
      {props.deadline.assumptions.map((assumption) => (
        <li key={assumption}>{assumptionWords(assumption)}</li>
      ))}
    </ul>
  );
}

/** The date of a fact: a single day as everywhere, anything less precise in words. */
export function SpanText(props: { span: string | undefined }) {
  const { span } = props;
  if (!span || !/^\d{4}-\d{2}-\d{2}$/.test(span)) return <span>{spanWords(span)}</span>;
  return <DayText day={span} />;
}
