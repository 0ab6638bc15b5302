// Deadlines in the order people read them: alternatives folded into one entry, entries into groups.
import type { Deadline } from "../api/types";

/** A deadline, and the same limit counted from other anchors. */
export interface Entry {
  deadline: Deadline;
  alternatives: Deadline[];
}

/** Folds each alternative group into its earliest deadline; what is still open goes before what was withdrawn. */
export function foldAlternatives(deadlines: Deadline[]): Entry[] {
  const entries: Entry[] = [];
  const byGroup = new Map<string, Entry>();
  for (const deadline of [...deadlines].sort(byDate)) {
    const group =
      deadline.alternativeGroup &&
      `${caseOf(deadline.name)} ${deadline.alternativeGroup} ${deadline.state.endsWith("WITHDRAWN")}`;
    const first = group ? byGroup.get(group) : undefined;
    if (first) {
      first.alternatives.push(deadline);
      continue;
    }
    const entry = { deadline, alternatives: [] };
    entries.push(entry);
    if (group) byGroup.set(group, entry);
  }
  return entries;
}

/** The case or dossier of a resource name, `cases/c-7f3k9q2m`. */
export function caseOf(name: string): string {
  return name.split("/").slice(0, 2).join("/");
}

/** The last part of a resource name. */
export function idOf(name: string): string {
  return name.split("/").pop() ?? name;
}

/** By the first day it can be, then by name, so that the order never flickers. */
export function byDate(a: Deadline, b: Deadline): number {
  return a.earliest.localeCompare(b.earliest) || a.latest.localeCompare(b.latest) || a.name.localeCompare(b.name);
}

/** A group of the case file. */
export interface StateGroup {
  title: string;
  states: string[];
  /** Latest first. */
  backwards?: boolean;
}

export const kStateGroups: StateGroup[] = [
  { title: "Due or open now", states: ["DUE"] },
  { title: "Upcoming", states: ["UPCOMING"] },
  { title: "Passed", states: ["PASSED"], backwards: true },
  { title: "Done or waived", states: ["MET", "WAIVED"], backwards: true },
  { title: "Withdrawn", states: ["WITHDRAWN"], backwards: true },
];

/** The entries of one group. */
export function entriesOf(group: StateGroup, entries: Entry[]): Entry[] {
  const chosen = entries.filter((entry) => group.states.includes(entry.deadline.state.replace("DEADLINE_STATE_", "")));
  return group.backwards ? chosen.reverse() : chosen;
}
