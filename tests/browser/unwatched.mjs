// What the page says of cases that nobody watches, in a real browser, against a running Vigil:
//   node tests/browser/unwatched.mjs BASE_URL TOKEN_FILE CASE [SHOTS_DIR]
// CASE must be the only one of which somebody was told, has not answered in time, and there is no stand-in. Its alerts are acknowledged, and
// the subscriptions are left without any date.
import { readFileSync } from "node:fs";
import { Checks, expect, launch, until } from "./checks.mjs";

const [, , base, tokenFile, unanswered, shots] = process.argv;
const token = readFileSync(tokenFile, "utf8").trim();
const checks = new Checks(shots);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(20_000);
const section = page.locator("section[aria-labelledby=unwatched]");
const noStandIn = page.locator("[data-why=WHY_NO_STAND_IN]");

async function ask(method, path, body) {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await fetch(new URL(path, base), { method, headers, body: body && JSON.stringify(body) });
  expect(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}

async function unwatched() {
  return (await ask("GET", "/v1/cases:unwatched?page_size=1000")).cases;
}

async function open(path) {
  await page.goto(new URL(path, base).href);
  await section.waitFor();
}

await page.goto(base);
await page.getByLabel("Access token").fill(token);
await page.keyboard.press("Enter");

await checks.check("the overview says who has no stand-in, and why, before all else", async () => {
  await section.waitFor();
  await section.getByRole("heading", { name: "No stand-in: who was told has not answered in time 1" }).waitFor();
  const below = await page.locator(".columns").evaluate((columns) => columns.getBoundingClientRect().top);
  const bottom = await section.evaluate((one) => one.getBoundingClientRect().bottom);
  expect(bottom <= below, "it is not above the rest");
  await checks.shot(page, "overview-no-stand-in");
});
await checks.axe(page, "overview with a case that nobody watches");

await checks.check("it leads to the file of the case, which says so too", async () => {
  const link = noStandIn.getByRole("link");
  const name = await link.textContent();
  await link.click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  expect(page.url().endsWith(`/${unanswered}`), page.url());
  await section.getByText("No stand-in: who was told has not answered in time.").waitFor();
  await checks.shot(page, "case-file-no-stand-in");
});
await checks.axe(page, "file of a case that nobody watches");

await checks.check("an answer takes it away, from the file and from the overview", async () => {
  const open = page.locator('.alert[data-tray="waiting"]');
  while ((await open.count()) > 0) {
    const id = await open.first().getAttribute("data-alert");
    await open.first().getByRole("button", { name: "Acknowledge" }).click();
    await page.locator(`.alert[data-alert="${id}"][data-tray="answered"]`).waitFor();
  }
  await section.waitFor({ state: "detached" });
  expect(!(await unwatched()).some((row) => row.case === unanswered), "the API says otherwise");
  await page.getByRole("link", { name: "Overview" }).click();
  // A mission that is over is left.
  await section.getByRole("heading", { name: "All dates are done, waived, withdrawn or past" }).waitFor();
  expect((await noStandIn.count()) === 0, "it is still there");
});

await checks.check(
  "without a subscription every case that the API names is on the overview, under its reason",
  async () => {
    for (const one of (await ask("GET", "/v1/subscriptions")).subscriptions)
      await ask("PATCH", `/v1/${one.name}`, { kinds: ["DEADLINE_KIND_INTERPOL_DECISION"] });
    const rows = await until("nobody is told of many", async () => {
      const found = await unwatched();
      return found.length > 5 && found;
    });
    await open("/");
    const shown = [];
    for (const group of await section.locator("[data-why]").all()) {
      const why = await group.getAttribute("data-why");
      const names = await group
        .locator("[data-unwatched]")
        .evaluateAll((all) => all.map((one) => one.dataset.unwatched));
      shown.push(...names.map((name) => `${name} ${why}`));
    }
    const owed = rows.map((row) => `${row.case} ${row.why}`);
    expect(shown.sort().join() === owed.sort().join(), `${shown.length} shown, ${owed.length} owed`);
    await checks.shot(page, "overview-unwatched");
    return `${owed.length} cases`;
  },
);
await checks.axe(page, "overview with many that nobody watches");

await page.setViewportSize({ width: 390, height: 844 });
await page.emulateMedia({ colorScheme: "dark" });
await checks.check("on a phone it fits, in dark", async () => {
  await open("/");
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over <= 0, `${over} px too wide`);
  await checks.shot(page, "overview-unwatched-phone");
});
await checks.axe(page, "overview with many that nobody watches, dark");

await browser.close();
process.exit(checks.finish());
