import { describe, expect, it } from "vitest";
import type { Alert } from "../api/types";
import { alertStateWords, answerWords, datesOf, isUnacknowledged, stepWords, trayOf } from "./alert";
import { dateSentence } from "./deadline";

function alert(fields: Partial<Alert>): Alert {
  return {
    name: "alerts/a-1",
    case: "cases/c-1",
    deadline: "cases/c-1/deadlines/d-1",
    kind: "DEADLINE_KIND_CUSTODY_LIMIT",
    earliest: "2018-06-07",
    latest: "2018-06-07",
    step: 3,
    state: "ALERT_STATE_SENT",
    reminders: [],
    ...fields,
  };
}

describe("alerts", () => {
  it.each([
    ["SENT", "waiting"],
    ["ESCALATED", "waiting"],
    ["DEAD", "waiting"],
    ["SNOOZED", "snoozed"],
    ["ACKNOWLEDGED", "answered"],
    ["SCHEDULED", "scheduled"],
    ["CLOSED", "closed"],
  ])("TrayOf_%s_Is%s", (state, tray) => {
    expect(trayOf({ state: `ALERT_STATE_${state}` })).toBe(tray);
  });

  it("TrayOf_WhatIsAboutAPassedDate_IsLate", () => {
    expect(trayOf({ state: "ALERT_STATE_SENT", deadlineState: "DEADLINE_STATE_PASSED" })).toBe("late");
    expect(trayOf({ state: "ALERT_STATE_SENT", deadlineState: "DEADLINE_STATE_DUE" })).toBe("waiting");
  });

  it("IsUnacknowledged_WhatFiredAndNobodyAnswered_WhateverBecameOfItsDate", () => {
    const states = ["SENT", "ESCALATED", "DEAD", "SNOOZED", "ACKNOWLEDGED", "SCHEDULED", "CLOSED"];
    const unanswered = states.filter((state) => isUnacknowledged({ state: `ALERT_STATE_${state}` }));
    expect(unanswered).toEqual(["SENT", "ESCALATED", "DEAD"]);
  });

  it("AlertStateWords_OfAnAnswer_SayByWhomAndWhen", () => {
    const words = alertStateWords(
      alert({ state: "ALERT_STATE_ACKNOWLEDGED", acknowledgedBy: "admin", acknowledgeTime: "2018-04-28T03:05:00Z" }),
    );
    expect(words).toBe("Acknowledged by admin, 2018-04-28 Saturday, 09:05 Almaty time");
  });

  it("AlertStateWords_OfWhatNobodyGot_SaySo", () => {
    expect(alertStateWords(alert({ state: "ALERT_STATE_DEAD" }))).toContain("Not delivered");
  });

  it("AnswerWords_OfAnAcknowledgementThatEnds_SayUntilWhenAndWhatWasSaid", () => {
    const until = {
      acknowledgedBy: "admin",
      acknowledgeExpireTime: "2018-05-20T03:00:00Z",
      acknowledgeNote: "motion filed",
    };
    expect(answerWords(alert({ state: "ALERT_STATE_ACKNOWLEDGED", ...until }))).toEqual([
      "Holds until 2018-05-20 Sunday, 09:00 Almaty time; then it is open again.",
      "Note: motion filed",
    ]);
    expect(answerWords(alert(until))).toEqual([
      "Was acknowledged by admin until 2018-05-20 Sunday, 09:00 Almaty time.",
    ]);
  });

  it("AnswerWords_OfAHandOver_SayToWhomByWhomAndWhy", () => {
    const words = answerWords(
      alert({
        handedOverTo: "receivers/counsel",
        handedOverBy: "admin",
        handOverTime: "2018-04-28T03:05:00Z",
        handOverNote: "on leave",
      }),
    );
    expect(words).toEqual(["Handed over to counsel by admin, 2018-04-28 Saturday, 09:05 Almaty time: on leave"]);
  });

  it("AnswerWords_WhereNobodySaidAnything_AreNone", () => {
    expect(answerWords(alert({ acknowledgeExpireTime: null, handedOverTo: "" }))).toEqual([]);
  });

  it.each([
    [1, "reminder 1 day before"],
    [30, "reminder 30 days before"],
    [0, "reminder on the day"],
    [-7, "reminder 7 days after"],
  ])("StepWords_%d_Say%s", (step, words) => {
    expect(stepWords(step)).toBe(words);
  });

  it("DatesOf_AnAlertAboutCustody_AreSaidAsALimit", () => {
    expect(dateSentence(datesOf(alert({ precision: "DEADLINE_PRECISION_EXACT" })))).toContain("end of 6 June 2018");
  });
});
