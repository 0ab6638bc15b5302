"""What the rows of scripts/bench share: building, running, taking turns."""

import contextlib
import json
import pathlib
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / "build/release/bin"
PEERS = ROOT / "tests/bench/peers"
ROUNDS = 3


def build(*targets):
    subprocess.run(["bash", "-c", '. scripts/lib/install.sh; . scripts/lib/build.sh; build "$@"', "build", *targets],
                   cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def run_json(*command, env=None):
    done = subprocess.run([str(c) for c in command], check=True, stdout=subprocess.PIPE, text=True, env=env)
    return json.loads(done.stdout.strip().splitlines()[-1])


def in_turn(ours, peer, rounds=ROUNDS):
    """Runs ours, peer, ours, peer, …; the medians of both."""
    pairs = [(ours(), peer()) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def compared(row, ours, peer, unit, goal, rounds=ROUNDS, **more):
    """A row with a peer: the ratio is ours to the peer's."""
    return {"row": row, "ours": ours, "peer": peer, "unit": unit, "ratio": ours / peer if peer else None, "rounds": rounds, "goal": goal} | more


def alone(row, ours, unit, goal, rounds=ROUNDS, **more):
    """A row without a peer: no ratio."""
    return {"row": row, "ours": ours, "peer": None, "unit": unit, "ratio": None, "rounds": rounds, "goal": goal} | more


def has_lost(result):
    """Whether we missed the goal that no message is lost; what a peer loses is its own."""
    return result["goal"] == "0 lost" and result["ours"] != 0


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in sockets]


@contextlib.contextmanager
def running(command, env=None):
    """A server of our own, until the end of the block."""
    server = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    try:
        yield server
    finally:
        server.terminate()
        server.wait()


def await_port(port):
    wait_until(f"port {port}", lambda: is_open(port), 30)


def is_open(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def wait_until(what, condition, seconds):
    """Polls until the condition holds, and returns what it gave; a round that waits in vain is void."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.05)
    raise RuntimeError(f"void round: waited {seconds} s in vain for {what}")


class Redis:
    """A redis-server of a peer's own."""

    def __init__(self, *settings):
        self.settings = settings

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="vigil-bench-")
        self.socket = f"{self.folder.name}/redis.sock"
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        self.folder.cleanup()

    def start(self):
        self.server = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.folder.name, "--save", "", *self.settings],
            stdout=subprocess.DEVNULL)
        wait_until("redis-server", lambda: self.run("PING") == "PONG", 20)

    def run(self, *words):
        return subprocess.run(["redis-cli", "-s", self.socket, *words], capture_output=True, text=True).stdout.strip()

    def kill(self):
        self.server.kill()
        self.server.wait()

    def lose(self):
        """Dies, and comes back empty."""
        self.kill()
        for path in pathlib.Path(self.folder.name).rglob("*"):
            if path.is_file() or path.is_socket():
                path.unlink()
        self.start()


AOF_EVERYSEC = ("--appendonly", "yes", "--appendfsync", "everysec")
AOF_ALWAYS = ("--appendonly", "yes", "--appendfsync", "always")
# As scripts/up and k8s/base set it.
OURS = (*AOF_ALWAYS, "--maxmemory-policy", "noeviction", "--hash-max-listpack-entries", "64", "--zset-max-listpack-entries", "32")
