// Who is where, and which dates come next.
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { getOverview, listDeadlines } from "../api/client";
import { alertsRead, unacknowledgedCount, waitingCount } from "../api/live";
import type { Overview as Counts, Deadline } from "../api/types";
import { DeadlineItem } from "../parts/deadline_item";
import { useDossiers } from "../parts/dossiers";
import { useLoad } from "../parts/load";
import { UnwatchedCases } from "../parts/unwatched";
import { Failure, Missing, View, Waiting } from "../parts/view";
import { asOf, readDay } from "../state";
import { addDays, dayWords, weekday } from "../words/dates";
import { foldAlternatives } from "../words/group";
import { kGroups, situationWords } from "../words/situation";

const kPastDays = 90;

/** What the lists of this view need, in one question. */
function filterFor(day: string, days: number): string {
  const soon = `(state = DEADLINE_STATE_DUE OR latest >= "${addDays(day, -kPastDays)}")`;
  const shown = `(state = DEADLINE_STATE_DUE OR state = DEADLINE_STATE_UPCOMING OR state = DEADLINE_STATE_PASSED)`;
  return `${shown} AND ${soon} AND earliest <= "${addDays(day, days)}" AND eligibility != ELIGIBILITY_BARRED`;
}

function countOf(counts: Counts, situation: string): number {
  return counts.situationCounts.find((c) => c.situation === `SITUATION_${situation}`)?.count ?? 0;
}

function Situations(props: { counts: Counts }) {
  const { counts } = props;
  const largest = Math.max(1, ...counts.situationCounts.map((c) => c.count));
  return (
    <table class="situations">
      <caption class="unseen">Cases by situation as of {counts.asOf}</caption>
      <thead class="unseen">
        <tr>
          <th scope="col">Situation</th>
          <th scope="col">Cases</th>
        </tr>
      </thead>
      {kGroups.map((group) => {
        const total = group.situations.reduce((sum, situation) => sum + countOf(counts, situation), 0);
        const shown = group.situations.filter((s) => countOf(counts, s) > 0 || !["FREE", "DECEASED"].includes(s));
        return (
          <tbody key={group.title}>
            <tr class="group">
              <th scope="rowgroup">{group.title}</th>
              <td>{total}</td>
            </tr>
            {shown.map((situation) => {
              const count = countOf(counts, situation);
              return (
                <tr key={situation}>
                  <th scope="row">
                    <Link href={`/cases?situation=${situation}`}>{situationWords(situation)}</Link>
                    <meter class="share" min={0} max={largest} value={count} aria-hidden="true" />
                  </th>
                  <td data-situation={situation}>{count}</td>
                </tr>
              );
            })}
          </tbody>
        );
      })}
    </table>
  );
}

const kStates: [string, string][] = [
  ["DUE", "Due or open now"],
  ["UPCOMING", "Upcoming"],
  ["PASSED", "Passed"],
  ["MET", "Done"],
  ["WAIVED", "Waived"],
  ["WITHDRAWN", "Withdrawn"],
];

function DeadlineCounts(props: { counts: Counts }) {
  return (
    <table class="counts">
      <caption>Deadlines by state</caption>
      <thead class="unseen">
        <tr>
          <th scope="col">State</th>
          <th scope="col">Deadlines</th>
        </tr>
      </thead>
      <tbody>
        {kStates.map(([state, words]) => (
          <tr key={state}>
            <th scope="row">{words}</th>
            <td>{props.counts.deadlineCounts.find((c) => c.state === `DEADLINE_STATE_${state}`)?.count ?? 0}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Headline(props: { counts: Counts }) {
  const { counts } = props;
  const unanswered = alertsRead.value ? unacknowledgedCount.value : counts.unacknowledgedAlertCount;
  const waiting = waitingCount.value;
  return (
    <div class="headline">
      <p class="headline-count" data-headline>
        {counts.headlineCount}
      </p>
      <p class="headline-words">
        people held, restricted or abroad at risk
        <span class="hint">
          {weekday(counts.asOf)}, {dayWords(counts.asOf)} · {counts.caseCount} cases in all
        </span>
      </p>
      {unanswered > 0 && (
        <p class="headline-alerts">
          <Link href="/alerts">
            {unanswered} {unanswered === 1 ? "alert waits" : "alerts wait"} for an answer
          </Link>{" "}
          {alertsRead.value && waiting < unanswered && (
            <span class="hint">{unanswered - waiting} of them about dates that have passed</span>
          )}
        </p>
      )}
    </div>
  );
}

function state(deadline: Deadline): string {
  return deadline.state.replace("DEADLINE_STATE_", "");
}

function opens(deadline: Deadline): boolean {
  return deadline.nature.endsWith("_OPENS");
}

interface ListProps {
  deadlines: Deadline[];
  day: string;
  dossiers: ReadonlyMap<string, string>;
  /** Latest first. */
  backwards?: boolean;
}

function DeadlineList({ deadlines, day, dossiers, backwards }: ListProps) {
  const entries = foldAlternatives(deadlines);
  if (backwards) entries.reverse();
  return (
    <ol class="deadlines">
      {entries.map((entry) => (
        <DeadlineItem key={entry.deadline.name} entry={entry} day={day} level={3} withCase dossiers={dossiers} />
      ))}
    </ol>
  );
}

/** A part of the list that is read when somebody asks for it. */
function Folded(props: ListProps & { id: string; title: string; summary: string }) {
  if (!props.deadlines.length) return null;
  return (
    <section aria-labelledby={props.id}>
      <h2 id={props.id}>{props.title}</h2>
      <details class="more block">
        <summary>{props.summary}</summary>
        <DeadlineList {...props} />
      </details>
    </section>
  );
}

function count(deadlines: Deadline[], one: string, many: string): string {
  const entries = foldAlternatives(deadlines).length;
  return `${entries} ${entries === 1 ? one : many}`;
}

function Next(props: { day: string }) {
  const { day } = props;
  const [days, setDays] = useState(30);
  const loaded = useLoad((signal) => listDeadlines(filterFor(day, days), asOf.value, signal), [day, days, asOf.value]);
  const all = loaded.data?.deadlines ?? [];
  const dossiers = useDossiers(all.map((deadline) => deadline.name));
  const ahead = all.filter((d) => state(d) === "UPCOMING" || (state(d) === "DUE" && !opens(d)));
  const reviews = ahead.filter((d) => d.kind === "DEADLINE_KIND_CASE_REVIEW");
  const coming = ahead.filter((d) => d.kind !== "DEADLINE_KIND_CASE_REVIEW");
  const open = all.filter((d) => state(d) === "DUE" && opens(d));
  const passed = all.filter((d) => state(d) === "PASSED");
  const shared = { day, dossiers };
  return (
    <>
      <section aria-labelledby="next">
        <div class="section-head">
          <h2 id="next">What comes next</h2>
          <label class="inline">
            in the next{" "}
            <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
              <option value={14}>14 days</option>
              <option value={30}>30 days</option>
              <option value={90}>90 days</option>
              <option value={365}>12 months</option>
            </select>
          </label>
        </div>
        <Failure what="The deadlines could not be read." error={loaded.error} again={loaded.again} />
        {loaded.loading && !loaded.data && <Waiting what="deadlines" />}
        {loaded.data && coming.length === 0 && <p class="empty">Nothing falls due in the next {days} days.</p>}
        <DeadlineList deadlines={coming} {...shared} />
      </section>
      <Folded
        id="open"
        title="Open by date"
        summary={count(open, "right whose date has come", "rights whose dates have come")}
        deadlines={open}
        backwards
        {...shared}
      />
      <Folded
        id="passed"
        title={`Passed in the last ${kPastDays} days`}
        summary={count(
          passed,
          "date has passed and nobody said what came of it",
          "dates have passed and nobody said what came of them",
        )}
        deadlines={passed}
        backwards
        {...shared}
      />
      <Folded
        id="reviews"
        title="Cases to look at again"
        summary={count(reviews, "case will have had no new fact for long", "cases will have had no new fact for long")}
        deadlines={reviews}
        {...shared}
      />
    </>
  );
}

export function Overview() {
  const loaded = useLoad((signal) => getOverview(asOf.value, signal), [readDay.value]);
  const counts = loaded.data;
  const readable = counts && !counts.missing.includes("registry");
  return (
    <View title="Overview" heading="Overview">
      <Failure what="The overview could not be read." error={loaded.error} again={loaded.again} />
      <Missing parts={counts?.missing} />
      {!counts && loaded.loading && <Waiting what="the overview" />}
      {counts && <UnwatchedCases />}
      {counts && (
        <div class="columns">
          <aside class="side" aria-label="Counts">
            {readable && <Headline counts={counts} />}
            {readable && <Situations counts={counts} />}
            {readable && <DeadlineCounts counts={counts} />}
          </aside>
          <div class="wide">{counts.asOf && <Next day={counts.asOf} />}</div>
        </div>
      )}
    </View>
  );
}
