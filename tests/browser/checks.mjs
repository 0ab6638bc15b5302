// Support of the browser checks: one line a check, screenshots, axe, and the browser itself.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

// The page's own node_modules has the one copy of the tools.
const require = createRequire(new URL("../../gateway/web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const kAxe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const kFlags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: kFlags });
}

/** Collects the checks of a run. A check that throws has failed; the run goes on. */
export class Checks {
  constructor(shots) {
    this.shots = shots;
    this.failed = 0;
    this.passed = 0;
    if (shots) mkdirSync(shots, { recursive: true });
  }

  async check(what, work) {
    try {
      const said = await work();
      this.passed += 1;
      console.log(`ok    ${what}${said ? `: ${said}` : ""}`);
    } catch (error) {
      this.failed += 1;
      console.log(
        `FAIL  ${what}: ${String(error.message ?? error)
          .split("\n")
          .slice(0, 6)
          .join(" | ")}`,
      );
    }
  }

  async shot(page, name) {
    if (this.shots) await page.screenshot({ path: join(this.shots, `${name}.png`), fullPage: true });
  }

  /** axe-core on what is shown, with every fold of the page open. */
  async axe(page, what) {
    await this.check(`axe finds no violation: ${what}`, async () => {
      // What fades in has its colours once it is there.
      await page.evaluate(async () => {
        for (const details of document.querySelectorAll("details")) details.open = true;
        await Promise.all(document.getAnimations().map((animation) => animation.finished));
      });
      // Evaluated by the debugger, not added as a script: the page's content policy stays in force.
      await page.evaluate(kAxe);
      const violations = await page.evaluate(async () => {
        const result = await window.axe.run(document, { resultTypes: ["violations"] });
        return result.violations.map(
          (v) => `${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary ?? ""}`,
        );
      });
      expect(violations.length === 0, violations.join(" || "));
    });
  }

  finish() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

export function expect(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

/** Waits until the function returns something true; the time bounds a failure, not a success. */
export async function until(what, condition, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    expect(Date.now() < end, `waited ${seconds} s in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
