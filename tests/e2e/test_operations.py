"""What an operator relies on: metrics, health, reflection, logs that lead from the edge to the backends, a clean stop."""

import json
import os
import pathlib
import signal
import socket
import tempfile
import unittest
import urllib.error
import urllib.request

import grpc
from stack import Stack, free_port_base, wait_until

METRICS = {"gateway": 1000, "registry-svc": 1002, "alert-svc": 1003}
GRPC = {"gateway": 1, "registry-svc": 2, "alert-svc": 3}
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def runs(pid):
    """A process that has ended but that nobody has asked about does not run."""
    stat = pathlib.Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def answers(url):
    """The status of a GET without a token."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


class Operations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)

    def text(self, offset, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.stack.base + offset}{path}", timeout=10) as answer:
            return answer.read().decode()

    def test_each_service_shows_rate_errors_and_duration(self):
        self.stack.ok("/v1/cases")
        self.stack.ok("/v1/alerts")
        for service, offset in METRICS.items():
            with self.subTest(service):
                metrics = self.text(offset, "/metrics")
                self.assertIn("vigil_rpc_requests_total{", metrics)
                self.assertIn("vigil_rpc_duration_seconds_bucket{", metrics)

    def test_domain_metrics_tell_what_the_field_needs(self):
        registry, alerts = self.text(1002, "/metrics"), self.text(1003, "/metrics")
        for name in ("vigil_deadlines{", "vigil_journal_revision", "vigil_store_commit_seconds"):
            self.assertIn(name, registry)
        for name in ("vigil_reminders_pending", "vigil_fire_lateness_seconds", "vigil_dead_letters_total",
                     "vigil_deliveries_total", "vigil_journal_lag", "vigil_redis_round_trip_seconds"):
            self.assertIn(name, alerts)

    def test_metrics_and_logs_carry_no_name(self):
        people = [p for p in self.stack.cases_by_person()]
        self.stack.request("POST", "/v1/cases:search", {"query": "Dzhakishev"})
        self.stack.get("/v1/cases:search?query=Dzhakishev")
        texts = [self.text(offset, "/metrics") for offset in METRICS.values()]
        texts += [log.read_text() for log in (self.stack.data / "logs").glob("*.log")]
        for text in texts:
            for person in people:
                self.assertNotIn(person.split()[-1], text)

    def test_health_and_reflection_answer_on_each_port(self):
        for service, offset in GRPC.items():
            with self.subTest(service):
                channel = grpc.insecure_channel(f"127.0.0.1:{self.stack.base + offset}")
                check = channel.unary_unary("/grpc.health.v1.Health/Check")
                # HealthCheckResponse{status: SERVING}.
                wait_until("serving", lambda: check(b"", timeout=10) == b"\x08\x01")
                reflect = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
                # ServerReflectionRequest{list_services: ""}.
                answer = next(reflect(iter([b"\x3a\x00"]), timeout=10))
                self.assertIn(b"vigil.", answer)
                if service == "gateway":
                    for passed in (b"vigil.registry.v1.JournalService", b"vigil.alert.v1.AlertService"):
                        self.assertIn(passed, answer)

    def test_health_over_http(self):
        for path in ("/healthz", "/readyz"):
            self.assertEqual(self.stack.get(path, token=False)[0], 200)
            status, refused = self.stack.request("POST", path, {}, token=False)
            self.assertEqual((status, refused["error"]["details"][0]["reason"]), (405, "METHOD_NOT_ALLOWED"))
            for offset in METRICS.values():
                self.assertEqual(answers(f"http://127.0.0.1:{self.stack.base + offset}{path}"), 200)

    def test_logs_are_json_and_a_trace_leads_to_the_backend(self):
        self.stack.get("/v1/cases/c-nobody00", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
        # A call is logged when it has ended, which may be after the caller has its answer.
        for service in ("gateway", "registry-svc"):
            log = self.stack.data / "logs" / f"{service}.log"
            wait_until(f"{service} logs the trace", lambda log=log: any(
                json.loads(line).get("trace_id") == TRACE for line in log.read_text().split("\n")[:-1]))

    def test_openapi_describes_every_public_path(self):
        status, document = self.stack.request("GET", "/openapi.json", token=False)
        self.assertEqual(status, 200)
        paths = document["paths"]
        for path in ("/v1/cases", "/v1/overview", "/v1/alerts", "/v1/deadlines"):
            self.assertIn(path, paths)


class WithoutRedis(unittest.TestCase):
    def test_alert_svc_is_alive_and_not_ready(self):
        with Stack() as stack:
            redis = stack.pid("redis")
            os.kill(redis, signal.SIGSTOP)
            try:
                base = f"http://127.0.0.1:{stack.base + METRICS['alert-svc']}"
                wait_until("not ready", lambda: answers(base + "/readyz") == 503)
                self.assertEqual(answers(base + "/healthz"), 200)
            finally:
                os.kill(redis, signal.SIGCONT)


class WithoutRegistry(unittest.TestCase):
    def test_alert_svc_that_starts_is_not_ready_and_says_why_until_it_comes(self):
        with Stack() as stack:
            config, away = stack.data / "config/registry-svc.yaml", stack.data / "config/away"
            base = f"http://127.0.0.1:{stack.base + METRICS['alert-svc']}"
            wait_until("ready", lambda: answers(base + "/readyz") == 200)
            config.rename(away)  # the supervisor starts it in vain
            os.kill(stack.pid("registry-svc"), signal.SIGKILL)
            log, old = stack.data / "logs/alert-svc.log", stack.pid("alert-svc")
            before = len(log.read_text())
            os.kill(old, signal.SIGKILL)
            try:
                wait_until("alert-svc is back", lambda: stack.pid("alert-svc") != old and self.status(base + "/healthz") == 200)
                # Long enough for whoever would only wait a while.
                wait_until("it says so", lambda: stack.metric(METRICS["alert-svc"], "vigil_journal_lag_seconds") > 5)
                self.assertEqual(answers(base + "/readyz"), 503)
                self.assertEqual(stack.metric(METRICS["alert-svc"], "vigil_shards", 'state="live"'), 0)
                said = [json.loads(line) for line in log.read_text()[before:].split("\n")[:-1]]
                self.assertIn(("warning", "the journal's stream ended"), {(line["level"], line["msg"]) for line in said})
                self.assertNotIn("ready", [line["msg"] for line in said])
            finally:
                away.rename(config)
            wait_until("ready", lambda: answers(base + "/readyz") == 200)
            self.assertEqual(stack.metric(METRICS["alert-svc"], "vigil_shards", 'state="live"'), 64)

    def status(self, url):
        try:
            return answers(url)
        except OSError:
            return None  # it does not listen yet


class CleanStop(unittest.TestCase):
    def test_down_drains_and_up_finds_everything_again(self):
        with Stack() as stack:
            before = stack.ok("/v1/overview")
            token = wait_until("alerts", lambda: stack.ok("/v1/alerts?page_size=1")["nextPageToken"])
            stack.down()
            for service in METRICS:
                log = (stack.data / "logs" / f"{service}.log").read_text()
                self.assertNotIn("Aborted", log)
            self.assertFalse(list((stack.data / "run").glob("*-svc.pid")))
            stack.clock = None
            stack.up()
            wait_until("alerts answer", lambda: stack.get("/v1/overview")[1].get("missing") == [])
            after = stack.ok("/v1/overview")
            self.assertEqual(after["situationCounts"], before["situationCounts"])
            self.assertEqual(after["asOf"], before["asOf"])
            # A list is gone through to its end whichever replica answers, a restarted one too.
            self.assertEqual(len(stack.ok(f"/v1/alerts?page_size=1&page_token={token}")["alerts"]), 1)

    def test_what_a_killed_supervisor_leaves_is_named_and_stopped(self):
        with Stack() as stack:
            pids = [stack.pid(service) for service in (*METRICS, "redis")]
            os.kill(stack.pid("supervisor"), signal.SIGKILL)
            refused = stack.try_up()
            self.assertEqual(refused.returncode, 1)
            self.assertIn(f"scripts/down --data {stack.data}", refused.stdout)
            stack.down()
            for pid in pids:
                self.assertFalse(runs(pid))
            stack.up()
            self.assertEqual(stack.ok("/v1/cases")["totalSize"], 49)

    def test_a_folder_with_any_name_will_do(self):
        with Stack(prefix="vigil's, {a} #1 \"b\" ") as stack:
            wait_until("alerts answer", lambda: stack.get("/v1/overview")[1].get("missing") == [])
            stack.down()
            self.assertFalse(list((stack.data / "run").glob("*.pid")))

    def test_a_port_that_is_taken_is_named_and_nothing_is_written(self):
        stack = Stack()
        stack.base = free_port_base()
        with tempfile.TemporaryDirectory() as folder, socket.socket() as other:
            stack.data = pathlib.Path(folder) / "data"
            other.bind(("127.0.0.1", stack.base + 2))
            other.listen()
            refused = stack.try_up()
            self.assertEqual(refused.returncode, 1)
            self.assertIn(f"port {stack.base + 2} is taken", refused.stdout)
            self.assertFalse(stack.data.exists())

    def test_another_clock_for_the_same_data_is_refused(self):
        with Stack() as stack:
            stack.clock = "2019-01-01T00:00:00Z"
            done = stack.try_up()
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("clock", done.stdout)


if __name__ == "__main__":
    unittest.main()
