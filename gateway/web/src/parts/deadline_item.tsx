// One deadline of a list: its date with its precision and assumptions, its state, and on request the whole reasoning.
import { Link } from "wouter-preact";
import type { Deadline, Fact } from "../api/types";
import { recurrenceWords } from "../words/dates";
import {
  actorWords,
  confidenceWords,
  dateSentence,
  eligibilityWords,
  mayBeOpenWords,
  stateWords,
  titleWords,
  toneOf,
} from "../words/deadline";
import { anchorWords } from "../words/fact";
import { caseOf, type Entry, idOf } from "../words/group";
import { Assumptions, DayText, When } from "./date_text";
import { Reasoning } from "./reasoning";

interface Props {
  entry: Entry;
  /** The day read, for "in 12 days". */
  day: string;
  /** Level of the item's heading. */
  level: 3 | 4;
  /** Name the case: in lists over several cases. */
  withCase?: boolean;
  /** What the dossiers are called, by name. */
  dossiers?: ReadonlyMap<string, string>;
  /** The facts of the case, where they are on the same page. */
  facts?: Fact[];
}

function Alternatives(props: { alternatives: Deadline[]; facts?: Fact[] }) {
  if (!props.alternatives.length) return null;
  return (
    <details class="more">
      <summary>If counted from another day ({props.alternatives.length})</summary>
      <ul class="plain-list">
        {props.alternatives.map((other) => {
          const anchor = props.facts?.find((fact) => fact.name === other.facts[0]);
          return (
            <li key={other.name}>
              <p>
                <DayText day={other.earliest} time={other.earliestTime} zone={other.timeZone} />
                {other.latest !== other.earliest && (
                  <>
                    {" to "}
                    <DayText day={other.latest} time={other.latestTime} zone={other.timeZone} />
                  </>
                )}
                {", if counted from: "}
                {anchor ? anchorWords(anchor) : (other.explanation[0] ?? "another fact")}
              </p>
              <p class="certainty">{dateSentence(other)}</p>
              <Assumptions deadline={other} />
            </li>
          );
        })}
      </ul>
    </details>
  );
}

export function DeadlineItem({ entry, day, level, withCase, dossiers, facts }: Props) {
  const { deadline, alternatives } = entry;
  const Heading = `h${level}` as "h3" | "h4";
  const parent = caseOf(deadline.name);
  const title = titleWords(deadline);
  const caseName = deadline.caseDisplayName || dossiers?.get(parent) || idOf(parent);
  const mayBeOpen = mayBeOpenWords(deadline);
  const eligibility = eligibilityWords(deadline);
  return (
    <li class="deadline" data-tone={toneOf(deadline)} id={`deadline-${idOf(deadline.name)}`}>
      <When of={deadline} day={deadline.state.endsWith("WITHDRAWN") ? "" : day} />
      <div class="what">
        <Heading>
          {withCase && (
            <>
              {parent.startsWith("cases/") ? <Link href={`/cases/${idOf(parent)}`}>{caseName}</Link> : caseName}
              <span class="dash"> – </span>
            </>
          )}
          {title} <span class="state">{stateWords(deadline)}</span>
        </Heading>
        <p class="certainty">{dateSentence(deadline)}</p>
        <Assumptions deadline={deadline} />
        {mayBeOpen && <p class="open-note">{mayBeOpen}</p>}
        {eligibility && <p class="eligibility">{eligibility}</p>}
        {deadline.recurrence && <p class="eligibility">Recurs {recurrenceWords(deadline.recurrence)}.</p>}
        {deadline.action && <p class="action">{deadline.action}</p>}
        <Alternatives alternatives={alternatives} facts={facts} />
        <Reasoning
          explanation={deadline.explanation}
          rule={deadline.rule}
          citation={deadline.citation}
          actor={actorWords(deadline.actor)}
          confidence={confidenceWords(deadline.confidence)}
          facts={(facts ?? []).filter((fact) => deadline.facts.includes(fact.name))}
          about={withCase ? `${title}, ${caseName}` : title}
        />
      </div>
    </li>
  );
}
