// The parts of the API that the page reads, in proto3 JSON. The contract is protos/vigil/**; enum values keep their prefix.

/** A day, `YYYY-MM-DD`. */
export type Day = string;
/** A date with its precision: `2018-04-13`, `2017-11`, `2010`, `2018-02-01/2018-02-10`, `../2018-04-28`. */
export type Span = string;
/** RFC 3339. */
export type Timestamp = string;

export interface Name {
  text: string;
  script?: string;
  kind?: string;
}

export interface Case {
  name: string;
  displayName: string;
  person?: { names: Name[]; born?: Span };
  country?: string;
  place?: string;
  tags?: string[];
  mandate?: { act: boolean; publish: boolean; writeToUn: boolean };
  timeZone?: string;
  updateTime?: Timestamp;
  deleteTime?: Timestamp;
  situation: string;
  situationSince?: Span;
  flags?: string[];
}

export interface Deadline {
  name: string;
  kind: string;
  nature: string;
  actor: string;
  rule: string;
  earliest: Day;
  latest: Day;
  earliestTime?: Timestamp;
  latestTime?: Timestamp;
  boundary: string;
  precision: string;
  assumptions: string[];
  eligibility: string;
  eligibilityReason?: string;
  recurrence?: string;
  state: string;
  alternativeGroup?: string;
  explanation: string[];
  citation: string;
  confidence: string;
  action: string;
  facts: string[];
  caseDisplayName?: string;
  title?: string;
  timeZone?: string;
  step?: number;
}

export interface Finding {
  name: string;
  kind: string;
  facts: string[];
  text: string;
  remedy: string;
  maxShiftDays: number;
}

export interface Charge {
  codeEdition?: string;
  article?: string;
  part?: string;
  point?: string;
  description?: string;
  outcome?: string;
  gravity?: { value: string; assumed: boolean };
  withDeath?: boolean;
}

/** The statement of a fact: one of the members below `what` of the proto, under its JSON name. */
export type Statement = Record<string, unknown>;

export interface Fact {
  name: string;
  lineage?: string;
  date?: Span;
  knownDate?: Span;
  asStated?: string;
  source?: { title: string; locator?: string; reliability?: string };
  concerns?: string[];
  confidential?: boolean;
  note?: string;
  createTime?: Timestamp;
  retractTime?: Timestamp | null;
  retractReason?: string;
  retractAuthor?: string;
  author?: string;
  [what: string]: unknown;
}

export interface Reminder {
  id: string;
  receiver: string;
  level: number;
  repeat: number;
  state: string;
  attempts: number;
  lastError?: string;
  sendTime?: Timestamp | null;
}

export interface Alert {
  name: string;
  case: string;
  deadline: string;
  kind: string;
  earliest: Day;
  latest: Day;
  step: number;
  state: string;
  fireTime?: Timestamp | null;
  snoozeUntil?: Timestamp | null;
  acknowledgedBy?: string;
  acknowledgeTime?: Timestamp | null;
  acknowledgeNote?: string;
  acknowledgeExpireTime?: Timestamp | null;
  handedOverTo?: string;
  handedOverBy?: string;
  handOverTime?: Timestamp | null;
  handOverNote?: string;
  reminders: Reminder[];
  caseDisplayName?: string;
  title?: string;
  precision?: string;
  deadlineState?: string;
}

/** Somewhere a message can be sent: what the page shows of it. */
export interface Receiver {
  name: string;
  displayName: string;
  disabled: boolean;
}

export interface SituationCount {
  situation: string;
  count: number;
}

export interface DeadlineCount {
  state: string;
  count: number;
}

export interface Overview {
  asOf: Day;
  situationCounts: SituationCount[];
  headlineCount: number;
  deadlineCounts: DeadlineCount[];
  caseCount: number;
  unacknowledgedAlertCount: number;
  missing: string[];
}

export interface CaseFile {
  case?: Case;
  facts: Fact[];
  deadlines: Deadline[];
  alerts: Alert[];
  findings: Finding[];
  missing: string[];
}

/** What concerns no single person. */
export interface Dossier {
  name: string;
  displayName: string;
}

export interface CasePage {
  cases: Case[];
  nextPageToken: string;
  totalSize: number;
}

export interface SearchResults {
  results: { case: Case; matchedName: string; matchedFields: string[] }[];
  facets: Facet[];
  totalSize: number;
  cutOff: boolean;
}

/** How many hits have one value of a field: `situation`, `deadline_kind`, `article` or `place`. */
export interface Facet {
  field: string;
  value: string;
  count: number;
}

export interface DeadlinePage {
  deadlines: Deadline[];
  nextPageToken: string;
  totalSize: number;
}

export interface AlertPage {
  alerts: Alert[];
  nextPageToken: string;
  totalSize: number;
}

/** A case, or a dossier, that nobody watches: nobody will be told anything of it, or nobody answers and there is no stand-in. */
export interface UnwatchedCase {
  case: string;
  displayName: string;
  situation: string;
  why: string;
  /** The same in words. */
  text: string;
  /** The next date that nobody is told of, or that nobody answers, which may be past; empty: none is ahead. */
  nextDate: Day;
  deadlinesAhead: number;
}

export interface UnwatchedPage {
  cases: UnwatchedCase[];
  nextPageToken: string;
  totalSize: number;
}

export interface Calendar {
  name: string;
  displayName: string;
  owner: string;
  filter: string;
  private: boolean;
  createTime?: Timestamp;
  /** In the answer that made it alone. */
  path?: string;
}
