"""What the rows of alert-svc as a whole need: a registry full of planned events, replicas of alert-svc on a Redis of their own,
and a receiver of webhooks that keeps what came. All that is owed is due at one moment, which comes while they run."""

import base64
import contextlib
import functools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

from rig import BIN, OURS, PEERS, ROOT, Redis, await_port, free_ports, running, wait_until

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
# Each event is told a week ahead at nine; the calendar stands a second before that until all is ready.
EVENT_DAY, START = "2018-06-05", "2018-05-29T08:59:59Z"
EVENTS_OF_DOSSIER = 5
DOSSIERS_OF_IMPORT = 500
LETTERS = "23456789bcdfghjkmnpqrstvwxz"
OWED = """local n = 0
for shard = 0, 63 do
  local key = '{s' .. shard .. '}:'
  n = n + redis.call('ZCARD', key .. 'due') + redis.call('ZCARD', key .. 'lease')
end
return n"""


def call(url, method="GET", body=None):
    request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


class Sink:
    """A receiver of webhooks: takes each after so many ms; with a secret only what is signed with it."""

    def __init__(self, delay=0, secret=""):
        self.delay, self.secret = delay, secret

    def __enter__(self):
        self.server = subprocess.Popen(["node", PEERS / "sink.mjs", str(self.delay), self.secret], stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.server.stdout.readline())}/"
        return self

    def __exit__(self, *_):
        self.server.kill()
        self.server.wait()

    def came(self):
        """When each id came, in seconds since 1970; what was not signed voids the round."""
        told = json.loads(call(self.url))
        if told["bad"]:
            raise RuntimeError(f"void round: {told['bad']} webhooks were not signed")
        times = {}
        for number, when in told["came"]:
            times.setdefault(number, []).append(when / 1000)
        return times

    def await_quiet(self, count, seconds):
        """Waits until so many have come, or none for so long; what came."""
        last, since = -1, time.monotonic()
        while True:
            times = self.came()
            total = sum(map(len, times.values()))
            if total != last:
                last, since = total, time.monotonic()
            if len(times) == count or time.monotonic() - since > seconds:
                return times
            time.sleep(0.2)


def code(number):
    """The eight letters of a dossier's code."""
    text = ""
    for _ in range(8):
        number, digit = divmod(number, len(LETTERS))
        text = LETTERS[digit] + text
    return text


def dossier(number):
    fact = {"date": EVENT_DAY, "source": {"title": "a bench", "reliability": "report"}, "planned_event": {"what": "a hearing"}}
    return {"dossier": {"name": f"dossiers/d-{code(number)}", "display_name": f"Dossier {number}"},
            "facts": [{"name": f"f{i + 1}"} | fact for i in range(EVENTS_OF_DOSSIER)]}


def start_clock(path, seconds):
    """A calendar that stands at the start for so long. When it starts, in seconds since 1970."""
    path.unlink(missing_ok=True)
    subprocess.run([BIN / "vigilctl", "clock", "init", path, "--start", START, "--starts-in", str(seconds)], check=True, stdout=subprocess.DEVNULL)
    return time.time() + seconds


class Registry:
    """A registry-svc in a folder."""

    def __init__(self, folder, port):
        self.address = f"127.0.0.1:{port}"
        self.folder, self.port = folder, port
        for name in ("admin", "alert-svc"):
            (folder / f"{name}.token").write_text(f"a-token-of-{name}-for-the-bench-alone")
        (folder / "registry.yaml").write_text(json.dumps({
            "common": {"grpc_listen": self.address, "metrics_listen": "", "clock_file": str(folder / "clock"), "tokens": [
                {"file": str(folder / "admin.token"), "name": "admin", "role": "admin"},
                {"file": str(folder / "alert-svc.token"), "name": "alert-svc", "role": "service"}]},
            "database": str(folder / "data/registry.db"), "rules_dir": str(ROOT / "data/rules"),
            "calendars_dir": str(ROOT / "data/calendars")}))

    @contextlib.contextmanager
    def running(self):
        with running([BIN / "registry-svc", "--config", self.folder / "registry.yaml"]):
            await_port(self.port)
            yield self

    def import_dossiers(self, count):
        for first in range(0, count, DOSSIERS_OF_IMPORT):
            cases = self.folder / f"import-{first}"
            cases.mkdir()
            for number in range(first, min(first + DOSSIERS_OF_IMPORT, count)):
                (cases / f"d-{code(number)}.yaml").write_text(json.dumps(dossier(number)))
            subprocess.run([BIN / "vigilctl", "--address", self.address, "--token-file", self.folder / "admin.token", "import", cases],
                           check=True, stdout=subprocess.DEVNULL)


@functools.cache
def filled(count):
    """A folder with the data of a registry in which so many events are planned; kept until the end."""
    kept = tempfile.TemporaryDirectory(prefix="vigil-bench-")
    folder = pathlib.Path(kept.name)
    (folder / "data").mkdir()
    start_clock(folder / "clock", 3600)
    with Registry(folder, free_ports(1)[0]).running() as registry:
        registry.import_dossiers(count // EVENTS_OF_DOSSIER)
    return kept


class Vigil:
    """A registry, a Redis and replicas of alert-svc that owe so many webhooks to a sink."""

    def __init__(self, count, sink, replicas=1, sends=64):
        self.count, self.sink, self.sends, self.names = count, sink, sends, range(replicas)

    def __enter__(self):
        self.ends, self.servers = contextlib.ExitStack(), {}
        self.folder = pathlib.Path(self.ends.enter_context(tempfile.TemporaryDirectory(prefix="vigil-bench-")))
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in self.servers.values():
            server.kill()
            server.wait()
        self.ends.close()

    def start(self, patience=40):
        shutil.copytree(f"{filled(self.count).name}/data", self.folder / "data")
        registry, *ports = free_ports(1 + 2 * len(self.names))
        self.registry = Registry(self.folder, registry)
        self.due = start_clock(self.folder / "clock", patience) + 1
        self.ends.enter_context(self.registry.running())
        self.redis = self.ends.enter_context(Redis(*OURS))
        self.write_seeds()
        self.metrics = dict(zip(self.names, ports[::2]))
        for name, port in zip(self.names, ports[1::2]):
            self.write_config(name, port)
            self.run(name)
        wait_until("alert-svc", lambda: all(self.is_ready(name) for name in self.names), patience)
        wait_until("all to be planned", lambda: self.owed() == self.count, patience)
        if time.time() > self.due - 1:
            raise RuntimeError("void round: not ready when the calendar started")

    def write_seeds(self):
        (self.folder / "secret").write_text(SECRET + "\n")
        (self.folder / "alerts.yaml").write_text(json.dumps({
            "policies": [{"name": "policies/event", "kinds": ["planned_event"], "lead_days": [7], "channel": "at_once",
                          "escalate_after_hours": -1, "any_day": True}],
            "receivers": [{"name": "receivers/sink", "limits": {"in_flight": 1000}, "webhook": {
                "url": self.sink.url, "secret_file": str(self.folder / "secret"), "allow_private_addresses": True}}],
            "subscriptions": [{"name": "subscriptions/sink", "receiver": "receivers/sink", "kinds": ["planned_event"],
                               "time_zone": "UTC", "hour": 9}]}))

    def write_config(self, name, port):
        (self.folder / f"alert-{name}.yaml").write_text(json.dumps({
            "common": {"grpc_listen": f"127.0.0.1:{port}", "metrics_listen": f"127.0.0.1:{self.metrics[name]}",
                       "clock_file": str(self.folder / "clock")},
            "registry": self.registry.address, "registry_token_file": str(self.folder / "alert-svc.token"),
            "redis": f"unix:{self.redis.socket}", "seeds": str(self.folder / "alerts.yaml"), "send_concurrency": self.sends,
            "receiver_secrets_dir": str(self.folder),
            # All at one moment, and none of it forecast the day before: what the breaker is there to hold.
            "breaker_least": -1,
            "mail": {"outbox": str(self.folder / "outbox"), "from": "vigil@vigil.example"}}))

    def run(self, name):
        with (self.folder / f"alert-{name}.log").open("a") as log:
            command = [BIN / "alert-svc", "--config", self.folder / f"alert-{name}.yaml"]
            self.servers[name] = subprocess.Popen(command, stdout=log, stderr=log)

    def kill(self, name):
        os.kill(self.servers[name].pid, signal.SIGKILL)
        self.servers[name].wait()

    def is_ready(self, name):
        try:
            call(f"http://127.0.0.1:{self.metrics[name]}/readyz")
        except OSError:
            return False
        return True

    def owed(self):
        """How many reminders Redis holds that are not completed."""
        text = self.redis.run("EVAL", OWED, "0")
        return int(text) if re.fullmatch(r"\d+", text) else None
