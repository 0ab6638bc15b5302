"""What the trials of the alert engine share: something to be told, a ledger of what was told, and a look into Redis."""

import datetime
import json
import re
import subprocess
import threading
import time
import uuid

from sink import Sink

SHARDS = 64
# An element of a reply as redis-cli shows it.
ELEMENT = re.compile(r'^\s*\d+\) "(.*)"$', re.M)
MEMBERS = """local out = {}
for _, key in ipairs(redis.call('KEYS', '{s*}:due')) do
  for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do out[#out + 1] = key .. member end
end
return out"""
# Shards that live at a revision, members due until a moment, members under a lease.
STANDING = """local live, due, leased = 0, 0, 0
for shard = 0, 63 do
  local key = '{s' .. shard .. '}:'
  local head = redis.call('HMGET', key .. 'head', 'state', 'applied')
  if head[1] == 'LIVE' and head[2] == ARGV[1] then live = live + 1 end
  due = due + redis.call('ZCOUNT', key .. 'due', '-inf', ARGV[2])
  leased = leased + redis.call('ZCARD', key .. 'lease')
end
return {live, due, leased}"""


class Stalls:
    """How long the machine kept waiting whoever wanted to run, from `with` until it is asked for: by how much short naps came
    late, in all. A promise of so many seconds is one of seconds in which the machine runs those who keep it."""

    NAP, USUAL = 0.01, 0.005

    def __enter__(self):
        self.late, self.over = 0.0, threading.Event()
        self.thread = threading.Thread(target=self.nap)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def nap(self):
        while not self.over.is_set():
            began = time.monotonic()
            time.sleep(self.NAP)
            self.late += max(0.0, time.monotonic() - began - self.NAP - self.USUAL)

    @property
    def span(self):
        return datetime.timedelta(seconds=self.late)


class Ledger(Sink):
    """A sink that also keeps when each copy of each event came. `patience`: so long it keeps the sender waiting, in seconds."""

    def __init__(self, patience=0.0):
        self.arrived, self.patience = [], patience
        super().__init__()

    def take(self, headers, body):
        if not is_whole(headers, body):
            return  # the wire broke on the way here
        self.arrived.append((time.monotonic(), json.loads(body)))
        super().take(headers, body)
        time.sleep(self.patience)

    def copies(self):
        """What came more than once: for each id its copies, (when, event), in their order."""
        by_id = {}
        for when, event in self.arrived:
            by_id.setdefault(event["id"], []).append((when, event))
        return {i: came for i, came in by_id.items() if len(came) > 1}

    def told_of(self, case):
        return [e for _, e in self.arrived if e["subject"] == case]


def is_whole(headers, body):
    return len(body) == int(headers["Content-Length"])


def said(event):
    """What an event says, whenever it was said and as of whatever revision; the link to answer by is sealed anew each time."""
    data = {k: v for k, v in event["data"].items() if k != "knownAt"}
    text = json.dumps({k: v for k, v in event.items() if k not in ("time", "sequence", "traceparent", "data")} | {"data": data}, sort_keys=True)
    return re.sub(r"/act/[\w-]+", "/act/", text)


def owe(stack, day, name="Owed", patience=60):
    """A case with a planned event on a day; tried again, to the same end, while it cannot be written. Returns its name."""
    keys = [str(uuid.uuid4()) for _ in range(2)]
    end = time.monotonic() + patience

    def post(path, body):
        while True:
            try:
                status, answer = stack.request("POST", path, body, timeout=5)
            except OSError as error:
                status, answer = 503, error
            if status == 200:
                return answer
            if status < 500 and status != 429 or time.monotonic() > end:
                raise AssertionError(f"POST {path}: {status} {answer}")
            time.sleep(0.05)

    case = post(f"/v1/cases?request_id={keys[0]}", {"displayName": name})["name"]
    post(f"/v1/{case}/facts?request_id={keys[1]}", {"date": day, "source": {"title": "a letter"}, "plannedEvent": {"what": "a hearing"}})
    return case


def redis(stack, *words):
    done = subprocess.run(["redis-cli", "-s", stack.data / "redis.sock", *words], capture_output=True, text=True)
    return done.stdout.strip()


def members(stack):
    """Every member that waits in Redis, with its shard."""
    return set(ELEMENT.findall(redis(stack, "--no-raw", "EVAL", MEMBERS, "0")))


def standing(stack, revision, until_ms):
    """How many shards live at a revision; how many reminders are due until a moment, and how many under way."""
    return redis(stack, "EVAL", STANDING, "0", str(revision), str(until_ms)).split()


def is_settled(stack, revision, until_ms):
    """Whether every shard lives at a revision and nothing that is due until a moment is left."""
    return standing(stack, revision, until_ms) == [str(SHARDS), "0", "0"]
