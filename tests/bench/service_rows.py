"""Rows of scripts/bench that measure alert-svc as a whole: real processes that tell a receiver of webhooks, against Alertmanager,
BullMQ and Sidekiq with the same receiver."""

import contextlib
import json
import os
import pathlib
import random
import signal
import statistics
import subprocess
import tempfile
import time

from alert_rows import install_bullmq
from rig import AOF_EVERYSEC, PEERS, ROUNDS, Redis, await_port, build, compared, free_ports, run_json, running, wait_until
from service_stack import SECRET, Sink, Vigil, call

TOLD = 5_000
KILLED_UNDER = 20_000
KILLS = 20
WORKERS = 2
# So long after the last message nothing more is to come: BullMQ finds what stalled after 30 to 60 s.
QUIET = {"vigil": 20, "bullmq": 75, "sidekiq": 15}


def figures(due, times, end):
    """Rate until the end, and p99 of how long after they were due each came."""
    late = sorted(first - due for first, *_ in times.values())
    return {"rate": len(late) / (end - due), "p99": late[int(len(late) * 0.99)] * 1000}


def webhooks_of_vigil():
    with Sink(secret=SECRET) as sink, Vigil(TOLD, sink) as vigil:
        wait_until("all to be told and recorded", lambda: vigil.owed() == 0, 120)
        end = time.time()
        times = sink.came()
        if len(times) != TOLD or any(len(copies) > 1 for copies in times.values()):
            raise RuntimeError(f"void round of webhooks: {len(times)} of {TOLD} told")
        return figures(vigil.due, times, end)


@contextlib.contextmanager
def alertmanager(sink):
    """An Alertmanager that tells the sink of each alert alone and at once; its address."""
    with tempfile.TemporaryDirectory(prefix="vigil-bench-") as folder:
        folder = pathlib.Path(folder)
        (folder / "config.yml").write_text(json.dumps({
            "route": {"receiver": "sink", "group_by": ["..."], "group_wait": "0s", "group_interval": "5m", "repeat_interval": "24h"},
            "receivers": [{"name": "sink", "webhook_configs": [{"url": sink.url, "send_resolved": False}]}]}))
        [port] = free_ports(1)
        command = ["prometheus-alertmanager", f"--config.file={folder}/config.yml", f"--storage.path={folder}/data", "--log.level=error",
                   f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]
        with running(command):
            await_port(port)
            yield f"http://127.0.0.1:{port}"


def webhooks_of_alertmanager():
    alerts = json.dumps([{"labels": {"alertname": "Reminder", "reminder": f"d{i}"}} for i in range(TOLD)])
    with Sink() as sink, alertmanager(sink) as address:
        due = time.time()
        call(f"{address}/api/v2/alerts", "POST", alerts.encode())
        times = sink.await_quiet(TOLD, 30)
    if len(times) != TOLD:
        raise RuntimeError(f"void round of webhooks: Alertmanager told {len(times)} of {TOLD}")
    return figures(due, times, max(first for first, *_ in times.values()))


def webhooks():
    """Signed webhooks delivered and recorded, all due at one moment; against Alertmanager, which signs and records nothing."""
    build("alert-svc", "registry-svc", "vigilctl")
    pairs = [(webhooks_of_vigil(), webhooks_of_alertmanager()) for _ in range(ROUNDS)]
    ours, peer = ({key: statistics.median(pair[side][key] for pair in pairs) for key in ("rate", "p99")} for side in (0, 1))
    return [compared("webhooks", ours["rate"], peer["rate"], "webhooks/s", ">= 1.5"),
            compared("webhooks-p99", ours["p99"], peer["p99"], "ms (p99)", "<= 0.5")]


class Workers:
    """Processes of a peer that are killed and started again."""

    def __init__(self, command, env):
        self.command, self.env = command, env
        self.servers = {name: self.start() for name in range(WORKERS)}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers.values():
            server.kill()
            server.wait()

    def start(self):
        return subprocess.Popen([str(c) for c in self.command], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self, name):
        self.servers[name].send_signal(signal.SIGKILL)
        self.servers[name].wait()

    def run(self, name):
        self.servers[name] = self.start()


def break_often(workers, redis, loses_redis):
    """Kills workers at random, each back at once; or Redis once, which comes back empty."""
    if loses_redis:
        time.sleep(3)
        return redis.lose()
    for _ in range(KILLS):
        time.sleep(random.uniform(0.5, 1.5))
        name = random.choice(list(workers.servers))
        workers.kill(name)
        workers.run(name)


def outcome(times):
    """How many were lost, and how many copies were one too many."""
    return {"lost": KILLED_UNDER - len(times), "doubles": sum(len(copies) - 1 for copies in times.values())}


def vigil_under(loses_redis):
    with Sink(10, SECRET) as sink, Vigil(KILLED_UNDER, sink, replicas=WORKERS, sends=16) as vigil:
        wait_until("the first message", lambda: time.time() > vigil.due, 60)
        break_often(vigil, vigil.redis, loses_redis)
        return outcome(sink.await_quiet(KILLED_UNDER, QUIET["vigil"]))


def peer_under(peer, loses_redis):
    with Sink(10) as sink, Redis(*AOF_EVERYSEC) as redis:
        if peer == "bullmq":
            fill = ["node", PEERS / "bullmq.mjs", redis.socket, "fill", KILLED_UNDER]
            command, env = ["node", PEERS / "bullmq.mjs", redis.socket, "post", sink.url], {}
        else:
            fill = ["ruby", PEERS / "sidekiq.rb", redis.socket, "fill", KILLED_UNDER]
            command = ["sidekiq", "-r", PEERS / "sidekiq.rb", "-q", "bench"]
            env = {"BENCH_REDIS": redis.socket, "SINK": sink.url}
        if run_json(*fill)["count"] != KILLED_UNDER:
            raise RuntimeError(f"void round of kills: {peer} was not filled")
        with Workers(command, os.environ | env) as workers:
            wait_until("the first message", sink.came, 60)
            break_often(workers, redis, loses_redis)
            return outcome(sink.await_quiet(KILLED_UNDER, QUIET[peer]))


def kills():
    """Messages lost when workers are killed at random twenty times, and when Redis dies and comes back empty."""
    build("alert-svc", "registry-svc", "vigilctl")
    install_bullmq()
    rows = []
    for suffix, loses_redis in (("", False), ("-redis", True)):
        ours = vigil_under(loses_redis)
        for peer in ("bullmq", "sidekiq"):
            theirs = peer_under(peer, loses_redis)
            rows.append(compared(f"kills{suffix}-{peer}", ours["lost"], theirs["lost"], f"lost of {KILLED_UNDER}", "0 lost", rounds=1,
                                 doubles=ours["doubles"], peer_doubles=theirs["doubles"]))
    return rows


ROWS = {"webhooks": webhooks, "kills": kills}
