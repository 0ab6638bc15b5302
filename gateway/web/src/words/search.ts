// Where a search found its words.
import type { Facet } from "../api/types";

const kFields: Record<string, string> = {
  SEARCH_FIELD_FACT: "a fact",
  SEARCH_FIELD_ARTICLE: "an article",
  SEARCH_FIELD_PLACE: "a place",
};

/** Where words were found other than in a name: `found in a fact, a place`; empty where nowhere else. */
export function foundIn(fields: string[]): string {
  const words = fields.map((field) => kFields[field]).filter((word) => word !== undefined);
  return words.length > 0 ? `found in ${words.join(", ")}` : "";
}

/** Articles and places that tell the hits apart: those that some have and others not, at most six of each. */
export function telling(facets: Facet[], hits: number): Facet[] {
  const of = (field: string) => facets.filter((f) => f.field === field && f.count < hits).slice(0, 6);
  return [...of("article"), ...of("place")];
}
