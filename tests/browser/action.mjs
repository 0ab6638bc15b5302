// The page behind an action link, in a real browser without scripts and without a session:
//   node tests/browser/action.mjs LINK [SHOTS_DIR]
// The alert behind the link must be open; it is acknowledged.
import { Checks, expect, launch } from "./checks.mjs";

const [, , link, shots] = process.argv;
const checks = new Checks(shots);
const browser = await launch();

for (const colorScheme of ["light", "dark"]) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme });
  const page = await context.newPage();
  await page.goto(link);
  await checks.axe(page, `the page behind an action link, ${colorScheme}`);
  await checks.shot(page, `action-${colorScheme}`);
  await context.close();
}

const context = await browser.newContext({ javaScriptEnabled: false });
const page = await context.newPage();
page.setDefaultTimeout(20_000);
const foreign = [];
page.on("request", (request) => {
  if (new URL(request.url()).origin !== new URL(link).origin) foreign.push(request.url());
});
await checks.check("without a script the button acknowledges", async () => {
  await page.goto(link);
  await page.getByRole("button", { name: "Acknowledge" }).click();
  await page.getByText("You acknowledged it").waitFor();
  expect((await page.getByRole("button").count()) === 0, "a button is left");
  await checks.shot(page, "action-done");
});
await checks.check("nothing is asked of another host", () => expect(foreign.length === 0, foreign.join(", ")));

await browser.close();
process.exit(checks.finish());
