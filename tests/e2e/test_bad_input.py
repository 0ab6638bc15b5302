"""Bad input from outside: the right code, a google.rpc error, and nothing changed."""

import pathlib
import shutil
import socket
import subprocess
import tempfile
import unittest

from stack import ROOT, Stack

BIN = ROOT / "build/release/bin"


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)

    def refused(self, method, path, code, status, body=None, **options):
        got, answer = self.stack.request(method, path, body, **options)
        self.assertEqual(got, code, answer)
        self.assertEqual(answer["error"]["code"], code)
        self.assertEqual(answer["error"]["status"], status)
        self.assertTrue(answer["error"]["message"])
        return answer["error"]

    def test_every_surface_wants_a_token(self):
        for path in ("/v1/cases", "/v1/overview", "/v1/alerts"):
            self.refused("GET", path, 401, "UNAUTHENTICATED", token=False)
            self.refused("GET", path, 401, "UNAUTHENTICATED", token="0" * 64)

    def test_bad_arguments_name_the_field(self):
        for path in (
            "/v1/cases?as_of=2018-02-30",
            "/v1/cases?as_of=yesterday",
            "/v1/overview?as_of=28.04.2018",
            "/v1/cases?page_size=-1",
            "/v1/cases?page_size=many",
            "/v1/cases?page_token=bm9uc2Vuc2U",
            "/v1/deadlines?filter=kind%20%3D%20%3D",
            "/v1/deadlines?filter=no_such_field%20%3D%20%22x%22",
            "/v1/cases?no_such_parameter=1",
            "/v1/alerts:watch?token=nonsense",
        ):
            with self.subTest(path):
                error = self.refused("GET", path, 400, "INVALID_ARGUMENT")
                types = [d["@type"] for d in error["details"]]
                self.assertIn("type.googleapis.com/google.rpc.ErrorInfo", types)

    def test_unknown_things_are_not_found(self):
        for path in ("/v1/cases/c-nobody00", "/v1/alerts/none", "/v1/cases/c-nobody00:file", "/v1/nothing"):
            self.refused("GET", path, 404, "NOT_FOUND")

    def test_page_token_is_bound_to_the_request(self):
        page = self.stack.ok("/v1/cases?page_size=10")
        token = page["nextPageToken"]
        self.assertEqual(len(self.stack.ok(f"/v1/cases?page_size=10&page_token={token}")["cases"]), 10)
        self.refused("GET", f"/v1/cases?page_size=10&page_token={token}&filter=country%20%3D%20%22KZ%22", 400,
                     "INVALID_ARGUMENT")

    def test_bad_bodies_change_nothing(self):
        before = self.stack.ok("/v1/cases")["totalSize"]
        for body in (b"{", b"[]", b'{"displayName": 5}', b'{"noSuchField": "x"}', b"\xff\xfe", b"{}"):
            with self.subTest(body):
                self.refused("POST", "/v1/cases", 400, "INVALID_ARGUMENT", body)
        self.assertEqual(self.stack.ok("/v1/cases")["totalSize"], before)

    def test_ten_megabytes_are_too_large(self):
        self.refused("POST", "/v1/cases", 413, "INVALID_ARGUMENT", b'{"displayName": "' + b"x" * 10_000_000 + b'"}')

    def test_non_latin_and_long_names_are_kept_as_they_are(self):
        for name in ("Айгүл Әбдікәрімова", "قاموس", "名" * 500):
            status, case = self.stack.request("POST", "/v1/cases", {"displayName": name})
            self.assertEqual((status, case["displayName"]), (200, name))
            self.assertEqual(self.stack.request("DELETE", f"/v1/{case['name']}")[0], 200)

    def test_many_idle_connections_do_no_harm(self):
        connections = []
        try:
            for _ in range(2000):
                connections.append(socket.create_connection(("127.0.0.1", self.stack.base), timeout=10))
            self.assertEqual(len(self.stack.ok("/v1/cases")["cases"]), 49)
        finally:
            for connection in connections:
                connection.close()


class BadFiles(unittest.TestCase):
    def spoil(self, folder, text):
        path = pathlib.Path(folder) / "zz-spoiled.yaml"
        path.write_text(text)
        return path

    def run_registry(self, folder, rules, extra=""):
        config = pathlib.Path(folder) / "registry.yaml"
        config.write_text(f"common: {{grpc_listen: 127.0.0.1:0, metrics_listen: 127.0.0.1:0}}\ndatabase: {folder}/r.db\n"
                          f"rules_dir: {rules}\ncalendars_dir: {ROOT}/data/calendars\n{extra}")
        return config, subprocess.run([BIN / "registry-svc", "--config", config], capture_output=True, text=True,
                                      timeout=60)

    def assert_names(self, done, *parts):
        self.assertNotEqual(done.returncode, 0)
        for part in parts:
            self.assertIn(str(part), done.stdout + done.stderr)

    def test_unknown_and_doubled_keys_of_a_config_are_named(self):
        with tempfile.TemporaryDirectory() as folder:
            config, done = self.run_registry(folder, ROOT / "data/rules", "databse: x\n")
            self.assert_names(done, f"{config}:5", "databse")
            config, done = self.run_registry(folder, ROOT / "data/rules", f"database: {folder}/other.db\n")
            self.assert_names(done, f"{config}:5", "database")

    def test_unknown_key_of_a_rule_pack_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            rules = pathlib.Path(folder) / "rules"
            shutil.copytree(ROOT / "data/rules", rules)
            path = self.spoil(rules, "rulez: []\n")
            _, done = self.run_registry(folder, rules)
            self.assert_names(done, f"{path}:1", "rulez")

    def test_keys_of_a_case_file_are_checked(self):
        with tempfile.TemporaryDirectory() as folder, Stack() as stack:
            vigilctl = [BIN / "vigilctl", "--address", f"127.0.0.1:{stack.base + 2}", "--token-file",
                        stack.data / "admin-token", "import", folder]
            for text, line, key in (
                ("case:\n  name: cases/c-spoiled1\n  display_nam: X\n", 3, "display_nam"),
                ("case:\n  name: cases/c-spoiled1\n  name: cases/c-spoiled2\n", 3, "name"),
                ("case:\n  name: cases/c-spoiled1\n  display_name: [X]\n", 3, "display_name"),
            ):
                path = self.spoil(folder, text)
                done = subprocess.run(vigilctl, capture_output=True, text=True, timeout=60)
                self.assert_names(done, f"{path}:{line}", key)
            self.assertEqual(stack.ok("/v1/cases")["totalSize"], 49)


if __name__ == "__main__":
    unittest.main()
