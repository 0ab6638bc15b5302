"""A fault proxy between all pairs: each wire broken in each way, and each fault really met. What is owed is told all the same, once
by each way; who asks is answered again once the wire is whole."""

import contextlib
import email
import http.client
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import grpc

from cluster import Cluster, own_seeds, secret_file
from sink import SECRET, Listener, Watchdog
from stack import ROOT, wait_until
from trial import Ledger, owe, redis

sys.path.insert(0, str(ROOT / "tests/testing"))
from fault_proxy import TOXICS, FaultProxy  # noqa: E402

# While these last, the work goes on.
BEARABLE = (("latency", "both", 5, 10), ("bandwidth", "both", 100000), ("slow_close", "both", 50), ("slicer", "both", 60, 1))
# These stop it.
HARSH = (("down",), ("timeout", "both"), ("reset_peer",), ("limit_data", "both", 60))
CLOCK, RATE = "2018-05-14T09:00:00+06:00", 600  # a retry ladder counts in half hours of the calendar
EVENT_DAY = "2018-05-24"
ALERTS = ("alert-0", "alert-1")
TOLD_BY = ("webhook", "slack", "matrix")


class Chat(Listener):
    """Keeps what a chat server is sent."""

    def __init__(self):
        self.bodies = []
        super().__init__()

    def take(self, headers, body):
        if len(body) == int(headers["Content-Length"]):
            self.bodies.append(body.decode())

    def told_of(self, case):
        return [body for body in self.bodies if case in body]

    def ids(self):
        return [re.search(r"Short code (\w{8})", body)[1] for body in self.bodies]


class Proxies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.enter = stack.enter_context
        cls.listeners = {"webhook": Ledger(), "slack": Chat(), "matrix": Chat()} | {name: Watchdog() for name in ALERTS}
        for listener in cls.listeners.values():
            stack.callback(listener.close)
        cls.taken = pathlib.Path(cls.enter(tempfile.TemporaryDirectory()))
        smtp = cls.enter(subprocess.Popen([sys.executable, ROOT / "tests/integration/deliver/smtp_torture.py", cls.taken, "hangup"],
                                          stdout=subprocess.PIPE, text=True))
        stack.callback(smtp.kill)
        cls.smtp = f"127.0.0.1:{int(smtp.stdout.readline())}"
        cls.proxies = {}
        seeds = cls.seeds()
        cls.cluster = Cluster(CLOCK, RATE, seeds, replicas=len(ALERTS), rewire=cls.rewire)
        cls.enter(cls.cluster)
        cls.proxy("client-http", f"127.0.0.1:{cls.cluster.base}")
        cls.proxy("client-grpc", f"127.0.0.1:{cls.cluster.base + 1}")
        # Whoever is new is told what is past in one summary: let that be over.
        owe(cls.cluster, EVENT_DAY)
        wait_until("the summaries are out", lambda: all(cls.told_at_all()))

    @classmethod
    def told_at_all(cls):
        return [cls.listeners["webhook"].arrived, cls.listeners["slack"].bodies, cls.listeners["matrix"].bodies, list(cls.taken.iterdir())]

    @classmethod
    def proxy(cls, pair, upstream):
        cls.proxies[pair] = cls.enter(FaultProxy(upstream))
        return f"127.0.0.1:{cls.proxies[pair].port}"

    @classmethod
    def through(cls, pair, listener):
        """The URL of a listener behind a proxy."""
        return f"http://{cls.proxy(pair, f'127.0.0.1:{cls.listeners[listener].server.server_port}')}/vigil"

    @classmethod
    def secret(cls, text):
        return cls.enter(secret_file(text)).name

    @classmethod
    def seeds(cls):
        url = {way: cls.through(f"alert-{way}", way) for way in TOLD_BY}
        ways = {"mail": "email: {address: lawyer@vigil.example}",
                "webhook": f"webhook: {{url: '{url['webhook']}', secret_file: {cls.secret(SECRET)}, allow_private_addresses: true}}",
                "slack": f"slack: {{url_file: {cls.secret(url['slack'])}, allow_private_addresses: true}}",
                "matrix": f"matrix: {{homeserver: '{url['matrix']}', room: '!room:example.org', "
                          f"access_token_file: {cls.secret('syt_token')}, allow_private_addresses: true}}"}
        # Days of the calendar pass: nobody is to be told for another reason than that a case is new.
        return own_seeds({"lead_days: [14, 7, 1]": "lead_days: [14]\n    escalate_after_hours: -1"},
                         [f"  - {{name: receivers/{name}, {way}}}\n" for name, way in ways.items()],
                         [f"  - {{name: subscriptions/{name}, receiver: receivers/{name}, kinds: [planned_event], time_zone: Asia/Almaty, "
                          "no_digest: true}\n" for name in ways])

    @classmethod
    def rewire(cls, service, config):
        if service == "gateway":
            alerts = ",".join(cls.proxy(f"gateway-{name}", f"127.0.0.1:{cls.cluster.grpc[name]}") for name in ALERTS)
            config = re.sub(r"^registry: (.*)$", lambda found: f"registry: {cls.proxy('gateway-registry', found[1])}", config, flags=re.M)
            return re.sub(r"^alert: .*$", f"alert: ipv4:{alerts}", config, flags=re.M)
        if service not in ALERTS:
            return config
        for wire in ("registry", "redis"):
            config = re.sub(rf"^{wire}: '?([^'\n]*)'?$", lambda found: f"{wire}: {cls.proxy(f'{service}-{wire}', found[1])}", config, flags=re.M)
        smtp = f"smtp_url: smtp://{cls.proxy(f'{service}-smtp', cls.smtp)}\n  timeout_seconds: 3"
        url = cls.secret(cls.through(f"{service}-heartbeat", service))
        return (config.replace("mail:\n", f"mail:\n  {smtp}\n") +
                f"heartbeat: {{url_file: {url}, period_seconds: 1, allow_private_addresses: true}}\n")

    def test_each_wire_broken_in_each_way_is_met_and_overcome(self):
        self.assertEqual({toxic for toxic, *_ in BEARABLE + HARSH}, set(TOXICS))
        for pair, proxy in self.proxies.items():
            for toxic in BEARABLE + HARSH:
                with self.subTest(f"{pair} {toxic[0]}"):
                    self.overcome(pair, proxy, toxic)
        self.assertEqual(self.listeners["webhook"].bad, [])

    def overcome(self, pair, proxy, toxic):
        before, works = proxy.met(toxic[0]), self.work(pair)
        proxy(*toxic)
        try:
            if toxic in BEARABLE:
                works()
            self.meet(pair, proxy, toxic[0], before)
        finally:
            proxy("clear")
        self.work(pair)()

    def meet(self, pair, proxy, toxic, before):
        """Has the wire used until the fault was met, as the proxy has it."""
        is_met = lambda: proxy.met(toxic) > before

        def is_met_in_use():
            if toxic == "slow_close" and not is_met():
                self.work(pair)()  # there is a connection
                self.end_connections(pair)
            self.use(pair)
            end = time.monotonic() + 2
            while not is_met() and time.monotonic() < end:
                time.sleep(0.05)
            return is_met()

        wait_until("the fault is met", is_met_in_use)

    def end_connections(self, pair):
        """Those that stay open for ever otherwise; who is killed with something unread resets them, and that is no end."""
        if pair.startswith("gateway-"):
            self.cluster.signal("gateway", signal.SIGKILL)
        elif pair.endswith("-registry"):
            self.cluster.signal("registry-svc", signal.SIGKILL)
        elif pair.endswith("-redis"):
            redis(self.cluster, "CLIENT", "KILL", "TYPE", "normal")

    def use(self, pair):
        """Has something pass, or try to."""
        if pair == "client-http":
            self.ask_by_http()
        elif pair == "client-grpc":
            self.ask_by_grpc()
        elif pair.startswith("gateway-"):
            self.ask("cases" if pair.endswith("registry") else "alerts")
        elif not pair.endswith("-heartbeat"):
            owe(self.cluster, EVENT_DAY)

    def work(self, pair):
        """What waits until that which the wire is for is done, from now on."""
        if pair == "client-http":
            return lambda: wait_until("HTTP is answered", self.ask_by_http)
        if pair == "client-grpc":
            return lambda: wait_until("gRPC is answered", self.ask_by_grpc)
        if pair.startswith("gateway-"):
            return lambda: wait_until("the gateway reaches both", lambda: self.ask("cases") and self.ask("alerts"))
        if pair.endswith("-heartbeat"):
            watchdog = self.listeners[pair.removesuffix("-heartbeat")]
            beats = watchdog.beats
            return lambda: wait_until("the heart beats", lambda: watchdog.beats > beats)
        return self.tell

    def tell(self):
        case = owe(self.cluster, EVENT_DAY)
        code = case.removeprefix("cases/")
        wait_until("it is told by each way", lambda: all(self.listeners[way].told_of(name) for way, name in zip(TOLD_BY, (case, code, code)))
                   and self.mails_about(code))

    def mails_about(self, code):
        return [path.name for path in self.taken.iterdir() if code in path.read_text()]

    def ask(self, what):
        with contextlib.suppress(OSError):
            return self.cluster.get(f"/v1/{what}?page_size=1", timeout=5)[0] == 200

    def ask_by_http(self):
        request = urllib.request.Request(f"http://127.0.0.1:{self.proxies['client-http'].port}/v1/cases?page_size=1",
                                         headers={"Authorization": f"Bearer {self.cluster.token}"})
        with contextlib.suppress(OSError, http.client.HTTPException), urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status == 200 and bool(json.loads(answer.read()))

    def ask_by_grpc(self):
        metadata = [("authorization", f"Bearer {self.cluster.token}")]
        with grpc.insecure_channel(f"127.0.0.1:{self.proxies['client-grpc'].port}") as channel, contextlib.suppress(grpc.RpcError):
            return channel.unary_unary("/vigil.registry.v1.CaseService/ListCases")(b"", metadata=metadata, timeout=5) is not None

    def test_zz_a_second_copy_has_the_same_id_and_was_counted(self):
        """After all the broken wires; no replica died, so every doubt is counted."""
        ledger = self.listeners["webhook"]
        for case in {e["subject"] for _, e in ledger.arrived}:
            self.assertEqual(len({e["id"] for e in ledger.told_of(case)}), 1, case)
        mails = [email.message_from_bytes(path.read_bytes()) for path in self.taken.iterdir()]
        told = [[event["id"] for _, event in ledger.arrived], [mail["Message-ID"] for mail in mails],
                self.listeners["slack"].ids(), self.listeners["matrix"].ids()]
        again = [len(came) - len(set(came)) for came in told]
        counted = sum(self.cluster.count(name, "vigil_deliveries_ambiguous_total") for name in ALERTS)
        print(f"{[len(came) for came in told]} came, {again} of them again, {counted:.0f} counted", flush=True)
        self.assertLessEqual(sum(again), counted)


if __name__ == "__main__":
    unittest.main()
