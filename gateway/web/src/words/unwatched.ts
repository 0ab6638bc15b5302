// Why nobody watches a case, in words.
import type { UnwatchedCase } from "../api/types";
import { awayWords, dayWords } from "./dates";
import { situationWords } from "./situation";

/** A reason, and what mends it. */
export interface Why {
  title: string;
  remedy: string;
}

const kWhys: Record<string, Why> = {
  NO_STAND_IN: {
    title: "No stand-in: who was told has not answered in time",
    remedy: "Acknowledge the alert or hand it over, and give the subscription a stand-in or a team.",
  },
  RECEIVERS_DISABLED: {
    title: "All who would be told are disabled",
    remedy: "Enable a receiver, or have another one subscribe.",
  },
  NOTHING_LEFT: {
    title: "All that was to be said of the dates ahead was said",
    remedy: "No reminder comes before these dates any more: keep them in sight until they have passed.",
  },
  POLICY_SILENT: {
    title: "By their policies none of the dates ahead is told",
    remedy: "Look at the policies for dates of these kinds.",
  },
  NO_SUBSCRIPTION: {
    title: "No subscription is about any of the dates ahead",
    remedy: "Have a receiver subscribe to the case, or to dates of these kinds.",
  },
  NO_DEADLINE_AHEAD: {
    title: "All dates are done, waived, withdrawn or past",
    remedy: "Record what has come since, or a date to look at the case again.",
  },
  NO_DEADLINE: {
    title: "No date follows from the facts recorded",
    remedy: "The findings of the case say which facts are missing.",
  },
};

/** What the page has no words for is said in those of the API. */
export function whyWords(row: Pick<UnwatchedCase, "why" | "text">): Why {
  return kWhys[row.why.replace("WHY_", "")] ?? { title: row.text, remedy: "" };
}

/** "5 June 2018, in 20 days": the date that it is about; empty where none is ahead. What has begun need not be over. */
export function whenWords(row: Pick<UnwatchedCase, "nextDate">, today: string): string {
  const { nextDate } = row;
  return nextDate < today ? nextDate && dayWords(nextDate) : `${dayWords(nextDate)}, ${awayWords(today, nextDate)}`;
}

/** "In detention · 5 June 2018, in 20 days": where the person is, and that date. */
export function rowWords(row: UnwatchedCase, today: string): string {
  const where = row.case.startsWith("cases/") && situationWords(row.situation);
  return [where, whenWords(row, today)].filter(Boolean).join(" · ");
}

/** Rows of one reason. */
export interface WhyGroup extends Why {
  why: string;
  rows: UnwatchedCase[];
}

/** By reason, in the order in which the rows came. */
export function groupByWhy(rows: UnwatchedCase[]): WhyGroup[] {
  const groups = new Map<string, WhyGroup>();
  for (const row of rows) {
    const group = groups.get(row.why) ?? { why: row.why, ...whyWords(row), rows: [] };
    group.rows.push(row);
    groups.set(row.why, group);
  }
  return [...groups.values()];
}
