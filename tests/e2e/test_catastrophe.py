"""Redis emptied, and each process killed: back by supervision, nothing lost, nothing twice, the calendar goes on."""

import collections
import os
import signal
import subprocess
import time
import unittest

from stack import Stack, wait_until

PENDING = "vigil_reminders_pending"
ALERT_METRICS, REGISTRY_METRICS = 1003, 1002


def redis(stack, *words):
    done = subprocess.run(["redis-cli", "-s", stack.data / "redis.sock", *words], capture_output=True, text=True)
    return done.stdout.strip()


def due_members(stack):
    """How many reminders Redis holds, over all shards."""
    keys = [k for k in redis(stack, "KEYS", "*").splitlines() if k.endswith(":due")]
    return sum(int(redis(stack, "ZCARD", k)) for k in keys)


class Catastrophe(unittest.TestCase):
    def assert_each_mail_once(self, stack):
        ids = collections.Counter(mail["Message-ID"] for mail in stack.mails())
        self.assertEqual([i for i, n in ids.items() if n > 1], [])

    def test_redis_emptied_is_noticed_and_every_reminder_comes_back(self):
        with Stack() as stack:
            before = wait_until("reminders are planned", lambda: due_members(stack))
            wait_until("the first summary is out", stack.mails)
            before = due_members(stack)
            mails = len(stack.mails())
            redis(stack, "FLUSHALL")
            wait_until("all reminders are back", lambda: due_members(stack) == before)
            self.assertEqual(len(stack.mails()), mails)
            self.assert_each_mail_once(stack)

    def test_each_process_killed_comes_back_with_nothing_lost(self):
        with Stack() as stack:
            before = wait_until("reminders are planned", lambda: due_members(stack))
            wait_until("the first summary is out", stack.mails)
            before, mails = due_members(stack), len(stack.mails())
            for service in ("gateway", "registry-svc", "alert-svc", "redis"):
                with self.subTest(service):
                    old = stack.pid(service)
                    os.kill(old, signal.SIGKILL)
                    wait_until(f"{service} is back", lambda: stack.pid(service) != old, seconds=20)
                    wait_until("it answers", lambda: self.answers(stack), seconds=60)
                    wait_until("reminders are there", lambda: due_members(stack) == before)
                    self.assertEqual(stack.ok("/v1/cases")["totalSize"], 49)
                    self.assertEqual(len(stack.mails()), mails)
            self.assertEqual(stack.calendar_day(), "2018-04-28")
            self.assert_each_mail_once(stack)

    def answers(self, stack):
        try:
            return stack.get("/v1/cases")[0] == 200 and stack.get("/v1/alerts")[0] == 200
        except OSError:
            return False

    def test_a_written_case_survives_kill_nine(self):
        with Stack() as stack:
            status, case = stack.request("POST", "/v1/cases", {"displayName": "Written Before The Kill"})
            self.assertEqual(status, 200)
            os.kill(stack.pid("registry-svc"), signal.SIGKILL)
            wait_until("registry is back", lambda: self.answers(stack))
            self.assertEqual(stack.ok(f"/v1/{case['name']}")["displayName"], "Written Before The Kill")


if __name__ == "__main__":
    unittest.main()
