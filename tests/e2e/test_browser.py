"""The page in a real Chromium: overview, a case file, acknowledging an alert, axe on each view."""

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
            shots = os.environ.get("VIGIL_SHOTS") or tempfile.mkdtemp(prefix="vigil-shots-")
            done = subprocess.run(["node", ROOT / "tests/browser/run.mjs", stack.url(""), stack.data / "admin-token", shots],
                                  capture_output=True, text=True, timeout=300)
            print(done.stdout)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
