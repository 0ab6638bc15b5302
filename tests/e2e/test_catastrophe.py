"""Redis emptied, and each process killed: back by supervision, nothing lost, nothing twice, the calendar goes on."""

import collections
import datetime
import os
import signal
import subprocess
import time
import unittest

from stack import REPORT_CLOCK, Stack, wait_until

REGISTRY_METRICS = 1002
SHARDS = 64
# Nothing of the report is due between the start of the clock and then.
SOON = round(datetime.datetime.fromisoformat(REPORT_CLOCK).timestamp() + 600) * 1000


def redis(stack, *words):
    done = subprocess.run(["redis-cli", "-s", stack.data / "redis.sock", *words], capture_output=True, text=True)
    return done.stdout.strip()


def total(stack, kind, *count):
    """The sum of a count over the keys of one kind of all shards."""
    keys = [k for k in redis(stack, "KEYS", "*").splitlines() if k.endswith(":" + kind)]
    return sum(int(redis(stack, count[0], k, *count[1:])) for k in keys)


def due_members(stack):
    """How many reminders Redis holds, over all shards."""
    return total(stack, "due", "ZCARD")


def all_planned(stack):
    """Whether every shard lives and holds what follows from the journal as it is now."""
    revision = int(stack.metric(REGISTRY_METRICS, "vigil_journal_revision"))
    heads = [k for k in redis(stack, "KEYS", "*").splitlines() if k.endswith(":head")]
    states = [redis(stack, "HMGET", k, "state", "applied").split() for k in heads]
    return len(states) == SHARDS and all(state == ["LIVE", str(revision)] for state in states)


def all_told(stack):
    """What is due already is out: how many reminders wait for a later day, and the mails; else nothing."""
    if not all_planned(stack) or total(stack, "due", "ZCOUNT", "-inf", str(SOON)) or total(stack, "lease", "ZCARD"):
        return None
    mails = len(stack.mails())
    return (due_members(stack), mails) if mails else None


class Catastrophe(unittest.TestCase):
    def assert_each_mail_once(self, stack):
        ids = collections.Counter(mail["Message-ID"] for mail in stack.mails())
        self.assertEqual([i for i, n in ids.items() if n > 1], [])

    def test_redis_emptied_is_noticed_and_every_reminder_comes_back(self):
        with Stack() as stack:
            before, mails = wait_until("what is due is told", lambda: all_told(stack))
            redis(stack, "FLUSHALL")
            wait_until("all reminders are back", lambda: all_told(stack) == (before, mails))
            self.assert_each_mail_once(stack)

    def test_each_process_killed_comes_back_with_nothing_lost(self):
        with Stack() as stack:
            before, mails = wait_until("what is due is told", lambda: all_told(stack))
            for service in ("gateway", "registry-svc", "alert-svc", "redis"):
                with self.subTest(service):
                    old = stack.pid(service)
                    os.kill(old, signal.SIGKILL)
                    wait_until(f"{service} is back", lambda: stack.pid(service) != old, seconds=20)
                    wait_until("it answers", lambda: self.answers(stack), seconds=60)
                    wait_until("all reminders are there, and no mail more", lambda: all_told(stack) == (before, mails))
                    self.assertEqual(stack.ok("/v1/cases")["totalSize"], 49)
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
