"""A verdict is counted as if nobody appealed, and people are told so. Then the appeal becomes known: what hangs on the verdict moves, and
whoever had been told the old date is told of the change, once."""

import collections
import json
import tempfile
import unittest
import urllib.request

from sink import SECRET, Sink, seeds
from stack import Stack, wait_until

CASE = "cases/c-appeal"
RECEIVERS = {"receivers/machine": None, "receivers/advocacy": "advocacy@vigil.example", "receivers/private-mail": "lawyer@vigil.example"}
SOURCE = {"title": "A test"}
DUE, CHANGED = "vigil.deadline.due.v1", "vigil.deadline.changed.v1"
# In force on 29 April unless appealed; on the 27th, the day of the decision on appeal.
VERDICT = {"date": "2018-04-13", "source": SOURCE, "verdict": {"penalty": "PENALTY_RESTRICTION_OF_LIBERTY", "term": "P20D"}}
APPEAL = {"date": "2018-04-27", "source": SOURCE, "appealDecision": {"of": "f-verdict", "result": "RESULT_UPHELD"}}
MOVED = {"DEADLINE_KIND_ENTRY_INTO_FORCE": ("2018-04-29", "2018-04-27"), "DEADLINE_KIND_SENTENCE_END": ("2018-05-19", "2018-05-17"),
         "DEADLINE_KIND_RECORD_EXPUNGED": ("2018-05-19", "2018-05-17")}


class Appeal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sink = Sink()
        cls.addClassCleanup(cls.sink.close)
        secret = tempfile.NamedTemporaryFile("w", suffix=".secret")
        cls.addClassCleanup(secret.close)
        secret.write(SECRET + "\n")
        secret.flush()
        # At once: a digest would wait for nine in the morning.
        cls.stack = Stack(seeds=seeds(cls.sink, secret.name).replace("channel: daily", "channel: at_once"))
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)
        cls.done("POST", "/v1/cases?case_id=c-appeal", {"displayName": "A test", "country": "KZ"})
        cls.done("POST", f"/v1/{CASE}/facts?fact_id=f-verdict", VERDICT)
        cls.before = cls.dates()
        wait_until("the plain count is told to everybody", lambda: {
            (name, receiver) for name, d in cls.before.items() if d["kind"] in MOVED for receiver in RECEIVERS} <= cls.told())
        cls.told_before = cls.told()
        cls.done("POST", f"/v1/{CASE}/facts?fact_id=f-appeal", APPEAL)
        cls.after = cls.dates()
        wait_until("the changes are told", lambda: set(cls.changes_told()) == cls.moved_of_told("receivers/machine"), found=cls.changes_told)

    @classmethod
    def done(cls, method, path, body=None):
        status, answer = cls.stack.request(method, path, body)
        if status != 200:
            raise AssertionError(f"{method} {path}: {status} {answer}")
        return answer

    @classmethod
    def events(cls, kind):
        """What the webhook, which takes no digests, was told of the case."""
        return [e for e in list(cls.sink.events) if e["type"] == kind and e["data"]["case"] == CASE]

    @classmethod
    def changes_told(cls):
        return collections.Counter(e["data"]["deadline"] for e in cls.events(CHANGED))

    @classmethod
    def told(cls):
        """Which deadline was told to whom."""
        alerts = cls.stack.all(f"/v1/alerts?filter=case%20%3D%20%22{CASE.replace('/', '%2F')}%22", "alerts")
        return {(a["deadline"], r["receiver"]) for a in alerts for r in a["reminders"] if r["state"] == "STATE_SENT"}

    @classmethod
    def moved_of_told(cls, receiver):
        """The deadlines that moved, and of which the receiver had been told."""
        return {n for n in cls.before if cls.before[n]["earliest"] != cls.after[n]["earliest"] and (n, receiver) in cls.told_before}

    @classmethod
    def dates(cls):
        return {d["name"]: d for d in cls.stack.all(f"/v1/{CASE}/deadlines", "deadlines")}

    def test_the_dates_move(self):
        for kind, (old, new) in MOVED.items():
            [name] = [n for n, d in self.before.items() if d["kind"] == kind]
            self.assertEqual((self.before[name]["earliest"], self.after[name]["earliest"]), (old, new))
            self.assertIn("NO_APPEAL", self.before[name]["assumptions"])
            self.assertNotIn("NO_APPEAL", self.after[name]["assumptions"])

    def test_who_was_told_the_old_date_is_told_of_the_change_once(self):
        moved = self.moved_of_told("receivers/machine")
        self.assertGreater(sum(self.before[n]["earliest"] != self.after[n]["earliest"] for n in self.before), len(moved), "some were told to nobody")
        self.assertEqual(self.changes_told(), {name: 1 for name in moved})
        for event in self.events(CHANGED):
            old, new = self.before[event["data"]["deadline"]], self.after[event["data"]["deadline"]]
            self.assertEqual((event["data"]["toldEarliest"], event["data"]["toldLatest"]), (old["earliest"], old["latest"]))
            self.assertEqual((event["data"]["earliest"], event["data"]["latest"]), (new["earliest"], new["latest"]))
        self.assertEqual((self.sink.doubles(), self.sink.bad), ([], []))

    def test_by_mail_too(self):
        mailed = lambda: collections.Counter(m["To"] for m in self.stack.mails() if f"[{CASE[6:]}] date moved" in m["Subject"])
        owed = {address: len(self.moved_of_told(receiver)) for receiver, address in RECEIVERS.items() if address}
        wait_until("the changes are mailed", lambda: mailed() == owed, found=mailed)

    def test_the_journal_has_the_change_with_the_fact(self):
        named = f"{CASE}/facts/f-appeal"
        [change] = [c for c in self.changes() if any(i.get("factChanged", {}).get("fact", {}).get("name") == named for i in c["items"])]
        [moved] = [i["deadlinesChanged"] for i in change["items"] if "deadlinesChanged" in i]
        self.assertEqual(moved["parent"], CASE)
        told = {side: {d["kind"]: d["earliest"] for d in moved[side] if d["kind"] in MOVED} for side in ("before", "after")}
        self.assertEqual(told, {"before": {k: old for k, (old, _) in MOVED.items()}, "after": {k: new for k, (_, new) in MOVED.items()}})

    def changes(self):
        """Every change of cases so far, from the first revision on."""
        request = urllib.request.Request(self.stack.url("/v1/changes:watch?topics=TOPIC_CASES"), headers={
            "Accept": "application/x-ndjson", "Authorization": f"Bearer {self.stack.token}"})
        with urllib.request.urlopen(request, timeout=30) as stream:
            for line in stream:
                message = json.loads(line)
                if "bookmark" in message:
                    return
                yield message["change"]

    def test_what_moves_no_date_tells_nobody(self):
        """The same decision, with a note: then something that moves, as a sign that the note was dealt with."""
        before = self.changes_told()
        mailed = [m["Message-ID"] for m in self.stack.mails() if "date moved" in m["Subject"]]
        self.done("POST", f"/v1/{CASE}/facts?fact_id=f-noted", APPEAL | {"lineage": "f-appeal", "note": "read in the decision"})
        self.done("POST", f"/v1/{CASE}/facts?fact_id=f-event", {"date": "2018-04-30", "source": SOURCE, "plannedEvent": {"what": "a visit"}})
        wait_until("the event is told", lambda: [e for e in self.events(DUE) if e["data"]["kind"] == "DEADLINE_KIND_PLANNED_EVENT"])
        self.assertEqual(self.changes_told(), before)
        self.assertEqual([m["Message-ID"] for m in self.stack.mails() if "date moved" in m["Subject"]], mailed)


if __name__ == "__main__":
    unittest.main()
