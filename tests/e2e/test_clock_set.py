"""The machine's time of day is set under everything that runs: forwards and back, by minutes, by hours, by a day. What is due only
by a great leap is held; nothing is lost, nothing is told again, and who asks is answered all along."""

import contextlib
import datetime
import signal
import struct
import tempfile
import time
import unittest

from cluster import Cluster, own_seeds, secret_file
from sink import SECRET
from stack import ROOT, wait_until
from trial import Ledger, is_settled, members, owe

LIBRARY = ROOT / "build/release/tests/testing/libvigil_set_clock.so"
MINUTE = datetime.timedelta(minutes=1)
DAY = "2018-05-14"  # a Monday; machines are told at ten, seven days ahead
EVENT_DAY = "2018-05-21"
PAST_DAY = "2018-05-16"  # its step is past on each of the days: told at once
OWED = 20
REPLICAS = 2
PATIENCE, LONG_PATIENCE = 1.0, 4.0  # of the receiver with a message
SWINGS = 12  # how often the clock goes to and fro at most
REGISTRY_METRICS = 1002


class MachineClock:
    """The time of day of a cluster's processes. It is ahead of the machine's by some days from the beginning on, so that it can go
    back: a calendar does not go back behind its start."""

    BASE = datetime.timedelta(days=3)

    def __init__(self):
        self.file = tempfile.NamedTemporaryFile()
        self.set(datetime.timedelta())
        self.environment = {"LD_PRELOAD": str(LIBRARY), "SET_CLOCK_FILE": self.file.name}

    def set(self, ahead):
        self.ahead = ahead
        self.file.seek(0)
        self.file.write(struct.pack("q", (self.BASE + ahead) // datetime.timedelta(microseconds=1) * 1000))
        self.file.flush()


class ClockSet(unittest.TestCase):
    def start(self, at):
        """A cluster in which OWED messages are due at ten to one receiver, and told to another already."""
        self.machine, self.ledger, self.now = MachineClock(), Ledger(PATIENCE), Ledger()
        self.addCleanup(self.machine.file.close)
        self.addCleanup(self.ledger.close)
        self.addCleanup(self.now.close)
        secret = secret_file(SECRET)
        self.addCleanup(secret.close)
        receivers = {"machine": (self.ledger.url, 10), "now": (self.now.url, 0)}
        seeds = own_seeds({"lead_days: [14, 7, 1]": "lead_days: [7]"}, [
            f"  - {{name: receivers/{name}, webhook: {{url: '{url}', secret_file: {secret.name}, allow_private_addresses: true}}}}\n"
            for name, (url, _) in receivers.items()],
            [f"  - {{name: subscriptions/{name}, receiver: receivers/{name}, kinds: [planned_event], time_zone: Asia/Almaty, hour: {hour}, "
             "no_digest: true}\n" for name, (_, hour) in receivers.items()])
        start = datetime.datetime.fromisoformat(f"{DAY}T{at}:00+06:00") - MachineClock.BASE
        self.cluster = Cluster(start.isoformat(), 1, seeds, replicas=REPLICAS, environment=self.machine.environment)
        self.cluster.__enter__()
        self.addCleanup(self.cluster.__exit__, None, None, None)
        self.cases = {owe(self.cluster, EVENT_DAY) for _ in range(OWED)}
        wait_until("all is planned", lambda: len(members(self.cluster)) == OWED and self.is_settled())

    def set_clock(self, ahead):
        """A program may go on for two seconds by what it knew; a leap is to be noticed by all before anything else happens."""
        leap = abs(ahead - self.machine.ahead) > 10 * MINUTE
        before = self.noticed()
        self.machine.set(ahead)
        wait_until("it is noticed", lambda: not leap or all(now > then for now, then in zip(self.noticed(), before)))

    def noticed(self):
        """How often each replica said that the time was set."""
        logs = [(self.cluster.data / f"logs/{name}.log").read_text() for name in self.cluster.alerts()]
        return [log.count("the machine's time") for log in logs]

    def is_settled(self):
        now = self.cluster.now() + MachineClock.BASE + self.machine.ahead
        return is_settled(self.cluster, int(self.cluster.metric(REGISTRY_METRICS, "vigil_journal_revision")), round(1000 * now.timestamp()))

    def told(self, ledger):
        """The cases of which somebody was told, alone or in a summary."""
        events = [event for _, event in ledger.arrived]
        return {event["subject"] for event in events} | {item["case"] for event in events for item in event["data"].get("items", [])}

    def calendar_day(self):
        with contextlib.suppress(OSError, AssertionError):
            return self.cluster.calendar_day()

    def held(self):
        return {item["case"] for message in self.cluster.all("/v1/messages:held", "messages") for item in message["items"]}

    def release(self):
        self.assertEqual(self.cluster.request("POST", "/v1/heldShards:release", {})[0], 200)

    def assert_it_goes_on(self):
        """What becomes owed now is told, and all replicas are well."""
        case = owe(self.cluster, PAST_DAY)
        self.cases.add(case)
        wait_until("what becomes owed is told", lambda: case in self.told(self.now) & self.told(self.ledger))
        wait_until("all replicas are ready", lambda: all(self.cluster.is_ready(name) for name in self.cluster.alerts()))

    def assert_each_was_told_once(self):
        wait_until("all are told", lambda: self.cases <= self.told(self.ledger) & self.told(self.now))
        wait_until("all is settled", self.is_settled)
        for ledger in (self.ledger, self.now):
            self.assertEqual((ledger.copies(), ledger.bad), ({}, []))

    def test_far_ahead_what_is_due_by_it_is_held_and_goes_with_the_clock_or_by_release(self):
        self.start("09:00")
        self.set_clock(65 * MINUTE)
        wait_until("all that is due is held", lambda: self.held() == self.cases)
        self.assertEqual({shard["why"] for shard in self.cluster.ok("/v1/heldShards")["shards"]}, {"WHY_CLOCK_JUMPED"})
        self.set_clock(0 * MINUTE)
        wait_until("nothing is due any more", lambda: not self.held())
        self.assertEqual(self.ledger.arrived, [])
        self.set_clock(65 * MINUTE)
        wait_until("it is held again", lambda: self.held() == self.cases)
        self.assertEqual(self.ledger.arrived, [])
        self.release()
        self.assert_each_was_told_once()

    def test_a_little_ahead_and_back_while_messages_are_on_their_way_tells_none_again(self):
        """By more than a lease, and by less than the breaker minds, also of a replica that misses a setting."""
        self.start("09:57")
        self.ledger.patience = LONG_PATIENCE
        near, far = 4 * MINUTE, 9 * MINUTE
        self.set_clock(near)
        wait_until("some are on their way", lambda: self.ledger.arrived)
        for _ in range(SWINGS):
            if self.cases <= self.told(self.ledger):
                break
            self.set_clock(far if self.machine.ahead == near else near)
            time.sleep(LONG_PATIENCE + 2)  # what is sent in between can come through
        self.set_clock(far)  # by which some may have been put off
        self.assert_each_was_told_once()
        self.assertEqual(self.held(), set())
        self.assert_it_goes_on()

    def test_back_by_hours_and_by_a_day_nothing_is_told_again_and_all_goes_on(self):
        self.start("09:58")
        self.set_clock(3 * MINUTE)
        self.assert_each_was_told_once()
        for back, day in ((120 * MINUTE, DAY), (26 * 60 * MINUTE, "2018-05-13")):
            with self.subTest(day):
                self.set_clock(-back)
                wait_until("the calendar goes by it", lambda: self.calendar_day() == day)
                self.assert_it_goes_on()
        self.set_clock(3 * MINUTE)
        wait_until("the calendar goes by it", lambda: self.calendar_day() == DAY)
        self.assert_it_goes_on()
        self.assert_each_was_told_once()

    def test_back_by_a_day_as_the_registry_dies_all_find_it_again(self):
        """gRPC tries a lost connection again at a time of day: as that is a day later now, it is to be told."""
        self.start("09:00")
        self.cluster.signal("registry-svc", signal.SIGKILL).wait()
        self.set_clock(-26 * 60 * MINUTE)
        wait_until("the gateway finds it", lambda: not self.cluster.ok("/v1/overview").get("missing"))
        self.assert_it_goes_on()


if __name__ == "__main__":
    unittest.main()
