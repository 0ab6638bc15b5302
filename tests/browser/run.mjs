// The page in a real browser, against a running Vigil that holds the report's cases:
//   node tests/browser/run.mjs BASE_URL TOKEN_FILE [SHOTS_DIR]
// One line a check; the exit code is 0 where all hold. Needs an alert that was sent and that nobody acknowledged.
import { readFileSync } from "node:fs";
import { Checks, expect, launch, until } from "./checks.mjs";

const [, , base, tokenFile, shots] = process.argv;
if (!base || !tokenFile) {
  console.error("usage: node tests/browser/run.mjs BASE_URL TOKEN_FILE [SHOTS_DIR]");
  process.exit(2);
}
const token = readFileSync(tokenFile, "utf8").trim();
const kDay = "2018-04-28";
const kWide = { width: 1280, height: 900 };
const kPhone = { width: 390, height: 844 };

const checks = new Checks(shots);
const browser = await launch();
const context = await browser.newContext({ viewport: kWide, colorScheme: "light", bypassCSP: false });
const page = await context.newPage();
page.setDefaultTimeout(20_000);

const foreign = [];
const complaints = [];
const addresses = new Set();
page.on("request", (request) => {
  if (new URL(request.url()).origin !== new URL(base).origin) foreign.push(request.url());
  addresses.add(request.url());
});
page.on("pageerror", (error) => complaints.push(error.message));
page.on("console", (message) => {
  const refused = message.type() === "error" && /status of 40[134]/.test(message.text());
  if (message.type() === "error" && !refused) complaints.push(message.text());
});

async function heading() {
  return (await page.locator("h1").textContent()).trim();
}

async function open(path, title) {
  await page.goto(new URL(path, base).href);
  await until(`the heading "${title}"`, async () => (await heading()).includes(title));
  await until("all is loaded", async () => (await page.locator(".waiting").count()) === 0);
}

async function countIn(table, name) {
  return Number(await page.locator(`.${table} tr`, { hasText: name }).first().locator("td").textContent());
}

async function openBySearch(name) {
  await open("/cases", "Cases");
  await page.getByLabel("Search by name").fill(name);
  await page.getByRole("status").filter({ hasText: "found" }).waitFor();
  await page.getByRole("rowheader").getByRole("link", { name }).first().click();
  await until(`the file of the case`, async () => (await heading()).includes(name));
  await page.getByRole("heading", { name: "Deadlines" }).waitFor();
}

async function noSidewaysScroll() {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over <= 0, `${over} px too wide`);
}

/** What the API says of an alert, asked outside the page. */
async function alertState(id) {
  const answer = await fetch(new URL(`/v1/alerts/${id}`, base), { headers: { Authorization: `Bearer ${token}` } });
  return (await answer.json()).state;
}

await checks.check("without a session the page asks to sign in", async () => {
  await open("/", "Sign in");
  await checks.shot(page, "sign-in");
});
await checks.axe(page, "sign-in");

await checks.check("a wrong token is refused with words", async () => {
  await page.getByLabel("Access token").fill("not-the-token");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("This token is not known.").waitFor();
});

await checks.check("the token signs in by keyboard alone, and no script can read the cookie", async () => {
  await page.getByLabel("Access token").fill(token);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  expect((await page.evaluate(() => document.cookie)) === "", "document.cookie is not empty");
  const [cookie] = await context.cookies();
  expect(cookie?.httpOnly && cookie.sameSite !== "None", "the cookie is not HttpOnly and SameSite");
  expect(!cookie.value.includes(token), "the cookie holds the token");
});

if (checks.failed) {
  await browser.close();
  process.exit(checks.finish());
}

await checks.check(`the overview as of ${kDay} counts as the report does`, async () => {
  await page.getByLabel("As of").fill(kDay);
  await page.keyboard.press("Enter");
  await until("the headline of 38", async () => (await page.locator("[data-headline]").textContent()).trim() === "38");
  const counts = {};
  for (const name of [
    "In prison",
    "In detention",
    "In psychiatric hospital",
    "Under a preventive measure",
    "Under restriction of liberty",
    "Abroad, at risk",
    "Released, with restrictions left",
    "Not stated",
  ]) {
    counts[name] = await countIn("situations", name);
  }
  const seen = Object.values(counts).join(" ");
  expect(seen === "18 4 2 1 7 6 4 7", `counts are ${seen}`);
  return `headline 38, ${seen}`;
});

await checks.check("every date on the overview says how sure it is", async () => {
  await page.locator(".deadline").first().waitFor();
  const items = await page.locator(".deadline").count();
  const sentences = await page.locator(".deadline .what > .certainty").allTextContents();
  expect(items > 0 && sentences.length === items, `${items} deadlines, ${sentences.length} sentences`);
  expect(
    sentences.every((s) => /\d{4}\.|00:00|time\)|if nobody appealed|estimate|last lawful day/.test(s)),
    `one says nothing: ${sentences.find((s) => !/\d/.test(s))}`,
  );
  return `${items} deadlines`;
});
await checks.shot(page, "overview");
await checks.axe(page, "overview");

await checks.check("the list of cases is complete", async () => {
  await open("/cases", "Cases");
  await page.locator(".cases tbody tr").first().waitFor();
  const said = Number.parseInt(await page.locator(".count").textContent(), 10);
  const rows = await page.locator(".cases tbody tr").count();
  expect(rows === said && rows > 0, `${said} said, ${rows} shown`);
  return `${rows} cases`;
});
await checks.shot(page, "cases");
await checks.axe(page, "cases");

await checks.check("a search opens the file of Maks Bokayev, and his name is in no address", async () => {
  await openBySearch("Maks Bokayev");
  expect(/\/cases\/c-[a-z0-9]+$/.test(page.url()), page.url());
  expect(![...addresses].some((a) => /bokayev/i.test(decodeURIComponent(a))), "the name is in an address");
  expect(!/bokayev/i.test(await page.title()), "the name is in the title");
});

await checks.check("his sentence ends no later than 28 November 2021, step by step", async () => {
  const end = page
    .locator(".deadline", { has: page.locator("time", { hasText: "2021-11-28" }) })
    .filter({ hasText: "No later than 28 November 2021." });
  const first = end.first();
  await first.locator(".reasoning > summary").click();
  const steps = await first.locator(".steps li").allTextContents();
  expect(
    steps.some((s) => s.includes("2016-11-28") || s.includes("28 November 2016")),
    `steps: ${steps.join(" / ")}`,
  );
  expect((await first.locator(".assumptions li").count()) > 0, "no assumption beside the date");
  expect((await first.locator(".reasoning code").textContent()).includes("KZ."), "no rule");
  return steps.join(" / ");
});

await checks.check("his parole is conditional and nobody is advised to cooperate", async () => {
  const parole = page.locator(".deadline", { has: page.locator("time", { hasText: "2019-05-28" }) }).first();
  const words = await parole.locator(".eligibility").first().textContent();
  expect(words.startsWith("Conditional by law."), words);
  const all = await page.locator("main").textContent();
  expect(!/should (co-?operate|help|confess)|must (co-?operate|confess)/i.test(all), "advice to cooperate");
});

await checks.check("facts stand with their sources, and what is missing is a finding", async () => {
  expect((await page.locator(".fact").count()) > 0, "no fact");
  expect(
    (await page.locator(".fact .source").count()) === (await page.locator(".fact").count()),
    "a fact without a source",
  );
  expect((await page.locator(".findings li").count()) > 0, "no finding");
});
await checks.shot(page, "case-file");
await checks.axe(page, "case file");
await page.setViewportSize(kPhone);
await checks.check("a case file fits a phone", noSidewaysScroll);
await checks.shot(page, "case-file-phone");
await page.setViewportSize(kWide);

await checks.check("a custody limit is said as the last lawful day, its alternatives folded", async () => {
  await openBySearch("Aset Nurzhaubay");
  const words = await page.locator("main").textContent();
  const limit = /awful until the end of 4 June 2018; must be extended or ended before 5 June 00:00/;
  const other = /awful until the end of 6 June 2018; must be extended or ended before 7 June 00:00/;
  expect(limit.test(words) && other.test(words), "the limits of 5 and 7 June are not there");
  await page.getByText("If counted from another day (1)").first().click();
});
await checks.shot(page, "case-file-custody");

await checks.check("a case that is not there gets words", async () => {
  await page.goto(new URL("/cases/c-nothere1", base).href);
  await page.getByText("The case file could not be read.").waitFor();
});

await checks.check("the inbox is live and acknowledges an alert", async () => {
  await open("/alerts", "Alerts");
  await page.locator('.live[data-live="true"]').waitFor();
  const waiting = page.locator('.alert[data-tray="waiting"]');
  await waiting.first().waitFor();
  await checks.shot(page, "alerts");
  const id = await waiting.first().getAttribute("data-alert");
  await waiting.first().getByRole("button", { name: "Acknowledge" }).click();
  await page.locator(`.alert[data-alert="${id}"][data-tray="answered"]`).waitFor();
  expect((await alertState(id)) === "ALERT_STATE_ACKNOWLEDGED", "the API does not know of it");
  return id;
});
await checks.shot(page, "alerts-acknowledged");
await checks.axe(page, "alerts");

await checks.check("a calendar link is made, shown once, and revoked", async () => {
  await page.getByRole("link", { name: "See the dates in your own calendar" }).click();
  await page.getByRole("heading", { level: 1, name: "Dates in your own calendar" }).waitFor();
  await page.getByLabel("Name in the calendar program").fill("Court days");
  await page.getByRole("button", { name: "Make a calendar link" }).click();
  const address = await page.getByLabel("Address of the calendar").inputValue();
  expect(/\/calendar\/[0-9a-f]{48}\.ics$/.test(address), address);
  await checks.shot(page, "calendar");
  await checks.axe(page, "calendar");
  await page.reload();
  await page.getByText("Court days", { exact: true }).waitFor();
  expect((await page.getByLabel("Address of the calendar").count()) === 0, "the address is shown again");
  await page.getByRole("button", { name: "Revoke the calendar Court days" }).click();
  await page.getByText("There are none.").waitFor();
});

await checks.check("the first stop of the keyboard skips to the content", async () => {
  await open("/", "Overview");
  await page.keyboard.press("Tab");
  expect((await page.evaluate(() => document.activeElement.textContent)).startsWith("Skip"), "not the skip link");
});

await page.setViewportSize(kPhone);
for (const [path, title] of [
  ["/", "Overview"],
  ["/cases", "Cases"],
  ["/alerts", "Alerts"],
  ["/calendars", "Dates in your own calendar"],
]) {
  await checks.check(`${title} fits a phone`, async () => {
    await open(path, title);
    await noSidewaysScroll();
    await checks.shot(page, `${path.slice(1) || "overview"}-phone`);
  });
}
await page.setViewportSize(kWide);

await page.emulateMedia({ colorScheme: "dark" });
const views = [
  ["overview", () => open("/", "Overview")],
  ["cases", () => open("/cases", "Cases")],
  ["alerts", () => open("/alerts", "Alerts")],
  ["calendar", () => open("/calendars", "Dates in your own calendar")],
  ["case-file", () => openBySearch("Maks Bokayev")],
];
for (const [name, show] of views) {
  await checks.check(`${name} shows in dark`, show);
  await checks.shot(page, `${name}-dark`);
  await checks.axe(page, `${name}, dark`);
}
await page.emulateMedia({ colorScheme: "light" });

await checks.check("signing out ends the session", async () => {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await open("/alerts", "Sign in");
});

await checks.check("nothing is asked of another host", () => expect(foreign.length === 0, foreign.join(", ")));
await checks.check("the browser has no complaint", () =>
  expect(complaints.length === 0, [...new Set(complaints)].join(" | ")),
);

await browser.close();
process.exit(checks.finish());
