"""Redis in every bad state it can be in: alert-svc says so within a second, by its own log, and where it comes back without what it
had, that this is lost within a second of its first answer; what becomes owed meanwhile is told once when the state is over, what was
planned is there still, and nothing is told again."""

import datetime
import json
import os
import shutil
import signal
import subprocess
import unittest

from stack import REPORT_CLOCK, Stack, wait_until
from trial import Ledger, SHARDS, Stalls, is_settled, members, owe, redis
import sink
import tempfile

REGISTRY_METRICS, ALERT_METRICS = 1002, 1003
SECOND = datetime.timedelta(seconds=1)
SOON = round(datetime.datetime.fromisoformat(REPORT_CLOCK).timestamp() + 1200) * 1000
EVENT_DAY = "2018-05-04"  # a step of it is past when the calendar starts, so it is told at once
SAVE = "for _, key in ipairs(redis.call('KEYS', '{s*')) do redis.call('COPY', key, 'saved' .. key, 'REPLACE') end"
ROLL_BACK = """for _, key in ipairs(redis.call('KEYS', '{s*')) do redis.call('DEL', key) end
for _, key in ipairs(redis.call('KEYS', 'saved*')) do redis.call('RENAME', key, string.sub(key, 6)) end"""
TAKE_OUT_HALF = """local taken = 0
for _, key in ipairs(redis.call('KEYS', '{s*}:due')) do
  for i, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    if i % 2 == 1 then taken = taken + redis.call('ZREM', key, member) end
  end
end
return taken"""


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class RedisStates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sink = Ledger()
        cls.addClassCleanup(cls.sink.close)
        secret = tempfile.NamedTemporaryFile("w", suffix=".secret")
        cls.addClassCleanup(secret.close)
        secret.write(sink.SECRET + "\n")
        secret.flush()
        cls.stack = Stack(seeds=sink.seeds(cls.sink, secret.name))
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)
        wait_until("what is due is told", lambda: cls.sink.events and cls.settled())

    @classmethod
    def settled(cls):
        return is_settled(cls.stack, int(cls.stack.metric(REGISTRY_METRICS, "vigil_journal_revision")), SOON)

    def after(self, message, moment, count=1):
        """How long after a moment alert-svc had said something so many times; None while it has not."""
        lines = (self.stack.data / "logs/alert-svc.log").read_text().split("\n")[:-1]
        times = [datetime.datetime.fromisoformat(json.loads(line)["ts"].replace("Z", "+00:00")) for line in lines
                 if f'"{message}"' in line]
        late = [time - moment for time in times if time >= moment]
        return late[count - 1] if len(late) >= count else None

    def pass_through(self, begin, message, end=lambda: None, count=1, write_first=False, comes_back=False):
        """One pass through a state, which alert-svc says within a second of what the machine let it run. Where Redis comes back from
        it by itself without what it had, that is said of each shard within a second of its first answer."""
        wait_until("all is told", self.settled)
        before, told = members(self.stack), len(self.sink.arrived)
        with Stalls() as stalls:
            moment = now()
            begin()
            if comes_back:
                back, stalled = self.first_answer(), stalls.span
            if write_first:
                moment, case = now(), owe(self.stack, EVENT_DAY)
            try:
                late = wait_until("it is said", lambda: self.after(message, moment, count))
                allowed = SECOND + stalls.span
                if not write_first:
                    case = owe(self.stack, EVENT_DAY)
                if comes_back:
                    lost = wait_until("the loss is said", lambda: self.after("a shard is lost", moment, SHARDS))
                    self.assertLessEqual(moment + lost - back, SECOND + stalls.span - stalled, "the loss")
            finally:
                end()
        self.assertLessEqual(late, allowed)
        wait_until("what became owed is told", lambda: self.sink.told_of(case))
        wait_until("all is as planned", self.settled)
        self.assertEqual(before - members(self.stack), set(), "lost")
        self.assertEqual(len(self.sink.arrived), told + 1, "told again")
        self.assertEqual((self.sink.copies(), self.sink.bad), ({}, []))

    def first_answer(self):
        """When Redis answers again, which it does once it has read its files."""
        end = now() + 60 * SECOND
        while redis(self.stack, "PING") != "PONG":
            self.assertLess(now(), end, "redis does not come back")
        return now()

    def kill_redis(self, meanwhile=lambda: None):
        """Kills it, and lets the supervisor start it again only after `meanwhile`."""
        supervisor, old = self.stack.pid("supervisor"), self.stack.pid("redis")
        os.kill(supervisor, signal.SIGSTOP)
        os.kill(old, signal.SIGKILL)
        meanwhile()
        os.kill(supervisor, signal.SIGCONT)

    def test_killed_with_nothing_kept(self):
        files = self.stack.data / "redis/appendonlydir"
        self.pass_through(lambda: self.kill_redis(lambda: shutil.rmtree(files)), "not ready", comes_back=True)

    def test_rolled_back_to_an_old_file(self):
        files, old = self.stack.data / "redis/appendonlydir", self.stack.data / "redis/old"

        def put_back():
            shutil.rmtree(files)
            old.rename(files)

        def begin():
            self.kill_redis(put_back)

        def save_and_go_on():
            shutil.rmtree(old, ignore_errors=True)
            shutil.copytree(files, old)
            case = owe(self.stack, EVENT_DAY)
            wait_until("told after the copy", lambda: self.sink.told_of(case))

        wait_until("all is told", self.settled)
        save_and_go_on()
        self.pass_through(begin, "not ready", comes_back=True)

    def test_rolled_back_while_it_runs(self):
        def save_and_go_on():
            redis(self.stack, "EVAL", SAVE, "0")
            case = owe(self.stack, EVENT_DAY)
            wait_until("told after the copy", lambda: self.sink.told_of(case))

        wait_until("all is told", self.settled)
        save_and_go_on()
        self.pass_through(lambda: redis(self.stack, "EVAL", ROLL_BACK, "0"), "a shard is lost", count=SHARDS)

    def test_read_only(self):
        self.pass_through(lambda: redis(self.stack, "REPLICAOF", "127.0.0.1", "1"), "not ready",
                          lambda: redis(self.stack, "REPLICAOF", "NO", "ONE"))

    def test_out_of_memory(self):
        """Told by the first write that is refused: an idle schedule has nothing to record."""
        self.pass_through(lambda: redis(self.stack, "CONFIG", "SET", "maxmemory", "1"), "redis records nothing",
                          lambda: redis(self.stack, "CONFIG", "SET", "maxmemory", "0"), write_first=True)

    def test_busy_with_a_script(self):
        def begin():
            redis(self.stack, "CONFIG", "SET", "busy-reply-threshold", "100")
            self.script = subprocess.Popen(["redis-cli", "-s", self.stack.data / "redis.sock", "EVAL", "while true do end", "0"],
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def end():
            wait_until("the script is killed", lambda: redis(self.stack, "SCRIPT", "KILL") == "OK")
            self.script.wait()

        self.pass_through(begin, "not ready", end)

    def test_frozen(self):
        process = self.stack.pid("redis")
        self.pass_through(lambda: os.kill(process, signal.SIGSTOP), "not ready",
                          lambda: os.kill(process, signal.SIGCONT))

    def test_functions_lost(self):
        self.pass_through(lambda: redis(self.stack, "FUNCTION", "FLUSH"), "a shard is lost", count=SHARDS)

    def test_members_that_vanish_are_put_back_by_the_audit(self):
        wait_until("all is told", self.settled)
        before, told = members(self.stack), len(self.sink.arrived)
        repaired = self.stack.metric(ALERT_METRICS, "vigil_audit_repairs_total")
        taken = int(redis(self.stack, "EVAL", TAKE_OUT_HALF, "0"))
        self.assertGreater(taken, 30)
        wait_until("all are back", lambda: before <= members(self.stack))
        self.assertGreaterEqual(self.stack.metric(ALERT_METRICS, "vigil_audit_repairs_total"), repaired + taken)
        self.assertEqual(len(self.sink.arrived), told)


if __name__ == "__main__":
    unittest.main()
