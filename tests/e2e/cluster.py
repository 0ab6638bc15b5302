"""An instance that a trial starts itself: one Redis, one registry, several replicas of alert-svc, a gateway; wired as the trial
wants it, and each started again when it dies."""

import datetime
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

from stack import ROOT, Stack, wait_until

BIN = ROOT / "build/release/bin"
WRITE_CONFIGS = """set -eu
. "$1/scripts/lib/install.sh"
. "$1/scripts/lib/data.sh"
use_data "$2" "$3"
mkdir -p "$data"/{config,logs,redis,run,secrets,tokens}
umask 077
write_configs"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster(Stack):
    """`rewire(service, config)` gets the text of each configuration that scripts/up writes and returns what it is to be. `tokens` are
    (file, name, role), admitted by each service. `seeds` as for Stack. `environment` is added to that of each process."""

    def __init__(self, clock, rate, seeds, replicas=1, starts_in=0, rewire=lambda service, config: config, environment=None,
                 tokens=()):
        super().__init__(clock=clock, rate=rate, seeds=seeds)
        self.replicas, self.starts_in, self.rewire, self.environment = replicas, starts_in, rewire, environment or {}
        self.tokens = tokens
        self.lock, self.processes, self.stopping = threading.Lock(), {}, False

    def up(self):
        subprocess.run(["bash", "-c", WRITE_CONFIGS, "-", ROOT, self.data, str(self.base)], check=True)
        subprocess.run([BIN / "vigilctl", "clock", "init", self.data / "clock", "--start", self.clock, "--rate", str(self.rate),
                        "--starts-in", str(self.starts_in)], check=True, stdout=subprocess.DEVNULL)
        self.token = (self.data / "admin-token").read_text().strip()
        self.grpc, self.metrics = {"alert-0": self.base + 3}, {"alert-0": self.base + 1003}
        self.write_configs()
        for name in ("redis", "registry-svc", *self.alerts(), "gateway"):
            self.start(name)
        self.keeper = threading.Thread(target=self.keep, daemon=True)
        self.keeper.start()
        wait_until("the gateway is ready", lambda: self.answers(f"http://127.0.0.1:{self.base}/readyz"))
        wait_until("all replicas are ready", lambda: all(self.is_ready(name) for name in self.alerts()))

    def alerts(self):
        return [f"alert-{i}" for i in range(self.replicas)]

    def write_configs(self):
        own = "".join(f"    - {{file: '{file}', name: {name}, role: {role}}}\n" for file, name, role in self.tokens)
        for path in (self.data / "config").glob("*.yaml"):
            path.write_text(path.read_text().replace("  tokens:\n", "  tokens:\n" + own))
        folder = self.data / "run"
        alert = (folder / "alert-svc.yaml").read_text()
        for name in self.alerts()[1:]:
            self.grpc[name], self.metrics[name] = free_port(), free_port()
            own = alert.replace(f"grpc_listen: 127.0.0.1:{self.base + 3}", f"grpc_listen: 127.0.0.1:{self.grpc[name]}")
            own = own.replace(f"metrics_listen: 127.0.0.1:{self.base + 1003}", f"metrics_listen: 127.0.0.1:{self.metrics[name]}")
            (folder / f"{name}.yaml").write_text(own)
        (folder / "alert-0.yaml").write_text(alert)
        for path in folder.glob("*.yaml"):
            path.write_text(self.rewire(path.stem, path.read_text()))

    def start(self, name):
        program = "alert-svc" if name.startswith("alert-") else name
        command = ["redis-server", self.data / "run/redis.conf"] if name == "redis" else \
            [BIN / program, "--config", self.data / f"run/{name}.yaml", "--config", self.data / f"config/{program}.yaml"]
        with open(self.data / f"logs/{name}.log", "a") as log:
            self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                                    cwd=self.data, env=os.environ | self.environment)

    def keep(self):
        """Starts again who died."""
        while not self.stopping:
            with self.lock:
                for name, process in list(self.processes.items()):
                    if process.poll() is not None and not self.stopping:
                        self.start(name)
            time.sleep(0.1)

    def signal(self, name, number):
        with self.lock:
            self.processes[name].send_signal(number)
            return self.processes[name]

    def lives(self):
        """The process that each name has now, by its id."""
        return {name: process.pid for name, process in list(self.processes.items())}

    def answers(self, url):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def now(self):
        """The calendar's time."""
        lines = dict(line.split(": ", 1) for line in (self.data / "clock").read_text().splitlines())
        start, origin = (datetime.datetime.fromisoformat(lines[key].replace("Z", "+00:00")) for key in ("start", "wall_origin"))
        passed = datetime.datetime.now(datetime.timezone.utc) - origin
        return start + max(passed, datetime.timedelta()) * float(lines["rate"])

    def count(self, name, metric):
        """A metric of one replica; 0 where it does not answer."""
        try:
            return self.metric(self.metrics[name] - self.base, metric)
        except OSError:
            return 0

    def is_ready(self, name):
        return self.answers(f"http://127.0.0.1:{self.metrics[name]}/readyz")

    def down(self):
        with self.lock:
            self.stopping = True
        for process in reversed(self.processes.values()):
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()


def own_seeds(policies, receivers, subscriptions):
    """The shipped policies, with some replaced text by text, and receivers and subscriptions of a trial's own."""
    text = (ROOT / "data/alerts.yaml").read_text()
    shipped = text[:text.index("receivers:\n")]
    for old, new in policies.items():
        assert old in shipped, old
        shipped = shipped.replace(old, new)
    return shipped + "receivers:\n" + "".join(receivers) + "subscriptions:\n" + "".join(subscriptions)


def secret_file(secret):
    """A file that holds a secret; gone when it is closed."""
    file = tempfile.NamedTemporaryFile("w", suffix=".secret")
    file.write(secret + "\n")
    file.flush()
    return file
