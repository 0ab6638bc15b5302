// The list of cases, and the search for names in any script or spelling, and for words.
import { useEffect, useState } from "preact/hooks";
import { Link, useLocation, useSearch } from "wouter-preact";
import { listCases, searchCases } from "../api/client";
import type { Case } from "../api/types";
import { SpanText } from "../parts/date_text";
import { useLoad } from "../parts/load";
import { Failure, View, Waiting } from "../parts/view";
import { asOf } from "../state";
import { idOf } from "../words/group";
import { foundIn, telling } from "../words/search";
import { flagWords, kGroups, situationWords } from "../words/situation";

const kSearchDelayMs = 250;

interface Row {
  case: Case;
  /** The name that matched a search, where it is another than the one shown. */
  matched?: string;
  /** Where words were found other than in a name. */
  found?: string;
}

function CaseTable(props: { rows: Row[]; caption: string }) {
  return (
    <table class="cases">
      <caption class="unseen">{props.caption}</caption>
      <thead>
        <tr>
          <th scope="col">Person</th>
          <th scope="col">Situation</th>
          <th scope="col">Since</th>
          <th scope="col" class="roomy">
            Place
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map(({ case: one, matched, found }) => (
          <tr key={one.name}>
            <th scope="row">
              <Link href={`/cases/${idOf(one.name)}`}>{one.displayName}</Link>
              {matched && matched !== one.displayName && <span class="hint">also {matched}</span>}
              {found && <span class="hint">{found}</span>}
            </th>
            <td>
              {situationWords(one.situation)}
              {one.flags?.map((flag) => (
                <span key={flag} class="hint">
                  {flagWords(flag)}
                </span>
              ))}
            </td>
            <td class="since">{one.situationSince && <SpanText span={one.situationSince} />}</td>
            <td class="roomy">{one.place}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The text once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), kSearchDelayMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function Found(props: { query: string; onMore: (word: string) => void }) {
  const { query } = props;
  const found = useLoad((signal) => searchCases(query, asOf.value, signal), [query, asOf.value]);
  const rows =
    found.data?.results.map((r) => ({ case: r.case, matched: r.matchedName, found: foundIn(r.matchedFields) })) ?? [];
  const total = found.data?.totalSize ?? 0;
  const shown = rows.length < total ? `, the best ${rows.length} shown` : "";
  const count = `${total}${found.data?.cutOff ? " or more" : ""} ${total === 1 ? "case" : "cases"} found${shown}`;
  const facets = telling(found.data?.facets ?? [], total);
  return (
    <>
      <Failure what="The search failed." error={found.error} again={found.again} />
      <p class="count" role="status">
        {found.data && !found.loading ? count : "Searching…"}
      </p>
      {facets.length > 0 && (
        <p class="facets">
          Among them:{" "}
          {facets.map((facet) => (
            <button key={facet.field + facet.value} type="button" onClick={() => props.onMore(facet.value)}>
              {facet.field === "article" ? `article ${facet.value}` : facet.value} ({facet.count})
            </button>
          ))}
        </p>
      )}
      {rows.length > 0 && <CaseTable rows={rows} caption="Cases found" />}
    </>
  );
}

function Listed(props: { situation: string }) {
  const [more, setMore] = useState<Case[]>([]);
  const [token, setToken] = useState("");
  const [failed, setFailed] = useState<Error>();
  const filter = props.situation ? `situation = SITUATION_${props.situation}` : "";
  const first = useLoad(
    async (signal) => {
      const page = await listCases(filter, asOf.value, "", signal);
      setMore([]);
      setToken(page.nextPageToken);
      return page;
    },
    [filter, asOf.value],
  );
  async function showMore() {
    try {
      const page = await listCases(filter, asOf.value, token);
      setMore([...more, ...page.cases]);
      setToken(page.nextPageToken);
    } catch (error) {
      setFailed(error as Error);
    }
  }
  const cases = [...(first.data?.cases ?? []), ...more];
  const rows = token ? cases : cases.sort((a, b) => a.displayName.localeCompare(b.displayName, "en"));
  return (
    <>
      <Failure what="The cases could not be read." error={first.error ?? failed} again={first.error && first.again} />
      {!first.data && first.loading && <Waiting what="cases" />}
      {first.data && (
        <p class="count" role="status">
          {first.data.totalSize} {first.data.totalSize === 1 ? "case" : "cases"}
        </p>
      )}
      {rows.length > 0 && <CaseTable rows={rows.map((one) => ({ case: one }))} caption="Cases" />}
      {token && (
        <button type="button" onClick={showMore}>
          Show more
        </button>
      )}
    </>
  );
}

export function Cases() {
  const [, go] = useLocation();
  const situation = new URLSearchParams(useSearch()).get("situation") ?? "";
  const [query, setQuery] = useState("");
  const settled = useSettled(query.trim());
  return (
    <View title="Cases" heading="Cases">
      <search>
        <form class="tools" onSubmit={(event) => event.preventDefault()}>
          <div class="field grow">
            <label for="query">Search by name in any script or spelling, word, article or place</label>
            <input
              id="query"
              type="search"
              autoComplete="off"
              spellcheck={false}
              value={query}
              onInput={(event) => setQuery(event.currentTarget.value)}
            />
          </div>
          <div class="field">
            <label for="situation">Situation</label>
            <select
              id="situation"
              value={situation}
              onChange={(event) => {
                const chosen = event.currentTarget.value;
                setQuery("");
                go(chosen ? `/cases?situation=${chosen}` : "/cases");
              }}
            >
              <option value="">All</option>
              {kGroups.map((group) => (
                <optgroup key={group.title} label={group.title}>
                  {group.situations.map((one) => (
                    <option key={one} value={one}>
                      {situationWords(one)}
                    </option>
                  ))}
                </optgroup>
              ))}
            </select>
          </div>
        </form>
      </search>
      {settled ? (
        <Found query={settled} onMore={(word) => setQuery(`${query.trim()} ${word}`)} />
      ) : (
        <Listed situation={situation} />
      )}
    </View>
  );
}
