// The inbox: what waits for an answer first.
import { Link } from "wouter-preact";
import { getDeadlines } from "../api/client";
import { alerts, alertsError, alertsRead, live, readAlerts } from "../api/live";
import type { Alert, Deadline } from "../api/types";
import { AlertItem } from "../parts/alert_item";
import { AcknowledgeAll } from "../parts/bulk";
import { useDossiers } from "../parts/dossiers";
import { useLoad } from "../parts/load";
import { Failure, View, Waiting } from "../parts/view";
import { today } from "../state";
import { type Tray, trayOf } from "../words/alert";

const kScheduledShown = 50;
const kAnsweredShown = 5;

const kOpenTrays: Tray[] = ["waiting", "snoozed", "answered"];
const kTitles: Partial<Record<Tray, string>> = {
  waiting: "Waiting for an answer",
  snoozed: "Put off",
  answered: "Acknowledged",
};

const kCustody = /_(CUSTODY_LIMIT|COMMITTAL_END)$/;

/** Waiting: what ends somebody's custody, then what is ahead, then what opened or began before today. */
function urgency(alert: Alert): number {
  if (kCustody.test(alert.kind)) return 0;
  return alert.earliest >= today.value ? 1 : 2;
}

/** By what matters in a tray: the newest answer, the next to be sent, else the soonest date. */
function compare(tray: Tray, a: Alert, b: Alert): number {
  if (tray === "answered") return (b.acknowledgeTime ?? "").localeCompare(a.acknowledgeTime ?? "");
  if (tray === "scheduled") return (a.fireTime ?? "").localeCompare(b.fireTime ?? "");
  if (tray === "late") return b.earliest.localeCompare(a.earliest);
  const rank = urgency(a) - urgency(b);
  return rank || (urgency(a) === 2 ? b.earliest.localeCompare(a.earliest) : a.earliest.localeCompare(b.earliest));
}

function inTray(tray: Tray): Alert[] {
  const list = [...alerts.value.values()].filter((alert) => trayOf(alert) === tray);
  return list.sort((a, b) => compare(tray, a, b) || a.name.localeCompare(b.name));
}

/** The deadlines that the alerts shown are about, by name. */
function useDeadlines(shown: Alert[]): ReadonlyMap<string, Deadline> {
  const names = [...new Set(shown.map((alert) => alert.deadline))].sort();
  const loaded = useLoad((signal) => getDeadlines(names, signal), [names.join()]);
  return new Map(loaded.data?.map((deadline) => [deadline.name, deadline]));
}

/** What the lists need to know beside the alerts. */
interface Known {
  deadlines: ReadonlyMap<string, Deadline>;
  dossiers: ReadonlyMap<string, string>;
}

function AlertList({ alerts: list, known }: { alerts: Alert[]; known: Known }) {
  return (
    <ol class="alerts">
      {list.map((alert) => (
        <AlertItem
          key={alert.name}
          alert={alert}
          deadline={known.deadlines.get(alert.deadline)}
          dossier={known.dossiers.get(alert.case)}
          withCase
        />
      ))}
    </ol>
  );
}

function OpenTray(props: { tray: Tray; known: Known }) {
  const { tray, known } = props;
  const list = inTray(tray);
  if (!list.length && tray !== "waiting") return null;
  const shown = tray === "answered" ? kAnsweredShown : list.length;
  return (
    <section aria-labelledby={`tray-${tray}`}>
      <h2 id={`tray-${tray}`}>
        {kTitles[tray]} <span class="hint-inline">{list.length || ""}</span>
      </h2>
      {list.length === 0 && <p class="empty">Nothing waits for an answer.</p>}
      <AlertList alerts={list.slice(0, shown)} known={known} />
      {list.length > shown && (
        <details class="more block">
          <summary>Show {list.length - shown} more</summary>
          <AlertList alerts={list.slice(shown)} known={known} />
        </details>
      )}
    </section>
  );
}

function LateTray(props: { known: Known }) {
  const list = inTray("late");
  if (!list.length) return null;
  return (
    <section aria-labelledby="tray-late">
      <h2 id="tray-late">
        About dates that have passed <span class="hint-inline">{list.length}</span>
      </h2>
      <p class="hint">Nobody said what came of them. Record it as a fact in the case, or acknowledge the alert.</p>
      <details class="more block">
        <summary>Show them</summary>
        <AcknowledgeAll alerts={list} />
        <AlertList alerts={list} known={props.known} />
      </details>
    </section>
  );
}

function ScheduledTray(props: { known: Known }) {
  const list = inTray("scheduled");
  if (!list.length) return null;
  const some = list.length > kScheduledShown;
  return (
    <section aria-labelledby="tray-scheduled">
      <h2 id="tray-scheduled">Next to be sent</h2>
      <details class="more block">
        <summary>{some ? `The first ${kScheduledShown} of ${list.length}` : `${list.length} scheduled`}</summary>
        <AlertList alerts={list.slice(0, kScheduledShown)} known={props.known} />
      </details>
    </section>
  );
}

export function Alerts() {
  const shown = [...kOpenTrays, "late" as const].flatMap(inTray).concat(inTray("scheduled").slice(0, kScheduledShown));
  const known = { deadlines: useDeadlines(shown), dossiers: useDossiers(shown.map((alert) => alert.case)) };
  return (
    <View title="Alerts" heading="Alerts">
      <p class="live" data-live={live.value} role="status">
        {live.value ? "Live: changes appear as they happen." : "Connecting for live changes…"} Alerts are those of now,
        whatever day the other pages are read as of.
      </p>
      <p>
        <Link href="/calendars">See the dates in your own calendar</Link>
      </p>
      <Failure
        what="The alerts could not be read."
        error={alertsError.value ? new Error(alertsError.value) : undefined}
        again={readAlerts}
      />
      {!alertsRead.value && !alertsError.value && <Waiting what="alerts" />}
      {alertsRead.value && (
        <>
          <OpenTray tray="waiting" known={known} />
          <LateTray known={known} />
          <OpenTray tray="snoozed" known={known} />
          <OpenTray tray="answered" known={known} />
          <ScheduledTray known={known} />
        </>
      )}
    </View>
  );
}
