"""The API's conventions from outside: every list filters, orders and pages; batches; every refusal with its reason."""

import json
import socket
import unittest
import urllib.parse
import urllib.request
import uuid

from stack import Stack, wait_until

SOURCE = {"title": "court file"}


def quote(text):
    return urllib.parse.quote(text, safe="")


class Api(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)
        for case in ("c-live", "c-other", "c-gone"):
            cls.post("/v1/cases?case_id=" + case, {"displayName": "Somebody"})
        cls.post("/v1/cases/c-live/facts?fact_id=f1", {"date": "2018-04-01", "source": SOURCE, "custody": {}, "concerns": ["cases/c-other"]})
        cls.post("/v1/cases/c-live/facts?fact_id=f2", {"date": "2018-04-02", "source": SOURCE, "other": {"what": "x"}})
        cls.post("/v1/cases/c-live/facts/f2:retract", {"reason": "another person"})
        cls.stack.request("DELETE", "/v1/cases/c-gone")

    @classmethod
    def post(cls, path, body):
        status, answer = cls.stack.request("POST", path, body)
        if status != 200:
            raise AssertionError(f"POST {path}: {status} {answer}")
        return answer

    def refused(self, reason, method, path, body=None, field=None, **options):
        status, answer = self.stack.request(method, path, body, **options)
        self.assertGreaterEqual(status, 400, f"{method} {path}: {answer}")
        info = next(d for d in answer["error"]["details"] if d["@type"].endswith("ErrorInfo"))
        self.assertEqual(info["reason"], reason, answer)
        self.assertEqual(info["domain"], "vigil")
        if field:
            self.assertEqual(info["metadata"].get("field"), field, answer)

    def test_what_the_record_knew_is_read_at_any_revision_and_time(self):
        head = self.stack.ok("/v1/audit/head")["journal"]["number"]
        created = self.post("/v1/cases?case_id=c-past", {"displayName": "Known before"})
        self.post("/v1/cases/c-past/facts?fact_id=f1", {"date": "2018-04-01", "source": SOURCE, "custody": {}})
        paths = ("/v1/cases/c-past?", "/v1/cases/c-past/facts?", "/v1/cases/c-past/facts/f1?", "/v1/cases/c-past/deadlines?",
                 "/v1/cases/c-past/findings?", "/v1/cases/c-past:file?", "/v1/cases?page_size=1000&",
                 "/v1/dossiers?", "/v1/deadlines?page_size=1000&", "/v1/findings?page_size=1000&", "/v1/overview?")
        then = self.stack.ok("/v1/audit/head")["journal"]["number"]
        before = {path: self.read_record(path) for path in paths}
        self.stack.request("PATCH", "/v1/cases/c-past", {"displayName": "Renamed since"})
        self.post("/v1/cases/c-past/facts/f1:retract", {"reason": "another person"})
        for path, answer in before.items():
            with self.subTest(path):
                self.assertEqual(self.read_record(f"{path}known_at={then}"), answer)
        self.assertEqual(self.stack.ok("/v1/cases/c-past?known_at=" + quote(created["createTime"])), created)
        self.refused("CASE_NOT_FOUND", "GET", f"/v1/cases/c-past?known_at={head}")
        self.refused("KNOWN_AT_AHEAD", "GET", "/v1/overview?known_at=2999-01-01T00:00:00Z", field="known_at")
        self.refused("BAD_KNOWN_AT", "GET", "/v1/cases?known_at=2018-04-28", field="known_at")

    def read_record(self, path):
        # Alerts are always as they are now.
        return {key: value for key, value in self.stack.ok(path).items() if "lert" not in key}

    def test_every_list_filters_orders_and_pages(self):
        lists = {
            "/v1/cases?as_of=2018-04-28": ("cases", "country = \"KZ\"", "situation, updateTime desc"),
            "/v1/dossiers?": ("dossiers", "display_name : \"Zhanaozen\"", "update_time desc"),
            "/v1/cases/c-live/facts?": ("facts", "custody:*", "date desc"),
            "/v1/deadlines?as_of=2018-04-28": ("deadlines", "state = UPCOMING", "kind, latest desc"),
            "/v1/findings?as_of=2018-04-28": ("findings", "max_shift_days > 30", "kind, max_shift_days desc"),
            "/v1/vocabularies?": ("vocabularies", "name = \"*courts\"", "version, name desc"),
            "/v1/vocabularies/institutions/entries?": ("entries", "contact_points:*", "country, name desc"),
        }
        for path, (field, some, order) in lists.items():
            with self.subTest(path):
                everything = self.stack.all(path, field)
                first = self.stack.ok(f"{path}&page_size=1")
                self.assertEqual(first["totalSize"], len(everything))
                filtered = self.stack.all(f"{path}&filter={quote(some)}", field)
                self.assertTrue(filtered)
                self.assertTrue(all(one in everything for one in filtered))
                ordered = self.stack.all(f"{path}&order_by={quote(order)}", field)
                self.assertEqual(sorted(one["name"] for one in ordered), sorted(one["name"] for one in everything))
                paged, token = [], ""
                while True:
                    page = self.stack.ok(f"{path}&order_by={quote(order)}&page_size=7&page_token={token}")
                    paged += page[field]
                    token = page["nextPageToken"]
                    if not token:
                        break
                self.assertEqual([one["name"] for one in paged], [one["name"] for one in ordered])
                for argument, reason in {
                    "page_size=-1": "PAGE_SIZE_NEGATIVE", "page_token=bm9uc2Vuc2U": "PAGE_TOKEN_INVALID",
                    "filter=no_such%20%3D%201": "FILTER_INVALID", "order_by=no_such": "ORDER_INVALID",
                    "order_by=name%20sideways": "ORDER_INVALID",
                }.items():
                    self.refused(reason, "GET", f"{path}&{argument}")
                self.assertLessEqual(len(self.stack.ok(f"{path}&page_size=2000000000")[field]), 1000)

    def test_order_is_that_of_the_values(self):
        cases = self.stack.all("/v1/cases?as_of=2018-04-28&order_by=" + quote("display_name desc"), "cases")
        names = [case["displayName"].encode() for case in cases]
        self.assertEqual(names, sorted(names, reverse=True))
        deadlines = self.stack.all("/v1/deadlines?as_of=2018-04-28&order_by=" + quote("latest desc, name"), "deadlines")
        self.assertEqual([d["latest"] for d in deadlines], sorted((d["latest"] for d in deadlines), reverse=True))

    def test_batches_are_all_or_nothing(self):
        made = self.post("/v1/cases:batchCreate", {"requests": [{"case": {"displayName": "Жұмабек"}, "requestId": str(uuid.uuid4())},
                                                                {"case": {"displayName": "B"}, "caseId": "c-batch"}]})
        names = [case["name"] for case in made["cases"]]
        again = self.stack.ok("/v1/cases:batchGet?" + "&".join("names=" + quote(name) for name in reversed(names)))
        self.assertEqual([case["name"] for case in again["cases"]], names[::-1])
        self.refused("REQUIRED", "POST", "/v1/cases:batchCreate",
                     {"requests": [{"case": {"displayName": "C"}, "caseId": "c-half"}, {"case": {}}]}, field="requests[1].case.display_name")
        self.refused("CASE_NOT_FOUND", "GET", "/v1/cases/c-half")
        self.refused("REQUIRED", "POST", "/v1/cases:batchCreate", {}, field="requests")
        self.refused("TOO_MANY", "POST", "/v1/cases:batchCreate", {"requests": [{}] * 1001}, field="requests")
        self.refused("CASE_NOT_FOUND", "GET", "/v1/cases:batchGet?names=cases%2Fc-live&names=cases%2Fc-nobody")
        facts = self.post("/v1/cases/c-batch/facts:batchCreate", {"requests": [
            {"factId": "v", "fact": {"date": "2018-03-01", "source": SOURCE, "verdict": {"penalty": "PENALTY_IMPRISONMENT", "term": "P2Y"}}},
            {"fact": {"date": "2018-04-01", "source": SOURCE, "appealDecision": {"of": "v", "result": "RESULT_UPHELD"}}}]})
        self.assertEqual(len(facts["facts"]), 2)
        read = self.stack.ok("/v1/cases/c-batch/facts:batchGet?names=" + quote(facts["facts"][0]["name"]))
        self.assertEqual(read["facts"], facts["facts"][:1])

    def test_dossiers_are_written(self):
        dossier = self.post("/v1/dossiers", {"displayName": "Hearing", "cases": ["cases/c-live"]})
        status, changed = self.stack.request("PATCH", f"/v1/{dossier['name']}?update_mask=display_name", {"displayName": "Second hearing", "etag": dossier["etag"]})
        self.assertEqual((status, changed.get("displayName"), changed.get("cases")), (200, "Second hearing", ["cases/c-live"]))
        self.refused("ETAG_MISMATCH", "PATCH", f"/v1/{dossier['name']}", {"displayName": "Third", "etag": dossier["etag"]})
        self.refused("DOSSIER_NOT_FOUND", "GET", "/v1/dossiers/d-none")

    def test_dossiers_go_softly_and_in_batches(self):
        made = self.post("/v1/dossiers:batchCreate", {"requests": [{"dossier": {"displayName": "Mission"}, "dossierId": "d-soft"},
                                                                   {"dossier": {"displayName": "Hearing"}}]})
        names = [dossier["name"] for dossier in made["dossiers"]]
        again = self.stack.ok("/v1/dossiers:batchGet?" + "&".join("names=" + quote(name) for name in reversed(names)))
        self.assertEqual(again["dossiers"], made["dossiers"][::-1])
        self.refused("REQUIRED", "POST", "/v1/dossiers:batchCreate", {"requests": [{"dossier": {}}]}, field="requests[0].dossier.display_name")
        self.post("/v1/dossiers/d-soft/facts", {"date": "2018-06-02", "source": SOURCE, "plannedEvent": {"what": "a mission"}})
        self.assertTrue(self.stack.ok("/v1/dossiers/d-soft/deadlines")["deadlines"])
        self.refused("DOSSIER_NOT_DELETED", "POST", "/v1/dossiers/d-soft:undelete", {})
        status, gone = self.stack.request("DELETE", "/v1/dossiers/d-soft")
        self.assertEqual((status, bool(gone.get("deleteTime"))), (200, True))
        self.refused("DOSSIER_DELETED", "POST", "/v1/dossiers/d-soft/facts", {"source": SOURCE, "other": {}})
        listed = lambda query: [d["name"] for d in self.stack.all("/v1/dossiers?" + query, "dossiers")]
        self.assertNotIn("dossiers/d-soft", listed(""))
        self.assertIn("dossiers/d-soft", listed("show_deleted=true"))
        self.assertEqual(self.stack.ok("/v1/dossiers/d-soft/deadlines")["deadlines"], [])
        self.post("/v1/dossiers/d-soft:undelete", {})
        self.assertIn("dossiers/d-soft", listed(""))
        self.assertTrue(self.stack.ok("/v1/dossiers/d-soft/deadlines")["deadlines"])

    def test_marks_and_dates_by_hand_name_their_author(self):
        self.post("/v1/cases?case_id=c-marks", {"displayName": "Marked"})
        date = self.post("/v1/cases/c-marks/facts", {"date": "2018-06-02", "source": SOURCE, "author": "somebody else",
                                                     "manualDate": {"what": "a call", "reason": "agreed"}})
        self.assertTrue(date["author"])
        self.assertNotEqual(date["author"], "somebody else")
        manual = lambda: next(d for d in self.stack.ok("/v1/cases/c-marks/deadlines")["deadlines"] if d["kind"] == "DEADLINE_KIND_MANUAL")
        self.assertIn(f"Set by hand by {date['author']}: a call. Reason: agreed.", manual()["explanation"])
        mark = self.post("/v1/cases/c-marks/facts", {"date": "2018-04-28", "source": SOURCE, "deadlineMark": {
            "deadline": manual()["name"].rsplit("/", 1)[1], "mark": "MARK_WAIVED", "reason": "called off"}})
        self.assertEqual(manual()["state"], "DEADLINE_STATE_WAIVED")
        self.assertIn(f"Marked as waived by {mark['author']}: called off.", manual()["explanation"])
        for what in ({"manualDate": {"what": "a call"}}, {"deadlineMark": {"deadline": "x", "mark": "MARK_MET"}}):
            self.refused("BAD_FACT", "POST", "/v1/cases/c-marks/facts", {"date": "2018-06-02", "source": SOURCE} | what)
        retracted = self.post(f"/v1/{mark['name']}:retract", {"reason": "an error"})
        self.assertEqual((retracted["author"], retracted["retractAuthor"]), (mark["author"], mark["author"]))
        self.assertNotEqual(manual()["state"], "DEADLINE_STATE_WAIVED")

    def test_facts_are_refused_by_field(self):
        for field, reason, fact in (
            ("fact.place", "NOT_IN_VOCABULARY", {"place": "Atyraw", "other": {}}),
            ("fact.verdict.court", "NOT_IN_VOCABULARY", {"verdict": {"court": "Any court"}}),
            ("fact.institutions[0]", "NOT_IN_VOCABULARY", {"institutions": ["Interpol"], "other": {}}),
            ("fact.accusation.charges[0].article", "NOT_IN_VOCABULARY",
             {"accusation": {"charges": [{"codeEdition": "CODE_EDITION_KZ_CC_2014", "article": "999"}]}}),
            ("fact.accusation.charges[0].part", "NOT_IN_VOCABULARY",
             {"accusation": {"charges": [{"codeEdition": "CODE_EDITION_KZ_CC_2014", "article": "174", "part": "9"}]}}),
            ("fact.whereabouts.country", "BAD_COUNTRY", {"whereabouts": {"country": "XX"}}),
            ("fact.parole.of", "UNKNOWN_REFERENCE", {"parole": {"of": "f9"}}),
            ("fact.verdict.term", "BAD_FACT", {"verdict": {"term": "five years"}}),
            ("fact.date", "BAD_FACT", {"date": "soon", "other": {}}),
            ("fact.confidential", "BAD_FACT", {"contact": {"name": "Адвокат"}}),
            ("fact.other.what", "TEXT_TOO_LONG", {"other": {"what": "я" * 2049}}),
            ("fact.concerns", "UNKNOWN_CASE", {"concerns": ["cases/c-live"], "other": {}}),
            ("fact.concerns", "DOUBLED", {"concerns": ["cases/c-other", "cases/c-other"], "other": {}}),
            ("fact.lineage", "UNKNOWN_LINEAGE", {"lineage": "f9", "other": {}}),
            ("fact.concerns", "MISSING_CONCERN", {"lineage": "f1", "custody": {}}),
        ):
            with self.subTest(field + " " + reason):
                self.refused(reason, "POST", "/v1/cases/c-live/facts", {"source": SOURCE} | fact, field=field)

    def test_every_reason_of_the_registry(self):
        live, some = "/v1/cases/c-live", {"displayName": "Somebody"}
        key = str(uuid.uuid4())
        self.post("/v1/cases?request_id=" + key, some)
        for reason, method, path, body in (
            ("BAD_NAME", "GET", "/v1/dossiers/d_1", None),
            ("BAD_ID", "POST", "/v1/cases?case_id=UPPER", some),
            ("BAD_DATE", "GET", live + "?as_of=2018-02-30", None),
            ("BAD_COUNTRY", "POST", "/v1/cases", some | {"country": "ZZ"}),
            ("BAD_TIME_ZONE", "POST", "/v1/cases", some | {"timeZone": "Mars/Base"}),
            ("BAD_TAG", "POST", "/v1/cases", some | {"tags": ["Ä"]}),
            ("BAD_MANDATE", "POST", "/v1/cases", some | {"mandate": {"act": True, "givenBy": "CONSENT_REFUSED"}}),
            ("BAD_MASK", "PATCH", live + "?update_mask=uid", some),
            ("BAD_REQUEST_ID", "POST", "/v1/cases?request_id=1", some),
            ("REQUEST_ID_REUSED", "POST", "/v1/cases?request_id=" + key, some | {"tags": ["other"]}),
            ("TEXT_TOO_LONG", "POST", "/v1/cases", {"displayName": "x" * 5000}),
            ("TOO_MANY", "POST", "/v1/cases", some | {"tags": ["a"] * 101}),
            ("NOT_IN_VOCABULARY", "POST", "/v1/cases", some | {"place": "Atlantis"}),
            ("CASE_NOT_FOUND", "GET", "/v1/cases/c-nobody", None),
            ("FACT_NOT_FOUND", "GET", live + "/facts/f9", None),
            ("DEADLINE_NOT_FOUND", "GET", live + "/deadlines/none", None),
            ("FINDING_NOT_FOUND", "GET", live + "/findings/none", None),
            ("VOCABULARY_NOT_FOUND", "GET", "/v1/vocabularies/planets/entries", None),
            ("ALREADY_EXISTS", "POST", "/v1/cases?case_id=c-live", some),
            ("CASE_DELETED", "POST", "/v1/cases/c-gone/facts", {"source": SOURCE, "other": {}}),
            ("CASE_DELETED", "DELETE", "/v1/cases/c-gone", None),
            ("CASE_NOT_DELETED", "POST", live + ":undelete", {}),
            ("DOSSIER_NOT_FOUND", "DELETE", "/v1/dossiers/d-none", None),
            ("FACT_RETRACTED", "POST", live + "/facts/f2:retract", {"reason": "twice"}),
            ("ETAG_MISMATCH", "DELETE", live + "?etag=yesterday", None),
            ("ALERT_NOT_FOUND", "GET", "/v1/alerts/none", None),
        ):
            with self.subTest(reason):
                self.refused(reason, method, path, body)

    def test_every_reason_of_http(self):
        for reason, method, path, body in (
            ("PATH_NOT_FOUND", "GET", "/v1/nothing", None),
            ("METHOD_NOT_ALLOWED", "DELETE", "/v1/overview", None),
            ("BAD_QUERY", "GET", "/v1/cases?page_size=many", None),
            ("UNKNOWN_QUERY_PARAMETER", "GET", "/v1/cases?no_such=1", None),
            ("BAD_JSON", "POST", "/v1/cases", b"{"),
            ("BAD_JSON", "POST", "/v1/cases", {"displayName": 7.5}),
            ("BAD_JSON", "POST", "/v1/cases", b'{"displayName": "\xff"}'),
            ("UNEXPECTED_BODY", "DELETE", "/v1/cases/c-live", {"a": 1}),
        ):
            with self.subTest(f"{reason} {body}"):
                self.refused(reason, method, path, body)

    def raw(self, text):
        """What the gateway answers to bytes that no client would send."""
        with socket.create_connection(("127.0.0.1", self.stack.base), timeout=10) as connection:
            connection.sendall(text)
            answer = b""
            while part := connection.recv(65536):
                answer += part
                if b"}}" in answer or b"}]}" in answer:
                    break
        return answer.decode()

    def test_every_reason_of_the_wire(self):
        self.refused("BODY_TOO_LARGE", "POST", "/v1/cases", b'{"displayName": "' + b"x" * 10_000_000 + b'"}')
        self.assertIn("HEAD_TOO_LARGE", self.raw(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 20_000 + b"\r\n\r\n"))
        self.assertIn("BAD_HTTP", self.raw(b"\x16\x03\x01 hello\r\n\r\n"))
        self.refused("TOKEN_MISSING", "GET", "/v1/cases", token=False)
        self.refused("TOKEN_UNKNOWN", "GET", "/v1/cases", token="0" * 64)
        sign_in = urllib.request.Request(self.stack.url("/session"), method="POST", data=json.dumps({"token": self.stack.token}).encode())
        with urllib.request.urlopen(sign_in, timeout=10) as answer:
            cookie = answer.headers["Set-Cookie"].split(";")[0]
        self.refused("CROSS_SITE_REQUEST", "POST", "/v1/cases", {"displayName": "X"}, token=False, headers={"Cookie": cookie})

    def test_alert_that_is_over_cannot_be_put_off(self):
        alerts = wait_until("alerts", lambda: self.stack.ok("/v1/alerts?page_size=10")["alerts"])
        alert = "/v1/" + alerts[0]["name"]
        self.refused("SNOOZE_NOT_AHEAD", "POST", alert + ":snooze", {"until": "2017-01-01T00:00:00Z"})
        self.post(alert + ":acknowledge", {})
        # It has fired and is not closed: the list still has it.
        self.assertIn(alert.removeprefix("/v1/"), [one["name"] for one in self.stack.all("/v1/alerts?", "alerts")])
        self.refused("ALERT_OVER", "POST", alert + ":snooze", {"until": "2018-05-20T00:00:00Z"})

    def test_soft_delete_hides_and_undelete_brings_back(self):
        self.post("/v1/cases?case_id=c-soft", {"displayName": "Soft"})
        self.stack.request("DELETE", "/v1/cases/c-soft")
        listed = lambda query: [c["name"] for c in self.stack.all("/v1/cases" + query, "cases")]
        self.assertNotIn("cases/c-soft", listed(""))
        self.assertIn("cases/c-soft", listed("?show_deleted=true"))
        self.post("/v1/cases/c-soft:undelete", {})
        self.assertIn("cases/c-soft", listed(""))


if __name__ == "__main__":
    unittest.main()
