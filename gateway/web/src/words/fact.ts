// What a fact says, in one line of plain words, with the details below it.
import type { Charge, Fact, Statement } from "../api/types";
import { spanWords, termWords } from "./dates";
import { countryWords, plain } from "./plain";

/** A fact in words. */
export interface FactWords {
  /** What kind of fact: "Verdict". */
  kind: string;
  /** What it says: "5 years of imprisonment". */
  text: string;
  /** Charges, bans and the like, one a line. */
  details: string[];
}

function text(statement: Statement, key: string): string {
  const value = statement[key];
  return typeof value === "string" ? value : "";
}

function list<T>(statement: Statement, key: string): T[] {
  const value = statement[key];
  return Array.isArray(value) ? (value as T[]) : [];
}

/** An enum value in words; empty for the zero value. */
function choice(statement: Statement, key: string, prefix: string): string {
  const value = text(statement, key);
  return !value || value.endsWith("_UNSPECIFIED") ? "" : plain(value, prefix);
}

function join(...parts: string[]): string {
  return parts.filter(Boolean).join("; ");
}

/** The name of the State whose code stands there; empty where none does. */
function state(statement: Statement, key: string): string {
  const code = text(statement, key);
  return code && countryWords(code);
}

function lower(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

/** "Article 174, part 2, Criminal Code of 2014: incitement — convicted". */
export function chargeWords(charge: Charge): string {
  const place = [
    charge.article && `Article ${charge.article}`,
    charge.part && `part ${charge.part}`,
    charge.point && `point ${charge.point}`,
  ].filter(Boolean);
  const edition = /_(\d{4})$/.exec(charge.codeEdition ?? "")?.[1];
  if (place.length && edition) place.push(`Criminal Code of ${edition}`);
  const head = [place.join(", "), charge.description].filter(Boolean).join(": ") || "Charge not stated";
  const outcome = charge.outcome?.endsWith("_UNSPECIFIED")
    ? ""
    : plain(charge.outcome ?? "", "CHARGE_OUTCOME_").toLowerCase();
  return `${head}${outcome && ` — ${outcome}`}${gravityWords(charge)}`;
}

function gravityWords(charge: Charge): string {
  const value = charge.gravity?.value ?? "";
  if (!value || value.endsWith("_UNSPECIFIED")) return "";
  return ` (${plain(value, "GRAVITY_VALUE_").toLowerCase()}${charge.gravity?.assumed ? ", assumed" : ""})`;
}

function verdict(s: Statement): [string, string[]] {
  const term = text(s, "term");
  const penalty = choice(s, "penalty", "PENALTY_");
  const head = penalty === "None" ? "Acquitted, no penalty" : join(penalty, term && termWords(term), text(s, "court"));
  const bans = list<{ what: string; term: string }>(s, "bans").map(
    (ban) => `Ban: ${ban.what || "not stated"}${ban.term ? `, ${termWords(ban.term)}` : ""}`,
  );
  const rest = s.confiscation ? ["Property confiscated"] : [];
  return [head, [...list<Charge>(s, "charges").map(chargeWords), ...bans, ...rest]];
}

function custody(s: Statement): [string, string[]] {
  const kind = choice(s, "kind", "KIND_");
  const states = [
    text(s, "holdingState") && `held by ${state(s, "holdingState")}`,
    text(s, "requestingState") && `asked for by ${state(s, "requestingState")}`,
  ];
  return [
    join(
      kind,
      text(s, "place"),
      flagged(s, "remote", "in a remote place"),
      ...states.map((x) => x || ""),
      text(s, "length") && termWords(text(s, "length")),
    ),
    [],
  ];
}

function flagged(s: Statement, key: string, yes: string): string {
  return s[key] ? yes : "";
}

type Describe = (statement: Statement) => string | [string, string[]];
const what: Describe = (s) => text(s, "what");

const kFacts: Record<string, [string, Describe]> = {
  accusation: ["Accused", (s) => ["", list<Charge>(s, "charges").map(chargeWords)]],
  allegedAct: ["Alleged act", what],
  caseOpened: [
    "Criminal case opened",
    (s) => [join(choice(s, "role", "ROLE_"), state(s, "country")), list<Charge>(s, "charges").map(chargeWords)],
  ],
  takenToPolice: ["Taken to the police", (s) => text(s, "place")],
  search: ["Search", what],
  surveillance: ["Surveillance", (s) => text(s, "how")],
  custody: ["Taken into custody", custody],
  transfer: [
    "Transfer",
    (s) => join(text(s, "to"), choice(s, "regime", "REGIME_"), flagged(s, "byCourtOrder", "by order of a court")),
  ],
  verdict: ["Verdict", verdict],
  appealDecision: [
    "Decision on appeal",
    (s) => join(choice(s, "result", "RESULT_"), text(s, "newTerm") && termWords(text(s, "newTerm"))),
  ],
  replacement: [
    "Penalty replaced",
    (s) => join(choice(s, "penalty", "PENALTY_"), text(s, "term") && termWords(text(s, "term"))),
  ],
  parole: ["Parole ordered", () => ""],
  release: ["Let out", (s) => join(choice(s, "from", ""), choice(s, "ground", "GROUND_"))],
  preventiveMeasure: ["Preventive measure", (s) => join(choice(s, "kind", "KIND_"), flagged(s, "lifted", "lifted"))],
  committal: [
    "Forced committal to a hospital",
    (s) =>
      join(
        text(s, "place"),
        text(s, "term") && termWords(text(s, "term")),
        text(s, "placed") && `placed ${spanWords(text(s, "placed"))}`,
      ),
  ],
  medicalReview: [
    "Medical review",
    (s) => join(choice(s, "by", ""), text(s, "result"), flagged(s, "stayContinues", "the stay goes on")),
  ],
  listing: [
    "Put on a list",
    (s) => choice(s, "list", "LIST_KIND_KZ_") && "List of those associated with financing of terrorism and extremism",
  ],
  delisting: [
    "Taken off a list",
    (s) => choice(s, "list", "LIST_KIND_KZ_") && "List of those associated with financing of terrorism and extremism",
  ],
  bodyDecision: [
    "Decision of an international body",
    (s) => [
      join(bodyWords(text(s, "body")), text(s, "demand")),
      text(s, "transmitted") ? [`Transmitted to the State ${spanWords(text(s, "transmitted"))}`] : [],
    ],
  ],
  asylumStep: ["Asylum or protection", (s) => join(choice(s, "step", "STEP_"), text(s, "status"), state(s, "country"))],
  extraditionStep: [
    "Extradition",
    (s) =>
      join(
        choice(s, "step", "STEP_"),
        text(s, "requestingState") &&
          `asked by ${state(s, "requestingState")}${text(s, "requestedState") && ` of ${state(s, "requestedState")}`}`,
      ),
  ],
  interpolNotice: [
    "INTERPOL notice",
    (s) => join(s.deleted ? "Deleted" : "Issued", text(s, "requestingState") && `for ${state(s, "requestingState")}`),
  ],
  illTreatment: ["Ill-treatment", what],
  denial: ["Denied", (s) => join(choice(s, "of", "OF_"), text(s, "what"))],
  health: ["Health", what],
  forcedStatement: ["Statement made under pressure", what],
  reportingDuty: [
    "Duty to report",
    (s) =>
      join(text(s, "to"), text(s, "every") && `every ${termWords(text(s, "every"))}`, flagged(s, "ended", "ended")),
  ],
  recognition: ["Recognised", (s) => join(text(s, "as"), text(s, "by") && `by ${text(s, "by")}`)],
  plannedEvent: ["Planned", what],
  whereabouts: ["Whereabouts", (s) => join(text(s, "place"), state(s, "country"))],
  personal: [
    "About the person",
    (s) =>
      join(
        s.age ? `${s.age} years old` : "",
        flagged(s, "pregnant", "pregnant"),
        flagged(s, "smallChild", "has a small child"),
        flagged(s, "disability", "disability group I or II"),
        text(s, "note"),
      ),
  ],
  discipline: ["Discipline in prison", (s) => join(text(s, "what"), flagged(s, "solitary", "solitary confinement"))],
  breach: ["Breach of procedure", what],
  complaint: ["Complaint", (s) => join(text(s, "about"), text(s, "to") && `to ${text(s, "to")}`, text(s, "outcome"))],
  visit: ["Visit", (s) => text(s, "by")],
  pressure: ["Pressure", (s) => join(text(s, "what"), flagged(s, "onRelatives", "on relatives"))],
  officialStatement: ["The authorities said", (s) => join(text(s, "what"), text(s, "by"))],
  stateReply: ["Reply of the State", (s) => join(flagged(s, "refused", "Refused"), text(s, "what"))],
  publicAction: ["Public action", (s) => join(text(s, "what"), text(s, "by") && `by ${text(s, "by")}`)],
  intervention: [
    "Our intervention",
    (s) =>
      join(
        text(s, "what"),
        text(s, "to") && `to ${text(s, "to")}`,
        text(s, "replyDue") && `reply due ${spanWords(text(s, "replyDue"))}`,
      ),
  ],
  caseStage: ["Stage of the case", (s) => choice(s, "stage", "STAGE_")],
  death: ["Died", (s) => text(s, "cause")],
  other: ["Also", what],
  manualDate: ["Date set by hand", (s) => join(text(s, "what"), text(s, "reason"))],
  deadlineMark: ["Mark on a deadline", (s) => join(choice(s, "mark", "MARK_"), text(s, "reason"))],
  paroleRevocation: ["Parole revoked", (s) => choice(s, "ground", "GROUND_")],
  deferral: [
    "Penalty deferred",
    (s) => join(choice(s, "ground", "GROUND_"), text(s, "term") && termWords(text(s, "term"))),
  ],
  motion: ["Motion to a court", (s) => choice(s, "purpose", "PURPOSE_")],
  motionDecision: [
    "Decision on a motion",
    (s) => join(choice(s, "purpose", "PURPOSE_"), flagged(s, "refused", "refused")),
  ],
  communication: [
    "Communication to an international body",
    (s) => [
      join(bodyWords(text(s, "body")), choice(s, "procedure", "PROCEDURE_"), text(s, "what")),
      text(s, "runningSince") ? [`Its term runs since ${spanWords(text(s, "runningSince"))}`] : [],
    ],
  ],
  custodyExtension: ["Custody extended", (s) => text(s, "until") && `until ${spanWords(text(s, "until"))}`],
  relation: [
    "Relation",
    (s) =>
      join(text(s, "as") || choice(s, "kind", "KIND_"), ...list<string>(s, "people"), flagged(s, "ended", "ended")),
  ],
  contact: [
    "Contact",
    (s) => [
      join(text(s, "name"), choice(s, "role", "ROLE_")),
      [text(s, "phone"), text(s, "email"), text(s, "address"), text(s, "note")].filter(Boolean),
    ],
  ],
};

function bodyWords(body: string): string {
  const words: Record<string, string> = {
    BODY_UN_HUMAN_RIGHTS_COMMITTEE: "UN Human Rights Committee",
    BODY_UN_WORKING_GROUP_ON_ARBITRARY_DETENTION: "UN Working Group on Arbitrary Detention",
    BODY_UN_COMMITTEE_AGAINST_TORTURE: "UN Committee against Torture",
    BODY_UN_SPECIAL_PROCEDURES: "UN Special Procedures",
    BODY_EUROPEAN_COURT_OF_HUMAN_RIGHTS: "European Court of Human Rights",
    BODY_INTERPOL_CCF: "INTERPOL's Commission for the Control of Files",
  };
  return words[body] ?? "";
}

/** Which court it was, and when the copy was given: of any decision that says so. */
function decisionWords(s: Statement, head: string): string[] {
  const court = text(s, "court");
  const served = text(s, "served");
  return [court && !head.includes(court) ? court : "", served && `Copy served ${spanWords(served)}`].filter(Boolean);
}

/** The words of a fact; a kind this page does not know is named, never dropped. */
export function factWords(fact: Fact): FactWords {
  for (const [member, [kind, describe]] of Object.entries(kFacts)) {
    const statement = fact[member];
    if (!statement || typeof statement !== "object") continue;
    const said = describe(statement as Statement);
    const [head, details] = typeof said === "string" ? [said, []] : said;
    const all = [...details, ...decisionWords(statement as Statement, head)];
    return { kind, text: head && head.charAt(0).toUpperCase() + head.slice(1), details: all };
  }
  return { kind: "Fact", text: "of a kind that this page does not know", details: [] };
}

/** A fact as the anchor of a count: "taken into custody on 7 April 2018". */
export function anchorWords(fact: Fact): string {
  const date = spanWords(fact.date);
  return `${lower(factWords(fact).kind)}, ${date}`;
}

/** Where a statement comes from, and how far it can be relied on. */
export function sourceWords(fact: Fact): string {
  const source = fact.source;
  if (!source?.title) return "No source given";
  const reliability: Record<string, string> = {
    RELIABILITY_DOCUMENT: "document of the court or body",
    RELIABILITY_REPORT: "checked report",
    RELIABILITY_STATEMENT: "said by one side",
  };
  return [source.title, source.locator && `section ${source.locator}`, reliability[source.reliability ?? ""]]
    .filter(Boolean)
    .join(", ");
}
