import { describe, expect, it } from "vitest";
import type { Facet } from "../api/types";
import { foundIn, telling } from "./search";

function facet(field: string, value: string, count: number): Facet {
  return { field, value, count };
}

describe("search", () => {
  it("FoundIn_ANameAlone_SaysNothing", () => {
    expect(foundIn(["SEARCH_FIELD_NAME"])).toBe("");
    expect(foundIn([])).toBe("");
  });

  it("FoundIn_OtherFields_NamesThem", () => {
    expect(foundIn(["SEARCH_FIELD_NAME", "SEARCH_FIELD_FACT", "SEARCH_FIELD_PLACE"])).toBe("found in a fact, a place");
  });

  it("Telling_WhatAllHitsHave_IsLeftOut", () => {
    const facets = [facet("article", "174", 3), facet("article", "258", 1), facet("situation", "SITUATION_FREE", 1)];
    expect(telling(facets, 3).map((f) => f.value)).toEqual(["258"]);
  });

  it("Telling_ManyValues_AreCutToSixOfEach", () => {
    const many = (field: string) => Array.from({ length: 9 }, (_, i) => facet(field, `${field}${i}`, 1));
    expect(telling([...many("article"), ...many("place")], 20)).toHaveLength(12);
  });
});
