// The same checks against the fake API: the page alone, without a stack. node tests/browser/fake_run.mjs [SHOTS_DIR]
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startFakeApi } from "./fake_api.mjs";

const folder = mkdtempSync(join(tmpdir(), "vigil-page-"));
const tokenFile = join(folder, "token");
writeFileSync(tokenFile, "fake-token\n", { mode: 0o600 });
const api = await startFakeApi({ token: "fake-token" });
const run = fileURLToPath(new URL("./run.mjs", import.meta.url));
const child = spawn(process.execPath, [run, api.url, tokenFile, ...process.argv.slice(2)], { stdio: "inherit" });
const code = await new Promise((done) => child.on("exit", done));
api.close();
rmSync(folder, { recursive: true });
process.exit(code ?? 1);
