// Situations and flags of a case, and the groups of the headline.
import { plain } from "./plain";

const kSituations: Record<string, string> = {
  IMPRISONED: "In prison",
  IN_DETENTION: "In detention",
  IN_PSYCHIATRIC_HOSPITAL: "In psychiatric hospital",
  UNDER_PREVENTIVE_MEASURE: "Under a preventive measure",
  UNDER_RESTRICTION: "Under restriction of liberty",
  RELEASED_WITH_RESTRICTIONS: "Released, with restrictions left",
  ABROAD_AT_RISK: "Abroad, at risk",
  FREE: "Free",
  DECEASED: "Deceased",
  NOT_STATED: "Not stated",
};

const kFlags: Record<string, string> = {
  MIXED_SCRIPT_NAME: "A name mixes letters of two scripts",
  DECIDED_NOT_YET_OUT: "Decided, not yet out",
  ENDED_UNCONFIRMED: "Should have ended: confirm",
};

/** A group of the headline and the situations it counts. */
export interface Group {
  title: string;
  situations: string[];
}

/** The headline counts the first three groups. */
export const kGroups: Group[] = [
  { title: "Held", situations: ["IMPRISONED", "IN_DETENTION", "IN_PSYCHIATRIC_HOSPITAL"] },
  { title: "Restricted", situations: ["UNDER_PREVENTIVE_MEASURE", "UNDER_RESTRICTION"] },
  { title: "Abroad", situations: ["ABROAD_AT_RISK"] },
  { title: "Not in the headline", situations: ["RELEASED_WITH_RESTRICTIONS", "FREE", "DECEASED", "NOT_STATED"] },
];

export function situationWords(situation: string): string {
  return kSituations[situation.replace("SITUATION_", "")] ?? plain(situation, "SITUATION_");
}

export function flagWords(flag: string): string {
  return kFlags[flag] ?? plain(flag, "");
}
