"""May 2018 as the advocacy desk lives it: the 49 cases of the report under the policies as shipped, a day a second. Prints how many
mails came by day, form and kind; with VIGIL_MAY_MAIL=FILE the month's mail is written there to be read."""

import collections
import datetime
import os
import re
import unittest
import urllib.error
import urllib.request

import yaml

from stack import ROOT, Stack, wait_until

ALMATY = datetime.timezone(datetime.timedelta(hours=6))
DAY = datetime.timedelta(days=1)
LATE = 3 * DAY  # three seconds of a busy machine
FIRST, LAST = datetime.date(2018, 5, 1), datetime.date(2018, 5, 31)
HELD = ("DEADLINE_KIND_CUSTODY_LIMIT", "DEADLINE_KIND_COMMITTAL_END", "DEADLINE_KIND_EXTRADITION_CUSTODY_LIMIT")
HELD_LEADS = (20, 15, 10, 7, 3, 1)


def is_working(day):
    """By the calendar file, read by itself."""
    calendar = yaml.safe_load((ROOT / "data/calendars/kz.yaml").read_text())
    moved = {str(m["works"]): True for m in calendar["moved"]} | {str(m["day_off"]): False for m in calendar["moved"]}
    if str(day) in moved:
        return moved[str(day)]
    return day.weekday() < 5 and f"{day:%m-%d}" not in {f["month_day"] for f in calendar["fixed"]}


class May(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack(clock="2018-05-01T00:00:00+06:00", rate=86400)
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)
        wait_until("June", lambda: cls.stack.calendar_day() > str(LAST), seconds=180)
        cls.mails = [m for m in cls.stack.mails() if cls.day_of(m) <= LAST]
        cls.alerts = cls.stack.all("/v1/alerts?filter=state%20%21%3D%20ALERT_STATE_SCHEDULED", "alerts")
        cls.report()

    @classmethod
    def day_of(cls, mail):
        return mail["Date"].datetime.astimezone(ALMATY).date()

    @classmethod
    def report(cls):
        forms = collections.Counter((m["To"], m["X-Vigil-Form"]) for m in cls.mails)
        print("\nmails:", len(cls.mails), "by receiver and form:", dict(forms))
        days = collections.defaultdict(collections.Counter)
        for mail in cls.mails:
            days[cls.day_of(mail)][mail["X-Vigil-Form"]] += 1
        for day, count in sorted(days.items()):
            print(day, f"{day:%a}", dict(count))
        told = [a for a in cls.alerts if any(r["state"] in ("STATE_SENT", "STATE_IN_DIGEST") for r in a["reminders"])]
        print("alerts told by kind:", dict(collections.Counter(a["kind"].removeprefix("DEADLINE_KIND_") for a in told)), flush=True)
        if path := os.environ.get("VIGIL_MAY_MAIL"):
            with open(path, "w") as out:
                for mail in cls.mails:
                    out.write(f"{'=' * 100}\n{mail['Date']}\nTo: {mail['To']}\nSubject: {mail['Subject']}\n\n"
                              f"{mail.get_body(('plain',)).get_content()}\n")

    def of_form(self, form):
        return [m for m in self.mails if m["X-Vigil-Form"] == form]

    def test_at_most_one_digest_a_working_day(self):
        """Over the month: at a day a second a busy machine may send a day's digest on the next."""
        working = sum(is_working(FIRST + i * DAY) for i in range((LAST - FIRST).days + 1))
        self.assertEqual(working, 20)
        digests = self.of_form("digest")
        self.assertTrue(digests)
        self.assertLessEqual(len(digests), working)

    def test_one_summary_of_what_was_past(self):
        self.assertEqual(len(self.of_form("summary")), 1)

    def test_the_week_begins_with_what_is_missing(self):
        """Findings, by case code and number: the desk is not marked private."""
        told = [m for m in self.of_form("digest") if "what is missing or does not fit" in m.get_body(("plain",)).get_content()]
        self.assertTrue(told)
        self.assertLessEqual(len(told), 5)

    def test_custody_is_told_at_once_and_alone(self):
        """Each lead of a custody limit or a committal that falls into the month, by its own mail."""
        singles = "".join(m.get_body(("plain",)).get_content() for m in self.of_form("single"))
        fired = [(a, day) for a in self.alerts if a["kind"] in HELD and a["step"] in HELD_LEADS
                 and FIRST < (day := datetime.date.fromisoformat(a["earliest"]) - a["step"] * DAY) <= LAST
                 and any(r["state"] == "STATE_SENT" for r in a["reminders"])]
        self.assertTrue(fired)
        for alert, day in fired:
            self.assertIn(alert["case"].removeprefix("cases/"), singles)
            [sent] = {datetime.date.fromisoformat(r["sendTime"][:10]) for r in alert["reminders"] if r["state"] == "STATE_SENT"}
            self.assertTrue(day <= sent <= day + LATE, alert["name"])
        [summary] = [m["Message-ID"].strip("<>").split("@")[0] for m in self.of_form("summary")]
        for alert in self.alerts:
            if alert["kind"] in HELD:
                self.assertLessEqual(set(alert["digests"]), {summary}, alert["name"])

    def test_opening_every_link_changes_nothing(self):
        """As mail scanners do: they open all that looks like a link, with and without the reader's cookie."""
        links = {link.rstrip(".,;)") for m in self.mails for part in m.walk() if part.get_content_maintype() == "text"
                 for link in re.findall(r"https?://[^\s\"'<>]+", part.get_content())}
        links = {link for link in links if link.startswith(self.stack.url("/"))}
        self.assertTrue(links)
        links |= {self.stack.url(f"/v1/{a['name']}:acknowledge") for a in self.alerts[:20]}
        before = self.acted()
        for link in sorted(links):
            for headers in ({}, {"Authorization": f"Bearer {self.stack.token}"}):
                try:
                    urllib.request.urlopen(urllib.request.Request(link, headers=headers), timeout=10).close()
                except urllib.error.HTTPError:
                    pass
        self.assertEqual(self.acted(), before)

    def acted(self):
        """What people have done, by the alerts and by the journal's trail."""
        alerts = self.stack.all("/v1/alerts", "alerts")
        return [a["name"] for a in alerts if a["acknowledgedBy"] or a.get("snoozeUntil")]


if __name__ == "__main__":
    unittest.main()
