// All facts of a case by date, each with its source. Retracted ones stay readable.
import type { Fact } from "../api/types";
import { spanEnd } from "../words/dates";
import { factWords, sourceWords } from "../words/fact";
import { caseOf, idOf } from "../words/group";
import { SpanText } from "./date_text";

function FactItem(props: { fact: Fact; owner: string }) {
  const { fact } = props;
  const words = factWords(fact);
  const elsewhere = caseOf(fact.name) !== props.owner;
  return (
    <li class="fact" id={elsewhere ? undefined : `fact-${idOf(fact.name)}`} data-retracted={Boolean(fact.retractTime)}>
      <div class="when">
        <SpanText span={fact.date} />
      </div>
      <div class="what">
        <h3>
          {words.kind}
          {fact.retractTime && <span class="state">retracted</span>}
          {fact.confidential && <span class="state">confidential</span>}
        </h3>
        {words.text && <p class="said">{words.text}</p>}
        {words.details.length > 0 && (
          <ul class="details">
            {words.details.map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
          </ul>
        )}
        {fact.asStated && <p class="hint">As the source puts it: “{fact.asStated}”</p>}
        {fact.knownDate && (
          <p class="hint">
            Became known: <SpanText span={fact.knownDate} />
          </p>
        )}
        {fact.note && <p class="hint">Note: {fact.note}</p>}
        {fact.retractReason && (
          <p class="hint">
            Retracted{fact.retractAuthor && ` by ${fact.retractAuthor}`}: {fact.retractReason}
          </p>
        )}
        <p class="source">
          {sourceWords(fact)}
          {fact.author && ` · recorded by ${fact.author}`}
          {elsewhere && ` · recorded in ${caseOf(fact.name)}`}
        </p>
      </div>
    </li>
  );
}

export function Timeline(props: { facts: Fact[]; owner: string }) {
  const facts = [...props.facts].sort((a, b) => spanEnd(a.date).localeCompare(spanEnd(b.date)));
  return (
    <section aria-labelledby="facts">
      <h2 id="facts">Facts and sources</h2>
      {facts.length === 0 && <p class="empty">No fact is recorded.</p>}
      <ol class="timeline">
        {facts.map((fact) => (
          <FactItem key={fact.name} fact={fact} owner={props.owner} />
        ))}
      </ol>
    </section>
  );
}
