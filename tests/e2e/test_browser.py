"""The page in a real Chromium: overview, a case file, acknowledging an alert, who is watched by nobody, axe on each view."""

import os
import subprocess
import tempfile
import unittest

from stack import ROOT, Stack, wait_until


class Browser(unittest.TestCase):
    def test_page_is_read_and_an_alert_is_acknowledged(self):
        with Stack() as stack:
            wait_until("an alert was sent", lambda: [a for a in stack.ok("/v1/alerts")["alerts"]
                                                     if a["state"] == "ALERT_STATE_SENT"])
            self.run_checks("run.mjs", stack)

    def test_page_says_whom_nobody_watches(self):
        with Stack(clock="2018-05-16T09:00:00+06:00") as stack:
            told = wait_until("somebody is told of a custody limit ahead", lambda: [
                a for a in stack.ok("/v1/alerts?page_size=1000")["alerts"]
                if a["state"] == "ALERT_STATE_SENT" and a["kind"] == "DEADLINE_KIND_CUSTODY_LIMIT" and a["earliest"] == "2018-06-05"])
            # Four hours are the time to answer.
            stack.down()
            (stack.data / "clock").unlink()
            stack.clock = "2018-05-16T14:00:00+06:00"
            stack.up()
            case = told[0]["case"]
            lone = "/v1/cases:unwatched?filter=why%3DWHY_NO_STAND_IN"
            wait_until("there is no stand-in", lambda: [c["case"] for c in stack.ok(lone)["cases"]] == [case])
            self.run_checks("unwatched.mjs", stack, case)

    def run_checks(self, script, stack, *about):
        shots = os.environ.get("VIGIL_SHOTS") or tempfile.mkdtemp(prefix="vigil-shots-")
        command = ["node", ROOT / "tests/browser" / script, stack.url(""), stack.data / "admin-token", *about, shots]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
