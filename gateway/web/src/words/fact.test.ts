import { describe, expect, it } from "vitest";
import proto from "../../../../protos/vigil/registry/v1/fact.proto?raw";
import type { Fact } from "../api/types";
import { anchorWords, chargeWords, factWords, sourceWords } from "./fact";

function fact(what: Record<string, unknown>, date = "2018-04-07"): Fact {
  return { name: "cases/c-1/facts/f1", date, ...what };
}

describe("facts", () => {
  it("FactWords_OfAVerdict_SayPenaltyTermChargesAndBans", () => {
    const words = factWords(
      fact({
        verdict: {
          charges: [{ codeEdition: "CODE_EDITION_KZ_CC_2014", article: "174", outcome: "CHARGE_OUTCOME_CONVICTED" }],
          penalty: "PENALTY_IMPRISONMENT",
          term: "P5Y",
          bans: [{ what: "public activities", term: "P3Y" }],
          confiscation: true,
        },
      }),
    );
    expect(words).toEqual({
      kind: "Verdict",
      text: "Imprisonment; 5 years",
      details: [
        "Article 174, Criminal Code of 2014 — convicted",
        "Ban: public activities, 3 years",
        "Property confiscated",
      ],
    });
  });

  it("FactWords_OfAnAcquittal_SayAcquitted", () => {
    expect(factWords(fact({ verdict: { charges: [], penalty: "PENALTY_NONE", bans: [] } })).text).toContain(
      "Acquitted",
    );
  });

  it("FactWords_OfAKindThatIsNew_AreNotDropped", () => {
    expect(factWords(fact({ somethingNew: {} })).kind).toBe("Fact");
  });

  it("FactWords_OfEveryKindOfTheContract_AreKnown", () => {
    const members = proto.slice(proto.indexOf("oneof what")).matchAll(/^ {4}\w+ (\w+) = \d+;/gm);
    const names = [...members].map(([, name]) => (name as string).replace(/_(\w)/g, (_, c) => c.toUpperCase()));
    expect(names.length).toBeGreaterThan(40);
    const unknown = names.filter((name) => factWords(fact({ [name]: {} })).kind === "Fact");
    expect(unknown).toEqual([]);
  });

  it("FactWords_OfADecision_SayWhichCourtAndWhenTheCopyCame", () => {
    const decision = { court: "Almaty City Court", served: "2018-04-09" };
    for (const kind of ["verdict", "parole", "transfer", "extraditionStep", "motionDecision", "asylumStep"]) {
      const words = factWords(fact({ [kind]: decision }));
      expect([words.text, ...words.details].join("; ")).toContain("Almaty City Court");
      expect(words.details).toContain("Copy served 9 April 2018");
    }
    expect(factWords(fact({ parole: {} })).details).toEqual([]);
    expect(factWords(fact({ custody: { kind: "KIND_ARREST", remote: true } })).text).toContain("remote place");
  });

  it("ChargeWords_OfAnAssumedGravity_SayAssumed", () => {
    const words = chargeWords({
      codeEdition: "CODE_EDITION_KZ_CC_1997",
      article: "176",
      part: "3",
      description: "embezzlement",
      gravity: { value: "GRAVITY_VALUE_ESPECIALLY_GRAVE", assumed: true },
    });
    expect(words).toBe("Article 176, part 3, Criminal Code of 1997: embezzlement (especially grave, assumed)");
  });

  it("AnchorWords_OfCustody_NameKindAndDay", () => {
    expect(anchorWords(fact({ custody: { kind: "KIND_REMAND" } }))).toBe("taken into custody, 7 April 2018");
  });

  it("SourceWords_WithoutASource_SaySo", () => {
    expect(sourceWords(fact({}))).toBe("No source given");
    expect(
      sourceWords(fact({ source: { title: "The list", locator: "2 A", reliability: "RELIABILITY_STATEMENT" } })),
    ).toBe("The list, section 2 A, said by one side");
  });
});
