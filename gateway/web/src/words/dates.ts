// Days, spans and terms in words. Days are ISO text and stay in the calendar of the case: no Date with a zone touches them.

const kMonths = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const kWeekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const kDayMs = 86_400_000;

/** The zone in which a case's days turn where the case names none. */
export const kCaseZone = "Asia/Almaty";

function ms(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** `2018-06-07` plus so many days. */
export function addDays(day: string, days: number): string {
  return new Date(ms(day) + days * kDayMs).toISOString().slice(0, 10);
}

/** Days from one day to another; negative where `to` is before `from`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((ms(to) - ms(from)) / kDayMs);
}

/** "Thursday"; empty for what is no day. */
export function weekday(day: string): string {
  return kWeekdays[new Date(ms(day)).getUTCDay()] ?? "";
}

/** "6 June 2018"; a month gives "June 2018", a year "2018". */
export function dayWords(day: string): string {
  const [year, month, date] = day.split("-");
  const name = kMonths[Number(month) - 1];
  if (!name) return day;
  return date ? `${Number(date)} ${name} ${year}` : `${name} ${year}`;
}

/** "7 June": for the second date of a sentence that has named the year. */
export function dayWordsWithoutYear(day: string): string {
  return dayWords(day).replace(/ \d{4}$/, "");
}

/** A date with its precision: "13 April 2018", "November 2017", "by 28 April 2018", "between … and …". */
export function spanWords(span: string | undefined): string {
  if (!span) return "date unknown";
  const [from, to] = span.split("/");
  if (to === undefined) return dayWords(span);
  if (from === "..") return `by ${dayWords(to)}`;
  if (to === "..") return `from ${dayWords(from as string)} on`;
  return `between ${dayWords(from as string)} and ${dayWords(to)}`;
}

/** The last day a span can mean, to sort by; unknown dates come last. */
export function spanEnd(span: string | undefined): string {
  if (!span) return "9999";
  const parts = span.split("/");
  const end = (parts[1] === ".." ? parts[0] : parts[1]) ?? parts[0] ?? "";
  return end.length === 10 ? end : `${end}~`;
}

/** "today", "in 12 days", "3 days ago", "in about 14 months". */
export function awayWords(from: string, to: string): string {
  const days = daysBetween(from, to);
  if (days === 0) return "today";
  if (days === 1) return "tomorrow";
  if (days === -1) return "yesterday";
  const size = Math.abs(days);
  let amount = `${size} days`;
  if (size > 730) amount = `about ${Math.round(size / 365.25)} years`;
  else if (size > 90) amount = `about ${Math.round(size / 30.44)} months`;
  return days > 0 ? `in ${amount}` : `${amount} ago`;
}

/** Where a window stands: "in 12 days", "now, until 30 April 2018", "3 days ago". */
export function windowAwayWords(from: string, earliest: string, latest: string): string {
  if (earliest !== latest && from >= earliest && from <= latest) return `now, until ${dayWords(latest)}`;
  return awayWords(from, from > latest ? latest : earliest);
}

/** "4 years 8 months" for `P4Y8M`; what is not understood comes back as it is. */
export function termWords(term: string): string {
  const match = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(term);
  if (!match) return term;
  const units = ["year", "month", "week", "day", "hour", "minute"];
  const parts = units.flatMap((unit, i) => {
    const count = match[i + 1];
    return count ? [`${count} ${unit}${count === "1" ? "" : "s"}`] : [];
  });
  return parts.join(" ") || term;
}

/** "every month", "every 6 months". */
export function recurrenceWords(period: string): string {
  const words = termWords(period);
  return `every ${words.startsWith("1 ") && !words.slice(2).includes(" ") ? words.slice(2) : words}`;
}

/** An instant as `{day, time}` in a zone: `2018-04-28`, `09:00`. */
export function inZone(instant: string, zone: string): { day: string; time: string } {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(new Date(instant));
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
  return { day: `${part("year")}-${part("month")}-${part("day")}`, time: `${part("hour")}:${part("minute")}` };
}

/** "2018-04-28 Saturday, 09:00 Almaty time". */
export function instantWords(instant: string, zone: string = kCaseZone): string {
  const { day, time } = inZone(instant, zone);
  return `${day} ${weekday(day)}, ${time} ${zoneWords(zone)}`;
}

/** "Almaty time" for `Asia/Almaty`. */
export function zoneWords(zone: string): string {
  const place = zone.split("/").pop()?.replace(/_/g, " ") ?? zone;
  return place === "UTC" ? "UTC" : `${place} time`;
}

/** The instant at which a local hour of a day is reached in a zone, RFC 3339 in UTC. */
export function atHour(day: string, hour: number, zone: string = kCaseZone): string {
  const wanted = ms(day) + hour * 3_600_000;
  const seen = inZone(new Date(wanted).toISOString(), zone);
  const offset = Date.parse(`${seen.day}T${seen.time}:00Z`) - wanted;
  return new Date(wanted - offset).toISOString().replace(".000Z", "Z");
}
