"""What lets people trust alerting: it says beforehand what it will send and why, who is forgotten, and what it could not deliver or held back."""

import json
import os
import subprocess
import tempfile
import unittest

from sink import SECRET, Gone, Sink, Watchdog, seeds
from stack import ROOT, Stack, wait_until

BIN = ROOT / "build/release/bin"
SOURCE = {"title": "A test"}
DESK = "receivers/advocacy"


class Assurance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sink, cls.watchdog = Sink(), Watchdog()
        cls.addClassCleanup(cls.sink.close)
        cls.addClassCleanup(cls.watchdog.close)
        cls.secret = cls.file(SECRET)
        cls.setting("VIGIL_HEARTBEAT_URL_FILE", cls.file(cls.watchdog.url))
        cls.setting("VIGIL_HEARTBEAT_PERIOD_SECONDS", "1")
        cls.setting("VIGIL_HEARTBEAT_ALLOW_PRIVATE_ADDRESSES", "true")
        cls.setting("VIGIL_BREAKER_LEAST", "1")
        cls.stack = Stack(seeds=seeds(cls.sink, cls.secret))
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)
        wait_until("the summary of what is past is out", lambda: any(
            e["type"] == "vigil.deadline.summary.v1" for e in cls.sink.events))

    @classmethod
    def file(cls, text):
        file = tempfile.NamedTemporaryFile("w", suffix=".secret")
        cls.addClassCleanup(file.close)
        file.write(text + "\n")
        file.flush()
        return file.name

    @classmethod
    def setting(cls, name, value):
        os.environ[name] = value
        cls.addClassCleanup(os.environ.pop, name)

    def done(self, method, path, body=None):
        status, answer = self.stack.request(method, path, body)
        self.assertEqual(status, 200, f"{method} {path}: {answer}")
        return answer

    def refused(self, reason, method, path, body=None, **options):
        status, answer = self.stack.request(method, path, body, **options)
        self.assertGreaterEqual(status, 400, f"{method} {path}: {answer}")
        info = next(d for d in answer["error"]["details"] if d["@type"].endswith("ErrorInfo"))
        self.assertEqual(info["reason"], reason, answer)
        return answer

    def forecast(self, query):
        return self.stack.all(f"/v1/messages:forecast?{query}", "messages")

    def case_with_events(self, case, days):
        self.done("POST", f"/v1/cases?case_id={case}", {"displayName": "A test", "country": "KZ"})
        self.done("POST", f"/v1/cases/{case}/facts:batchCreate", {"requests": [
            {"factId": f"f{i}", "fact": {"date": day, "source": SOURCE, "plannedEvent": {"what": "a mission"}}} for i, day in enumerate(days)]})
        return f"cases/{case}"

    def test_the_forecast_names_each_message_with_its_members_and_sends_nothing(self):
        messages = self.forecast(f"until=2018-06-10&receiver={DESK}")
        self.assertTrue(messages)
        self.assertEqual([m["day"] for m in messages], sorted(m["day"] for m in messages))
        self.assertTrue(all("2018-04-28" <= m["day"] <= "2018-06-10" and m["receiver"] == DESK and m["items"] for m in messages))
        digests = [m for m in messages if m["form"] == "FORM_DIGEST"]
        self.assertTrue(any(len(m["items"]) > 1 for m in digests))
        days = [m["day"] for m in digests]
        self.assertEqual(len(days), len(set(days)), "at most one digest a day")
        ahead = {m["id"] for m in messages if m["day"] > "2018-04-28"}
        self.assertFalse(ahead & {m["Message-ID"].strip("<>").split("@")[0] for m in self.stack.mails()})
        # What the inbox says is scheduled is in it, under the same alert.
        scheduled = {a["name"] for a in self.stack.all("/v1/alerts", "alerts")
                     if a["state"] == "ALERT_STATE_SCHEDULED" and a["fireTime"] < "2018-06-09"
                     and any(r["receiver"] == DESK for r in a["reminders"])}
        self.assertFalse(scheduled - {i["alert"] for m in messages for i in m["items"]})
        one = digests[0]["items"][0]["case"]
        self.assertEqual({i["case"] for m in self.forecast(f"until=2018-06-10&case={one}") for i in m["items"]}, {one})

    def test_a_forecast_is_refused_where_it_would_mislead(self):
        self.refused("BAD_DATE", "GET", "/v1/messages:forecast?until=tomorrow")
        self.refused("FORECAST_TOO_FAR", "GET", "/v1/messages:forecast?until=2030-01-01")
        self.refused("CASE_NOT_FOUND", "GET", "/v1/messages:forecast?until=2018-05-01&case=cases/c-nobody")
        self.refused("SETTING_NOT_FOUND", "GET", "/v1/messages:forecast?until=2018-05-01&receiver=receivers/nobody")

    def test_why_somebody_is_told_and_why_somebody_is_not(self):
        alert = next(a for a in self.stack.all("/v1/alerts", "alerts") if a["state"] == "ALERT_STATE_SCHEDULED"
                     and a["fireTime"] > "2018-04-29" and any(r["receiver"] == DESK for r in a["reminders"]))
        told = self.done("GET", f"/v1/messages:explain?about={alert['name']}&receiver={DESK}")["explanations"]
        self.assertEqual([e["deadline"] for e in told], [alert["deadline"]])
        codes = [r["code"] for r in told[0]["reasons"]]
        self.assertEqual(told[0]["verdict"], "VERDICT_WILL_BE_TOLD")
        self.assertEqual((codes[0], codes[1]), ("CODE_SUBSCRIBED", "CODE_POLICY"), told)
        self.assertIn("CODE_PLANNED", codes)
        self.assertTrue(all(r["text"] for r in told[0]["reasons"]))
        nobody = self.done("GET", f"/v1/messages:explain?about={alert['case']}&receiver=receivers/nobody")["explanations"]
        self.assertTrue(nobody)
        for one in nobody:
            self.assertEqual([r["code"] for r in one["reasons"]][:2], ["CODE_NO_RECEIVER", "CODE_NO_SUBSCRIPTION"])
        self.refused("BAD_NAME", "GET", f"/v1/messages:explain?about=anything&receiver={DESK}")
        self.refused("ALERT_NOT_FOUND", "GET", f"/v1/messages:explain?about=alerts/0&receiver={DESK}")

    def test_cases_that_nobody_would_be_told_of(self):
        unwatched = lambda: {c["case"] for c in self.stack.all("/v1/cases:unwatched", "cases") if c["why"] != "WHY_NO_STAND_IN"}
        before = unwatched()
        for case in before:
            self.assertFalse([m for m in self.forecast(f"until=2019-04-01&case={case}")
                              if any(i["change"] == "CHANGE_NONE" for i in m["items"])], case)
        names = ("advocacy", "private-mail", "machine")
        for name in names:
            self.done("PATCH", f"/v1/subscriptions/{name}", {"kinds": ["DEADLINE_KIND_INTERPOL_DECISION"]})
        found = wait_until("the others are unwatched", lambda: {
            c["case"]: c for c in self.stack.all("/v1/cases:unwatched?filter=why%3DWHY_NO_SUBSCRIPTION", "cases")})
        self.assertTrue(all(c["nextDate"] >= "2018-04" and c["deadlinesAhead"] > 0 and c["text"] for c in found.values()))
        for name in names:
            self.done("PATCH", f"/v1/subscriptions/{name}?update_mask=kinds", {"kinds": []})
        wait_until("they are watched again", lambda: not (found.keys() - before) & unwatched())

    def test_a_test_message_says_so_and_leaves_no_receipt(self):
        alerts = self.stack.ok("/v1/alerts?page_size=1")["totalSize"]
        self.assertEqual(self.done("POST", f"/v1/{DESK}:test", {})["outcome"], "OUTCOME_ACCEPTED")
        mail = next(m for m in self.stack.mails() if m["X-Vigil-Form"] == "test")
        self.assertIn("test message", mail["Subject"])
        self.refused("TOO_MANY_TESTS", "POST", f"/v1/{DESK}:test", {})
        self.assertEqual(self.done("POST", "/v1/receivers/machine:test", {})["outcome"], "OUTCOME_ACCEPTED")
        self.assertIn("vigil.receiver.test.v1", [e["type"] for e in self.sink.events])
        self.assertEqual(self.stack.ok("/v1/alerts?page_size=1")["totalSize"], alerts)
        self.refused("SETTING_NOT_FOUND", "POST", "/v1/receivers/nobody:test", {})

    def test_a_dead_letter_is_sent_again_under_its_id(self):
        case = self.case_with_events("c-dead", ["2018-04-29"])
        self.done("POST", "/v1/receivers?receiver_id=walled", {"webhook": {"url": self.sink.url, "secretFile": self.secret}})
        self.done("POST", "/v1/subscriptions?subscription_id=walled",
                  {"receiver": "receivers/walled", "cases": [case], "timeZone": "Asia/Almaty", "noDigest": True})
        letters = '/v1/deadLetters?filter=receiver%3D%22receivers%2Fwalled%22'
        letter = wait_until("a private address is refused", lambda: self.stack.all(letters, "deadLetters"))[0]
        self.assertEqual((letter["items"][0]["case"], letter["over"]), (case, ""))
        self.assertIn("refused", letter["error"])
        again = self.done("POST", f"/v1/{letter['name']}:resend", {})
        self.assertEqual(again["outcome"], "OUTCOME_REFUSED")
        tried = wait_until("the attempt is counted", lambda: [
            l for l in self.stack.all(letters, "deadLetters") if l["attempts"] > letter["attempts"]])
        self.assertEqual([l["name"] for l in tried], [letter["name"]])
        self.done("PATCH", "/v1/receivers/walled", {"disabled": True})
        self.refused("DEAD_LETTER_OVER", "POST", f"/v1/{letter['name']}:resend", {})
        self.done("PATCH", "/v1/receivers/walled?update_mask=disabled,webhook", {
            "webhook": {"url": self.sink.url, "secretFile": self.secret, "allowPrivateAddresses": True}})
        self.assertEqual(self.done("POST", f"/v1/{letter['name']}:resend", {})["outcome"], "OUTCOME_ACCEPTED")
        self.assertIn(letter["name"].removeprefix("deadLetters/"), [e["id"] for e in self.sink.events])
        wait_until("it is none any more", lambda: not self.stack.all(letters, "deadLetters"))
        self.refused("DEAD_LETTER_NOT_FOUND", "POST", f"/v1/{letter['name']}:resend", {})

    def test_a_webhook_that_is_gone_is_disabled_and_its_owner_told_once(self):
        gone = Gone()
        self.addCleanup(gone.close)
        webhook = {"webhook": {"url": gone.url, "secretFile": self.secret, "allowPrivateAddresses": True}}
        self.refused("RECEIVER_MISSING", "POST", "/v1/receivers?receiver_id=hook", {**webhook, "owner": "receivers/keeper"})
        self.done("POST", "/v1/receivers?receiver_id=keeper", {"email": {"address": "keeper@vigil.example"}})
        self.done("POST", "/v1/receivers?receiver_id=hook", {**webhook, "owner": "receivers/keeper", "trouble": {"kind": "KIND_FAILING"}})
        self.assertIsNone(self.hook().get("trouble"), "what the service found nobody else writes")
        self.assertEqual(self.done("POST", "/v1/receivers/hook:test", {})["outcome"], "OUTCOME_REFUSED")
        hook = wait_until("it is disabled", lambda: (h := self.hook())["disabled"] and h)
        self.assertEqual((hook["trouble"]["kind"], hook["disabledReason"]), ("KIND_GONE", "answered HTTP 410 (gone)"))
        told = lambda: [m for m in self.stack.mails() if m["To"] == "keeper@vigil.example" and m["X-Vigil-Form"] == "trouble"]
        mail = wait_until("its owner is told", told, seconds=40)[0]
        self.assertIn("receivers/hook", mail.get_body(("plain",)).get_content())
        self.assertGreaterEqual(self.stack.metric(1003, "vigil_receivers_troubled"), 1)
        notices = lambda: [r for r in self.stack.mails() if r["X-Vigil-Form"] == "trouble"]
        self.assertEqual(len(notices()), 1)
        self.done("PATCH", "/v1/receivers/hook?update_mask=displayName", {"displayName": "A hook"})
        self.assertEqual(self.hook()["trouble"]["kind"], "KIND_GONE")
        self.done("PATCH", "/v1/receivers/hook?update_mask=disabled", {"disabled": False})
        self.assertIsNone(self.hook().get("trouble"))

    def hook(self):
        return self.done("GET", "/v1/receivers/hook")

    def test_dead_letters_of_a_range_are_sent_again_and_none_twice(self):
        walls = {"receiver": "receivers/ranged", "startTime": "2018-04-01T00:00:00Z"}
        self.refused("SETTING_NOT_FOUND", "POST", "/v1/deadLetters:resend", walls)
        self.done("POST", "/v1/receivers?receiver_id=ranged", {"webhook": {"url": self.sink.url, "secretFile": self.secret}})
        self.refused("REQUIRED", "POST", "/v1/deadLetters:resend", {"receiver": "receivers/ranged"})
        self.refused("BAD_NAME", "POST", "/v1/deadLetters:resend", {**walls, "receiver": "ranged"})
        self.done("POST", "/v1/subscriptions?subscription_id=ranged",
                  {"receiver": "receivers/ranged", "cases": [f"cases/c-range-{i}" for i in range(3)], "timeZone": "Asia/Almaty", "noDigest": True})

        def dead_letters(count):
            self.done("POST", "/v1/heldShards:release", {})  # two are told of each case at one time
            found = self.stack.all('/v1/deadLetters?filter=receiver%3D%22receivers%2Franged%22', "deadLetters")
            return found if len(found) == count else None

        for i in range(3):
            self.case_with_events(f"c-range-{i}", ["2018-04-29"])
            dead = wait_until("a private address is refused", lambda: dead_letters(i + 1))
        answer = self.done("POST", "/v1/deadLetters:resend", walls)
        self.assertEqual([l["delivery"]["outcome"] for l in answer["letters"]], ["OUTCOME_REFUSED"], "it ends at the first")
        self.assertEqual(answer["left"], 3)
        self.done("PATCH", "/v1/receivers/ranged", {
            "webhook": {"url": self.sink.url, "secretFile": self.secret, "allowPrivateAddresses": True}})
        nothing = self.done("POST", "/v1/deadLetters:resend", {**walls, "endTime": "2018-04-02T00:00:00Z"})
        self.assertEqual((nothing["letters"], nothing["left"]), ([], 0))
        sent = self.done("POST", "/v1/deadLetters:resend", walls)
        self.assertEqual({l["name"] for l in sent["letters"]}, {d["name"] for d in dead})
        self.assertEqual(sent["left"], 0)
        again = self.done("POST", "/v1/deadLetters:resend", walls)
        self.assertEqual((again["letters"], again["left"]), ([], 0))
        arrived = [e["id"] for e in self.sink.events]
        self.assertEqual([arrived.count(d["name"].removeprefix("deadLetters/")) for d in dead], [1, 1, 1])

    def test_too_much_at_once_is_held_until_it_is_let_go(self):
        case = self.case_with_events("c-held", ["2018-04-29"] * 3)

        def held():
            return [m for m in self.stack.all("/v1/messages:held", "messages")
                    if m["items"][0]["case"] == case and m["receiver"] == "receivers/machine"]

        messages = wait_until("three at once are too many", lambda: len(held()) == 3 and held())
        self.assertFalse([e for e in self.sink.events if e["subject"] == case])
        self.assertGreaterEqual(self.stack.metric(1003, "vigil_shards_held"), 1)
        shards = self.done("GET", "/v1/heldShards")["shards"]
        self.assertTrue(any(s["due"] >= 3 and s["allowed"] == 1 and s["why"] == "WHY_TOO_MANY" for s in shards), shards)
        told = self.done("GET", f"/v1/messages:explain?about={case}&receiver=receivers/machine")["explanations"]
        self.assertTrue(any(r["code"] == "CODE_HELD" for e in told for r in e["reasons"]))
        # The watchdog hears nothing while something is held.
        wait_until("the heart is silent", self.quiet)
        self.refused("BAD_SHARD", "POST", "/v1/heldShards:release", {"shards": [64]})
        self.assertTrue(self.done("POST", "/v1/heldShards:release", {})["shards"])
        wait_until("they are let go", lambda: {m["id"] for m in messages} <= {e["id"] for e in self.sink.events})
        beats = self.watchdog.beats
        wait_until("the heart beats again", lambda: self.watchdog.beats > beats)

    def test_what_was_told_is_proved_by_the_journal(self):
        events = {e["id"] for e in self.sink.events if e["type"].startswith("vigil.deadline.")}
        wait_until("all that arrived is journaled", lambda: events <= {p["receipt"]["reminder"] for p in self.proofs()})
        proof = self.proofs("--receiver", "receivers/machine")[-1]
        self.assertEqual((proof["receipt"]["kind"], proof["receipt"]["receiver"]), ("KIND_SENT", "receivers/machine"))
        with tempfile.NamedTemporaryFile("w", suffix=".json") as witness:
            witness.write(json.dumps({"journal": proof["journal"]}))
            witness.flush()
            verified = self.vigilctl("verify", "--witness", witness.name)
        self.assertEqual(verified.returncode, 0, verified.stdout)

    def proofs(self, *options):
        told = self.vigilctl("notifications", *options)
        self.assertEqual(told.returncode, 0, told.stderr)
        return [r for r in map(json.loads, told.stdout.splitlines()) if r["receipt"]["kind"] == "KIND_SENT"]

    def vigilctl(self, command, *options):
        return subprocess.run([BIN / "vigilctl", "audit", command, "--database", self.stack.data / "registry.db", *options],
                              capture_output=True, text=True)

    def quiet(self):
        beats = self.watchdog.beats
        try:
            wait_until("a beat", lambda: self.watchdog.beats > beats, seconds=3)
        except AssertionError:
            return True
        return False


if __name__ == "__main__":
    unittest.main()
