// Calls to the gateway, on the cookie of the session. A 401 ends the session wherever it happens.
import { session } from "../state";
import type {
  Alert,
  AlertPage,
  Calendar,
  CaseFile,
  CasePage,
  Deadline,
  DeadlinePage,
  Dossier,
  Overview,
  Receiver,
  SearchResults,
  UnwatchedPage,
} from "./types";

/** An answer that is not OK, with the message the API gave. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

type Query = Record<string, string | number | undefined>;

function address(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

async function messageOf(answer: Response): Promise<string> {
  try {
    const body = await answer.json();
    if (body?.error?.message) return body.error.message;
  } catch {
    // Not JSON: a proxy's page, say. The code is all there is.
  }
  return `The server answered ${answer.status}.`;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { credentials: "same-origin", cache: "no-store", ...init });
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    throw new ApiError(0, "The server cannot be reached. Nothing was changed; try again in a moment.");
  }
}

async function json<T>(answer: Response): Promise<T> {
  if (answer.ok) return (await answer.json()) as T;
  if (answer.status === 401) session.value = "out";
  throw new ApiError(answer.status, await messageOf(answer));
}

async function get<T>(path: string, query: Query, signal?: AbortSignal): Promise<T> {
  return json<T>(await send(address(path, query), { signal }));
}

// The header cannot be set by a form of another site: with the SameSite cookie it keeps forged requests out.
const kOwnRequest = { "Content-Type": "application/json", "X-Vigil": "1" };

async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return json<T>(await send(path, { method: "POST", headers: kOwnRequest, body: JSON.stringify(body), signal }));
}

/** Turns the token into a session cookie. False: the token is not known. */
export async function signIn(token: string): Promise<boolean> {
  const answer = await send("/session", { method: "POST", headers: kOwnRequest, body: JSON.stringify({ token }) });
  if (answer.status === 401 || answer.status === 403 || answer.status === 400) return false;
  if (!answer.ok) throw new ApiError(answer.status, await messageOf(answer));
  return true;
}

export async function signOut(): Promise<void> {
  const answer = await send("/session", { method: "DELETE", headers: kOwnRequest });
  if (!answer.ok && answer.status !== 401) throw new ApiError(answer.status, await messageOf(answer));
}

export function getOverview(asOf: string, signal?: AbortSignal): Promise<Overview> {
  return get("/v1/overview", { as_of: asOf }, signal);
}

/** One page of deadlines, by date. */
export function listDeadlines(filter: string, asOf: string, signal?: AbortSignal): Promise<DeadlinePage> {
  return get("/v1/deadlines", { filter, as_of: asOf, page_size: 1000 }, signal);
}

// A filter takes at most 100 comparisons and 4 KiB.
const kNamesAtOnce = 40;

/** The deadlines of these names, as of today. Names that are gone are left out. */
export async function getDeadlines(names: string[], signal?: AbortSignal): Promise<Deadline[]> {
  const found: Deadline[] = [];
  for (let i = 0; i < names.length; i += kNamesAtOnce) {
    const chunk = names.slice(i, i + kNamesAtOnce);
    const page = await listDeadlines(chunk.map((name) => `name = "${name}"`).join(" OR "), "", signal);
    found.push(...page.deadlines);
  }
  return found;
}

export function listCases(filter: string, asOf: string, pageToken: string, signal?: AbortSignal): Promise<CasePage> {
  return get("/v1/cases", { filter, as_of: asOf, page_size: 200, page_token: pageToken }, signal);
}

/** By POST, so that no name gets into a URL, a log or the browser's history. */
export function searchCases(query: string, asOf: string, signal?: AbortSignal): Promise<SearchResults> {
  return post("/v1/cases:search", { query, asOf, pageSize: 50 }, signal);
}

export async function listDossiers(signal?: AbortSignal): Promise<Dossier[]> {
  return (await get<{ dossiers: Dossier[] }>("/v1/dossiers", { page_size: 1000 }, signal)).dossiers;
}

export function getCaseFile(code: string, asOf: string, signal?: AbortSignal): Promise<CaseFile> {
  return get(`/v1/cases/${encodeURIComponent(code)}:file`, { as_of: asOf }, signal);
}

export function listAlerts(pageToken = "", signal?: AbortSignal): Promise<AlertPage> {
  return get("/v1/alerts", { page_size: 500, page_token: pageToken }, signal);
}

/** Of now, what nobody answers first; of one case only where it is named. */
export function listUnwatched(name: string, signal?: AbortSignal): Promise<UnwatchedPage> {
  const filter = name && `case = "${name}"`;
  return get("/v1/cases:unwatched", { filter, order_by: "why desc, next_date", page_size: 1000 }, signal);
}

/** Until an instant; without one for good. */
export function acknowledgeAlert(name: string, note: string, expireTime?: string): Promise<Alert> {
  return post(`/v1/${name}:acknowledge`, { note, expireTime });
}

export function handOverAlert(name: string, receiver: string, note: string): Promise<Alert> {
  return post(`/v1/${name}:handOver`, { receiver, note });
}

export async function listReceivers(): Promise<Receiver[]> {
  return (await get<{ receivers: Receiver[] }>("/v1/receivers", { page_size: 1000 })).receivers;
}

export function snoozeAlert(name: string, until: string): Promise<Alert> {
  return post(`/v1/${name}:snooze`, { until });
}

export async function listCalendars(signal?: AbortSignal): Promise<Calendar[]> {
  return (await get<{ calendars: Calendar[] }>("/v1/calendars", { page_size: 1000 }, signal)).calendars;
}

/** The answer alone has the path of the feed. */
export function createCalendar(calendar: Pick<Calendar, "displayName" | "filter" | "private">): Promise<Calendar> {
  return post("/v1/calendars", calendar);
}

export async function deleteCalendar(name: string): Promise<void> {
  await json(await send(`/v1/${name}`, { method: "DELETE", headers: kOwnRequest }));
}
