// A small world for the fake API: enough of everything that the page shows, as of 2018-04-28.

const kReport = {
  title: "The list of Kazakhstani political prisoners and other victims of politically motivated prosecution (updated)",
  locator: "2 A",
  reliability: "RELIABILITY_REPORT",
};

function person(code, displayName, situation, since, more = {}) {
  return {
    name: `cases/${code}`,
    displayName,
    person: {
      names: [{ text: displayName, script: "SCRIPT_LATIN", kind: "NAME_KIND_MAIN" }, ...(more.names ?? [])],
      born: "",
    },
    country: "KZ",
    place: more.place ?? "Almaty",
    tags: [],
    timeZone: more.timeZone ?? "",
    mandate: { act: false, publish: false, writeToUn: false },
    situation: `SITUATION_${situation}`,
    situationSince: since,
    flags: more.flags ?? [],
  };
}

export const cases = [
  person("c-n54b7576", "Maks Bokayev", "IMPRISONED", "2016-11-28", {
    place: "Atyrau",
    timeZone: "Asia/Atyrau",
    names: [{ text: "Max Bokayev", script: "SCRIPT_LATIN", kind: "NAME_KIND_SPELLING" }],
  }),
  person("c-qk2ng4dt", "Aset Nurzhaubay", "IN_DETENTION", "2018-04-07"),
  person("c-w7m9j59p", "Ardak Ashim", "IN_PSYCHIATRIC_HOSPITAL", "2018-03-31", { place: "Shymkent" }),
  person("c-ngvh5wj6", "Talgat Ayan", "RELEASED_WITH_RESTRICTIONS", "2018-04-13", {
    place: "Atyrau",
    flags: ["DECIDED_NOT_YET_OUT"],
  }),
  person("c-zcj5nxrc", "Mukhtar Dzhakishev", "IMPRISONED", "2010-03-12", {
    names: [{ text: "Мukhtar Dzhakishev", script: "SCRIPT_MIXED", kind: "NAME_KIND_AS_PRINTED" }],
    flags: ["MIXED_SCRIPT_NAME"],
  }),
  person("c-xpqpm47g", "Olesya Khalabuzar", "UNDER_RESTRICTION", "2017-08-02"),
  person("c-v8nfdxsp", "Zhanara Akhmetova", "ABROAD_AT_RISK", "2017-03", { place: "Kyiv" }),
];

function fact(code, id, date, what, more = {}) {
  return { name: `cases/${code}/facts/${id}`, lineage: "", date, source: kReport, retractTime: null, ...what, ...more };
}

export const facts = {
  "c-n54b7576": [
    fact("c-n54b7576", "f1", "2016-04", {
      allegedAct: { what: "took part in peaceful mass rallies against changes to the Land Code" },
    }),
    fact("c-n54b7576", "f3", "2016-11-28", {
      verdict: {
        charges: [
          {
            codeEdition: "CODE_EDITION_KZ_CC_2014",
            article: "174",
            description: "incitement of social discord",
            outcome: "CHARGE_OUTCOME_CONVICTED",
            gravity: { value: "GRAVITY_VALUE_GRAVE", assumed: true },
          },
          {
            codeEdition: "CODE_EDITION_KZ_CC_2014",
            article: "400",
            description: "breach of the order of organising rallies",
            outcome: "CHARGE_OUTCOME_CONVICTED",
          },
        ],
        penalty: "PENALTY_IMPRISONMENT",
        term: "P5Y",
        bans: [{ what: "public activities", term: "P3Y" }],
      },
      note: "The outcome of each charge is not stated; taken as convicted of all.",
    }),
    fact("c-n54b7576", "f4", "2017-04", {
      bodyDecision: {
        body: "BODY_UN_WORKING_GROUP_ON_ARBITRARY_DETENTION",
        demand: "to release both men convicted in the land rallies case",
        transmitted: "",
      },
    }),
    fact(
      "c-n54b7576",
      "f5",
      "../2018-04-28",
      { other: { what: "The State has not carried out the Working Group's demand to release him." } },
      { asStated: "not fulfilled yet" },
    ),
    fact(
      "c-n54b7576",
      "f6",
      "2018-03",
      { health: { what: "entered by mistake" } },
      { retractTime: "2018-04-20T08:00:00Z", retractReason: "It was another person." },
    ),
  ],
  "c-qk2ng4dt": [
    fact("c-qk2ng4dt", "f3", "2018-04-05", { takenToPolice: { place: "police station in Almaty" } }),
    fact("c-qk2ng4dt", "f5", "2018-04-07", {
      custody: { kind: "KIND_REMAND", place: "detention facility in Almaty", alternativeStarts: ["f3"] },
    }),
  ],
};

function deadline(code, id, fields) {
  const caseName = cases.find((c) => c.name === `cases/${code}`);
  return {
    name: `cases/${code}/deadlines/${id}`,
    actor: "DEADLINE_ACTOR_NOBODY",
    earliestTime: "",
    latestTime: "",
    boundary: "DEADLINE_BOUNDARY_FROM_DAY",
    precision: "DEADLINE_PRECISION_EXACT",
    assumptions: [],
    eligibility: "ELIGIBILITY_UNSPECIFIED",
    eligibilityReason: "",
    recurrence: "",
    alternativeGroup: "",
    citation: "Criminal Procedure Code of 4 July 2014 No 231-V, read in the 2025 edition",
    confidence: "CONFIDENCE_MEDIUM",
    action: "",
    facts: [],
    caseDisplayName: caseName.displayName,
    title: "",
    timeZone: caseName.timeZone || "Asia/Almaty",
    step: 0,
    explanation: [],
    ...fields,
    latest: fields.latest ?? fields.earliest,
    kind: `DEADLINE_KIND_${fields.kind}`,
    nature: `DEADLINE_NATURE_${fields.nature}`,
    state: `DEADLINE_STATE_${fields.state}`,
  };
}

function custody(id, earliest, group, anchor, months, step) {
  return deadline("c-qk2ng4dt", id, {
    kind: "CUSTODY_LIMIT",
    nature: "LIMIT",
    state: "UPCOMING",
    earliest,
    actor: "DEADLINE_ACTOR_COUNSEL",
    boundary: "DEADLINE_BOUNDARY_BEFORE_DAY",
    rule: "KZ.CPC.151.1@1",
    title: `Custody limit, ${months} months`,
    alternativeGroup: group,
    action: "Ask whether the court extended custody; if not, demand release.",
    facts: [`cases/c-qk2ng4dt/facts/${anchor}`],
    step,
    explanation: [
      anchor === "f5" ? "Taken into custody on 2018-04-07." : "Taken to the police on 2018-04-05.",
      `Plus ${months} months, the first day counted: the term ends before ${earliest}.`,
      "Custody terms never roll to a working day (CPC 48(4)).",
    ],
  });
}

export const deadlines = [
  deadline("c-n54b7576", "d-end", {
    kind: "SENTENCE_END",
    nature: "HAPPENS",
    state: "UPCOMING",
    earliest: "2021-11-28",
    precision: "DEADLINE_PRECISION_NO_LATER_THAN",
    assumptions: ["CUSTODY_FROM_VERDICT"],
    rule: "KZ.CC.62@1",
    title: "Prison term ends",
    facts: ["cases/c-n54b7576/facts/f3"],
    action: "Find out the day custody began.",
    explanation: [
      "Verdict of 2016-11-28: 5 years of imprisonment.",
      "The day custody began is unknown: counted from the verdict.",
      "2016-11-28 plus 5 years is 2021-11-28.",
    ],
  }),
  deadline("c-n54b7576", "d-parole", {
    kind: "PAROLE_ELIGIBILITY",
    nature: "OPENS",
    state: "UPCOMING",
    actor: "DEADLINE_ACTOR_COUNSEL",
    earliest: "2019-05-28",
    precision: "DEADLINE_PRECISION_NO_LATER_THAN",
    assumptions: ["CUSTODY_FROM_VERDICT", "GRAVITY_ASSUMED", "LAW_READ_IN_2025_EDITION"],
    eligibility: "ELIGIBILITY_CONDITIONAL",
    eligibilityReason: "article 174 is among the extremist crimes, for which article 72(1) names a condition.",
    rule: "KZ.CC.72.3@1",
    title: "Parole can be asked for",
    facts: ["cases/c-n54b7576/facts/f3"],
    explanation: [
      "Grave crime (assumed): one half of 5 years is 2 years 6 months.",
      "2016-11-28 plus 2 years 6 months is 2019-05-28.",
    ],
  }),
  deadline("c-n54b7576", "d-un", {
    kind: "UN_FOLLOW_UP",
    nature: "STATE_DUE",
    state: "PASSED",
    actor: "DEADLINE_ACTOR_US",
    earliest: "2017-10-01",
    latest: "2017-10-30",
    precision: "DEADLINE_PRECISION_WINDOW",
    rule: "UN.WGAD.FU@1",
    title: "Follow-up to the Working Group's opinion, 6 months",
    confidence: "CONFIDENCE_LOW",
    action: "Tell the Working Group whether the opinion was carried out.",
    facts: ["cases/c-n54b7576/facts/f4"],
    explanation: [
      "Opinion of April 2017; the day of transmission is unknown.",
      "Plus 6 months: between 2017-10-01 and 2017-10-30.",
    ],
  }),
  deadline("c-n54b7576", "d-old", {
    kind: "APPEAL",
    nature: "ACT_BEFORE",
    state: "WITHDRAWN",
    earliest: "2016-12-13",
    rule: "KZ.CPC.418@1",
    title: "Appeal against the verdict",
    explanation: ["Withdrawn by a later fact."],
  }),
  custody("d-2m", "2018-06-07", "g2", "f5", 2, 2),
  custody("d-2m-alt", "2018-06-05", "g2", "f3", 2, 2),
  custody("d-3m", "2018-07-07", "g3", "f5", 3, 3),
  deadline("c-w7m9j59p", "d-stay", {
    kind: "COMMITTAL_END",
    nature: "LIMIT",
    state: "UPCOMING",
    actor: "DEADLINE_ACTOR_COUNSEL",
    earliest: "2018-04-30",
    boundary: "DEADLINE_BOUNDARY_BEFORE_DAY",
    rule: "KZ.CPC.48@1",
    title: "Forced hospital stay, one month",
    action: "Ask whether the stay was extended; if not, demand release.",
    explanation: ["Placed on 2018-03-31.", "Plus one month: there is no 31 April, so 2018-04-30 (CPC 48(4))."],
  }),
  deadline("c-ngvh5wj6", "d-force", {
    kind: "ENTRY_INTO_FORCE",
    nature: "HAPPENS",
    state: "UPCOMING",
    earliest: "2018-04-29",
    precision: "DEADLINE_PRECISION_NO_EARLIER_THAN",
    assumptions: ["NO_APPEAL"],
    rule: "KZ.CPC.470@1",
    title: "Order on replacement enters into force",
    explanation: [
      "Order of 2018-04-13.",
      "Plus 15 days, the first day not counted: Saturday 2018-04-28, a decreed working day, so it does not roll.",
      "In force on the day after: 2018-04-29.",
    ],
  }),
  deadline("c-xpqpm47g", "d-report", {
    kind: "REPORTING_DUTY",
    nature: "ACT_BEFORE",
    state: "DUE",
    actor: "DEADLINE_ACTOR_US",
    earliest: "2018-04-28",
    boundary: "DEADLINE_BOUNDARY_END_OF_DAY",
    recurrence: "P1M",
    rule: "KZ.CPC.398@1",
    title: "Report to the probation service",
    explanation: ["Every month from 2017-08-28."],
  }),
  deadline("c-zcj5nxrc", "d-parole", {
    kind: "PENALTY_REPLACEMENT_ELIGIBILITY",
    nature: "OPENS",
    state: "DUE",
    actor: "DEADLINE_ACTOR_COUNSEL",
    earliest: "2018-01-16",
    precision: "DEADLINE_PRECISION_NO_LATER_THAN",
    assumptions: ["CUSTODY_FROM_VERDICT"],
    eligibility: "ELIGIBILITY_OPEN",
    rule: "KZ.CC.73.2@1",
    title: "A milder penalty can be asked for",
    action: "Prepare the motion.",
    explanation: ["One third of the term."],
  }),
  deadline("c-v8nfdxsp", "d-term", {
    kind: "APPEAL",
    nature: "ACT_BEFORE",
    state: "PASSED",
    actor: "DEADLINE_ACTOR_COUNSEL",
    earliest: "2018-04-10",
    boundary: "DEADLINE_BOUNDARY_END_OF_DAY",
    rule: "UA.REF.12@1",
    title: "Appeal against the refusal of asylum",
    explanation: ["Refused on 2018-04-03, plus 5 working days."],
  }),
];

export const findings = {
  "c-n54b7576": [
    {
      name: "cases/c-n54b7576/findings/custody-start-unknown-f3",
      kind: "CUSTODY_START_UNKNOWN",
      facts: ["cases/c-n54b7576/facts/f3"],
      text: "The day custody began is not recorded.",
      remedy: "Ask counsel for the record of the detention.",
      maxShiftDays: 298,
    },
  ],
};

function alert(id, of, state, step, fireTime) {
  const about = deadlines.find((d) => d.name.endsWith(of));
  return {
    name: `alerts/${id}`,
    case: about.name.split("/").slice(0, 2).join("/"),
    deadline: about.name,
    kind: about.kind,
    earliest: about.earliest,
    latest: about.latest,
    step,
    state: `ALERT_STATE_${state}`,
    fireTime,
    snoozeUntil: null,
    acknowledgedBy: "",
    acknowledgeTime: null,
    reminders: [],
    caseDisplayName: about.caseDisplayName,
    title: about.title,
    precision: about.precision,
    deadlineState: about.state,
  };
}

export const alerts = [
  alert("a-stay-1", "d-stay", "SENT", 3, "2018-04-27T03:00:00Z"),
  alert("a-force-3", "d-force", "ESCALATED", 3, "2018-04-26T03:00:00Z"),
  alert("a-term-0", "d-term", "SENT", 0, "2018-04-10T03:00:00Z"),
  alert("a-un-0", "d-un", "SENT", 0, "2017-10-30T03:00:00Z"),
  alert("a-2m-20", "d-2m-alt", "SCHEDULED", 20, "2018-05-16T03:00:00Z"),
  alert("a-2m-15", "d-2m-alt", "SCHEDULED", 15, "2018-05-21T03:00:00Z"),
];

/** All cases but one without a subscription, and that one without a stand-in. */
export const unwatched = cases.map((one, i) => ({
  case: one.name,
  displayName: one.displayName,
  situation: one.situation,
  why: i === 0 ? "WHY_NO_STAND_IN" : "WHY_NO_SUBSCRIPTION",
  text: "",
  nextDate: "2018-06-05",
  deadlinesAhead: 1,
}));

const kCounts = {
  IMPRISONED: 18,
  IN_DETENTION: 4,
  IN_PSYCHIATRIC_HOSPITAL: 2,
  UNDER_PREVENTIVE_MEASURE: 1,
  UNDER_RESTRICTION: 7,
  RELEASED_WITH_RESTRICTIONS: 4,
  ABROAD_AT_RISK: 6,
  FREE: 0,
  DECEASED: 0,
  NOT_STATED: 7,
};

export function overview(asOf) {
  const states = ["UPCOMING", "DUE", "PASSED", "MET", "WAIVED", "WITHDRAWN"];
  return {
    asOf: asOf || "2018-04-28",
    situationCounts: Object.entries(kCounts).map(([situation, count]) => ({
      situation: `SITUATION_${situation}`,
      count,
    })),
    headlineCount: 38,
    deadlineCounts: states.map((s) => ({
      state: `DEADLINE_STATE_${s}`,
      count: deadlines.filter((d) => d.state === `DEADLINE_STATE_${s}`).length,
    })),
    caseCount: 49,
    unacknowledgedAlertCount: alerts.filter((a) => /_(SENT|ESCALATED|DEAD)$/.test(a.state)).length,
    missing: [],
  };
}
