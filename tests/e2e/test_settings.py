"""Who hears of what, changed over the API: refused where it would leave somebody untold, followed by the engine at once."""

import datetime
import secrets
import unittest

from cluster import Cluster, own_seeds, secret_file
from sink import SECRET
from stack import Stack, wait_until
from trial import Ledger

HELD, HEARING = "DEADLINE_KIND_CUSTODY_LIMIT", "DEADLINE_KIND_PLANNED_EVENT"


def moment(time):
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))


class Settings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)

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

    def test_a_receiver_and_a_subscription_from_birth_to_death(self):
        made = self.done("POST", "/v1/receivers?receiver_id=counsel", {"email": {"address": "counsel@example.org"}})
        self.assertEqual(made["name"], "receivers/counsel")
        self.assertEqual(made["updatedBy"], "admin")
        self.refused("ALREADY_EXISTS", "POST", "/v1/receivers?receiver_id=counsel", {"email": {"address": "x@example.org"}})
        self.done("POST", "/v1/subscriptions?subscription_id=counsel",
                  {"receiver": "receivers/counsel", "kinds": [HELD], "timeZone": "Asia/Almaty"})
        changed = self.done("PATCH", "/v1/receivers/counsel", {"displayName": "Counsel"})
        self.assertEqual((changed["displayName"], changed["email"]["address"]), ("Counsel", "counsel@example.org"))
        self.assertNotEqual(changed["etag"], made["etag"])
        self.refused("ETAG_MISMATCH", "PATCH", "/v1/receivers/counsel", {"displayName": "Other", "etag": made["etag"]})
        # The engine plans by it: the alerts say so.
        alerts = wait_until("the new receiver is planned for", lambda: [
            a for a in self.stack.all("/v1/alerts", "alerts") if any(r["receiver"] == "receivers/counsel" for r in a["reminders"])])
        self.assertTrue(all(a["kind"] == HELD for a in alerts))
        self.refused("RECEIVER_MISSING", "DELETE", "/v1/receivers/counsel")
        self.done("DELETE", "/v1/subscriptions/counsel")
        self.done("DELETE", "/v1/receivers/counsel")
        self.refused("SETTING_NOT_FOUND", "GET", "/v1/receivers/counsel")

    def test_a_subscription_by_country_hears_of_cases_there_alone(self):
        self.done("POST", "/v1/receivers?receiver_id=abroad", {"email": {"address": "abroad@example.org"}})
        self.done("POST", "/v1/subscriptions?subscription_id=abroad",
                  {"receiver": "receivers/abroad", "countries": ["XX"], "timeZone": "Asia/Almaty", "calendar": "KZ"})

        def theirs():
            return [a for a in self.stack.all("/v1/alerts", "alerts") if any(r["receiver"] == "receivers/abroad" for r in a["reminders"])]

        self.assertEqual(theirs(), [], "every case is one of Kazakhstan")
        self.done("PATCH", "/v1/subscriptions/abroad", {"countries": ["KZ"]})
        wait_until("told of by its country", theirs)
        self.done("DELETE", "/v1/subscriptions/abroad")
        self.done("DELETE", "/v1/receivers/abroad")

    def test_no_kind_is_left_without_a_policy(self):
        policies = self.stack.all("/v1/policies", "policies")
        self.assertIn("policies/held", [p["name"] for p in policies])
        self.assertEqual(self.done("GET", "/v1/policies/held")["leadDays"], [20, 15, 10, 7, 3, 1])
        self.refused("KIND_UNWATCHED", "DELETE", "/v1/policies/held")
        self.refused("KIND_UNWATCHED", "PATCH", "/v1/policies/held", {"kinds": ["DEADLINE_KIND_COMMITTAL_END"]})
        self.refused("HELD_UNTOLD", "PATCH", "/v1/policies/held", {"channel": "CHANNEL_NEVER"})
        self.refused("HELD_UNTOLD", "POST", "/v1/policies?policy_id=quiet",
                     {"natures": ["DEADLINE_NATURE_LIMIT"], "channel": "CHANNEL_NEVER"})
        self.done("POST", "/v1/policies?policy_id=a-second", {"kinds": [HELD], "leadDays": [5], "channel": "CHANNEL_AT_ONCE"})
        self.done("DELETE", "/v1/policies/a-second")

    def test_lists_page_by_name(self):
        names = [p["name"] for p in self.stack.all("/v1/policies", "policies")]
        self.assertEqual(names, sorted(names))
        first = self.done("GET", "/v1/policies?page_size=2")
        self.assertEqual([p["name"] for p in first["policies"]], names[:2])
        rest = self.done("GET", f"/v1/policies?page_size=2&page_token={first['nextPageToken']}")
        self.assertEqual([p["name"] for p in rest["policies"]], names[2:4])

    def test_what_cannot_be_is_refused_by_field(self):
        self.refused("BAD_ID", "POST", "/v1/policies?policy_id=Not_An_Id", {"kinds": [HELD]})
        self.refused("BAD_SETTING", "POST", "/v1/policies?policy_id=no-channel", {"kinds": [HELD]})
        self.refused("BAD_SETTING", "POST", "/v1/subscriptions?subscription_id=nowhere",
                     {"receiver": "receivers/outbox", "timeZone": "Asia/Nowhere"})
        for field in ({"countries": ["kz"]}, {"calendar": "XX"}):
            self.refused("BAD_SETTING", "POST", "/v1/subscriptions?subscription_id=abroad",
                         {"receiver": "receivers/advocacy", "timeZone": "Asia/Almaty"} | field)
        for receiver in ({"email": {}}, {"email": {"address": "Anna <anna@example.org>"}}, {"webhook": {"url": "x"}},
                         {"email": {"address": "anna@example.org"}, "limits": {"perMinute": -5}}):
            self.refused("BAD_SETTING", "POST", "/v1/receivers?receiver_id=unworkable", receiver)
        self.refused("BAD_SETTING", "PATCH", "/v1/receivers/advocacy", {"email": {"address": "nobody"}})
        self.refused("BAD_SETTING", "PATCH", "/v1/subscriptions/advocacy", {"kinds": [999]})
        self.refused("RECEIVER_MISSING", "POST", "/v1/subscriptions?subscription_id=to-nobody",
                     {"receiver": "receivers/nobody", "timeZone": "Asia/Almaty"})
        self.refused("BAD_NAME", "DELETE", "/v1/receivers/Not_A_Name")
        self.refused("BAD_MASK", "PATCH", "/v1/policies/held?update_mask=name", {"leadDays": [1]})
        self.refused("TOKEN_UNKNOWN", "GET", "/v1/policies", token="nobody's token at all")

    def test_a_silence_holds_back_until_it_ends(self):
        alert = next(a for a in self.stack.all("/v1/alerts", "alerts") if a["state"] == "ALERT_STATE_SCHEDULED"
                     and a["kind"] == "DEADLINE_KIND_PAROLE_ELIGIBILITY" and a["fireTime"] < "2018-05-10")
        self.refused("BAD_SETTING", "POST", "/v1/silences?silence_id=for-ever", {"cases": [alert["case"]], "reason": "moved"})
        silence = self.done("POST", "/v1/silences?silence_id=hearing",
                            {"cases": [alert["case"]], "reason": "the hearing is prepared", "endTime": "2018-05-20T03:00:00Z"})
        self.assertEqual((silence["owner"], silence["approvedBy"]), ("admin", ""))
        self.refused("SECOND_PERSON", "POST", "/v1/silences/hearing:approve", {})

        def fires():
            return self.done("GET", f"/v1/{alert['name']}")["fireTime"]

        wait_until("held back", lambda: fires() >= "2018-05-20")
        self.refused("ETAG_MISMATCH", "PATCH", "/v1/silences/hearing", {"reason": "other", "etag": "not it"})
        self.refused("BAD_MASK", "PATCH", "/v1/silences/hearing?update_mask=approved_by", {"approvedBy": "admin"})
        changed = self.done("PATCH", "/v1/silences/hearing", {"endTime": "2018-05-25T03:00:00Z"})
        self.assertEqual((changed["reason"], changed["owner"]), ("the hearing is prepared", "admin"))
        wait_until("held back longer", lambda: fires() >= "2018-05-25")
        self.done("DELETE", "/v1/silences/hearing")
        wait_until("let go", lambda: fires() == alert["fireTime"])


class SecondPerson(unittest.TestCase):
    """Of who is held a silence holds nothing back until somebody else than its owner approves it."""

    CLOCK, RATE = "2018-05-14T09:00:00+06:00", 14400
    # Both dates are first told of on 16 May at nine in Almaty.
    CUSTODY_FROM, HEARING_ON, TOLD = "2018-04-05", "2018-05-23", "2018-05-16T03:00:00Z"
    END = "2018-05-17T03:00:00Z"

    def setUp(self):
        self.token = secrets.token_hex(32)
        self.token_file, secret, self.ledger = secret_file(self.token), secret_file(SECRET), Ledger()
        for file in (self.token_file, secret, self.ledger):
            self.addCleanup(file.close)
        webhook = f"{{url: '{self.ledger.url}', secret_file: {secret.name}, allow_private_addresses: true}}"
        seeds = own_seeds({"lead_days: [14, 7, 1]": "lead_days: [7]"},
                          [f"  - {{name: receivers/machine, webhook: {webhook}}}\n"],
                          ["  - {name: subscriptions/machine, receiver: receivers/machine, time_zone: Asia/Almaty, no_digest: true}\n"])
        self.cluster = self.enterContext(Cluster(self.CLOCK, self.RATE, seeds, starts_in=30, tokens=[(self.token_file.name, "second", "staff")]))

    def done(self, method, path, body, **options):
        status, answer = self.cluster.request(method, path, body, **options)
        self.assertEqual(status, 200, f"{method} {path}: {answer}")
        return answer

    def owe(self):
        """A case with both dates; the alerts of them, by kind."""
        case = self.done("POST", "/v1/cases", {"displayName": "Held"})["name"]
        for fact in ({"date": self.CUSTODY_FROM, "custody": {"kind": "KIND_REMAND"}},
                     {"date": self.HEARING_ON, "plannedEvent": {"what": "a hearing"}}):
            self.done("POST", f"/v1/{case}/facts", fact | {"source": {"title": "a letter"}})

        def both():
            alerts = {a["kind"]: a["name"] for a in self.cluster.all("/v1/alerts", "alerts") if a.get("fireTime") == self.TOLD}
            return alerts if set(alerts) == {HELD, HEARING} else None

        return case, wait_until("both are planned", both)

    def test_who_approves_a_silence_of_custody_makes_it_hold(self):
        case, alerts = self.owe()

        def fires(kind):
            return self.cluster.ok(f"/v1/{alerts[kind]}")["fireTime"]

        self.done("POST", "/v1/silences?silence_id=both", {"cases": [case], "reason": "the lawyer knows", "endTime": self.END})
        wait_until("the hearing is held back", lambda: fires(HEARING) == self.END)
        self.assertEqual(fires(HELD), self.TOLD, "one person alone does not hold it back")
        silence = self.done("POST", "/v1/silences/both:approve", {}, token=self.token)
        self.assertEqual((silence["owner"], silence["approvedBy"]), ("admin", "second"))
        wait_until("custody is held back", lambda: fires(HELD) == self.END)
        self.assertLess(self.cluster.now(), moment(self.TOLD), "too slow a machine")
        for kind in (HELD, HEARING):
            wait_until("it is told", lambda kind=kind: [e for e in self.ledger.told_of(case) if e["data"]["kind"] == kind])
        self.assertGreaterEqual(min(moment(event["time"]) for event in self.ledger.told_of(case)), moment(self.END))


if __name__ == "__main__":
    unittest.main()
