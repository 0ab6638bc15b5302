"""A client in another language: Python's gRPC lists cases and watches changes, with classes made from the protos on the spot."""

import subprocess
import sys
import tempfile
import unittest

import grpc
from stack import ROOT, Stack

GOOGLE = "/usr/share/gocode/src/github.com/gogo/googleapis"
PROTOS = [p.relative_to(ROOT / "protos") for p in sorted((ROOT / "protos/vigil").glob("*/v1/*.proto"))]


def generate(folder):
    google = ["google/api/annotations.proto", "google/api/http.proto", "google/rpc/error_details.proto", "google/rpc/status.proto"]
    subprocess.run(["protoc", "-I", ROOT / "protos", "-I", GOOGLE, f"--python_out={folder}",
                    f"--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin", f"--grpc_out={folder}",
                    *map(str, PROTOS), *google], check=True)
    sys.path.insert(0, folder)
    # google.api is generated beside google.protobuf, which is installed elsewhere.
    import google as package
    package.__path__.append(f"{folder}/google")


class ForeignClient(unittest.TestCase):
    def test_lists_cases_and_watches_changes(self):
        with tempfile.TemporaryDirectory() as folder, Stack() as stack:
            generate(folder)
            from vigil.registry.v1 import case_pb2, journal_pb2, journal_pb2_grpc
            from vigil.registry.v1 import registry_service_pb2, registry_service_pb2_grpc

            auth = [("authorization", f"Bearer {stack.token}")]
            channel = grpc.insecure_channel(f"127.0.0.1:{stack.base + 2}")
            cases = registry_service_pb2_grpc.CaseServiceStub(channel)
            listed = cases.ListCases(registry_service_pb2.ListCasesRequest(), metadata=auth, timeout=30)
            self.assertEqual(len(listed.cases), 49)

            journal = journal_pb2_grpc.JournalServiceStub(channel)
            watch = journal.WatchChanges(journal_pb2.WatchChangesRequest(snapshot=True), metadata=auth, timeout=60)
            names = set()
            for message in watch:
                names |= {item.case_changed.case.name for item in message.snapshot_part.items
                          if item.HasField("case_changed")}
                if message.HasField("bookmark"):
                    break
            self.assertEqual(names, {case.name for case in listed.cases})
            snapshot_revision = message.revision

            request = registry_service_pb2.CreateCaseRequest(case=case_pb2.Case(display_name="Somebody Else"))
            created = cases.CreateCase(request, metadata=auth, timeout=30)
            change = next(m for m in watch if m.HasField("change"))
            self.assertEqual(change.revision, snapshot_revision + 1)
            self.assertEqual(change.change.items[0].case_changed.case.name, created.name)
            watch.cancel()

            # The same through the gateway, which passes public methods on.
            through = registry_service_pb2_grpc.CaseServiceStub(grpc.insecure_channel(f"127.0.0.1:{stack.base + 1}"))
            again = through.GetCase(registry_service_pb2.GetCaseRequest(name=created.name), metadata=auth, timeout=30)
            self.assertEqual(again.display_name, "Somebody Else")
            with self.assertRaises(grpc.RpcError) as refused:
                through.GetCase(registry_service_pb2.GetCaseRequest(name=created.name), timeout=30)
            self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAUTHENTICATED)

            self.bad_input_is_refused_by_reason(channel, auth)
            self.times_that_json_cannot_say_are_refused(grpc.insecure_channel(f"127.0.0.1:{stack.base + 3}"), auth)

    def times_that_json_cannot_say_are_refused(self, channel, auth):
        from google.protobuf import timestamp_pb2
        from vigil.alert.v1 import alert_pb2, alert_pb2_grpc, assurance_pb2, assurance_pb2_grpc
        from vigil.alert.v1 import settings_pb2, settings_service_pb2, settings_service_pb2_grpc

        alerts = alert_pb2_grpc.AlertServiceStub(channel)
        settings = settings_service_pb2_grpc.SettingsServiceStub(channel)
        assurance = assurance_pb2_grpc.AssuranceServiceStub(channel)
        ahead = 4_000_000_000
        for time in (timestamp_pb2.Timestamp(seconds=1 << 50), timestamp_pb2.Timestamp(seconds=ahead, nanos=-1),
                     timestamp_pb2.Timestamp(seconds=ahead, nanos=2_000_000_000)):
            silence = settings_pb2.Silence(cases=["cases/-"], reason="moved", end_time=time)
            for field, method, request in (
                ("until", alerts.SnoozeAlert, alert_pb2.SnoozeAlertRequest(name="alerts/a", until=time)),
                ("expire_time", alerts.AcknowledgeAlert, alert_pb2.AcknowledgeAlertRequest(name="alerts/a", expire_time=time)),
                ("silence.end_time", settings.CreateSilence,
                 settings_service_pb2.CreateSilenceRequest(silence_id="moved", silence=silence)),
                ("start_time", assurance.ResendDeadLetters,
                 assurance_pb2.ResendDeadLettersRequest(receiver="receivers/desk", start_time=time)),
            ):
                with self.subTest(field=field, time=time), self.assertRaises(grpc.RpcError) as refused:
                    method(request, metadata=auth, timeout=30)
                self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
                self.assertIn(f"{field}: write nanos", refused.exception.details())

    def bad_input_is_refused_by_reason(self, channel, auth):
        from google.rpc import error_details_pb2, status_pb2
        from vigil.registry.v1 import case_pb2, fact_pb2, journal_pb2, journal_pb2_grpc
        from vigil.registry.v1 import registry_service_pb2 as registry, registry_service_pb2_grpc, vocabulary_pb2, vocabulary_pb2_grpc

        cases = registry_service_pb2_grpc.CaseServiceStub(channel)
        facts = registry_service_pb2_grpc.FactServiceStub(channel)
        journal = journal_pb2_grpc.JournalServiceStub(channel)
        words = vocabulary_pb2_grpc.VocabularyServiceStub(channel)
        parent = cases.CreateCase(registry.CreateCaseRequest(case=case_pb2.Case(display_name="测试 ✓")), metadata=auth, timeout=30).name
        source = fact_pb2.Source(title="x")

        def fact(**what):
            return registry.CreateFactRequest(parent=parent, fact=fact_pb2.Fact(source=source, **what))

        for reason, method, request in (
            ("BAD_SHARD", journal.StreamShard, journal_pb2.StreamShardRequest(shard=64, shard_count=64)),
            ("BAD_TOPIC", journal.WatchChanges, journal_pb2.WatchChangesRequest(topics=[99])),
            ("RECORD_NOT_FOUND", journal.GetRecord, journal_pb2.GetRecordRequest(name="records/a/b")),
            ("PAGE_SIZE_NEGATIVE", journal.ListReceipts, journal_pb2.ListReceiptsRequest(page_size=-1)),
            ("FILTER_INVALID", journal.ListReceipts, journal_pb2.ListReceiptsRequest(filter="kind = 7 OR")),
            ("ORDER_INVALID", journal.ListReceipts, journal_pb2.ListReceiptsRequest(order_by="time sideways")),
            ("PAGE_TOKEN_INVALID", words.ListVocabularies, vocabulary_pb2.ListVocabulariesRequest(page_token="x")),
            ("ORDER_INVALID", journal.ListRecords, journal_pb2.ListRecordsRequest(order_by="body")),
            ("VOCABULARY_NOT_FOUND", words.ListEntries, vocabulary_pb2.ListEntriesRequest(parent="vocabularies/")),
            ("REQUIRED", facts.BatchCreateFacts, registry.BatchCreateFactsRequest(parent=parent)),
            ("BAD_FACT", facts.CreateFact, fact()),
            ("BAD_FACT", facts.CreateFact, fact(custody=fact_pb2.Custody(kind=99))),
            ("BAD_FACT", facts.CreateFact, fact(other=fact_pb2.OtherFact(what="a\0b"))),
            ("TEXT_TOO_LONG", facts.CreateFact, fact(other=fact_pb2.OtherFact(what="ж" * 100_000))),
            ("NOT_IN_VOCABULARY", facts.CreateFact, fact(other=fact_pb2.OtherFact(), place="Алматы")),
        ):
            with self.subTest(reason), self.assertRaises(grpc.RpcError) as refused:
                answer = method(request, metadata=auth, timeout=30)
                if method in (journal.StreamShard, journal.WatchChanges):
                    next(answer)
            details = dict(refused.exception.trailing_metadata())["grpc-status-details-bin"]
            info = error_details_pb2.ErrorInfo()
            self.assertTrue(any(detail.Unpack(info) for detail in status_pb2.Status.FromString(details).details))
            self.assertEqual(info.reason, reason)


if __name__ == "__main__":
    unittest.main()
