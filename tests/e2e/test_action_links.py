"""Answering an alert from a mail: the link in it is followed, and does nothing until its button is pressed."""

import html.parser
import os
import re
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

from sink import SECRET, Sink, seeds
from stack import ROOT, Stack, wait_until

LINK = re.compile(r"http://127\.0\.0\.1:\d+/act/[A-Za-z0-9_-]+")
# A case for each test, of somebody held whose custody must end within days: told at once, alone.
CASES = ("c-answered", "c-browser", "c-later", "c-program", "c-tampered")
HELD = {"date": "2018-03-05", "source": {"title": "A note", "reliability": "RELIABILITY_DOCUMENT"}, "custody": {"kind": "KIND_REMAND"}}


class Buttons(html.parser.HTMLParser):
    """The buttons of a page's forms, by what they say."""

    def __init__(self, page):
        super().__init__()
        self.found, self.open = {}, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "button":
            self.open = dict(attributes)

    def handle_data(self, data):
        if self.open:
            self.found[data] = {self.open["name"]: self.open["value"]}
            self.open = None


class ActionLinks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sink = Sink()
        cls.addClassCleanup(cls.sink.close)
        secret = tempfile.NamedTemporaryFile("w", suffix=".secret")
        cls.addClassCleanup(secret.close)
        secret.write(SECRET + "\n")
        secret.flush()
        cls.stack = Stack(seeds=seeds(cls.sink, secret.name))
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)
        for case in CASES:
            cls.stack.request("POST", f"/v1/cases?case_id={case}", {"displayName": "A. Person", "country": "KZ"})
            status, answer = cls.stack.request("POST", f"/v1/cases/{case}/facts", HELD)
            assert status == 200, answer

    def mail_of(self, case):
        """The first mail to the lawyer about one of the cases."""
        def found():
            return [m for m in self.stack.mails() if "lawyer@vigil.example" in m["To"] and m["X-Vigil-Form"] == "single"
                    and f"/cases/{case}" in m.get_body(("plain",)).get_content()]
        return wait_until(f"a mail about {case}", found)[0]

    def ask(self, method, url, form=None):
        """Status and page; as a browser without a session would."""
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(url, data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def link_in(self, mail):
        text, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        [link] = LINK.findall(text)
        self.assertIn(f'href="{link}"', page)
        return link

    def alert_of(self, mail):
        reminder = mail["Message-ID"].strip("<>").split("@")[0]
        [alert] = self.stack.all(f"/v1/alerts?filter=reminders.id%3D%22{reminder}%22", "alerts")
        return alert

    def test_an_alert_is_acknowledged_from_the_mail_that_told_of_it(self):
        mail = self.mail_of("c-answered")
        link, before = self.link_in(mail), self.alert_of(mail)
        for method in ("GET", "HEAD", "GET"):
            self.assertEqual(self.ask(method, link)[0], 200)
        self.assertEqual(self.alert_of(mail)["state"], before["state"])
        buttons = Buttons(self.ask("GET", link)[1]).found
        status, page = self.ask("POST", link, buttons["Acknowledge"])
        self.assertEqual(status, 200)
        self.assertIn("You acknowledged it", page)
        after = self.alert_of(mail)
        self.assertEqual((after["state"], after["acknowledgedBy"]), ("ALERT_STATE_ACKNOWLEDGED", "receivers/private-mail"))
        again = self.ask("POST", link, buttons["Acknowledge"])
        self.assertEqual((again[0], self.alert_of(mail)["acknowledgeTime"]), (200, after["acknowledgeTime"]))
        self.assertFalse(Buttons(again[1]).found)

    def test_an_alert_is_put_off_once_however_often_the_button_is_pressed(self):
        mail = self.mail_of("c-later")
        link = self.link_in(mail)
        form = next(form for form in Buttons(self.ask("GET", link)[1]).found.values() if "until" in form)
        self.assertEqual(self.ask("POST", link, form)[0], 200)
        once = self.alert_of(mail)
        self.assertEqual((once["state"], once["snoozeUntil"]), ("ALERT_STATE_SNOOZED", form["until"]))
        self.assertEqual(self.ask("POST", link, form)[0], 200)
        self.assertEqual(self.alert_of(mail), once)

    def test_a_link_that_was_tampered_with_does_nothing(self):
        mail = self.mail_of("c-tampered")
        link, before = self.link_in(mail), self.alert_of(mail)
        for wrong in (link[:-6], link + "AAAA", link[:-10] + link[-10:].swapcase(), link.rsplit("/", 1)[0] + "/x"):
            status, page = self.ask("POST", wrong, {"do": "acknowledge"})
            self.assertEqual(status, 404)
            self.assertIn("Nothing was changed", page)
        self.assertEqual(self.ask("POST", link, {"do": "everything"})[0], 400)
        self.assertEqual(self.alert_of(mail)["state"], before["state"])

    def test_a_program_answers_by_the_link_in_its_event(self):
        found = lambda: [e["data"] for e in self.sink.events if e["subject"] == "cases/c-program"]
        data = wait_until("an event about c-program", found)[0]
        self.assertEqual(self.ask("POST", data["actionLink"], {"do": "acknowledge"})[0], 200)
        after = self.stack.ok(f"/v1/{data['alert']}")
        self.assertEqual((after["state"], after["acknowledgedBy"]), ("ALERT_STATE_ACKNOWLEDGED", "receivers/machine"))

    def test_the_page_works_in_a_browser_without_scripts(self):
        mail = self.mail_of("c-browser")
        command = ["node", ROOT / "tests/browser/action.mjs", self.link_in(mail)]
        command += [os.environ["VIGIL_SHOTS"]] if "VIGIL_SHOTS" in os.environ else []
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.alert_of(mail)["state"], "ALERT_STATE_ACKNOWLEDGED")

    def test_no_link_is_in_a_log(self):
        link = self.link_in(self.mail_of("c-answered")).rsplit("/", 1)[1]
        self.ask("GET", self.stack.url(f"/act/{link}"))
        for log in (self.stack.data / "logs").glob("*"):
            self.assertNotIn(link, log.read_text(errors="replace"), log.name)


if __name__ == "__main__":
    unittest.main()
