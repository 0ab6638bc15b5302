// The inbox: what waits for an answer first.
import { getDeadlines } from "../api/client";
import { alerts, alertsError, alertsRead, live, readAlerts } from "../api/live";
import type { Alert, Deadline } from "../api/types";
import { AlertItem } from "../parts/alert_item";
import { useLoad } from "../parts/load";
import { Failure, View, Waiting } from "../parts/view";
import { type Tray, trayOf } from "../words/alert";

const kScheduledShown = 50;

const kTrays: { tray: Tray; title: string; empty?: string }[] = [
  { tray: "waiting", title: "Waiting for an answer", empty: "Nothing waits for an answer." },
  { tray: "snoozed", title: "Put off" },
  { tray: "answered", title: "Acknowledged" },
];

/** Soonest date first; among the answered the newest answer first. */
function ordered(list: Alert[], tray: Tray): Alert[] {
  const key = (alert: Alert) =>
    tray === "answered"
      ? (alert.acknowledgeTime ?? "")
      : tray === "scheduled"
        ? (alert.fireTime ?? "")
        : alert.earliest;
  const sorted = list.sort((a, b) => key(a).localeCompare(key(b)) || a.name.localeCompare(b.name));
  return tray === "answered" ? sorted.reverse() : sorted;
}

function inTray(tray: Tray): Alert[] {
  return ordered(
    [...alerts.value.values()].filter((alert) => trayOf(alert) === tray),
    tray,
  );
}

/** The deadlines that the alerts shown are about, by name. */
function useDeadlines(shown: Alert[]): ReadonlyMap<string, Deadline> {
  const names = [...new Set(shown.map((alert) => alert.deadline))].sort();
  const loaded = useLoad((signal) => getDeadlines(names, signal), [names.join()]);
  return new Map(loaded.data?.map((deadline) => [deadline.name, deadline]));
}

export function Alerts() {
  const scheduled = inTray("scheduled");
  const shown = [...kTrays.flatMap(({ tray }) => inTray(tray)), ...scheduled.slice(0, kScheduledShown)];
  const deadlines = useDeadlines(shown);
  return (
    <View title="Alerts" heading="Alerts">
      <p class="live" data-live={live.value} role="status">
        {live.value ? "Live: changes appear as they happen." : "Connecting for live changes…"} Alerts are those of now,
        whatever day the other pages are read as of.
      </p>
      <Failure
        what="The alerts could not be read."
        error={alertsError.value ? new Error(alertsError.value) : undefined}
        again={readAlerts}
      />
      {!alertsRead.value && !alertsError.value && <Waiting what="alerts" />}
      {alertsRead.value &&
        kTrays.map(({ tray, title, empty }) => {
          const list = inTray(tray);
          if (!list.length && !empty) return null;
          return (
            <section key={tray} aria-labelledby={`tray-${tray}`}>
              <h2 id={`tray-${tray}`}>
                {title} <span class="hint-inline">{list.length || ""}</span>
              </h2>
              {list.length === 0 && <p class="empty">{empty}</p>}
              <ol class="alerts">
                {list.map((alert) => (
                  <AlertItem key={alert.name} alert={alert} deadline={deadlines.get(alert.deadline)} withCase />
                ))}
              </ol>
            </section>
          );
        })}
      {scheduled.length > 0 && (
        <section aria-labelledby="tray-scheduled">
          <h2 id="tray-scheduled">Next to be sent</h2>
          <details class="more block">
            <summary>
              {scheduled.length > kScheduledShown
                ? `The first ${kScheduledShown} of ${scheduled.length}`
                : `${scheduled.length} scheduled`}
            </summary>
            <ol class="alerts">
              {scheduled.slice(0, kScheduledShown).map((alert) => (
                <AlertItem key={alert.name} alert={alert} deadline={deadlines.get(alert.deadline)} withCase />
              ))}
            </ol>
          </details>
        </section>
      )}
    </View>
  );
}
