"""What people do about an alert: acknowledge it with a note and an end, hand it over; each twice, and with the registry away."""

import os
import signal
import unittest

from stack import Stack, wait_until

SECOND = "receivers/second"


class Acts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)
        status, answer = cls.stack.request("POST", "/v1/receivers?receiver_id=second", {"email": {"address": "second@example.org"}})
        assert status == 200, answer
        wait_until("alerts were told", lambda: len(cls.open_alerts()) >= 4)

    @classmethod
    def open_alerts(cls):
        return [a["name"] for a in cls.stack.all("/v1/alerts?filter=state%20%3D%20ALERT_STATE_SENT", "alerts")]

    def act(self, alert, verb, body):
        status, answer = self.stack.request("POST", f"/v1/{alert}:{verb}", body)
        self.assertEqual(status, 200, f"{verb}: {answer}")
        return answer

    def refused(self, reason, alert, verb, body):
        status, answer = self.stack.request("POST", f"/v1/{alert}:{verb}", body)
        self.assertGreaterEqual(status, 400, f"{verb}: {answer}")
        info = next(d for d in answer["error"]["details"] if d["@type"].endswith("ErrorInfo"))
        self.assertEqual(info["reason"], reason, answer)
        return status

    def test_an_acknowledgement_keeps_its_note_and_its_end(self):
        alert = self.open_alerts()[0]
        self.refused("EXPIRY_NOT_AHEAD", alert, "acknowledge", {"expireTime": "2017-01-01T00:00:00Z"})
        self.refused("TEXT_TOO_LONG", alert, "acknowledge", {"note": "x" * 1001})
        # Within the day it was told on: no next step of the deadline comes before, which would take its place.
        end = "2018-04-28T06:00:00Z"
        first = self.act(alert, "acknowledge", {"note": "motion filed", "expireTime": end})
        self.assertEqual(first["state"], "ALERT_STATE_ACKNOWLEDGED")
        self.assertEqual((first["acknowledgedBy"], first["acknowledgeNote"], first["acknowledgeExpireTime"]), ("admin", "motion filed", end))
        again = self.act(alert, "acknowledge", {"note": "motion filed", "expireTime": end})
        self.assertEqual(again["acknowledgeTime"], first["acknowledgeTime"])
        # What is to come is the end of it.
        wait_until("it is to come again", lambda: "STATE_PENDING" in [r["state"] for r in self.stack.ok(f"/v1/{alert}")["reminders"]])
        self.refused("ALERT_OVER", alert, "handOver", {"receiver": SECOND})
        for_good = self.act(alert, "acknowledge", {})
        self.assertNotIn("acknowledgeExpireTime", for_good)

    def test_an_alert_that_is_handed_over_is_told_to_its_new_holder(self):
        alert = self.open_alerts()[-1]
        self.refused("RECEIVER_MISSING", alert, "handOver", {"receiver": "receivers/nobody"})
        self.refused("BAD_NAME", alert, "handOver", {"receiver": "nobody"})
        first = self.act(alert, "handOver", {"receiver": SECOND, "note": "on leave"})
        self.assertEqual((first["handedOverTo"], first["handedOverBy"], first["handOverNote"]), (SECOND, "admin", "on leave"))
        told = lambda: [r for r in self.stack.ok(f"/v1/{alert}")["reminders"] if r["receiver"] == SECOND]
        wait_until("the new holder is told", lambda: [r["state"] for r in told()] == ["STATE_SENT"])
        mails = lambda: [m for m in self.stack.mails() if "second@example.org" in m["To"]]
        wait_until("the mail is there", lambda: len(mails()) == 1)
        self.act(alert, "handOver", {"receiver": SECOND, "note": "on leave"})
        self.assertEqual(len(told()), 1)
        self.act(alert, "acknowledge", {"note": "done"})

    def test_an_alert_that_nobody_was_told_of_cannot_be_handed_over(self):
        scheduled = self.stack.all("/v1/alerts?filter=state%20%3D%20ALERT_STATE_SCHEDULED", "alerts")[0]["name"]
        self.refused("ALERT_NOT_TOLD", scheduled, "handOver", {"receiver": SECOND})

    def test_with_the_registry_away_nothing_is_said_to_be_done(self):
        alert = self.open_alerts()[1]
        registry = self.stack.pid("registry-svc")
        os.kill(registry, signal.SIGSTOP)
        try:
            for verb, body in (("acknowledge", {"note": "x"}), ("handOver", {"receiver": SECOND})):
                status, answer = self.stack.request("POST", f"/v1/{alert}:{verb}", body, timeout=60)
                self.assertIn(status, (503, 504), answer)
        finally:
            os.kill(registry, signal.SIGCONT)


if __name__ == "__main__":
    unittest.main()
