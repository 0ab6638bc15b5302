"""What leaves, read by other people's parsers: Python's e-mail package and python3-icalendar."""

import datetime
import email
import email.policy
import json
import os
import pathlib
import subprocess
import unittest

import icalendar

BIN = os.environ.get("VIGIL_BIN_DIR", pathlib.Path(__file__).resolve().parents[3] / "build/release/bin")
PREVIEW = pathlib.Path(BIN) / "vigil-preview"
NAME = "Sample"


def preview(*arguments):
    return subprocess.run([PREVIEW, *arguments], check=True, stdout=subprocess.PIPE).stdout


def mail(*arguments):
    return email.message_from_bytes(preview("--as", "mail", *arguments), policy=email.policy.default)


class MailTest(unittest.TestCase):
    def test_text_comes_first_html_last_and_the_calendar_beside_them(self):
        for language in ("en", "ru"):
            for form in ("single", "digest"):
                message = mail("--language", language, "--form", form)
                self.assertEqual(message.get_content_type(), "multipart/mixed")
                texts, calendar = message.iter_parts()
                self.assertEqual(texts.get_content_type(), "multipart/alternative")
                self.assertEqual([p.get_content_type() for p in texts.iter_parts()], ["text/plain", "text/html"])
                self.assertEqual(calendar.get_content_type(), "text/calendar")
                self.assertEqual(calendar.get_param("method"), "PUBLISH")
                self.assertEqual(calendar.get_filename(), "vigil.ics")
                self.assertEqual(message.defects, [])

    def test_headers_follow_the_conventions(self):
        message = mail("--form", "single")
        self.assertEqual(message["Message-ID"], "<0123456789abcdef0123456789abcdef@vigil.example>")
        self.assertEqual(message["References"], "<c-sample0.thread@vigil.example>")
        self.assertEqual(message["In-Reply-To"], message["References"])
        self.assertEqual(message["Auto-Submitted"], "auto-generated")
        self.assertEqual(message["X-Auto-Response-Suppress"], "All")
        self.assertEqual(message["List-Id"], "<vigil.vigil.example>")
        self.assertEqual(message["To"], "reader@vigil.example")
        # A reminder to whoever has the duty: a mis-click must not end it.
        self.assertIsNone(message["List-Unsubscribe"])

    def test_a_mail_is_seven_bit_whatever_its_language(self):
        raw = preview("--as", "mail", "--language", "ru", "--form", "digest")
        self.assertTrue(all(byte < 128 for byte in raw))
        self.assertIn("дат", mail("--language", "ru", "--form", "digest")["Subject"])

    def test_calendar_has_an_event_a_deadline_with_stable_uid(self):
        calendar = icalendar.Calendar.from_ical(preview("--as", "ics", "--form", "digest").decode())
        self.assertEqual(calendar["METHOD"], "PUBLISH")
        self.assertEqual(calendar["VERSION"], "2.0")
        events = list(calendar.walk("VEVENT"))
        self.assertEqual(len(events), 7)
        self.assertEqual(len({event["UID"] for event in events}), 7)
        first = next(e for e in events if e["UID"].startswith("cases.c-sample0.deadlines.0000000000000000"))
        self.assertEqual(first["DTSTART"].dt, datetime.date(2018, 6, 7))
        self.assertEqual(first["DTEND"].dt, datetime.date(2018, 6, 8))
        self.assertEqual(first["DTSTAMP"].dt.tzinfo.utcoffset(None), datetime.timedelta(0))
        self.assertGreater(int(first["SEQUENCE"]), 0)
        self.assertEqual(first["RELATED-TO"], "cases.c-sample0@vigil")
        self.assertEqual(first["CATEGORIES"].to_ical(), b"Custody limit")
        self.assertLessEqual(first["LAST-MODIFIED"].dt, first["DTSTAMP"].dt)
        self.assertEqual(first["CLASS"], "CONFIDENTIAL")
        self.assertEqual([e["STATUS"] for e in events].count("CANCELLED"), 1)
        raw = preview("--as", "ics", "--form", "digest", "--language", "ru").removesuffix(b"\n")
        for line in raw.split(b"\r\n"):
            self.assertLessEqual(len(line), 75)
            self.assertNotIn(b"\n", line)

    def test_the_attached_calendar_is_the_same_to_the_byte(self):
        _, calendar = mail("--form", "single").iter_parts()
        self.assertEqual(calendar.get_payload(decode=True).rstrip(b"\r\n"), preview("--as", "ics").rstrip(b"\r\n"))

    def test_no_name_unless_private(self):
        for form in ("single", "digest", "summary"):
            for shape in ("text", "html", "mail", "ics", "event", "chat"):
                for language in ("en", "ru"):
                    arguments = ("--form", form, "--as", shape, "--language", language)
                    self.assertNotIn(f"A. {NAME}".encode(), preview(*arguments), arguments)
        self.assertIn(f"A. {NAME}".encode(), preview("--private"))
        self.assertNotIn(NAME, mail("--private")["Subject"])

    def test_every_wording_exists_in_both_languages(self):
        english, russian = (preview("--form", "digest", "--language", l).decode() for l in ("en", "ru"))
        for said in ("must be extended or ended", "May be open already", "if nobody appealed", "Overdue since", "No reply known",
                     "The date moved", "Withdrawn", "Do:"):
            self.assertIn(said, english)
        for said in ("продлить или прекратить", "Может быть, уже открыто", "если никто не обжаловал", "Просрочено с", "Об ответе ничего не известно",
                     "Дата сдвинулась", "Отменено", "Сделать:"):
            self.assertIn(said, russian)

    def test_a_language_without_words_is_english(self):
        self.assertEqual(preview("--language", "kk"), preview("--language", "en"))
        for language, said in (("kk", b"There are no words in kk: English.\n"), ("ru", b"")):
            shown = subprocess.run([PREVIEW, "--language", language], check=True, capture_output=True)
            self.assertEqual(shown.stderr, said)

    def test_every_reason_can_be_shown(self):
        for arguments, said in (
            (("--why", "handed-over"), "because it was handed over to you"),
            (("--why", "put-off", "--again", "2"), "as it was put off until now"),
            (("--why", "hourly", "--hour"), "5 hours before"),
            (("--level", "1"), "nobody has acknowledged it: it was passed on to you"),
            (("--level", "1", "--undelivered"), "could not be delivered"),
            (("--change", "moved"), "The date moved. You were told: 15 June 2018."),
            (("--change", "withdrawn"), "it no longer holds"),
            (("--lags",), "As known at 2018-06-04 08:00"),
            (("--links",), "https://vigil.example/act/sample"),
            (("--hour",), "14:30 (UTC+06:00)"),
            (("--nature", "opens", "--past"), "Open since 20 May 2018."),
            (("--precision", "no-later", "--doubt", "custody", "--nature", "opens"), "the day custody began is unknown"),
            (("--form", "findings"), "1 finding in 1 case"),
            (("--form", "trouble", "--trouble", "refused"), "as a matter of policy"),
        ):
            self.assertIn(said, preview(*arguments).decode(), arguments)

    def test_event_is_json_of_every_item(self):
        event = json.loads(preview("--as", "event", "--form", "digest"))
        self.assertEqual(event["data"]["count"], 7)
        self.assertEqual(len(event["data"]["items"]), 7)


if __name__ == "__main__":
    unittest.main()
