"""One feed, three ways: over gRPC, as server-sent events and as NDJSON the journal is told the same, under the same tokens."""

import contextlib
import itertools
import json
import tempfile
import unittest
import urllib.error
import urllib.request

import grpc
from cluster import Cluster, own_seeds, secret_file
from test_foreign_client import generate

ROLES = ("reader", "staff", "service")
GATEWAY, REGISTRY = 1, 2  # offsets of their gRPC ports


class Streams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack_of = contextlib.ExitStack()
        cls.addClassCleanup(stack_of.close)
        generate(stack_of.enter_context(tempfile.TemporaryDirectory()))
        from vigil.alert.v1 import assurance_pb2, settings_pb2  # noqa: F401 their messages are in records
        cls.tokens = {role: f"a-token-of-the-role-{role}-and-long-enough" for role in ROLES}
        cls.files = {role: stack_of.enter_context(secret_file(token)).name for role, token in cls.tokens.items()}
        seeds = own_seeds({}, ["  - {name: receivers/mail, email: {address: lawyer@vigil.example}}\n"],
                          ["  - {name: subscriptions/mail, receiver: receivers/mail, kinds: [custody_limit], time_zone: Asia/Almaty}\n"])
        cls.cluster = stack_of.enter_context(Cluster("2018-05-14T09:00:00+06:00", 1, seeds,
                                                      tokens=[(cls.files[role], role, role) for role in ROLES]))
        cls.write("First")
        cls.middle = cls.head()
        cls.write("Second")
        cls.ask("POST", "/v1/receivers?receiver_id=desk", {"email": {"address": "desk@vigil.example"}})

    @classmethod
    def ask(cls, method, path, body=None):
        status, answer = cls.cluster.request(method, path, body)
        if status != 200:
            raise AssertionError(f"{method} {path}: {status} {answer}")
        return answer

    @classmethod
    def write(cls, name):
        case = cls.ask("POST", "/v1/cases", {"displayName": name})["name"]
        cls.ask("POST", f"/v1/{case}/facts", {"date": "2018-06-01", "source": {"title": "a letter"}, "plannedEvent": {"what": "a hearing"}})
        cls.ask("DELETE", f"/v1/{case}")

    @classmethod
    def head(cls):
        return int(cls.ask("GET", "/v1/audit/head")["journal"]["number"])

    def open(self, accept, caller="", after="", **query):
        query = "&".join(f"{name}={value}" for name, value in query.items())
        headers = {"Authorization": f"Bearer {caller or self.cluster.token}", "Accept": accept}
        if after:
            headers["Last-Event-ID"] = after
        request = urllib.request.Request(self.cluster.url(f"/v1/changes:watch?{query}"), headers=headers)
        answer = urllib.request.urlopen(request, timeout=30)
        self.addCleanup(answer.close)
        self.assertEqual(answer.headers["Content-Type"].split(";")[0], accept)
        self.assertEqual(answer.headers["X-Accel-Buffering"], "no")
        return answer

    def lines(self, **options):
        """The messages of an NDJSON stream; each line must be one."""
        for line in self.open("application/x-ndjson", **options):
            self.assertEqual(line[:1] + line[-2:], b"{}\n")
            yield json.loads(line)

    def events(self, **options):
        """The messages of a stream of events; each must have its token as id, or no id where it has none."""
        for is_event, lines in itertools.groupby(self.open("text/event-stream", **options), key=lambda line: line != b"\n"):
            event = dict(line.decode().rstrip("\n").split(": ", 1) for line in lines if is_event)
            if "data" in event:
                message = json.loads(event["data"])
                self.assertEqual(event.get("id"), message["token"] or None)
                yield message

    def rpc(self, port=GATEWAY, caller="", **request):
        """The messages of the gRPC stream, in the same form."""
        from google.protobuf import json_format
        from vigil.registry.v1 import journal_pb2, journal_pb2_grpc

        stub = journal_pb2_grpc.JournalServiceStub(grpc.insecure_channel(f"127.0.0.1:{self.cluster.base + port}"))
        stream = stub.WatchChanges(journal_pb2.WatchChangesRequest(**request), timeout=60,
                                   metadata=[("authorization", f"Bearer {caller or self.cluster.token}")])
        self.addCleanup(stream.cancel)
        for message in stream:
            yield json_format.MessageToDict(message)

    def gist(self, change):
        """What of a change does not depend on who printed it as JSON: zero values may be printed or not."""
        return change["revision"], change.get("prevHash"), [kind for item in change["items"] for kind in item]

    def ways(self, token):
        """The stream after a token, asked for in each way."""
        return {
            "NDJSON, token in the query": lambda: self.lines(token=token),
            "NDJSON, Last-Event-ID": lambda: self.lines(after=token),
            "events, Last-Event-ID": lambda: self.events(after=token),
            "events, token in the query": lambda: self.events(token=token),
            "gRPC, gateway": lambda: self.rpc(token=token),
            "gRPC, registry": lambda: self.rpc(REGISTRY, token=token),
        }

    def changes(self, messages, head):
        """The messages of a stream that are changes, up to a revision."""
        found = []
        for message in messages:
            if "change" in message:
                found.append(message)
            if int(message["revision"]) >= head:
                return found
        self.fail("the stream ended")

    def test_line9_one_token_resumes_each_way_with_the_same_changes(self):
        head = self.head()
        told = self.changes(self.lines(), head)
        self.assertEqual([int(m["revision"]) for m in told], list(range(1, head + 1)))
        after = [m["change"] for m in told[self.middle:]]
        self.assertLessEqual({"caseChanged", "factChanged", "deadlinesChanged", "recordChanged"},
                             {kind for change in after for kind in self.gist(change)[2]})
        for way, resume in self.ways(told[self.middle - 1]["token"]).items():
            with self.subTest(way):
                again = [m["change"] for m in self.changes(resume(), head)]
                self.assertEqual(list(map(self.gist, again)), list(map(self.gist, after)))
                if "gRPC" not in way:
                    self.assertEqual(again, after)

    def test_line9_token_that_one_way_gave_resumes_each_other(self):
        start = next(self.lines())["token"]
        for giver, first in self.ways(start).items():
            given = next(m["token"] for m in first() if int(m["revision"]) == self.middle)
            for taker, resume in self.ways(given).items():
                with self.subTest(f"{giver}; then {taker}"):
                    self.assertEqual(int(next(resume())["revision"]), self.middle + 1)

    def test_snapshot_comes_each_way_and_its_bookmark_is_where_to_resume(self):
        for way, messages in {"NDJSON": self.lines(snapshot="true"), "events": self.events(snapshot="true"),
                              "gRPC": self.rpc(snapshot=True)}.items():
            with self.subTest(way):
                *parts, bookmark = self.up_to_bookmark(messages)
                self.assertTrue(parts)
                self.assertFalse(any(m.get("token") for m in parts))
                self.assertTrue(bookmark["token"])
                self.assertEqual(int(bookmark["revision"]), self.head())

    def up_to_bookmark(self, messages):
        found = []
        for message in messages:
            found.append(message)
            if "bookmark" in message:
                return found
        self.fail("the stream ended")

    def test_line9_quiet_stream_of_lines_is_bookmarks(self):
        token = self.up_to_bookmark(self.lines(snapshot="true"))[-1]["token"]
        quiet = list(itertools.islice(self.lines(token=token), 3))
        self.assertTrue(all("bookmark" in m and m["token"] for m in quiet), quiet)

    def refusal(self, messages):
        """Code and reason of a stream that is refused."""
        from google.rpc import error_details_pb2, status_pb2

        try:
            next(messages)
        except urllib.error.HTTPError as error:
            body = json.loads(error.read())["error"]
            return body["status"], next(d["reason"] for d in body["details"] if d["@type"].endswith("ErrorInfo"))
        except grpc.RpcError as error:
            status = status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
            info = error_details_pb2.ErrorInfo()
            self.assertTrue(any(detail.Unpack(info) for detail in status.details))
            return error.code().name, info.reason
        return "told", ""

    def test_who_may_not_follow_is_refused_each_way(self):
        for role, answer in {"reader": ("PERMISSION_DENIED", "ROLE_TOO_LOW"), "staff": ("PERMISSION_DENIED", "ROLE_TOO_LOW"),
                             "service": ("told", "")}.items():
            for way in (self.lines, self.events, self.rpc):
                with self.subTest(f"{role}, {way.__name__}"):
                    self.assertEqual(self.refusal(way(caller=self.tokens[role])), answer)

    def test_token_that_does_not_fit_is_refused_each_way(self):
        token = next(self.lines())["token"]
        for way in (self.lines, self.events, self.rpc):
            with self.subTest(way.__name__):
                self.assertEqual(self.refusal(way(token="nonsense")), ("INVALID_ARGUMENT", "BAD_TOKEN"))
                topics = ["TOPIC_CASES"] if way == self.rpc else "TOPIC_CASES"
                self.assertEqual(self.refusal(way(token=token, topics=topics)), ("INVALID_ARGUMENT", "OTHER_TOPICS"))


if __name__ == "__main__":
    unittest.main()
