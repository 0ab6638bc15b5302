// Cases that nobody watches, and why: of all cases for the overview, of one for its file. Nothing where somebody watches.
import { useEffect, useRef } from "preact/hooks";
import { Link } from "wouter-preact";
import { ApiError, listUnwatched } from "../api/client";
import { alerts } from "../api/live";
import type { UnwatchedCase, UnwatchedPage } from "../api/types";
import { asOf, today } from "../state";
import { idOf } from "../words/group";
import { groupByWhy, rowWords, type WhyGroup, whenWords, whyWords } from "../words/unwatched";
import { type Loaded, useLoad } from "./load";

// Who does not answer in time changes no alert: the list is asked for again.
const kAgainMs = 300_000;
// Alerts change in bursts, and each answer costs a look at every case.
const kQuietMs = 300;
// And they change for all open pages at once: each that shows an answer waits for up to so long more before it asks again.
const kSpreadMs = 5_000;

async function quiet(signal: AbortSignal, spreadMs: number): Promise<void> {
  await new Promise((done) => setTimeout(done, kQuietMs + Math.random() * spreadMs));
  signal.throwIfAborted();
}

/** Of one case, or of all: asked for again when alerts change, and every few minutes. */
function useUnwatched(name: string): Loaded<UnwatchedPage> {
  const answered = useRef<string>();
  const load = async (signal: AbortSignal) => {
    await quiet(signal, answered.current === name ? kSpreadMs : 0);
    const page = await listUnwatched(name, signal);
    answered.current = name;
    return page;
  };
  const loaded = useLoad(load, [name, alerts.value]);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && loaded.again(), kAgainMs);
    return () => clearInterval(timer);
  }, [loaded.data, loaded.error]);
  return loaded;
}

/** Nothing for who may not ask; else, what is not shown could be taken for what does not exist. */
function NotKnown(props: { error?: Error }) {
  const { error } = props;
  if (!error || (error instanceof ApiError && error.code === 403)) return null;
  return <p class="hint">Whether somebody is told of every date could not be read just now.</p>;
}

function OfNow() {
  return asOf.value ? <p class="hint">This is of now, whatever day is read.</p> : null;
}

function Rows(props: { rows: UnwatchedCase[] }) {
  return (
    <ul class="unwatched-rows">
      {props.rows.map((row) => (
        <li key={row.case} data-unwatched={row.case}>
          {row.case.startsWith("cases/") ? (
            <Link href={`/cases/${idOf(row.case)}`}>{row.displayName || idOf(row.case)}</Link>
          ) : (
            row.displayName || idOf(row.case)
          )}{" "}
          <span class="hint-inline">{rowWords(row, today.value)}</span>
        </li>
      ))}
    </ul>
  );
}

const kShown = 5;

/** Where no date is ahead, names are shown to who asks: what is over stays so. */
function Group(props: { group: WhyGroup }) {
  const { group } = props;
  const shown = group.rows[0]?.nextDate ? kShown : 0;
  const rest = group.rows.slice(shown);
  return (
    <div class="unwatched-group" data-why={group.why}>
      <h3>
        {group.title} <span class="hint-inline">{group.rows.length}</span>
      </h3>
      {group.remedy && <p class="hint">{group.remedy}</p>}
      {shown > 0 && <Rows rows={group.rows.slice(0, shown)} />}
      {rest.length > 0 && (
        <details class="more">
          <summary>
            {shown > 0 ? `Show ${rest.length} more` : `Show ${rest.length}`}
            <span class="unseen">: {group.title}</span>
          </summary>
          <Rows rows={rest} />
        </details>
      )}
    </div>
  );
}

/** For the overview: all of them, by reason. */
export function UnwatchedCases() {
  const { data, error } = useUnwatched("");
  if (!data?.cases.length) return <NotKnown error={error} />;
  const left = data.totalSize - data.cases.length;
  return (
    <section class="notice notice-now" aria-labelledby="unwatched">
      <h2 id="unwatched">
        Nobody watches these cases <span class="hint-inline">{data.totalSize}</span>
      </h2>
      <OfNow />
      {groupByWhy(data.cases).map((group) => (
        <Group key={group.why} group={group} />
      ))}
      {left > 0 && <p class="hint">And {left} more, which the API lists.</p>}
      <NotKnown error={error} />
    </section>
  );
}

/** For the file of a case: why nobody watches it. */
export function Unwatched(props: { name: string }) {
  const { data, error } = useUnwatched(props.name);
  const row = data?.cases[0];
  if (!row) return <NotKnown error={error} />;
  const { title, remedy } = whyWords(row);
  const when = whenWords(row, today.value);
  return (
    <section class="notice notice-now" aria-labelledby="unwatched" data-why={row.why}>
      <h2 id="unwatched">Nobody watches this case</h2>
      <p>
        <strong>{title}.</strong> {when && `Next date: ${when}.`}
      </p>
      {remedy && <p class="hint">{remedy}</p>}
      <OfNow />
      <NotKnown error={error} />
    </section>
  );
}
