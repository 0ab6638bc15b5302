"""A fault proxy between all pairs: each wire broken in each way, and what is owed is told all the same, once by each way."""

import contextlib
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

from cluster import Cluster, own_seeds, secret_file
from sink import SECRET
from stack import ROOT, wait_until
from trial import Ledger, owe

sys.path.insert(0, str(ROOT / "tests/testing"))
from fault_proxy import FaultProxy  # noqa: E402

# While these last, the work goes on.
BEARABLE = (("latency", "both", 5, 10), ("bandwidth", "both", 500000), ("slow_close", "both", 50), ("slicer", "both", 1000, 1))
# These stop it.
HARSH = (("down",), ("timeout", "both"), ("reset_peer",), ("limit_data", "both", 500))
CLOCK, RATE = "2018-05-14T09:00:00+06:00", 60  # a retry ladder counts in minutes of the calendar
EVENT_DAY = "2018-05-17"
ALERT_METRICS = 1003


class Proxies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack_of = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack_of.close)
        enter = cls.stack_of.enter_context
        cls.ledger = Ledger()
        cls.stack_of.callback(cls.ledger.close)
        cls.taken = pathlib.Path(enter(tempfile.TemporaryDirectory()))
        smtp = enter(subprocess.Popen([sys.executable, ROOT / "tests/integration/deliver/smtp_torture.py", cls.taken, "well"],
                                      stdout=subprocess.PIPE, text=True))
        cls.stack_of.callback(smtp.kill)
        cls.proxies = {"alert-smtp": enter(FaultProxy(f"127.0.0.1:{int(smtp.stdout.readline())}")),
                       "alert-webhook": enter(FaultProxy(f"127.0.0.1:{cls.ledger.server.server_port}"))}
        cls.secret = enter(secret_file(SECRET))
        cls.cluster = enter(Cluster(CLOCK, RATE, cls.seeds(), rewire=cls.rewire))
        # Whoever is new is told what is past in one summary: let that be over.
        owe(cls.cluster, EVENT_DAY)
        wait_until("the summaries are out", lambda: cls.ledger.arrived and list(cls.taken.iterdir()))

    @classmethod
    def seeds(cls):
        url = f"http://127.0.0.1:{cls.proxies['alert-webhook'].port}/vigil"
        return own_seeds({}, [
            "  - {name: receivers/mail, email: {address: lawyer@vigil.example}}\n",
            f"  - {{name: receivers/machine, webhook: {{url: '{url}', secret_file: {cls.secret.name}, allow_private_addresses: true}}}}\n"],
            [f"  - {{name: subscriptions/{name}, receiver: receivers/{name}, kinds: [planned_event], time_zone: Asia/Almaty, no_digest: true}}\n"
             for name in ("mail", "machine")])

    @classmethod
    def proxy(cls, pair, upstream):
        cls.proxies[pair] = cls.stack_of.enter_context(FaultProxy(upstream))
        return f"127.0.0.1:{cls.proxies[pair].port}"

    @classmethod
    def rewire(cls, service, config):
        lines = []
        for line in config.splitlines():
            key, _, value = line.partition(": ")
            value = value.strip("'")
            if service == "gateway" and key in ("registry", "alert"):
                line = f"{key}: {cls.proxy('gateway-' + key, value)}"
            elif service == "alert-0" and key in ("registry", "redis"):
                line = f"{key}: {cls.proxy('alert-' + key, value)}"
            elif service == "alert-0" and line.strip().startswith("outbox:"):
                line += f"\n  smtp_url: smtp://127.0.0.1:{cls.proxies['alert-smtp'].port}\n  timeout_seconds: 3"
            lines.append(line)
        return "\n".join(lines) + "\n"

    def mails_about(self, case):
        code = case.removeprefix("cases/")
        return [path.name for path in self.taken.iterdir() if code in path.read_text()]

    def wait_until_told(self, case):
        wait_until("it is told by webhook and mail", lambda: self.ledger.told_of(case) and self.mails_about(case))

    def test_each_wire_broken_in_each_way_is_overcome(self):
        for pair, proxy in self.proxies.items():
            for toxic in BEARABLE + HARSH:
                with self.subTest(f"{pair} {toxic[0]}"):
                    self.overcome(proxy, toxic, heal_first=toxic in HARSH)
        self.assertEqual(self.ledger.bad, [])

    def overcome(self, proxy, toxic, heal_first):
        proxy(*toxic)
        try:
            if heal_first:
                case = self.owe_while_broken(proxy)
                time.sleep(0.3)  # somebody meets the fault
                proxy("clear")
            case = heal_first and case or owe(self.cluster, EVENT_DAY)
            self.wait_until_told(case)
            wait_until("the gateway reaches both", lambda: self.cluster.get("/v1/alerts?page_size=1")[0] == 200)
        finally:
            proxy("clear")

    def owe_while_broken(self, proxy):
        """None where the broken wire is the one it is written through."""
        if proxy is not self.proxies["gateway-registry"]:
            return owe(self.cluster, EVENT_DAY)
        with contextlib.suppress(AssertionError):
            return owe(self.cluster, EVENT_DAY, patience=0)

    def test_zz_a_second_copy_has_the_same_id_and_was_counted(self):
        """After all the broken wires; nobody died, so every doubt is counted."""
        again = sum(len(came) - 1 for came in self.ledger.copies().values())
        self.assertLessEqual(again, self.cluster.metric(ALERT_METRICS, "vigil_deliveries_ambiguous_total"))
        for case in {e["subject"] for _, e in self.ledger.arrived}:
            self.assertEqual(len({e["id"] for e in self.ledger.told_of(case)}), 1, case)


if __name__ == "__main__":
    unittest.main()
