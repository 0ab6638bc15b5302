// The gateway as the page sees it, for tests of the page alone: node fake_api.mjs PORT TOKEN_FILE serves gateway/web/dist too.
// Answers are those of the contract; deadlines are not derived here, and `filter` is not evaluated.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import * as world from "./fake_data.mjs";

const kDist = fileURLToPath(new URL("../../gateway/web/dist", import.meta.url));
const kTypes = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const kPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

function json(answer, code, body, headers = {}) {
  answer.writeHead(code, { "Content-Type": "application/json", ...headers });
  answer.end(JSON.stringify(body));
}

function fail(answer, code, status, message) {
  json(answer, code, { error: { code, status, message, details: [] } });
}

function file(answer, path) {
  const asset = extname(path) in kTypes ? normalize(path) : "/index.html";
  try {
    const body = readFileSync(join(kDist, asset));
    answer.writeHead(200, { "Content-Type": kTypes[extname(asset)], "Content-Security-Policy": kPolicy });
    answer.end(body);
  } catch {
    fail(answer, 404, "NOT_FOUND", "no such file");
  }
}

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

/** Starts the server; port 0 takes a free one. Resolves to {url, control, close, alertChanged}. */
export async function startFakeApi({ port = 0, token }) {
  const watchers = new Set();
  const calendars = [];
  const control = { missing: [], unwatched: [], unwatchedRefusal: undefined };
  const cookie = createHash("sha256").update(token).digest("hex");
  const changed = (alert) => {
    for (const watcher of watchers) watcher.write(`id: ${Date.now()}\ndata: ${JSON.stringify(alert)}\n\n`);
    return alert;
  };

  const getters = {
    "/v1/overview": (query) => world.overview(query.get("as_of")),
    "/v1/deadlines": () => ({ deadlines: world.deadlines, nextPageToken: "", totalSize: world.deadlines.length }),
    "/v1/cases": (query) => {
      const wanted = /"(\w+)"/.exec(query.get("filter") ?? "")?.[1];
      const cases = world.cases.filter((c) => !wanted || c.situation === wanted);
      return { cases, nextPageToken: "", totalSize: cases.length };
    },
    "/v1/receivers": () => ({
      receivers: [{ name: "receivers/counsel", displayName: "Counsel", disabled: false }],
      nextPageToken: "",
    }),
    "/v1/alerts": () => ({ alerts: world.alerts, nextPageToken: "", totalSize: world.alerts.length }),
    "/v1/calendars": () => ({ calendars }),
  };

  function caseFile(code) {
    const one = world.cases.find((c) => c.name === `cases/${code}`);
    if (!one) return undefined;
    const of = (item) => item.name.startsWith(`cases/${code}/`);
    return {
      case: one,
      facts: world.facts[code] ?? [],
      deadlines: world.deadlines.filter(of),
      alerts: control.missing.includes("alerts") ? [] : world.alerts.filter((a) => a.case === `cases/${code}`),
      findings: world.findings[code] ?? [],
      missing: control.missing,
    };
  }

  function unwatched(answer, query) {
    if (control.unwatchedRefusal) return fail(answer, ...control.unwatchedRefusal);
    const wanted = /"(.+)"/.exec(query.get("filter") ?? "")?.[1];
    const cases = control.unwatched.filter((row) => !wanted || row.case === wanted);
    json(answer, 200, { cases, nextPageToken: "", totalSize: cases.length });
  }

  function get(request, answer, url) {
    if (url.pathname === "/v1/cases:unwatched") return unwatched(answer, url.searchParams);
    if (url.pathname === "/v1/alerts:watch") {
      answer.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
      answer.write(": open\n\n");
      watchers.add(answer);
      request.on("close", () => watchers.delete(answer));
      return;
    }
    const code = /^\/v1\/cases\/([a-z0-9-]+):file$/.exec(url.pathname)?.[1];
    const body = code ? caseFile(code) : getters[url.pathname]?.(url.searchParams);
    const one = world.alerts.find((a) => url.pathname === `/v1/${a.name}`);
    if (body ?? one) json(answer, 200, body ?? one);
    else fail(answer, 404, "NOT_FOUND", "There is no such case.");
  }

  async function post(request, answer, url) {
    if (request.headers["x-vigil"] !== "1")
      return fail(answer, 403, "PERMISSION_DENIED", "the header X-Vigil is missing");
    const body = await bodyOf(request);
    if (url.pathname === "/v1/cases:search") {
      const query = body.query.toLowerCase();
      const hits = world.cases.filter((c) => c.displayName.toLowerCase().includes(query));
      return json(answer, 200, {
        results: hits.map((c) => ({ case: c, matchedName: c.displayName, matchedFields: ["SEARCH_FIELD_NAME"] })),
        facets: [{ field: "article", value: "174", count: 1 }],
        totalSize: hits.length,
        cutOff: false,
      });
    }
    if (url.pathname === "/v1/calendars") {
      const name = `calendars/${String(calendars.length).padStart(32, "0")}`;
      calendars.push({ ...body, name, owner: "admin", createTime: "2018-04-28T03:00:00Z", path: "" });
      return json(answer, 200, { ...calendars.at(-1), path: `/calendar/${"0".repeat(48)}.ics` });
    }
    const [, name, verb] = /^\/v1\/(alerts\/[a-z0-9-]+):(acknowledge|snooze|handOver)$/.exec(url.pathname) ?? [];
    const alert = world.alerts.find((a) => a.name === name);
    if (!alert) return fail(answer, 404, "NOT_FOUND", "no such alert");
    if (verb === "acknowledge")
      Object.assign(alert, {
        state: "ALERT_STATE_ACKNOWLEDGED",
        acknowledgedBy: "admin",
        acknowledgeTime: "2018-04-28T03:05:00Z",
        acknowledgeNote: body.note,
        acknowledgeExpireTime: body.expireTime ?? null,
      });
    else if (verb === "handOver")
      Object.assign(alert, {
        handedOverTo: body.receiver,
        handedOverBy: "admin",
        handOverTime: "2018-04-28T03:05:00Z",
        handOverNote: body.note,
      });
    else Object.assign(alert, { state: "ALERT_STATE_SNOOZED", snoozeUntil: body.until });
    json(answer, 200, changed(alert));
  }

  async function session(request, answer) {
    const forget = "vigil_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict";
    if (request.method === "DELETE") return json(answer, 200, {}, { "Set-Cookie": forget });
    if ((await bodyOf(request)).token !== token) return fail(answer, 401, "UNAUTHENTICATED", "The token is not known.");
    json(answer, 200, {}, { "Set-Cookie": `vigil_session=${cookie}; Path=/; HttpOnly; SameSite=Strict` });
  }

  const server = createServer((request, answer) => {
    const url = new URL(request.url, "http://127.0.0.1");
    const known = request.headers.cookie?.includes(cookie) || request.headers.authorization === `Bearer ${token}`;
    if (url.pathname === "/session") return void session(request, answer);
    if (!url.pathname.startsWith("/v1/")) return file(answer, url.pathname);
    if (!known) return fail(answer, 401, "UNAUTHENTICATED", "Sign in first.");
    if (request.method === "GET") return get(request, answer, url);
    if (request.method === "DELETE") {
      calendars.splice(
        calendars.findIndex((calendar) => url.pathname === `/v1/${calendar.name}`),
        1,
      );
      return json(answer, 200, {});
    }
    void post(request, answer, url);
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    control,
    alertChanged: changed,
    close: () => {
      for (const watcher of watchers) watcher.end();
      server.closeAllConnections();
      server.close();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , port = "8090", tokenFile] = process.argv;
  const api = await startFakeApi({
    port: Number(port),
    token: tokenFile ? readFileSync(tokenFile, "utf8").trim() : "fake-token",
  });
  console.log(`fake API and page: ${api.url}`);
}
