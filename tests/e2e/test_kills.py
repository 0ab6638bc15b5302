"""Kill loops: three replicas of alert-svc, the registry and Redis killed and frozen at random while a working day of reminders goes
out, then left in peace. What is owed is told; what is told twice has a reason that is named, and the same id.

Each is killed and frozen at least once. VIGIL_KILLS_SECONDS (default 120) and VIGIL_KILLS_SEED choose another length, and a seed that was printed."""

import collections
import datetime
import json
import os
import random
import re
import signal
import threading
import time
import unittest

import peers
from cluster import Cluster, own_seeds, secret_file
from copies import Copy, Fault, Judge, Sender
from sink import SECRET
from stack import wait_until
from trial import Ledger, is_settled, is_whole, redis, said, standing

SECONDS = float(os.environ.get("VIGIL_KILLS_SECONDS", "120"))
SEED = int(os.environ.get("VIGIL_KILLS_SEED", str(random.randrange(1 << 32))))
# Each machine is told at an hour of its own, one after the other, while the faults last.
HOURS = range(10, 19)
CASES, EVENTS = 50, 3  # of each
PATIENCE = 0.1  # of each receiver with a message: most of the time something is on its way
CLOCK = "2018-05-14T09:00:00+06:00"  # a Monday
MORNING, EVENING = (datetime.datetime.fromisoformat(f"2018-05-14T{time}:00+06:00") for time in ("10:00", "18:30"))
RATE = (EVENING - datetime.datetime.fromisoformat(CLOCK)).total_seconds() / SECONDS
EVENT_DAY = "2018-05-21"
REGISTRY_METRICS = 1002
# When Redis took receipts of some messages, by its own time: lines of id and stream id.
KEPT = """local out = {}
for _, key in ipairs(redis.call('KEYS', '{s*}:receipts')) do
  for _, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do
    for _, id in ipairs(ARGV) do
      if string.find(entry[2][6], id, 1, true) then out[#out + 1] = id .. ' ' .. entry[1] end
    end
  end
end
return out"""
# A line of a replica's log: when, and of which message.
NOT_DELIVERED = re.compile(r'"ts":"([^"]+)Z".*"msg":"a message was not delivered","message":"(\w+)"')


def monotonic(wall):
    """A moment of the wall, as the monotonic clock has it."""
    return wall - time.time() + time.monotonic()


class Attributed(Ledger):
    """A ledger that knows which replica sent each copy. `lives`: the processes of the replicas, by name."""

    def __init__(self, patience):
        self.came, self.lives, self.lock = collections.defaultdict(list), dict, threading.Lock()
        super().__init__(patience)

    def take_from(self, port, headers, body):
        came, sender = time.monotonic(), self.sender(port)
        self.take(headers, body)
        if is_whole(headers, body):
            with self.lock:
                self.came[headers["webhook-id"]].append(Copy(came, time.monotonic(), sender, json.loads(body)))

    def sender(self, port):
        lives, socket = self.lives(), peers.inode(port, self.server.server_port)
        return next((Sender(name, pid) for name, pid in lives.items() if socket and peers.holds(pid, socket)), None)


class Faults:
    """Hits one after the other, and keeps what was hit."""

    def __init__(self, cluster, rng):
        self.cluster, self.rng = cluster, rng
        self.all, self.counts, self.ambiguous = [], collections.Counter(), {}
        # None is left to chance alone.
        self.first = [(name, freeze) for name in (*cluster.alerts(), "registry-svc", "redis") for freeze in (False, True)]
        rng.shuffle(self.first)

    def run(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end or self.first:
            self.one(*(self.first.pop() if self.first else self.draw()))
            time.sleep(self.rng.uniform(0.3, 3))

    def draw(self):
        return self.rng.choice([*self.cluster.alerts(), *self.cluster.alerts(), "registry-svc", "redis"]), self.rng.random() < 0.4

    def one(self, name, freeze):
        self.counts[f"{name} {'frozen' if freeze else 'killed'}"] += 1
        self.note_ambiguous(name)
        in_flight = self.in_flight() if name == "redis" else 0
        began = time.monotonic()
        # Also who is to be killed: what it has under way stays so while it is counted.
        process = self.cluster.signal(name, signal.SIGSTOP)
        if name.startswith("alert-"):
            in_flight = self.in_flight()
        if freeze:
            time.sleep(self.rng.uniform(0.3, 8))
        process.send_signal(signal.SIGCONT if freeze else signal.SIGKILL)
        self.all.append(Fault(name, process.pid, not freeze, began, time.monotonic(), in_flight))

    def in_flight(self):
        """What is under a lease. Nothing where Redis does not answer: it was counted when that was hit."""
        said_so = standing(self.cluster, 0, 0)
        return int(said_so[2]) if len(said_so) == 3 else 0

    def note_ambiguous(self, name):
        """What a replica has counted dies with it: read before, as far as it answers."""
        if name not in self.cluster.metrics:
            return
        life = (name, self.cluster.processes[name].pid)
        counted = self.cluster.count(name, "vigil_deliveries_ambiguous_total")
        self.ambiguous[life] = max(self.ambiguous.get(life, 0), counted)

    def all_counted(self):
        for name in self.cluster.alerts():
            self.note_ambiguous(name)
        return sum(self.ambiguous.values())


def never_held(service, config):
    """An hour is a few seconds: what heaps up while all are down is more than a breaker lets go. It has trials of its own."""
    return config + "breaker_least: -1\n" if service.startswith("alert-") else config


class Kills(unittest.TestCase):
    def test_nothing_is_lost_and_nothing_told_twice_but_in_the_gap(self):
        print(f"VIGIL_KILLS_SEED={SEED}", flush=True)
        secret = secret_file(SECRET)
        self.addCleanup(secret.close)
        ledgers = {hour: Attributed(PATIENCE) for hour in HOURS}
        for ledger in ledgers.values():
            self.addCleanup(ledger.close)
        seeds = own_seeds({"lead_days: [14, 7, 1]": "lead_days: [7]"},
                          [f"  - {{name: receivers/at-{h}, webhook: {{url: '{l.url}', secret_file: {secret.name}, allow_private_addresses: true}}}}\n"
                           for h, l in ledgers.items()],
                          [f"  - {{name: subscriptions/at-{h}, receiver: receivers/at-{h}, kinds: [planned_event], time_zone: Asia/Almaty, hour: {h}, no_digest: true}}\n"
                           for h in HOURS])
        with Cluster(CLOCK, RATE, seeds, replicas=3, starts_in=20, rewire=never_held) as cluster:
            for ledger in ledgers.values():
                ledger.lives = lambda: {name: pid for name, pid in cluster.lives().items() if name in cluster.alerts()}
            owed = self.owe(cluster)
            self.assertLess(cluster.now(), MORNING, "too slow a machine: what is owed was written too late")
            faults = Faults(cluster, random.Random(SEED))
            faults.run(SECONDS)
            wait_until("all is told", lambda: self.is_drained(cluster), seconds=180, found=lambda: standing(cluster, *self.aim(cluster)))
            self.judge_told(owed, ledgers)
            self.judge_copies(cluster, ledgers, faults)

    def owe(self, cluster):
        """The deadlines that every machine is to be told of, as the registry has them."""
        cases = self.post(cluster, "/v1/cases:batchCreate", {"requests": [{"case": {"displayName": f"Case {i}"}} for i in range(CASES)]})
        for case in cases["cases"]:
            fact = {"date": EVENT_DAY, "source": {"title": "a letter"}, "plannedEvent": {"what": "a hearing"}}
            self.post(cluster, f"/v1/{case['name']}/facts:batchCreate", {"requests": [{"fact": fact}] * EVENTS})
        deadlines = {d["name"] for d in cluster.all("/v1/deadlines", "deadlines") if d["kind"] == "DEADLINE_KIND_PLANNED_EVENT"}
        self.assertEqual(len(deadlines), CASES * EVENTS)
        return deadlines

    def post(self, cluster, path, body):
        status, answer = cluster.request("POST", path, body)
        self.assertEqual(status, 200, answer)
        return answer

    def is_drained(self, cluster):
        try:
            return cluster.now() >= EVENING and is_settled(cluster, *self.aim(cluster))
        except OSError:
            return False

    def aim(self, cluster):
        """The revision to reach, and until when nothing is to be left: what is tried again is due a little later."""
        night = EVENING + datetime.timedelta(hours=12)
        return int(cluster.metric(REGISTRY_METRICS, "vigil_journal_revision")), round(1000 * night.timestamp())

    def judge_told(self, owed, ledgers):
        for hour, ledger in ledgers.items():
            with self.subTest(f"{hour} o'clock"):
                self.assertEqual(ledger.bad, [])
                ids = {}
                for _, event in ledger.arrived:
                    ids.setdefault(event["data"]["deadline"], set()).add(event["id"])
                self.assertEqual(set(ids), owed)
                self.assertEqual([name for name, of in ids.items() if len(of) > 1], [], "one id a reminder")

    def judge_copies(self, cluster, ledgers, faults):
        copies = {i: came for ledger in ledgers.values() for i, came in ledger.came.items() if len(came) > 1}
        kept, given_up, judge = self.kept(cluster, copies), self.given_up(cluster), Judge(faults.all)
        pairs = [pair for i, came in copies.items() for pair in judge.pairs(came, kept[i], given_up[i])]
        counted, countable = faults.all_counted(), judge.countable(pairs)
        why = collections.Counter(pair.reason for pair in pairs)
        print(f"{len(pairs)} told again, {len(countable)} of them to be counted, {counted:.0f} counted; faults {dict(faults.counts)}; "
              f"reasons {[self.told(*each) for each in why.items()]}", flush=True)
        for pair in pairs:
            self.assertEqual(said(pair.first.event), said(pair.second.event))
        self.assertEqual([pair for pair in pairs if not pair.reason], [], f"a second copy without a reason; hit were {faults.all}")
        self.assertEqual(judge.too_many(pairs), [], "more copies than were on their way")
        self.assertLessEqual(len(countable), counted)

    def told(self, fault, count):
        return f"{count} of {fault.in_flight}: {fault.name} {'killed' if fault.killed else 'frozen'}" if fault else f"{count}: none"

    def kept(self, cluster, ids):
        """When Redis took receipts of messages, as the monotonic clock has it."""
        moments = collections.defaultdict(list)
        for line in redis(cluster, "EVAL", KEPT, "0", *ids).splitlines() if ids else ():
            i, entry = line.split()
            moments[i].append(monotonic(int(entry.split("-")[0]) / 1000))
        return moments

    def given_up(self, cluster):
        """Which replica said that a message was not delivered, and when."""
        said_so = collections.defaultdict(list)
        for name in cluster.alerts():
            for moment, i in NOT_DELIVERED.findall((cluster.data / f"logs/{name}.log").read_text()):
                said_so[i].append((name, monotonic(datetime.datetime.fromisoformat(moment + "+00:00").timestamp())))
        return said_so


if __name__ == "__main__":
    unittest.main()
