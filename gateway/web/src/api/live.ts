// The alerts, kept up to date by the stream of server-sent events, one for all views of the tab.
import { computed, signal } from "@preact/signals";
import { session } from "../state";
import { isUnacknowledged, trayOf } from "../words/alert";
import { listAlerts } from "./client";
import type { Alert } from "./types";

/** By resource name. */
export const alerts = signal<ReadonlyMap<string, Alert>>(new Map());
/** Whether the list was read at least once, and what went wrong the last time. */
export const alertsRead = signal(false);
export const alertsError = signal("");
/** Whether changes arrive as they happen. */
export const live = signal(false);
/** What is said to a screen reader when something arrives. No name. */
export const arrival = signal("");

/** Alerts that wait for an answer, but for those about dates that have passed. */
export const waitingCount = computed(() => [...alerts.value.values()].filter((a) => trayOf(a) === "waiting").length);

/** Alerts that nobody has answered, whatever became of their dates: what the overview counts. */
export const unacknowledgedCount = computed(() => [...alerts.value.values()].filter(isUnacknowledged).length);

const kRetryMs = 5_000;
let source: EventSource | undefined;
/** What arrived while the list was being read: newer than the list. */
let arrived: Alert[] = [];
let retry: ReturnType<typeof setTimeout> | undefined;

/** Puts one alert into the list, in place of what was known of it. */
export function putAlert(alert: Alert): void {
  arrived.push(alert);
  const before = alerts.value.get(alert.name);
  alerts.value = new Map(alerts.value).set(alert.name, alert);
  if (trayOf(alert) === "waiting" && (!before || trayOf(before) !== "waiting")) {
    arrival.value = `New alert in case ${alert.case.split("/").pop()}`;
  }
}

/** Reads the whole list again. */
export async function readAlerts(): Promise<void> {
  try {
    const all = new Map<string, Alert>();
    arrived = [];
    let token = "";
    do {
      const page = await listAlerts(token);
      for (const alert of page.alerts) all.set(alert.name, alert);
      token = page.nextPageToken;
    } while (token && all.size < 5_000);
    for (const alert of arrived) all.set(alert.name, alert);
    arrived = [];
    alerts.value = all;
    alertsRead.value = true;
    alertsError.value = "";
  } catch (error) {
    alertsError.value = (error as Error).message;
  }
}

/** Opens the stream, then reads the list: in this order nothing that happens in between is missed. */
export function followAlerts(): void {
  stopFollowing();
  const stream = new EventSource("/v1/alerts:watch");
  source = stream;
  stream.onopen = () => {
    live.value = true;
    void readAlerts();
  };
  stream.onmessage = (event) => putAlert(JSON.parse(event.data) as Alert);
  stream.addEventListener("error", (event) => {
    live.value = false;
    if (!alertsRead.value) void readAlerts();
    // A broken connection the browser takes up again by itself. An error that the server names, or an answer that is no
    // stream, ends this one: the next begins anew, with the whole list.
    const ended = event instanceof MessageEvent || stream.readyState === EventSource.CLOSED;
    if (!ended || session.value === "out") return;
    stopFollowing();
    retry = setTimeout(followAlerts, kRetryMs);
  });
}

export function stopFollowing(): void {
  clearTimeout(retry);
  source?.close();
  source = undefined;
  live.value = false;
}
