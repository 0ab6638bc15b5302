// How a date was worked out: the steps, the facts, the rule and where it stands.
import type { Fact } from "../api/types";
import { anchorWords } from "../words/fact";
import { idOf } from "../words/group";

interface Props {
  explanation: string[];
  rule: string;
  citation: string;
  confidence: string;
  /** Who must act; empty: nobody. */
  actor: string;
  /** Those of its facts that are on this page, to link to. */
  facts: Fact[];
  /** What it explains: many of these look alike to somebody who hears the page. */
  about: string;
}

export function Reasoning(props: Props) {
  return (
    <details class="more reasoning">
      <summary>
        How this date was worked out<span class="unseen">: {props.about}</span>
      </summary>
      <ol class="steps">
        {props.explanation.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <dl class="pairs">
        {props.facts.length > 0 && (
          <>
            <dt>Rests on</dt>
            <dd>
              <ul class="plain-list">
                {props.facts.map((fact) => (
                  <li key={fact.name}>
                    <a href={`#fact-${idOf(fact.name)}`}>{anchorWords(fact)}</a>
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
        {props.actor && (
          <>
            <dt>Who must act</dt>
            <dd>{props.actor}</dd>
          </>
        )}
        <dt>Rule</dt>
        <dd>
          <code>{props.rule}</code>
        </dd>
        {props.citation && (
          <>
            <dt>Stands in</dt>
            <dd>{props.citation}</dd>
          </>
        )}
        {props.confidence && (
          <>
            <dt>Confidence</dt>
            <dd>{props.confidence}</dd>
          </>
        )}
      </dl>
    </details>
  );
}
