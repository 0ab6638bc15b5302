"""Redis emptied, and each process killed: back by supervision, nothing lost, nothing twice, the calendar goes on."""

import contextlib
import datetime
import json
import os
import signal
import subprocess
import tempfile
import unittest

from sink import SECRET, Sink, seeds
from stack import REPORT_CLOCK, Stack, wait_until
from trial import Stalls

REGISTRY_METRICS = 1002
SHARDS = 64
SECOND = datetime.timedelta(seconds=1)
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


def all_told(stack, sink):
    """What is due already is out: how many reminders wait for a later day, the mails and the webhooks; else nothing."""
    if not all_planned(stack) or total(stack, "due", "ZCOUNT", "-inf", str(SOON)) or total(stack, "lease", "ZCARD"):
        return None
    mails = len(stack.mails())
    return (due_members(stack), mails, len(sink.events)) if mails and sink.events else None


@contextlib.contextmanager
def stack_and_sink():
    """An instance that tells a webhook, too: a maildir cannot hold a mail twice, so it cannot show one that was sent twice."""
    sink = Sink()
    with tempfile.NamedTemporaryFile("w", suffix=".secret") as secret:
        secret.write(SECRET + "\n")
        secret.flush()
        try:
            with Stack(seeds=seeds(sink, secret.name)) as stack:
                yield stack, sink
        finally:
            sink.close()


def noticed(stack, flushed):
    """How long after that moment alert-svc said of every shard that it is lost; nothing while it has not."""
    lines = (stack.data / "logs/alert-svc.log").read_text().split("\n")[:-1]
    entries = [json.loads(line) for line in lines if '"a shard is lost"' in line]
    times = [datetime.datetime.fromisoformat(e["ts"].replace("Z", "+00:00")) for e in entries]
    after = [time - flushed for time in times if time >= flushed]
    return max(after) if len(after) >= SHARDS else None


class Catastrophe(unittest.TestCase):
    def assert_each_told_once(self, sink):
        self.assertEqual(sink.doubles(), [])
        self.assertEqual(sink.bad, [])

    def test_redis_emptied_is_noticed_and_every_reminder_comes_back(self):
        with stack_and_sink() as (stack, sink):
            before = wait_until("what is due is told", lambda: all_told(stack, sink))
            with Stalls() as stalls:
                flushed = datetime.datetime.now(datetime.timezone.utc)
                redis(stack, "FLUSHALL")
                late = wait_until("it is noticed", lambda: noticed(stack, flushed))
                self.assertLessEqual(late, SECOND + stalls.span)
            wait_until("all reminders are back", lambda: all_told(stack, sink) == before)
            self.assert_each_told_once(sink)

    def test_each_process_killed_comes_back_with_nothing_lost(self):
        with stack_and_sink() as (stack, sink):
            before = wait_until("what is due is told", lambda: all_told(stack, sink))
            for service in ("gateway", "registry-svc", "alert-svc", "redis"):
                with self.subTest(service):
                    old = stack.pid(service)
                    os.kill(old, signal.SIGKILL)
                    wait_until(f"{service} is back", lambda: stack.pid(service) != old, seconds=20)
                    wait_until("it answers", lambda: self.answers(stack), seconds=60)
                    wait_until("all reminders are there, and nothing is told again", lambda: all_told(stack, sink) == before)
                    self.assertEqual(stack.ok("/v1/cases")["totalSize"], 49)
            self.assertEqual(stack.calendar_day(), "2018-04-28")
            self.assert_each_told_once(sink)

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
