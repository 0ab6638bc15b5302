"""The disk on which everything lies is full: what is there is read, what cannot be kept is refused and not half done, and once there is
room again all goes on by itself; what was owed is told, each once."""

import datetime
import os
import subprocess
import unittest

from cluster import Cluster, own_seeds, secret_file
from sink import SECRET
from stack import wait_until
from trial import Ledger, is_settled, members, owe, redis

CLOCK = "2018-05-14T11:00:00+06:00"
NOON = datetime.datetime.fromisoformat("2018-05-14T12:00:00+06:00")
EVENT_DAY = "2018-05-21"  # a step of it is today: told at once, and to one receiver at noon
FAR_DAY = "2018-06-18"
HOURS = {"mail": 0, "machine": 0, "noon": 12}
PIECE = 1 << 16
REGISTRY_METRICS = 1002


@unittest.skipUnless(os.geteuid() == 0, "mounting a disk needs root")
class FullDisk(unittest.TestCase):
    def setUp(self):
        self.ledger, self.at_noon = Ledger(), Ledger()
        self.addCleanup(self.ledger.close)
        self.addCleanup(self.at_noon.close)
        secret = secret_file(SECRET)
        self.addCleanup(secret.close)
        seeds = own_seeds({"lead_days: [14, 7, 1]": "lead_days: [7]"}, [
            "  - {name: receivers/mail, email: {address: lawyer@vigil.example}}\n",
            *(f"  - {{name: receivers/{name}, webhook: {{url: '{url}', secret_file: {secret.name}, allow_private_addresses: true}}}}\n"
              for name, url in (("machine", self.ledger.url), ("noon", self.at_noon.url)))],
            [f"  - {{name: subscriptions/{name}, receiver: receivers/{name}, kinds: [planned_event], time_zone: Asia/Almaty, hour: {hour}, "
             "no_digest: true}\n" for name, hour in HOURS.items()])
        self.cluster = DiskCluster(CLOCK, 60, seeds)  # a retry ladder counts in minutes of the calendar
        self.cluster.__enter__()
        self.addCleanup(self.cluster.__exit__, None, None, None)

    def is_told(self, case):
        code = case.removeprefix("cases/")
        return self.ledger.told_of(case) and any(code in mail.as_string() for mail in self.cluster.mails())

    def is_settled(self):
        try:
            revision = int(self.cluster.metric(REGISTRY_METRICS, "vigil_journal_revision"))
            return is_settled(self.cluster, revision, round(1000 * self.cluster.now().timestamp()))
        except OSError:
            return False

    def write(self):
        return self.cluster.request("POST", "/v1/cases", {"displayName": "x" * 500})

    def test_what_is_there_is_read_and_what_was_owed_is_told_once_there_is_room(self):
        # Whoever is new is told what is past in one summary: let that be over.
        owe(self.cluster, EVENT_DAY)
        wait_until("the summaries are out", lambda: self.ledger.arrived and self.cluster.mails())
        told, later = owe(self.cluster, EVENT_DAY), owe(self.cluster, FAR_DAY)
        wait_until("it is told", lambda: self.is_told(told) and self.is_settled())
        self.assertLess(self.cluster.now(), NOON, "too slow a machine: noon is past")
        cases = self.cluster.ok("/v1/cases?page_size=1")["totalSize"]
        self.cluster.fill()
        # The last page of its file may have room for another claim.
        wait_until("Redis takes nothing more", lambda: redis(self.cluster, "SET", "test:filler", "x" * 64) != "OK")
        made, refusal = 0, None
        while not refusal:
            status, answer = self.write()
            made, refusal = (made + 1, None) if status == 200 else (made, answer)
        self.assertEqual(refusal["error"]["status"], "RESOURCE_EXHAUSTED", refusal)
        self.assertEqual(refusal["error"]["details"][0]["reason"], "STORE_FULL", refusal)
        self.assertEqual(self.cluster.ok("/v1/cases?page_size=1")["totalSize"], cases + made, "reads go on, and nothing is half there")
        self.assertEqual(self.cluster.ok(f"/v1/{later}")["name"], later)
        wait_until("it is noon", lambda: self.cluster.now() > NOON, seconds=240)
        self.assertEqual(self.at_noon.arrived, [])
        self.cluster.make_room()
        owed = owe(self.cluster, EVENT_DAY)
        wait_until("what is owed is told", lambda: self.is_told(owed) and self.at_noon.told_of(told))
        wait_until("all is settled", self.is_settled)
        self.assertEqual(self.cluster.ok("/v1/cases?page_size=1")["totalSize"], cases + made + 1)
        self.assertEqual(len(members(self.cluster)), len(HOURS), "what is to come is planned")
        for ledger in (self.ledger, self.at_noon):
            self.assertEqual((ledger.copies(), ledger.bad), ({}, []))


class DiskCluster(Cluster):
    """A cluster whose folder is a small disk in memory."""

    def up(self):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "none", self.data], check=True)
        (self.data / "alerts.yaml").write_text(self.seeds)
        super().up()

    def fill(self):
        """Takes what room there is."""
        with open(self.data / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"x" * PIECE)
            except OSError:
                pass

    def make_room(self):
        (self.data / "ballast").unlink()

    def down(self):
        super().down()
        subprocess.run(["umount", "--lazy", self.data], check=True)


if __name__ == "__main__":
    unittest.main()
