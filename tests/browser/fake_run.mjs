// The page alone, without a stack: the checks of run.mjs against the fake API, and what only a fake can bring about.
//   node tests/browser/fake_run.mjs [SHOTS_DIR]
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Checks, expect, launch } from "./checks.mjs";
import { startFakeApi } from "./fake_api.mjs";
import { alerts, unwatched } from "./fake_data.mjs";

const kToken = "fake-token";

async function runAll(api, shots) {
  const folder = mkdtempSync(join(tmpdir(), "vigil-page-"));
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, `${kToken}\n`, { mode: 0o600 });
  const run = fileURLToPath(new URL("./run.mjs", import.meta.url));
  const child = spawn(process.execPath, [run, api.url, tokenFile, ...shots], { stdio: "inherit" });
  const code = await new Promise((done) => child.on("exit", done));
  rmSync(folder, { recursive: true });
  return code ?? 1;
}

/** What the overview and a file say of cases that nobody watches. */
async function checkUnwatched(api, checks, page) {
  const section = page.locator("section[aria-labelledby=unwatched]");
  const unknown = page.getByText("Whether somebody is told of every date could not be read just now.");

  async function open(path) {
    const asked = page.waitForResponse((answer) => answer.url().includes("/v1/cases:unwatched"));
    await page.goto(api.url + path);
    await (await asked).finished();
    await page.locator(".deadline").first().waitFor();
    await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))));
  }

  for (const [path, above, below] of [
    ["/", "h1", ".columns"],
    ["/cases/c-n54b7576", ".crumbs", ".person"],
  ]) {
    await checks.check(`where all are watched, or who reads may not ask, no space is taken on ${path}`, async () => {
      for (const refusal of [undefined, [403, "PERMISSION_DENIED", "not for this role"]]) {
        api.control.unwatchedRefusal = refusal;
        await open(path);
        expect((await page.locator(`${above} + ${below}`).count()) === 1, `something stands above ${below}`);
      }
    });
    await checks.check(`where it cannot be had, ${path} says so and shows the rest`, async () => {
      api.control.unwatchedRefusal = [503, "UNAVAILABLE", "alert-svc is away"];
      await open(path);
      await unknown.waitFor();
      expect((await page.locator(".deadline").count()) > 0, "no deadline");
      api.control.unwatchedRefusal = undefined;
    });
    await checks.axe(page, `${path} without word of who is watched`);
  }
  await checks.check("many that nobody watches are folded after five of a reason", async () => {
    api.control.unwatched = unwatched;
    await open("/");
    const others = section.locator("[data-why=WHY_NO_SUBSCRIPTION]");
    await others.getByText("Show 1 more").click();
    expect((await others.getByRole("link").count()) === unwatched.length - 1, "not all are there");
    await checks.shot(page, "overview-unwatched-many");
    api.control.unwatched = [];
  });
}

async function runFakeOnly(api, shots) {
  const checks = new Checks(shots[0]);
  const browser = await launch();
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`${api.url}/cases/c-n54b7576`);
  await page.getByLabel("Access token").fill(kToken);
  await page.keyboard.press("Enter");

  await checks.check("after signing in the address asked for is shown", () =>
    page.getByRole("heading", { level: 1, name: "Maks Bokayev" }).waitFor(),
  );
  await checks.check("a partial answer is said to be partial", async () => {
    api.control.missing = ["alerts"];
    await page.reload();
    const banner = page.getByRole("alert").filter({ hasText: "This page is incomplete." });
    await banner.waitFor();
    expect((await banner.textContent()).includes("alerts"), "the part that is missing is not named");
    await checks.shot(page, "case-file-partial");
    api.control.missing = [];
  });
  await checks.axe(page, "partial case file");
  await checkUnwatched(api, checks, page);
  await checks.check("an alert that fires appears without a reload", async () => {
    await page.goto(`${api.url}/alerts`);
    await page.locator('.live[data-live="true"]').waitFor();
    const next = alerts.find((alert) => alert.state === "ALERT_STATE_SCHEDULED");
    api.alertChanged(Object.assign(next, { state: "ALERT_STATE_SENT" }));
    await page.locator(`.alert[data-alert="${next.name.split("/")[1]}"][data-tray="waiting"]`).waitFor();
  });
  await checks.check("an alert is handed over, with a note", async () => {
    const first = page.locator('.alert[data-tray="waiting"]').first();
    await first.locator(".hand-over > summary").click();
    await first.getByLabel("To", { exact: true }).selectOption("Counsel");
    await first.locator(".hand-over").getByLabel("Note").fill("on leave");
    await first.getByRole("button", { name: "Pass it on" }).click();
    await page.getByText("Handed over to counsel by admin, 2018-04-28 Saturday, 09:05 Almaty time: on leave").waitFor();
  });
  await checks.check("an acknowledgement has a note and an end", async () => {
    const last = page.locator('.alert[data-tray="waiting"]').last();
    await last.locator(".with-note > summary").click();
    await last.locator(".with-note").getByLabel("Note").fill("motion filed");
    await last.getByLabel("Holds until 9:00 on").selectOption("7");
    await last.getByRole("button", { name: "Answer with this note" }).click();
    await page.getByText("Holds until 2018-05-05 Saturday, 09:00 Almaty time; then it is open again.").waitFor();
    await page.getByText("Note: motion filed").waitFor();
  });
  await checks.check("snoozing puts an alert off until nine o'clock Almaty time", async () => {
    const first = page.locator('.alert[data-tray="waiting"]').first();
    await first.locator(".snooze > summary").click();
    await first.getByLabel("Until 9:00 Almaty time on").selectOption("3");
    await first.getByRole("button", { name: "Put off" }).click();
    await page.getByText("Put off until 2018-05-01 Tuesday, 09:00 Almaty time").waitFor();
  });
  await checks.check("alerts about passed dates are acknowledged together, asked twice", async () => {
    await page.getByText("Show them").click();
    await page.getByRole("button", { name: "Acknowledge all 2" }).click();
    await page.getByRole("button", { name: "Yes, acknowledge these 2" }).click();
    await page.locator('.alert[data-alert="a-un-0"][data-tray="answered"]').waitFor();
    expect((await page.locator('.alert[data-tray="late"]').count()) === 0, "some are left");
  });
  await checks.check("a session that ends in between leads to the sign-in", async () => {
    await page.context().clearCookies();
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
  await browser.close();
  return checks.finish();
}

const api = await startFakeApi({ token: kToken });
const shots = process.argv.slice(2);
const codes = [await runAll(api, shots), await runFakeOnly(api, shots)];
api.close();
process.exit(Math.max(...codes));
