"""Which files a receiver may name for its secret, in an instance as whoever runs scripts/up has it."""

import os
import unittest
import unittest.mock

from stack import ROOT, Stack, wait_until

SEEDED = "  - {name: receivers/elsewhere, webhook: {url: 'https://hook.example.org', secret_file: /etc/passwd}}\n"


class Secrets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        environment = unittest.mock.patch.dict(os.environ)
        environment.start()
        cls.addClassCleanup(environment.stop)
        del os.environ["VIGIL_RECEIVER_SECRETS_DIR"]
        seeds = (ROOT / "data/alerts.yaml").read_text().replace("receivers:\n", "receivers:\n" + SEEDED, 1)
        cls.stack = Stack(seeds=seeds)
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)
        cls.folder = cls.stack.data / "secrets"

    def refused(self, method, path, body):
        status, answer = self.stack.request(method, path, body)
        self.assertEqual((status, answer["error"]["details"][0]["reason"]), (400, "BAD_SETTING"), answer)
        return answer["error"]

    def test_a_receiver_names_no_file_but_those_for_secrets(self):
        self.assertEqual(self.folder.stat().st_mode & 0o777, 0o700)
        hook = lambda file: {"webhook": {"url": "https://hook.example.org", "secretFile": file}}
        for file in (str(self.stack.data / "admin-token"), "../admin-token", "/etc/passwd"):
            error = self.refused("POST", "/v1/receivers?receiver_id=hook", hook(file))
            self.assertIn("webhook.secret_file", str(error["details"]))
            self.assertIn(f"must be in {self.folder}", error["message"])
        status, made = self.stack.request("POST", "/v1/receivers?receiver_id=hook", hook("hook"))
        self.assertEqual(status, 200, made)
        matrix = {"matrix": {"homeserver": "https://matrix.example.org", "room": "!r:example.org", "accessTokenFile": "/etc/passwd"}}
        self.refused("PATCH", "/v1/receivers/hook", matrix)

    def test_a_seed_that_names_another_file_is_told_of_and_the_rest_goes_on(self):
        log = self.stack.data / "logs/alert-svc.log"
        wait_until("it is told of", lambda: "webhook.secret_file: must be in" in log.read_text())
        wait_until("the rest is planned for", lambda: self.stack.all("/v1/alerts", "alerts"))


if __name__ == "__main__":
    unittest.main()
