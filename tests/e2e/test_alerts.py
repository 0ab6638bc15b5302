"""Six weeks of the spring of 2018, a day in two seconds: what arrives in the outbox and at a webhook, in which order, and how often."""

import collections
import datetime
import json
import os
import pathlib
import re
import tempfile
import unittest

import icalendar

from sink import SECRET, Sink, seeds
from stack import Stack, wait_until

FIRST_DAY, LAST_DAY = "2018-04-28", "2018-06-10"
DAY = datetime.timedelta(days=1)


def time_of(event):
    return datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00"))


class SixWeeks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sink = Sink()
        cls.addClassCleanup(cls.sink.close)
        secret = tempfile.NamedTemporaryFile("w", suffix=".secret")
        cls.addClassCleanup(secret.close)
        secret.write(SECRET + "\n")
        secret.flush()
        bounces = tempfile.TemporaryDirectory()
        cls.addClassCleanup(bounces.cleanup)
        os.environ["VIGIL_MAIL_BOUNCE_MAILDIR"] = bounces.name
        cls.addClassCleanup(os.environ.pop, "VIGIL_MAIL_BOUNCE_MAILDIR")
        cls.stack = Stack(rate=43200, seeds=seeds(cls.sink, secret.name))
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)
        wait_until(LAST_DAY, lambda: cls.stack.calendar_day() > LAST_DAY, seconds=180)
        cls.mails, cls.events = cls.stack.mails(), list(cls.sink.events)
        cls.cases = cls.stack.cases_by_person()
        cls.told = {e["id"]: sorted(a["name"] for a in cls.stack.all(f"/v1/alerts?filter=digests%3A%22{e['id']}%22", "alerts"))
                    for e in cls.events if e["type"] == "vigil.deadline.summary.v1"}
        cls.bounced = cls.bounce(pathlib.Path(bounces.name))

    @classmethod
    def bounce(cls, maildir):
        """Lets a mail that was accepted come back, and returns what its reminder is then."""
        mail = next(m for m in reversed(cls.mails) if m["X-Vigil-Form"] == "single")
        reminder = mail["Message-ID"].strip("<>").split("@")[0]
        (maildir / "new").mkdir()
        (maildir / "new" / "1").write_text(f"""To: <bounce+{reminder}@vigil.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {mail["To"]}
Action: failed
Status: 5.1.1

--b--
""")
        path = f"/v1/alerts?filter=reminders.id%3D%22{reminder}%22"
        found = lambda: [r for a in cls.stack.all(path, "alerts") for r in a["reminders"] if r["id"] == reminder]
        wait_until("the bounce is known", lambda: found() and found()[0]["state"] == "STATE_BOUNCED")
        return found()[0]

    def mails_to(self, address):
        return [mail for mail in self.mails if address in mail["To"]]

    def code(self, person):
        return self.cases[person]["name"].removeprefix("cases/")

    def test_each_message_arrives_once_and_is_signed(self):
        self.assertEqual(self.sink.bad, [])
        self.assertEqual(self.sink.doubles(), [])
        doubles = [i for i, n in collections.Counter(m["Message-ID"] for m in self.mails).items() if n > 1]
        self.assertEqual(doubles, [])

    def test_one_summary_of_what_is_past(self):
        for address in ("advocacy@vigil.example", "lawyer@vigil.example"):
            summaries = [m for m in self.mails_to(address) if m["X-Vigil-Form"] == "summary"]
            self.assertEqual(len(summaries), 1)
            first = self.mails_to(address)[0]["Date"].datetime
            self.assertLess(summaries[0]["Date"].datetime - first, 5 * DAY)  # of two seconds each, which a busy machine may lose

    def test_a_webhooks_summary_tells_every_item(self):
        """One message with one id, whatever it holds: what has no room in full is told in short, and all is read on through the API."""
        summaries = [e for e in self.events if e["type"] == "vigil.deadline.summary.v1"]
        self.assertEqual(len(summaries), 1)
        data = summaries[0]["data"]
        more = data.get("more", {"rows": [], "alerts": [], "unlisted": 0})
        told = [item["alert"] for item in data["items"]] + [row[0] for row in more["rows"]] + ["alerts/" + i for i in more["alerts"]]
        self.assertEqual(len(told), len(set(told)))
        self.assertEqual(len(told) + int(more["unlisted"]), data["count"])
        self.assertGreater(data["count"], 50)
        self.assertEqual(sorted(told), self.told[summaries[0]["id"]])

    def test_at_most_one_digest_a_working_day(self):
        """Counted over the whole span: at a day in two seconds a busy machine may send a day's digest on the next."""
        span = datetime.date.fromisoformat(self.stack.calendar_day()) - datetime.date.fromisoformat(FIRST_DAY)
        working_days = sum((datetime.date.fromisoformat(FIRST_DAY) + i * DAY).weekday() < 5 for i in range(span.days + 1))
        for address in ("advocacy@vigil.example", "lawyer@vigil.example"):
            digests = [m for m in self.mails_to(address) if m["X-Vigil-Form"] == "digest"]
            self.assertTrue(digests)
            self.assertLessEqual(len(digests), working_days)

    def test_nurzhaubays_custody_limit_is_told_from_5_june_backwards(self):
        told = [time_of(e) for e in self.events
                if e["type"] == "vigil.deadline.due.v1" and e["subject"].endswith(self.code("Aset Nurzhaubay"))
                and e["data"]["kind"] == "DEADLINE_KIND_CUSTODY_LIMIT" and e["data"]["earliest"] == "2018-06-05"]
        self.assertEqual(told, sorted(told))
        limit = datetime.datetime(2018, 6, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=6)))
        leads = [round((limit - t) / DAY) for t in told]
        # A day is two seconds, so a send may come a good part of a day late, and acknowledgement is nobody's.
        for lead in (20, 15, 10, 7, 3, 1):
            self.assertTrue(any(abs(lead - l) <= 1 for l in leads), f"{lead} not in {leads}")

    def test_ashims_committal_is_told(self):
        kinds = [e["data"]["kind"] for e in self.events if e["subject"].endswith(self.code("Ardak Ashim"))]
        self.assertIn("DEADLINE_KIND_COMMITTAL_END", kinds)

    def test_mail_has_two_forms_and_says_what_matters(self):
        singles = [m for m in self.mails_to("lawyer@vigil.example") if m["X-Vigil-Form"] == "single"]
        self.assertTrue(singles)
        for mail in singles:
            text, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
            for part in (text, html):
                self.assertRegex(part, r"20\d\d")
                self.assertRegex(part, r"(KZ|UN|UA|CZ|INT|VIGIL)\.[A-Z]+")
                self.assertIn("/cases/c-", part)

    def test_no_name_reaches_a_receiver_that_is_not_private(self):
        words = {w for person in self.cases for w in person.split() if len(w) > 3}
        # Letters drawn at random spell a short name now and then.
        plain = lambda text: re.sub(r"/act/[A-Za-z0-9_-]+", "", text)
        for mail in self.mails_to("advocacy@vigil.example"):
            parts = [mail["Subject"]] + [p.get_content() for p in mail.walk() if p.get_content_maintype() == "text"]
            for word in words:
                for part in parts:
                    self.assertNotIn(word, plain(part))
        for mail in self.mails:
            for word in words:
                self.assertNotIn(word, mail["Subject"])
        for event in self.events:
            text = plain(json.dumps(event, ensure_ascii=False))
            for word in words:
                self.assertNotIn(word, text)

    def test_a_mail_brings_its_dates_as_a_calendar(self):
        """Read by another's parser; the discreet receiver's names nobody, see below."""
        for mail in [m for m in self.mails if m["X-Vigil-Form"] == "single"][:20]:
            [part] = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
            [event] = icalendar.Calendar.from_ical(part.get_content()).walk("VEVENT")
            self.assertTrue(event["UID"].startswith("cases.c-") or event["UID"].startswith("dossiers."))
            self.assertGreater(event["DTEND"].dt, event["DTSTART"].dt)

    def test_a_mail_that_comes_back_is_known_as_bounced(self):
        self.assertEqual(self.bounced["lastError"], "bounced: 5.1.1")

    def test_an_address_that_is_none_is_written_to_no_more(self):
        receiver = wait_until("its trouble is noted", lambda: next(
            (r for r in self.stack.all("/v1/receivers", "receivers") if r["name"] == self.bounced["receiver"] and r.get("trouble")), None))
        self.assertEqual((receiver["trouble"]["kind"], receiver["trouble"]["detail"]), ("KIND_BAD_ADDRESS", "bounced: 5.1.1"))
        self.assertFalse(receiver["disabled"])
        wait_until("alerting goes by it", lambda: self.stack.metric(1003, "vigil_receivers_troubled") >= 1)
        status, sent = self.stack.request("POST", f"/v1/{receiver['name']}:test", {})
        self.assertEqual((status, sent["outcome"], sent["error"]), (200, "OUTCOME_REFUSED", "the receiver's address was refused"))
        address = {"email": {"address": receiver["email"]["address"]}}
        self.assertEqual(self.stack.request("PATCH", f"/v1/{receiver['name']}?update_mask=email", address)[0], 200)
        again = self.stack.ok(f"/v1/{receiver['name']}")
        self.assertIsNone(again.get("trouble"), "whoever writes it anew vouches for it")

    def test_a_private_receiver_sees_the_name(self):
        bodies = "".join(m.get_body(("plain",)).get_content() for m in self.mails_to("lawyer@vigil.example"))
        self.assertIn("Aset Nurzhaubay", bodies)

    def test_messages_arrive_in_the_order_of_the_calendar(self):
        times = [time_of(e) for e in self.events]
        self.assertTrue(times)
        # A day is two seconds: two that are under way at one time may overtake each other, on a busy machine by more than one.
        for earlier, later in zip(times, times[1:]):
            self.assertLessEqual(earlier - later, 5 * DAY)
        # Those of one deadline are never under way together.
        by_deadline = {}
        for event in self.events:
            by_deadline.setdefault(event["data"].get("deadline"), []).append(time_of(event))
        del by_deadline[None]  # digests and the summary
        for deadline, times in by_deadline.items():
            self.assertEqual(times, sorted(times), deadline)


if __name__ == "__main__":
    unittest.main()
