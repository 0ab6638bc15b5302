"""The calendar feed, read by another's parser: made, subscribed to, asked for again, revoked."""

import datetime
import gzip
import time
import unittest
import urllib.error
import urllib.request

import icalendar

from stack import REPORT_DAY, Stack

SOURCE = {"title": "A note", "reliability": "RELIABILITY_DOCUMENT"}
KIND = "filter=kind%20%3D%20DEADLINE_KIND_CUSTODY_LIMIT"


class Calendar(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)

    def make(self, **calendar):
        status, made = self.stack.request("POST", "/v1/calendars", calendar)
        self.assertEqual(status, 200, made)
        return made

    def read(self, path, headers=None):
        """Status, headers and body, without any token."""
        request = urllib.request.Request(self.stack.url(path), headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def events(self, path):
        status, _, body = self.read(path)
        self.assertEqual(status, 200, body)
        return icalendar.Calendar.from_ical(body).walk("VEVENT")

    def test_every_deadline_in_the_window_is_an_event_with_its_uid(self):
        path = self.make(displayName="Limits", filter="kind = DEADLINE_KIND_CUSTODY_LIMIT")["path"]
        day = datetime.date.fromisoformat(REPORT_DAY)
        first, last = str(day - datetime.timedelta(60)), str(day + datetime.timedelta(730))
        due = {d["name"]: d for d in self.stack.all(f"/v1/deadlines?{KIND}", "deadlines") if d["latest"] >= first and d["earliest"] <= last}
        events = {event["UID"]: event for event in self.events(path)}
        self.assertEqual(set(events), {name.replace("/", ".") + "@vigil" for name in due})
        for name, deadline in due.items():
            event = events[name.replace("/", ".") + "@vigil"]
            self.check_when(event, deadline)
            self.assertEqual(event["RELATED-TO"], name.split("/deadlines/")[0].replace("/", ".") + "@vigil")
            self.assertEqual(event["CATEGORIES"].to_ical(), b"Custody limit")
            withdrawn = deadline["state"] == "DEADLINE_STATE_WITHDRAWN"
            self.assertEqual(event["STATUS"], "CANCELLED" if withdrawn else "CONFIRMED")
            self.assertEqual(event["SEQUENCE"] % 2, 1 if withdrawn else 0)
            alarms = [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
            ahead = [datetime.timedelta(-14), datetime.timedelta(-7), datetime.timedelta(-1)]
            self.assertEqual(alarms, ahead if deadline["state"] == "DEADLINE_STATE_UPCOMING" else [])

    def test_a_feed_is_discreet_unless_it_is_private(self):
        words = {w for person in self.stack.cases_by_person() for w in person.split() if len(w) > 3}
        discreet = self.read(self.make()["path"])[2].decode()
        for word in words:
            self.assertNotIn(word, discreet)
        private = self.events(self.make(private=True)["path"])
        self.assertTrue(any("Nurzhaubay" in event["SUMMARY"] for event in private))

    def test_a_limit_before_a_day_says_which_day_is_the_last(self):
        path = self.make(filter="kind = DEADLINE_KIND_CUSTODY_LIMIT AND earliest = \"2018-06-07\"")["path"]
        for event in self.events(path):
            self.assertIn("2018-06-06 is the last day", event["DESCRIPTION"])
            self.assertIn("before this day", event["SUMMARY"])

    def test_lines_are_short_and_end_as_the_standard_says(self):
        body = self.read(self.make(private=True, displayName="Сроки " * 15)["path"])[2]
        self.assertTrue(body.endswith(b"END:VCALENDAR\r\n"))
        for line in body.removesuffix(b"\r\n").split(b"\r\n"):
            self.assertLessEqual(len(line), 75)
            self.assertNotIn(b"\n", line)
            line.decode()

    def test_what_has_not_changed_is_not_sent_again(self):
        path = self.make()["path"]
        status, headers, body = self.read(path)
        self.assertRegex(headers["ETag"], r'^"[0-9a-f]+"$')
        time.sleep(1.1)  # into another second
        self.assertEqual(self.read(path)[2], body)
        self.assertEqual((status, headers["Content-Type"]), (200, "text/calendar; charset=utf-8; method=PUBLISH"))
        self.assertEqual(headers["X-Robots-Tag"], "noindex")
        self.assertEqual(self.read(path, {"If-None-Match": headers["ETag"]})[0], 304)
        self.assertEqual(self.read(path, {"If-None-Match": 'W/"other"'})[0], 200)

    def test_a_feed_is_packed_for_whoever_takes_that(self):
        path = self.make(private=True)["path"]
        _, plain, body = self.read(path)
        status, packed, bytes = self.read(path, {"Accept-Encoding": "deflate, gzip"})
        self.assertEqual((status, packed["Content-Encoding"], plain["Content-Encoding"]), (200, "gzip", None))
        self.assertEqual(gzip.decompress(bytes), body)
        self.assertLess(len(bytes), len(body) / 4)
        self.assertNotEqual(packed["ETag"], plain["ETag"])
        for tag, encoding in ((packed["ETag"], "gzip"), (plain["ETag"], "identity")):
            status, _, nothing = self.read(path, {"If-None-Match": tag, "Accept-Encoding": encoding})
            self.assertEqual((status, nothing), (304, b""))

    def test_a_revoked_calendar_is_gone_and_a_strangers_was_never_there(self):
        made = self.make(displayName="Mine")
        listed = [c for c in self.stack.ok("/v1/calendars")["calendars"] if c["name"] == made["name"]]
        self.assertEqual([c["path"] for c in listed], [""])
        self.assertEqual(self.stack.request("DELETE", f"/v1/{made['name']}")[0], 200)
        for path in (made["path"], "/calendar/" + "0" * 48 + ".ics", "/calendar/x.ics"):
            status, _, body = self.read(path)
            self.assertEqual(status, 404)
            self.assertIn(b"CALENDAR_NOT_FOUND", body)
        self.assertEqual(self.stack.request("DELETE", f"/v1/{made['name']}")[0], 404)

    def test_a_withdrawn_deadline_is_cancelled_where_it_was_told(self):
        """Of a new case, whose custody limit goes when the person is released."""
        self.new_case("c-cancelled", {"custody": {"kind": "KIND_REMAND"}})
        path = self.make(filter='kind = DEADLINE_KIND_CUSTODY_LIMIT')["path"]
        ours = lambda: {e["UID"]: e for e in self.events(path) if "c-cancelled" in e["UID"]}
        told = ours()
        self.assertTrue(told)
        self.assertEqual({e["STATUS"] for e in told.values()}, {"CONFIRMED"})
        self.fact("c-cancelled", {"date": "2018-04-27", "source": SOURCE, "release": {"from": "FROM_REMAND", "ground": "GROUND_BAIL"}})
        gone = ours()
        for uid, event in told.items():
            self.assertEqual(gone[uid]["STATUS"], "CANCELLED")
            self.assertGreater(gone[uid]["SEQUENCE"], event["SEQUENCE"])
            self.assertEqual(gone[uid].walk("VALARM"), [])

    def test_a_change_in_its_case_makes_an_event_newer_and_no_other(self):
        changed, left = (self.new_case(id, {"custody": {"kind": "KIND_REMAND"}}) for id in ("c-changed", "c-left"))
        path = self.make(filter='kind = DEADLINE_KIND_CUSTODY_LIMIT')["path"]
        ours = lambda case: {e["UID"]: e for e in self.events(path) if case in e["UID"]}
        before = {case: ours(case) for case in (changed, left)}
        self.assertTrue(before[changed] and before[left])
        time.sleep(1.1)  # into another second
        self.fact(changed, {"date": "2018-04-21", "source": SOURCE, "search": {"what": "Papers."}})
        after = {case: ours(case) for case in (changed, left)}
        for uid, event in after[changed].items():
            for stamp in ("DTSTAMP", "LAST-MODIFIED"):
                self.assertGreater(event[stamp].dt, before[changed][uid][stamp].dt)
            self.assertGreaterEqual(event["SEQUENCE"], before[changed][uid]["SEQUENCE"])
        self.assertEqual({u: e.to_ical() for u, e in after[left].items()}, {u: e.to_ical() for u, e in before[left].items()})

    def test_a_limit_exact_to_the_hour_is_an_event_at_that_time(self):
        case = self.new_case("c-hours", {"time": "09:15", "custody": {"kind": "KIND_ARREST"}})
        deadlines = [d for d in self.stack.all(f"/v1/cases/{case}/deadlines", "deadlines") if d.get("earliestTime")]
        self.assertTrue(deadlines)
        path = self.make()["path"]
        events = {e["UID"]: e for e in self.events(path)}
        for deadline in deadlines:
            self.check_when(events[deadline["name"].replace("/", ".") + "@vigil"], deadline)

    def check_when(self, event, deadline):
        if deadline["earliestTime"]:
            self.assertEqual(event["DTSTART"].dt, datetime.datetime.fromisoformat(deadline["earliestTime"]))
            self.assertNotIn("DTEND", event)
        else:
            self.assertEqual(str(event["DTSTART"].dt), deadline["earliest"])
            self.assertEqual(str(event["DTEND"].dt - datetime.timedelta(1)), deadline["latest"])

    def new_case(self, id, fact):
        status, case = self.stack.request("POST", f"/v1/cases?case_id={id}", {"displayName": "N. Calendar", "country": "KZ"})
        self.assertEqual(status, 200, case)
        self.fact(id, {"date": "2018-04-20", "source": SOURCE, **fact})
        return id

    def fact(self, case, fact):
        status, answer = self.stack.request("POST", f"/v1/cases/{case}/facts", fact)
        self.assertEqual(status, 200, answer)

    def test_no_secret_is_kept_or_logged(self):
        secret = self.make()["path"].removeprefix("/calendar/").removesuffix(".ics")
        self.read(f"/calendar/{secret}.ics")
        for path in [*(self.stack.data / "logs").glob("*"), *self.stack.data.glob("registry.db*")]:
            self.assertNotIn(secret.encode(), path.read_bytes(), path.name)

    def test_a_bad_filter_is_refused(self):
        status, answer = self.stack.request("POST", "/v1/calendars", {"filter": "no_such = 1"})
        self.assertEqual((status, answer["error"]["details"][0]["reason"]), (400, "FILTER_INVALID"))


if __name__ == "__main__":
    unittest.main()
