"""The live stream of alerts, server-sent events from the real services: whoever was away, whatever was killed meanwhile, resumes by
the id of the last event; who reads too slowly is closed, and misses nothing either."""

import contextlib
import http.client
import json
import re
import signal
import socket
import tempfile
import threading
import unittest

import grpc

from cluster import Cluster, own_seeds, secret_file
from sink import SECRET
from stack import wait_until
from test_foreign_client import generate
from trial import Ledger, owe

CLOCK = "2018-05-14T11:00:00+06:00"
EVENT_DAY = "2018-05-18"  # a step of it is past: told at once
FAR_DAY = "2019-05-18"  # to come
FIRED = {"ALERT_STATE_SENT", "ALERT_STATE_ACKNOWLEDGED", "ALERT_STATE_SNOOZED", "ALERT_STATE_ESCALATED", "ALERT_STATE_DEAD"}
GATEWAY_METRICS = 1000
MANY = 6000  # events of a kilobyte: more than the buffers on the way take, fewer than the stream keeps
KEPT = 10_000


class Watcher:
    """A browser's part: reads the stream into `events`, pairs (id, alert), until it ends."""

    def __init__(self, cluster, last_id=None):
        self.events, self.error, self.status = [], None, None
        self.connection = http.client.HTTPConnection("127.0.0.1", cluster.base, timeout=120)
        headers = {"Authorization": f"Bearer {cluster.token}"} | ({"Last-Event-ID": last_id} if last_id else {})
        self.connection.request("GET", "/v1/alerts:watch", headers=headers)
        self.socket = self.connection.sock
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200, self.answer.read()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError, AttributeError):
            fields = {}
            while line := self.answer.readline():
                key, _, value = line.decode().rstrip("\n").partition(": ")
                if key:
                    fields[key] = value
                    continue
                if "event" in fields:
                    self.error = json.loads(fields["data"])["error"]
                elif "data" in fields:
                    self.events.append((fields["id"], json.loads(fields["data"])))
                fields = {}

    def ids(self):
        return [token for token, _ in self.events]

    def states(self):
        """The last state of each alert, as the events have it."""
        return {alert["name"]: alert["state"] for _, alert in self.events}

    def hears(self, case, state="ALERT_STATE_SENT"):
        return any(alert["case"] == case and alert["state"] == state for _, alert in self.events)

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.answer.close()
        self.connection.close()


def never_held(service, config):
    return config + "breaker_least: -1\n" if service.startswith("alert-") else config


class LiveTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        generate(folder)
        ledger = Ledger()
        stack.callback(ledger.close)
        secret = stack.enter_context(secret_file(SECRET)).name
        seeds = own_seeds({"lead_days: [14, 7, 1]": "lead_days: [7]"}, [
            f"  - {{name: receivers/machine, webhook: {{url: '{ledger.url}', secret_file: {secret}, allow_private_addresses: true}}}}\n"],
            ["  - {name: subscriptions/machine, receiver: receivers/machine, kinds: [planned_event], time_zone: Asia/Almaty, no_digest: true}\n"])
        cls.cluster = stack.enter_context(Cluster(CLOCK, 1, seeds, replicas=2, rewire=never_held))
        # Whoever is new is told what is past in one summary: let that be over.
        owe(cls.cluster, EVENT_DAY)
        wait_until("the summary is out", lambda: ledger.arrived)

    def watch(self, last_id=None):
        """Tried again, as a browser does, while the gateway is away."""
        def connect():
            with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
                return Watcher(self.cluster, last_id)

        watcher = wait_until("the stream begins", connect)
        self.addCleanup(watcher.close)
        return watcher

    def calls(self, name):
        from vigil.alert.v1 import alert_pb2_grpc
        # What a slow reader leaves unread is to fill no more than a small window.
        channel = grpc.insecure_channel(f"127.0.0.1:{self.cluster.grpc[name]}", options=[("grpc.http2.bdp_probe", 0)])
        self.addCleanup(channel.close)
        return alert_pb2_grpc.AlertServiceStub(channel)

    def watch_replica(self, name, token=""):
        """The stream of one replica over gRPC."""
        from vigil.alert.v1 import alert_pb2
        stream = self.calls(name).WatchAlerts(alert_pb2.WatchAlertsRequest(token=token), metadata=self.auth(), timeout=600)
        self.addCleanup(stream.cancel)
        stream.initial_metadata()  # it is heard from now on
        return stream

    def auth(self):
        return [("authorization", f"Bearer {self.cluster.token}")]

    def tell(self, watcher):
        """A case of which the watcher hears to the end, that it was told."""
        case = owe(self.cluster, EVENT_DAY)
        wait_until("it is heard", lambda: watcher.hears(case))
        return case


class Resuming(LiveTest):
    def fired(self):
        return {a["name"]: a["state"] for a in self.cluster.all("/v1/alerts", "alerts") if a["state"] in FIRED}

    def alerts_at(self, name):
        """What one replica shows."""
        from vigil.alert.v1 import alert_pb2
        return self.calls(name).ListAlerts(alert_pb2.ListAlertsRequest(page_size=1000), metadata=self.auth(), timeout=30).alerts

    def waiting_at(self, name):
        """The cases of which nobody was told yet."""
        from vigil.alert.v1 import alert_pb2
        return {alert.case for alert in self.alerts_at(name) if alert_pb2.AlertState.Name(alert.state) not in FIRED}

    def test_who_was_away_hears_what_was_missed_in_its_order_and_nothing_else(self):
        control, watcher = self.watch(), self.watch()
        self.tell(watcher)
        watcher.close()
        missed = self.tell(control)
        again = self.watch(watcher.ids()[-1])
        wait_until("what was missed is heard", lambda: again.hears(missed))
        self.tell(again)
        wait_until("both have heard the same", lambda: watcher.ids() + again.ids() == control.ids(),
                   found=lambda: (watcher.ids(), again.ids(), control.ids()))

    def test_from_the_middle_of_what_was_heard_the_rest_comes_again(self):
        watcher = self.watch()
        self.tell(watcher)
        self.tell(watcher)
        middle = len(watcher.events) // 2
        again = self.watch(watcher.ids()[middle])
        wait_until("the rest comes", lambda: again.events == watcher.events[middle + 1:], found=lambda: (again.events, watcher.events))

    def test_a_gateway_that_is_killed_costs_its_watchers_nothing(self):
        watcher = self.watch()
        self.tell(watcher)
        from_alert = self.watch_replica("alert-0", watcher.ids()[-1])
        self.cluster.signal("gateway", signal.SIGKILL)
        wait_until("the stream has ended", lambda: not watcher.thread.is_alive())
        missed = owe(self.cluster, EVENT_DAY)
        again = self.watch(watcher.ids()[-1])
        wait_until("what was missed is heard", lambda: again.hears(missed))
        self.tell(again)
        self.assertEqual(again.ids(), [next(from_alert).token for _ in again.ids()])

    def test_a_replica_that_is_killed_answers_its_old_tokens_with_all_that_has_fired(self):
        watcher = self.watch()
        known = self.tell(watcher)
        [alert] = [a for a in self.cluster.all("/v1/alerts", "alerts") if a["case"] == known and a["state"] in FIRED]
        last = watcher.ids()[-1]
        self.cluster.signal("alert-0", signal.SIGKILL)
        wait_until("the stream has ended", lambda: not watcher.thread.is_alive())
        missed = owe(self.cluster, EVENT_DAY)
        wait_until("it is back", lambda: self.cluster.is_ready("alert-0") and self.answers_acknowledgement(alert["name"]))
        again = self.watch(last)
        wait_until("what was missed is heard", lambda: again.hears(missed))
        wait_until("all that has fired is heard", lambda: self.fired().items() <= again.states().items(), found=lambda: again.states())
        self.assertEqual(again.states()[alert["name"]], "ALERT_STATE_ACKNOWLEDGED")
        # From its last token on it goes on as ever.
        more = self.watch(again.ids()[-1])
        told = self.tell(more)
        self.assertEqual({a["case"] for _, a in more.events}, {told})

    def answers_acknowledgement(self, alert):
        with contextlib.suppress(OSError):
            return self.cluster.request("POST", f"/v1/{alert}:acknowledge", {})[0] == 200

    def test_a_token_of_another_replica_is_answered_first_with_all_that_has_fired(self):
        watcher = self.watch()
        future = owe(self.cluster, FAR_DAY)
        self.tell(watcher)
        wait_until("both replicas know that all are told", lambda: self.waiting_at("alert-0") == self.waiting_at("alert-1") == {future})
        fired = {alert.name for alert in self.alerts_at("alert-1") if alert.case != future}
        stream = self.watch_replica("alert-1", watcher.ids()[-1])
        first = [next(stream) for _ in fired]
        self.assertEqual({m.alert.name for m in first}, fired)
        self.assertNotIn(future, {m.alert.case for m in first})
        # Who is cut off within the list has it again; who had all of it has what comes after.
        again = self.watch_replica("alert-1", first[len(first) // 2].token)
        self.assertEqual({next(again).alert.name for _ in fired}, fired)
        after = self.watch_replica("alert-1", first[-1].token)
        case = owe(self.cluster, EVENT_DAY)
        self.assertEqual({next(after).alert.case, next(stream).alert.case, next(again).alert.case}, {case})

    def test_what_is_no_token_is_refused(self):
        with self.assertRaises(grpc.RpcError) as refused:
            next(self.watch_replica("alert-1", "no token at all"))
        self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)


class SlowReaders(LiveTest):
    def owe_far(self, count):
        """So many events: dates to come, of many cases."""
        for _ in range(0, count, 100):
            case = owe(self.cluster, FAR_DAY)
            fact = {"date": FAR_DAY, "source": {"title": "a letter"}, "plannedEvent": {"what": "a hearing"}}
            status, answer = self.cluster.request("POST", f"/v1/{case}/facts:batchCreate", {"requests": [{"fact": fact}] * 99})
            self.assertEqual(status, 200, answer)

    def test_a_reader_that_takes_nothing_is_closed_and_holds_up_no_other(self):
        slow = socket.socket()
        self.addCleanup(slow.close)
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.settimeout(60)
        control = self.watch()
        ended = self.ended_streams()
        slow.connect(("127.0.0.1", self.cluster.base))
        slow.sendall(f"GET /v1/alerts:watch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.cluster.token}\r\n\r\n".encode())
        self.assertIn(b"200", slow.recv(12))
        self.owe_far(MANY)
        wait_until("who reads has it all", lambda: len(control.events) >= MANY, found=lambda: len(control.events))
        wait_until("who does not is closed", lambda: self.ended_streams() > ended)
        text = b""
        with contextlib.suppress(OSError):
            while piece := slow.recv(65536):
                text += piece
        self.assertNotIn(b"\r\n0\r\n\r\n", text[-20:], "no end in good order")
        last = re.findall(rb"id: (\S+)\ndata: [^\n]*\n\n", text)[-1].decode()
        heard = control.ids().index(last) + 1
        self.assertLess(heard, len(control.events))
        again = self.watch(last)
        wait_until("the rest is heard", lambda: again.ids() == control.ids()[heard:], found=lambda: (len(again.ids()), heard))

    def ended_streams(self):
        return self.cluster.metric(GATEWAY_METRICS, "vigil_rpc_requests_total", having="/WatchAlerts")

    def test_who_falls_behind_what_is_kept_is_told_so(self):
        """Over gRPC, where no timeout of ours ends who takes nothing."""
        stream = self.watch_replica("alert-0")
        control = self.watch()
        self.owe_far(KEPT + MANY)
        wait_until("who reads has it all", lambda: len(control.events) >= KEPT + MANY, found=lambda: len(control.events))
        read = []
        with self.assertRaises(grpc.RpcError) as refused:
            for message in stream:
                read.append(message.token)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        details = str(refused.exception.trailing_metadata())
        self.assertIn("SLOW_WATCHER", details)
        self.assertIn(read[-1], details, "the token to resume with")
        self.assertLess(len(read), KEPT)


if __name__ == "__main__":
    unittest.main()
