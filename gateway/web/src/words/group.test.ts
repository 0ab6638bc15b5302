import { describe, expect, it } from "vitest";
import type { Deadline } from "../api/types";
import { caseOf, entriesOf, foldAlternatives, idOf, kStateGroups } from "./group";

function deadline(id: string, earliest: string, alternativeGroup = "", state = "UPCOMING"): Deadline {
  const name = `cases/c-1/deadlines/${id}`;
  return { name, earliest, latest: earliest, alternativeGroup, state: `DEADLINE_STATE_${state}` } as Deadline;
}

describe("groups", () => {
  it("FoldAlternatives_OfOneLimit_LeavesTheEarliestOnTop", () => {
    const entries = foldAlternatives([
      deadline("b", "2018-06-07", "2m"),
      deadline("a", "2018-06-05", "2m"),
      deadline("c", "2018-07-05", "3m"),
      deadline("d", "2018-06-06"),
    ]);
    expect(entries.map((e) => [idOf(e.deadline.name), e.alternatives.map((a) => idOf(a.name))])).toEqual([
      ["a", ["b"]],
      ["d", []],
      ["c", []],
    ]);
  });

  it("FoldAlternatives_OfAWithdrawnOne_KeepsItApart", () => {
    const entries = foldAlternatives([
      deadline("a", "2018-06-05", "2m", "WITHDRAWN"),
      deadline("b", "2018-06-07", "2m"),
    ]);
    expect(entries.map((e) => e.alternatives.length)).toEqual([0, 0]);
  });

  it("FoldAlternatives_OfTheSameGroupInTwoCases_KeepsThemApart", () => {
    const other = { ...deadline("b", "2018-06-07", "2m"), name: "cases/c-2/deadlines/b" };
    expect(foldAlternatives([deadline("a", "2018-06-05", "2m"), other])).toHaveLength(2);
  });

  it("EntriesOf_WhatPassed_ComeLatestFirst", () => {
    const entries = foldAlternatives([
      deadline("a", "2017-01-01", "", "PASSED"),
      deadline("b", "2018-01-01", "", "PASSED"),
    ]);
    const passed = kStateGroups.find((group) => group.title === "Passed");
    expect(passed && entriesOf(passed, entries).map((e) => idOf(e.deadline.name))).toEqual(["b", "a"]);
  });

  it("StateGroups_OfEveryState_HoldItOnce", () => {
    const states = kStateGroups.flatMap((group) => group.states).sort();
    expect(states).toEqual(["DUE", "MET", "PASSED", "UPCOMING", "WAIVED", "WITHDRAWN"]);
  });

  it("CaseOf_AName_IsItsParent", () => {
    expect(caseOf("cases/c-1/deadlines/d")).toBe("cases/c-1");
  });
});
