import { describe, expect, it } from "vitest";
import proto from "../../../../protos/vigil/alert/v1/assurance.proto?raw";
import type { UnwatchedCase } from "../api/types";
import { groupByWhy, rowWords, whyWords } from "./unwatched";

function row(fields: Partial<UnwatchedCase>): UnwatchedCase {
  return {
    case: "cases/c-1",
    displayName: "A. Person",
    situation: "SITUATION_IN_DETENTION",
    why: "WHY_NO_STAND_IN",
    text: "in the words of the API",
    nextDate: "2018-06-05",
    deadlinesAhead: 1,
    ...fields,
  };
}

const kMessage = /message UnwatchedCase \{(.*?)\n\}/s.exec(proto)?.[1] ?? "";
const kWhys = [...kMessage.matchAll(/^ {4}(WHY_\w+) = [1-9]/gm)].map((found) => found[1] as string);

describe("cases that nobody watches", () => {
  it("WhyWords_OfEveryReasonOfTheContract_AreThePagesOwn", () => {
    expect(kWhys).toContain("WHY_NO_STAND_IN");
    for (const why of kWhys) {
      const words = whyWords(row({ why }));
      expect(words.title, why).not.toBe("in the words of the API");
      expect(words.remedy, why).not.toBe("");
    }
  });

  it("WhyWords_OfAReasonThatIsNewer_AreThoseOfTheApi", () => {
    expect(whyWords(row({ why: "WHY_NEWER" }))).toEqual({ title: "in the words of the API", remedy: "" });
  });

  it.each([
    [{}, "In detention · 5 June 2018, in 20 days"],
    [{ nextDate: "2018-05-15" }, "In detention · 15 May 2018"],
    [{ nextDate: "" }, "In detention"],
    [{ case: "dossiers/d-1", situation: "SITUATION_UNSPECIFIED" }, "5 June 2018, in 20 days"],
  ])("RowWords_%j_Say%s", (fields, words) => {
    expect(rowWords(row(fields), "2018-05-16")).toBe(words);
  });

  it("GroupByWhy_KeepsTheOrderOfTheRows", () => {
    const rows = [
      row({ case: "cases/c-1" }),
      row({ case: "cases/c-2", why: "WHY_NO_SUBSCRIPTION" }),
      row({ case: "cases/c-3", why: "WHY_NO_SUBSCRIPTION" }),
    ];
    const groups = groupByWhy(rows).map((group) => [group.why, group.rows.map((one) => one.case)]);
    expect(groups).toEqual([
      ["WHY_NO_STAND_IN", ["cases/c-1"]],
      ["WHY_NO_SUBSCRIPTION", ["cases/c-2", "cases/c-3"]],
    ]);
  });
});
