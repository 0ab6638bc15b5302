// Where an alert stands, in words.
import type { Alert } from "../api/types";
import { instantWords } from "./dates";
import type { Said } from "./deadline";
import { idOf } from "./group";
import { plain } from "./plain";

/** The parts of the inbox, in the order they are shown. */
export type Tray = "waiting" | "late" | "snoozed" | "answered" | "scheduled" | "closed";

/** Whether it fired and nobody acknowledged it or put it off: what the metrics and the overview count, too. */
export function isUnacknowledged(alert: Pick<Alert, "state">): boolean {
  return /_(SENT|ESCALATED|DEAD)$/.test(alert.state);
}

/** "late" are those about a date that has passed: after a first import there are many, and none is urgent. */
export function trayOf(alert: Pick<Alert, "state" | "deadlineState">): Tray {
  if (isUnacknowledged(alert)) return alert.deadlineState?.endsWith("_PASSED") ? "late" : "waiting";
  switch (alert.state.replace("ALERT_STATE_", "")) {
    case "SNOOZED":
      return "snoozed";
    case "ACKNOWLEDGED":
      return "answered";
    case "SCHEDULED":
      return "scheduled";
    default:
      return "closed";
  }
}

/** "Sent 2018-04-28 Saturday, 09:00 Almaty time". */
export function alertStateWords(alert: Alert): string {
  const at = alert.fireTime ? ` ${instantWords(alert.fireTime)}` : "";
  switch (alert.state.replace("ALERT_STATE_", "")) {
    case "SCHEDULED":
      return `Will be sent${at}`;
    case "SENT":
      return `Sent${at}`;
    case "ESCALATED":
      return `Passed on, nobody had answered; first sent${at}`;
    case "DEAD":
      return "Not delivered: no receiver could be reached";
    case "SNOOZED":
      return alert.snoozeUntil ? `Put off until ${instantWords(alert.snoozeUntil)}` : "Put off";
    case "ACKNOWLEDGED": {
      const by = alert.acknowledgedBy ? ` by ${alert.acknowledgedBy}` : "";
      return `Acknowledged${by}${alert.acknowledgeTime ? `, ${instantWords(alert.acknowledgeTime)}` : ""}`;
    }
    default:
      return plain(alert.state, "ALERT_STATE_");
  }
}

/** What people said and did about it, a sentence each. */
export function answerWords(alert: Alert): string[] {
  const said: string[] = [];
  const until = alert.acknowledgeExpireTime && instantWords(alert.acknowledgeExpireTime);
  if (alert.state.endsWith("_ACKNOWLEDGED")) {
    if (until) said.push(`Holds until ${until}; then it is open again.`);
    if (alert.acknowledgeNote) said.push(`Note: ${alert.acknowledgeNote}`);
  } else if (until) {
    said.push(`Was acknowledged by ${alert.acknowledgedBy} until ${until}.`);
  }
  if (alert.handedOverTo) {
    const at = alert.handOverTime ? `, ${instantWords(alert.handOverTime)}` : "";
    const why = alert.handOverNote ? `: ${alert.handOverNote}` : "";
    said.push(`Handed over to ${idOf(alert.handedOverTo)} by ${alert.handedOverBy}${at}${why}`);
  }
  return said;
}

/** "reminder 30 days before", "reminder on the day". */
export function stepWords(step: number): string {
  if (step === 0) return "reminder on the day";
  const size = Math.abs(step);
  return `reminder ${size} day${size === 1 ? "" : "s"} ${step > 0 ? "before" : "after"}`;
}

/** What the alert itself knows of its date, where the deadline cannot be had. */
export function datesOf(alert: Alert): Said {
  const limit = alert.kind.endsWith("_CUSTODY_LIMIT");
  return {
    kind: alert.kind,
    earliest: alert.earliest,
    latest: alert.latest,
    precision: alert.precision ?? "",
    nature: limit ? "DEADLINE_NATURE_LIMIT" : "",
    boundary: limit ? "DEADLINE_BOUNDARY_BEFORE_DAY" : "",
    assumptions: [],
  };
}
