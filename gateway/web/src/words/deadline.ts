// How a deadline is said: what it is, how sure its date is, and what its state means for its nature.
import type { Deadline } from "../api/types";
import { addDays, dayWords, dayWordsWithoutYear, inZone, kCaseZone, zoneWords } from "./dates";
import { plain } from "./plain";

const kKinds: Record<string, string> = {
  PAROLE_ELIGIBILITY: "Parole can be asked for",
  PENALTY_REPLACEMENT_ELIGIBILITY: "A milder penalty can be asked for",
  SENTENCE_END: "Sentence ends",
  BAN_END: "Ban ends",
  RECORD_EXPUNGED: "Criminal record is expunged",
  LIST_REMOVAL_CHECK: "Check the list and ask for removal",
  ENTRY_INTO_FORCE: "Decision enters into force",
  APPEAL: "Last day to appeal",
  CUSTODY_LIMIT: "Custody limit",
  CUSTODY_EXTENSION_MOTION: "Motion to extend custody",
  COMMITTAL_END: "Forced hospital stay ends",
  MEDICAL_REVIEW: "Medical review",
  UN_FOLLOW_UP: "Reply owed to a UN body",
  EXTRADITION_CUSTODY_LIMIT: "Limit of custody for extradition",
  PROTECTION_RENEWAL: "Protection must be renewed",
  REPORTING_DUTY: "Duty to report",
  INTERPOL_DECISION: "INTERPOL owes a decision",
  LIMITATION: "Time bar",
  COURT_DECISION_DUE: "Court decision due",
  NEXT_MOTION: "Next motion is possible",
  STATE_REPLY_DUE: "Reply of the State due",
  UN_FILING_LIMIT: "Last day to file with a UN body",
  PLANNED_EVENT: "Planned event",
  CASE_REVIEW: "Case review",
  MANUAL: "Date set by hand",
};

const kAssumptions: Record<string, string> = {
  NO_APPEAL: "Assumes that nobody appealed",
  CUSTODY_FROM_VERDICT: "The day custody began is unknown: counted from the verdict",
  GRAVITY_ASSUMED: "The gravity of the crime is assumed",
  PART_UNKNOWN: "The part of the article is unknown",
  GRAVITY_UNKNOWN: "The gravity of the crime is unknown: every category left possible is counted",
  CUSTODY_NOT_CREDITED: "Time in custody may count for more than is credited",
  RELEASED_ON_ENTRY_INTO_FORCE: "Takes the day the order enters into force as the day of release",
  FINE_PAID_AT_ONCE: "Assumes that the fine was paid at once: if it was not, the date is later",
  DID_NOT_HIDE: "Assumes that the person did not hide: if they did, the term stood still",
  ORDER_UNKNOWN: "In which order some of the facts happened is not known",
  LAW_READ_IN_2025_EDITION: "The law was read in the 2025 edition",
};

/** "Custody limit" for `DEADLINE_KIND_CUSTODY_LIMIT`. */
export function kindWords(kind: string): string {
  return kKinds[kind.replace("DEADLINE_KIND_", "")] ?? plain(kind, "DEADLINE_KIND_");
}

/** What was assumed, as a sentence without its full stop. */
export function assumptionWords(assumption: string): string {
  return kAssumptions[assumption] ?? plain(assumption, "");
}

function is(value: string, name: string): boolean {
  return value.endsWith(`_${name}`);
}

/** The heading of a deadline: its title, or what its kind is called. */
export function titleWords(deadline: Pick<Deadline, "title" | "kind">): string {
  return deadline.title || kindWords(deadline.kind);
}

function twoDays(earliest: string, latest: string): string {
  return `between ${dayWords(earliest)} and ${dayWords(latest)}`;
}

/** What the words of a date need. */
export type Said = Pick<
  Deadline,
  "kind" | "earliest" | "latest" | "precision" | "assumptions" | "nature" | "boundary"
> &
  Partial<Pick<Deadline, "earliestTime" | "latestTime" | "timeZone">>;

/** How the date is to be read: "on 7 June 2018", "no later than …", "no earlier than … — if nobody appealed". */
export function precisionWords(deadline: Said): string {
  const { earliest, latest, precision } = deadline;
  const single = earliest === latest;
  const date = single ? dayWords(latest) : twoDays(earliest, latest);
  if (is(precision, "NO_LATER_THAN")) return single ? `no later than ${date}` : `no later than a day ${date}`;
  if (is(precision, "NO_EARLIER_THAN")) {
    const floor = single ? `no earlier than ${date}` : `no earlier than a day ${date}`;
    return deadline.assumptions.includes("NO_APPEAL") ? `${floor} — if nobody appealed` : floor;
  }
  if (is(precision, "ESTIMATE"))
    return single
      ? `about ${date} — an estimate, it may move either way`
      : `${date} — an estimate, it may move either way`;
  return single ? `on ${date}` : date;
}

const kCustodyKinds = /_(CUSTODY_LIMIT|EXTRADITION_CUSTODY_LIMIT|COMMITTAL_END)$/;

/** Whether this is the end of what the State may do to somebody's liberty. */
function endsCustody(deadline: Said): boolean {
  return is(deadline.nature, "LIMIT") && kCustodyKinds.test(deadline.kind);
}

/** For limits of custody: "lawful until the end of 6 June 2018; must be extended or ended before 7 June 00:00". */
export function limitWords(deadline: Said): string {
  const { earliest, latest, boundary, latestTime } = deadline;
  if (latestTime) {
    const zone = deadline.timeZone || kCaseZone;
    const end = inZone(latestTime, zone);
    return `must be extended or ended before ${dayWords(end.day)} ${end.time} (${zoneWords(zone)})`;
  }
  if (!is(boundary, "BEFORE_DAY")) {
    const end = earliest === latest ? dayWords(latest) : `a day ${twoDays(earliest, latest)}`;
    return `must be extended or ended by the end of ${end}`;
  }
  const first = dayWords(addDays(earliest, -1));
  const last = dayWords(addDays(latest, -1));
  if (earliest !== latest) {
    return `lawful until the end of a day between ${first} and ${last}; treat ${first} as the last lawful day`;
  }
  return `lawful until the end of ${last}; must be extended or ended before ${dayWordsWithoutYear(latest)} 00:00`;
}

/** The sentence beside a date: the last lawful day where custody is bound, else how sure the date is. */
export function dateSentence(deadline: Said): string {
  if (!endsCustody(deadline)) return sentence(precisionWords(deadline));
  const limit = sentence(limitWords(deadline));
  const plain = is(deadline.precision, "EXACT") || is(deadline.precision, "WINDOW");
  return plain ? limit : `${limit} ${sentence(precisionWords(deadline))}`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** What the domain asks to be said of a right that may already be open. */
export function mayBeOpenWords(deadline: Deadline): string {
  const early =
    is(deadline.nature, "OPENS") && is(deadline.state, "UPCOMING") && is(deadline.precision, "NO_LATER_THAN");
  if (!early) return "";
  return deadline.assumptions.includes("CUSTODY_FROM_VERDICT")
    ? "May already be open: the day custody began is unknown."
    : "May already be open.";
}

/** The state, worded by nature. */
export function stateWords(deadline: Pick<Deadline, "state" | "nature" | "earliest">): string {
  const { nature } = deadline;
  switch (deadline.state.replace("DEADLINE_STATE_", "")) {
    case "UPCOMING":
      return "upcoming";
    case "DUE":
      if (is(nature, "OPENS")) return `open since ${deadline.earliest}`;
      if (is(nature, "STATE_DUE")) return "reply due";
      if (is(nature, "HAPPENS")) return "happening, to confirm";
      return is(nature, "LIMIT") ? "limit reached" : "due now";
    case "PASSED":
      if (is(nature, "ACT_BEFORE")) return "overdue";
      if (is(nature, "OPENS")) return `open since ${deadline.earliest}`;
      return is(nature, "STATE_DUE") ? "no reply known" : "passed unconfirmed";
    case "MET":
      return "done";
    case "WAIVED":
      return "waived";
    case "WITHDRAWN":
      return "withdrawn";
    default:
      return plain(deadline.state, "DEADLINE_STATE_");
  }
}

/** How loud a state is shown. */
export type Tone = "late" | "now" | "open" | "ahead" | "quiet";

export function toneOf(deadline: Pick<Deadline, "state" | "nature" | "eligibility">): Tone {
  const { state, nature } = deadline;
  if (is(deadline.eligibility, "BARRED")) return "quiet";
  if (is(state, "UPCOMING")) return "ahead";
  if (is(nature, "OPENS") && (is(state, "DUE") || is(state, "PASSED"))) return "open";
  if (is(state, "DUE")) return "now";
  return is(state, "PASSED") ? "late" : "quiet";
}

/** Whether a bar is known. A condition is named as the law's and never recommended. */
export function eligibilityWords(deadline: Pick<Deadline, "eligibility" | "eligibilityReason">): string {
  const reason = deadline.eligibilityReason?.trim() ?? "";
  if (is(deadline.eligibility, "OPEN")) return "No bar known.";
  if (is(deadline.eligibility, "CONDITIONAL")) return `Conditional by law. ${reason}`.trim();
  if (is(deadline.eligibility, "BARRED")) return `Barred by law. ${reason}`.trim();
  return "";
}

/** How far the rule can be relied on. */
export function confidenceWords(confidence: string): string {
  if (is(confidence, "HIGH")) return "High: read in the edition in force on the day.";
  if (is(confidence, "MEDIUM")) return "Medium: read in another edition, or from general knowledge.";
  if (is(confidence, "LOW")) return "Low: needs a lawyer's check.";
  return "";
}

/** Who must act. */
export function actorWords(actor: string): string {
  if (is(actor, "US")) return "We";
  if (is(actor, "COUNSEL")) return "Counsel";
  return is(actor, "STATE") ? "The State" : "";
}
