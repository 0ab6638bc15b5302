// One case: who, where they stand, every date with its reasons, what does not fit, and all that is known with its source.
import { useEffect } from "preact/hooks";
import { Link } from "wouter-preact";
import { getCaseFile } from "../api/client";
import { alerts as liveAlerts } from "../api/live";
import type { Alert, Case, Deadline, Fact, CaseFile as File, Finding } from "../api/types";
import { AlertItem } from "../parts/alert_item";
import { DeadlineItem } from "../parts/deadline_item";
import { useLoad } from "../parts/load";
import { Timeline } from "../parts/timeline";
import { Unwatched } from "../parts/unwatched";
import { Failure, Missing, View, Waiting } from "../parts/view";
import { asOf, readDay } from "../state";
import { trayOf } from "../words/alert";
import { kCaseZone, spanWords } from "../words/dates";
import { type Entry, entriesOf, foldAlternatives, idOf, kStateGroups, type StateGroup } from "../words/group";
import { countryWords, plain } from "../words/plain";
import { flagWords, situationWords } from "../words/situation";

function mandateWords(mandate: Case["mandate"]): string {
  const may = [
    mandate?.act && "act for the person",
    mandate?.publish && "publish",
    mandate?.writeToUn && "write to UN bodies",
  ];
  const granted = may.filter(Boolean);
  return granted.length ? `We may ${granted.join(", ")}.` : "None recorded.";
}

function Person(props: { one: Case }) {
  const { one } = props;
  const others = one.person?.names.filter((name) => name.text !== one.displayName) ?? [];
  return (
    <section class="person" aria-label="Person and situation">
      <p class="situation">
        <strong>{situationWords(one.situation)}</strong>
        {one.situationSince && <span> since {spanWords(one.situationSince)}</span>}
      </p>
      {one.flags?.map((flag) => (
        <p key={flag} class="flag">
          {flagWords(flag)}
        </p>
      ))}
      <dl class="pairs facts-of-case">
        <dt>Case code</dt>
        <dd>
          <code>{idOf(one.name)}</code>
        </dd>
        {others.length > 0 && (
          <>
            <dt>Also known as</dt>
            <dd>
              <ul class="names">
                {others.map((name) => (
                  <li key={`${name.kind} ${name.text}`}>
                    {name.text}
                    {name.kind && !name.kind.endsWith("UNSPECIFIED") && (
                      <span class="hint-inline"> {plain(name.kind, "NAME_KIND_").toLowerCase()}</span>
                    )}
                    {name.script === "SCRIPT_MIXED" && <span class="hint-inline"> letters of two scripts</span>}
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
        {one.person?.born && (
          <>
            <dt>Born</dt>
            <dd>{spanWords(one.person.born)}</dd>
          </>
        )}
        <dt>Place</dt>
        <dd>{one.place || "Not stated"}</dd>
        {one.country && (
          <>
            <dt>Prosecuted by</dt>
            <dd>{countryWords(one.country)}</dd>
          </>
        )}
        <dt>Mandate</dt>
        <dd>{mandateWords(one.mandate)}</dd>
        <dt>Time zone</dt>
        <dd>Days turn at midnight in {one.timeZone || kCaseZone}.</dd>
      </dl>
    </section>
  );
}

// Of a duty that recurs every occurrence is listed: what is furthest away is folded.
const kShown = 8;

function Group(props: { group: StateGroup; entries: Entry[]; facts: Fact[] }) {
  const { group, entries, facts } = props;
  if (!entries.length) return null;
  const shown = group.states.includes("WITHDRAWN") ? 0 : kShown;
  const list = (part: Entry[]) => (
    <ol class="deadlines">
      {part.map((entry) => (
        <DeadlineItem key={entry.deadline.name} entry={entry} day={readDay.value} level={4} facts={facts} />
      ))}
    </ol>
  );
  const rest = entries.slice(shown);
  return (
    <div class="state-group">
      <h3>
        {group.title} <span class="hint-inline">{entries.length}</span>
      </h3>
      {shown > 0 && list(entries.slice(0, shown))}
      {rest.length > 0 && (
        <details class="more block">
          <summary>{shown > 0 ? `Show ${rest.length} more` : "Show what a later fact withdrew"}</summary>
          {list(rest)}
        </details>
      )}
    </div>
  );
}

function Deadlines(props: { deadlines: Deadline[]; facts: Fact[] }) {
  const entries = foldAlternatives(props.deadlines);
  return (
    <section aria-labelledby="deadlines">
      <h2 id="deadlines">Deadlines</h2>
      {entries.length === 0 && <p class="empty">No date follows from the facts recorded.</p>}
      {kStateGroups.map((group) => (
        <Group key={group.title} group={group} entries={entriesOf(group, entries)} facts={props.facts} />
      ))}
    </section>
  );
}

function Findings(props: { findings: Finding[]; facts: Fact[] }) {
  if (!props.findings.length) return null;
  return (
    <section aria-labelledby="findings">
      <h2 id="findings">Findings</h2>
      <p class="hint">Facts that are missing or do not fit together, those that could move a date furthest first.</p>
      <ul class="findings">
        {props.findings.map((finding) => (
          <li key={finding.name}>
            <p>
              <strong>{finding.text}</strong>
            </p>
            {finding.remedy && <p class="action">{finding.remedy}</p>}
            <p class="hint">
              {finding.maxShiftDays > 0 && `Could move a date by up to ${finding.maxShiftDays} days. `}
              {props.facts
                .filter((fact) => finding.facts.includes(fact.name))
                .map((fact) => (
                  <a key={fact.name} href={`#fact-${idOf(fact.name)}`}>
                    See the fact of {spanWords(fact.date)}
                  </a>
                ))}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The file's alerts, as the stream has changed them since. */
function current(alerts: Alert[]): Alert[] {
  return alerts.map((alert) => liveAlerts.value.get(alert.name) ?? alert).filter((alert) => trayOf(alert) !== "closed");
}

function Alerts(props: { alerts: Alert[] }) {
  const alerts = current(props.alerts);
  if (!alerts.length) return null;
  const now = alerts.filter((alert) => trayOf(alert) !== "scheduled");
  const scheduled = alerts.filter((alert) => trayOf(alert) === "scheduled");
  return (
    <section aria-labelledby="alerts">
      <h2 id="alerts">Alerts</h2>
      {now.length > 0 && (
        <ol class="alerts">
          {now.map((alert) => (
            <AlertItem key={alert.name} alert={alert} />
          ))}
        </ol>
      )}
      {scheduled.length > 0 && (
        <details class="more block">
          <summary>{scheduled.length} more will be sent</summary>
          <ol class="alerts">
            {scheduled.map((alert) => (
              <AlertItem key={alert.name} alert={alert} />
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

/** Goes to the part of the page that the address names, once it is there. */
function useAnchor(ready: boolean): void {
  useEffect(() => {
    if (!ready || !location.hash) return;
    const part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = part?.closest("details");
    if (fold) fold.open = true;
    part?.scrollIntoView();
  }, [ready]);
}

function Body(props: { file: File; one: Case }) {
  const { file, one } = props;
  const facts = file.facts.filter((fact) => !fact.retractTime);
  return (
    <>
      <Unwatched name={one.name} />
      <Person one={one} />
      <nav class="jumps" aria-label="On this page">
        <a href="#deadlines">Deadlines</a>
        {file.findings.length > 0 && <a href="#findings">Findings {file.findings.length}</a>}
        {current(file.alerts).length > 0 && <a href="#alerts">Alerts {current(file.alerts).length}</a>}
        <a href="#facts">Facts {file.facts.length}</a>
      </nav>
      <Deadlines deadlines={file.deadlines} facts={facts} />
      <Findings findings={file.findings} facts={facts} />
      <Alerts alerts={file.alerts} />
      <Timeline facts={file.facts} owner={one.name} />
    </>
  );
}

export function CaseFile(props: { code: string }) {
  const loaded = useLoad((signal) => getCaseFile(props.code, asOf.value, signal), [props.code, asOf.value]);
  const file = loaded.data;
  const one = file?.case;
  useAnchor(one !== undefined);
  return (
    <View title={`Case ${props.code}`} heading={one?.displayName ?? `Case ${props.code}`}>
      <p class="crumbs">
        <Link href="/cases">All cases</Link>
        <button type="button" class="button-quiet" onClick={() => print()}>
          Print
        </button>
      </p>
      <Failure what="The case file could not be read." error={loaded.error} again={loaded.again} />
      <Missing parts={file?.missing} />
      {!file && loaded.loading && <Waiting what="the case file" />}
      {file && one && <Body file={file} one={one} />}
    </View>
  );
}
