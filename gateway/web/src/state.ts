// What all views share: whether somebody is signed in, the calendar day of the services, and the day that is being read.
import { computed, signal } from "@preact/signals";

const kAsOfKey = "vigil.as_of";

/** "unknown" until the first answer of the gateway. */
export const session = signal<"unknown" | "in" | "out">("unknown");

/** The day of the services' calendar, which need not be the day of this machine. Empty until known. */
export const today = signal("");

/** The day the reader chose; empty: today. */
export const asOf = signal(storedAsOf());

/** The day that what is shown is about. */
export const readDay = computed(() => asOf.value || today.value);

/** Whether text is a real day, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Chooses the day to read; empty: today. Kept for this tab. */
export function chooseAsOf(day: string): void {
  asOf.value = day;
  if (day) sessionStorage.setItem(kAsOfKey, day);
  else sessionStorage.removeItem(kAsOfKey);
}

function storedAsOf(): string {
  const asked = new URLSearchParams(globalThis.location?.search ?? "").get("as_of");
  if (asked && isDay(asked)) {
    sessionStorage.setItem(kAsOfKey, asked);
    return asked;
  }
  return globalThis.sessionStorage?.getItem(kAsOfKey) ?? "";
}
