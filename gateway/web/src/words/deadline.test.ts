import { describe, expect, it } from "vitest";
import type { Deadline } from "../api/types";
import {
  assumptionWords,
  confidenceWords,
  dateSentence,
  eligibilityWords,
  kindWords,
  limitWords,
  mayBeOpenWords,
  precisionWords,
  stateWords,
  titleWords,
  toneOf,
} from "./deadline";

function deadline(fields: Partial<Deadline>): Deadline {
  return {
    name: "cases/c-1/deadlines/d-1",
    kind: "DEADLINE_KIND_SENTENCE_END",
    nature: "DEADLINE_NATURE_HAPPENS",
    actor: "DEADLINE_ACTOR_NOBODY",
    rule: "KZ.CC.62@1",
    earliest: "2018-06-07",
    latest: "2018-06-07",
    boundary: "DEADLINE_BOUNDARY_FROM_DAY",
    precision: "DEADLINE_PRECISION_EXACT",
    assumptions: [],
    eligibility: "ELIGIBILITY_UNSPECIFIED",
    state: "DEADLINE_STATE_UPCOMING",
    explanation: [],
    citation: "",
    confidence: "CONFIDENCE_MEDIUM",
    action: "",
    facts: [],
    ...fields,
  };
}

const kWindow = { earliest: "2018-01-01", latest: "2018-01-30" };

describe("precision", () => {
  it.each<[string, Partial<Deadline>, string]>([
    ["Exact", {}, "on 7 June 2018"],
    ["Window", { ...kWindow, precision: "DEADLINE_PRECISION_WINDOW" }, "between 1 January 2018 and 30 January 2018"],
    ["NoLaterThan", { precision: "DEADLINE_PRECISION_NO_LATER_THAN" }, "no later than 7 June 2018"],
    [
      "NoLaterThanSpan",
      { ...kWindow, precision: "DEADLINE_PRECISION_NO_LATER_THAN" },
      "no later than a day between 1 January 2018 and 30 January 2018",
    ],
    [
      "NoEarlierThanWithoutAppeal",
      { precision: "DEADLINE_PRECISION_NO_EARLIER_THAN", assumptions: ["NO_APPEAL"] },
      "no earlier than 7 June 2018 — if nobody appealed",
    ],
    ["NoEarlierThan", { precision: "DEADLINE_PRECISION_NO_EARLIER_THAN" }, "no earlier than 7 June 2018"],
    [
      "Estimate",
      { precision: "DEADLINE_PRECISION_ESTIMATE" },
      "about 7 June 2018 — an estimate, it may move either way",
    ],
  ])("PrecisionWords_%s_SayHowSure", (_, fields, words) => {
    expect(precisionWords(deadline(fields))).toBe(words);
  });
});

describe("limits", () => {
  const limit = {
    kind: "DEADLINE_KIND_CUSTODY_LIMIT",
    nature: "DEADLINE_NATURE_LIMIT",
    boundary: "DEADLINE_BOUNDARY_BEFORE_DAY",
  };

  it("LimitWords_UpToTheEndOfADay_NameThatDay", () => {
    const extradition = { ...limit, boundary: "DEADLINE_BOUNDARY_END_OF_DAY" };
    expect(limitWords(deadline(extradition))).toBe("must be extended or ended by the end of 7 June 2018");
  });

  it("DateSentence_OfALimitThatIsNoCustody_IsItsPrecision", () => {
    expect(dateSentence(deadline({ ...limit, kind: "DEADLINE_KIND_LIMITATION" }))).toBe("On 7 June 2018.");
  });

  it("LimitWords_OfADay_NameTheLastLawfulDay", () => {
    expect(limitWords(deadline(limit))).toBe(
      "lawful until the end of 6 June 2018; must be extended or ended before 7 June 00:00",
    );
  });

  it("LimitWords_OfAWindow_TakeTheEarliestDay", () => {
    expect(limitWords(deadline({ ...limit, ...kWindow }))).toContain("treat 31 December 2017 as the last lawful day");
  });

  it("LimitWords_ExactToTheHour_SayTheTimeAndTheZone", () => {
    const times = { earliestTime: "2018-04-10T12:30:00+06:00", latestTime: "2018-04-10T12:30:00+06:00" };
    expect(limitWords(deadline({ ...limit, ...times, timeZone: "Asia/Almaty" }))).toBe(
      "must be extended or ended before 10 April 2018 12:30 (Almaty time)",
    );
  });

  it("DateSentence_OfALimitThatIsNotExact_SaysBoth", () => {
    const words = dateSentence(deadline({ ...limit, precision: "DEADLINE_PRECISION_NO_LATER_THAN" }));
    expect(words).toBe(
      "Lawful until the end of 6 June 2018; must be extended or ended before 7 June 00:00. No later than 7 June 2018.",
    );
  });

  it("DateSentence_OfAnythingElse_IsItsPrecision", () => {
    expect(dateSentence(deadline({}))).toBe("On 7 June 2018.");
  });
});

describe("state", () => {
  it.each([
    ["UPCOMING", "OPENS", "upcoming", "ahead"],
    ["DUE", "ACT_BEFORE", "due now", "now"],
    ["DUE", "OPENS", "open since 2018-06-07", "open"],
    ["DUE", "STATE_DUE", "reply due", "now"],
    ["DUE", "LIMIT", "limit reached", "now"],
    ["DUE", "HAPPENS", "happening, to confirm", "now"],
    ["PASSED", "ACT_BEFORE", "overdue", "late"],
    ["PASSED", "OPENS", "open since 2018-06-07", "open"],
    ["PASSED", "STATE_DUE", "no reply known", "late"],
    ["PASSED", "HAPPENS", "passed unconfirmed", "late"],
    ["PASSED", "LIMIT", "passed unconfirmed", "late"],
    ["MET", "ACT_BEFORE", "done", "quiet"],
    ["WAIVED", "ACT_BEFORE", "waived", "quiet"],
    ["WITHDRAWN", "LIMIT", "withdrawn", "quiet"],
  ])("StateWords_%sOf%s_Say%s", (state, nature, words, tone) => {
    const one = deadline({ state: `DEADLINE_STATE_${state}`, nature: `DEADLINE_NATURE_${nature}` });
    expect(stateWords(one)).toBe(words);
    expect(toneOf(one)).toBe(tone);
  });

  it("ToneOf_WhatIsBarred_IsQuiet", () => {
    expect(toneOf(deadline({ state: "DEADLINE_STATE_PASSED", eligibility: "ELIGIBILITY_BARRED" }))).toBe("quiet");
  });

  it("MayBeOpenWords_WhereCustodyIsUnknown_SaysSo", () => {
    const early = { nature: "DEADLINE_NATURE_OPENS", precision: "DEADLINE_PRECISION_NO_LATER_THAN" };
    const words = mayBeOpenWords(deadline({ ...early, assumptions: ["CUSTODY_FROM_VERDICT"] }));
    expect(words).toBe("May already be open: the day custody began is unknown.");
    expect(mayBeOpenWords(deadline({ ...early, state: "DEADLINE_STATE_DUE" }))).toBe("");
    expect(mayBeOpenWords(deadline({ precision: "DEADLINE_PRECISION_NO_LATER_THAN" }))).toBe("");
  });
});

describe("eligibility", () => {
  it.each([
    ["OPEN", "", "No bar known."],
    ["CONDITIONAL", "The code names one.", "Conditional by law. The code names one."],
    ["BARRED", "", "Barred by law."],
    ["UNSPECIFIED", "", ""],
  ])("EligibilityWords_%s_AreNeutral", (eligibility, eligibilityReason, words) => {
    expect(eligibilityWords({ eligibility: `ELIGIBILITY_${eligibility}`, eligibilityReason })).toBe(words);
  });
});

describe("names of things", () => {
  it("KindWords_OfAKindThatIsNew_AreReadable", () => {
    expect(kindWords("DEADLINE_KIND_CUSTODY_LIMIT")).toBe("Custody limit");
    expect(kindWords("DEADLINE_KIND_SOMETHING_NEW")).toBe("Something new");
    expect(titleWords({ kind: "DEADLINE_KIND_APPEAL", title: "" })).toBe("Last day to appeal");
  });

  it("AssumptionWords_KnownAndNew_AreSentences", () => {
    expect(assumptionWords("NO_APPEAL")).toBe("Assumes that nobody appealed");
    expect(assumptionWords("DID_NOT_HIDE")).toContain("did not hide");
    expect(assumptionWords("WORKING_DAYS_UNKNOWN")).toBe("Working days unknown");
  });

  it("ConfidenceWords_Low_AskForALawyer", () => {
    expect(confidenceWords("CONFIDENCE_LOW")).toContain("lawyer");
    expect(confidenceWords("CONFIDENCE_UNSPECIFIED")).toBe("");
  });
});
