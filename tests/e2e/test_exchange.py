"""Files in and out, as a user moves them with vigilctl, and over HTTP."""

import base64
import contextlib
import json
import pathlib
import subprocess
import tempfile
import unittest

from stack import REPORT_DAY, ROOT, Stack, free_port_base

BIN = ROOT / "build/release/bin"
CASES = ROOT / "data/cases"


def run_vigilctl(port, token_file, *arguments):
    command = [BIN / "vigilctl", "--address", f"127.0.0.1:{port}", "--token-file", token_file, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@contextlib.contextmanager
def empty_registry(folder, token_file):
    """A registry without cases on a port of its own."""
    port = free_port_base()
    config = pathlib.Path(folder) / "registry.yaml"
    config.write_text(
        f"common:\n  grpc_listen: 127.0.0.1:{port}\n  metrics_listen: 127.0.0.1:{port + 1000}\n"
        f"  tokens: [{{file: {token_file}, name: admin, role: admin}}]\n"
        f"database: {folder}/registry.db\nrules_dir: {ROOT}/data/rules\ncalendars_dir: {ROOT}/data/calendars\n")
    with subprocess.Popen([BIN / "registry-svc", "--config", config], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as registry:
        try:
            yield port
        finally:
            registry.terminate()


def etags(stack):
    """What changes with every change of a case, a dossier or their facts; receipts do not count."""
    return {one["name"]: one["etag"] for kind in ("cases", "dossiers") for one in stack.all(f"/v1/{kind}", kind)}


class Exchange(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)
        cls.token_file = cls.stack.data / "admin-token"

    def vigilctl(self, *arguments, port=None):
        # Through the gateway, as people call it.
        return run_vigilctl(port or self.stack.base + 1, self.token_file, *arguments)

    def ok(self, *arguments, port=None):
        done = self.vigilctl(*arguments, port=port)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def etags(self):
        return etags(self.stack)

    def test_imported_twice_changes_nothing(self):
        before = self.etags()
        out = self.ok("import", CASES)
        self.assertIn("imported 0 cases and dossiers, updated 0, 0 facts", out)
        self.assertEqual(self.etags(), before)

    def test_a_wrong_cell_is_named_by_row_and_column_and_changes_nothing(self):
        before = self.etags()
        with tempfile.TemporaryDirectory() as folder:
            table = pathlib.Path(folder) / "facts.csv"
            rows = ["case,fact,date,kind,source.title,other.what"]
            case = next(iter(self.stack.cases_by_person().values()))["name"].removeprefix("cases/")
            rows += [f"{case},e2e{n},{'2018-13-01' if n == 7 else '2018-04'},other,a letter,text" for n in range(2, 10)]
            table.write_text("\r\n".join(rows), encoding="utf-8-sig")
            done = self.vigilctl("import", table)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{table}:7:3: date: ", done.stderr)
            rehearsed = self.vigilctl("import", "--dry-run", table)
            self.assertEqual(rehearsed.returncode, 1)
            self.assertIn(f"{table}:7:3: date: ", rehearsed.stdout)
        self.assertEqual(self.etags(), before)

    def test_a_dry_run_tells_what_would_change_and_changes_nothing(self):
        before = self.etags()
        case = self.stack.cases_by_person()["Maks Bokayev"]["name"].removeprefix("cases/")
        with tempfile.TemporaryDirectory() as folder:
            table = pathlib.Path(folder) / "cases.csv"
            table.write_text(f"case,tags\n{case},e2e; айгүл\n")
            refused = self.vigilctl("import", "--dry-run", table)
            self.assertIn("tags", refused.stdout)
            table.write_text(f"case,tags\n{case},e2e\n")
            out = self.ok("import", "--dry-run", table)
            self.assertIn(f"updated   cases/{case}", out)
            self.assertIn("-> e2e", out)
            death = pathlib.Path(folder) / "facts.csv"
            death.write_text(f"case,fact,kind,date,source.title\n{case},e2e,death,2018-04-20,a letter\n")
            out = self.ok("import", "--dry-run", death)
            self.assertIn("appended", out)
            self.assertRegex(out, r"(?m)^(restated|gone|moved) ")
        self.assertEqual(self.etags(), before)

    def test_a_redacted_export_holds_no_confidential_word(self):
        case = self.stack.cases_by_person()["Maks Bokayev"]["name"]
        status, _ = self.stack.request("POST", f"/v1/{case}/facts", {
            "source": {"title": "told in confidence"}, "contact": {"role": "ROLE_COUNSEL", "name": "Zzyzx Quux"},
            "confidential": True})
        self.assertEqual(status, 200)
        for form in ("yaml", "json", "csv"):
            with self.subTest(form), tempfile.TemporaryDirectory() as folder:
                texts = {}
                for name, flags in (("whole", []), ("redacted", ["--redacted"])):
                    self.ok("export", "--format", form, *flags, f"{folder}/{name}/" if form != "json" else f"{folder}/{name}")
                    path = pathlib.Path(folder) / name
                    files = sorted(path.iterdir()) if path.is_dir() else [path]
                    texts[name] = "".join(file.read_text() for file in files)
                self.assertIn("Zzyzx", texts["whole"])
                for word in ("Zzyzx", "told in confidence"):
                    self.assertNotIn(word, texts["redacted"])
                self.assertIn("Bokayev", texts["redacted"])
        _, trail = self.stack.get("/v1/audit/accesses?page_size=1000")
        self.assertTrue(any(a["method"].endswith("/ExportFiles") for a in trail["accesses"]))

    def deadlines(self, port):
        out = self.ok("--json", "list", "deadlines", "--as-of", REPORT_DAY, port=port)
        rows = json.loads(out)["deadlines"]
        for row in rows:
            row.pop("knownTime", None)
        # When a case was touched last, a new registry cannot know: its reviews are others.
        return {row["name"]: row for row in rows if row["kind"] != "DEADLINE_KIND_CASE_REVIEW"}

    def test_an_export_into_an_empty_registry_gives_the_same_dates(self):
        here = self.deadlines(self.stack.base + 1)
        self.assertGreater(len(here), 100)
        for form in ("yaml", "json", "csv"):
            with self.subTest(form), tempfile.TemporaryDirectory() as folder:
                out = pathlib.Path(folder) / "out"
                out.mkdir()
                self.ok("export", "--format", form, out)
                with empty_registry(folder, self.token_file) as port:
                    self.ok("import", out, port=port)
                    self.assertEqual(self.deadlines(port), here)

    def test_over_http(self):
        before = self.etags()
        content = base64.b64encode("case,country\nc-nobody,KZ\n".encode()).decode()
        status, answer = self.stack.request("POST", "/v1/cases:import", {"files": [{"file": "c.csv", "content": content}]})
        self.assertEqual((status, answer["error"]["status"]), (400, "INVALID_ARGUMENT"))
        self.assertIn("c.csv:2:1: case: ", answer["error"]["message"])
        self.assertEqual(self.etags(), before)
        done = subprocess.run(
            ["curl", "--noproxy", "*", "-sN", "--max-time", "30", "-H", f"Authorization: Bearer {self.stack.token}",
             self.stack.url("/v1/cases:export?format=FILE_FORMAT_JSON&redacted=true")],
            capture_output=True, text=True, timeout=60, check=True)
        parts = [json.loads(line[6:]) for line in done.stdout.splitlines() if line.startswith("data: ")]
        documents = json.loads(b"".join(base64.b64decode(part["data"]) for part in parts))
        self.assertGreaterEqual(len(documents), 49)
        self.assertTrue(all("case" in d or "dossier" in d for d in documents))


def published(*people):
    """The public list as it is published."""
    rows = "".join(f"<person><num>{i}</num><lname>{last}</lname><fname>{first}</fname><mname>{middle}</mname><birthdate/></person>"
                   for i, (last, first, middle) in enumerate(people, 1))
    return f"<?xml version='1.0' encoding='UTF-8'?><xml><persons>{rows}</persons><organisations/></xml>".encode()


class PublicList(unittest.TestCase):
    def snapshot(self, path, *people):
        """As the runbook says to make one."""
        text = (ROOT / "docs/runbooks/public-list.md").read_text()
        script = text.split("```python\n")[1].split("```")[0]
        path.write_bytes(subprocess.run(["python3", "-c", script], input=published(*people), capture_output=True, check=True).stdout)
        return path

    def test_names_of_the_list_lead_to_cases_in_whatever_script(self):
        with Stack() as stack, tempfile.TemporaryDirectory() as folder:
            folder, stranger = pathlib.Path(folder), ("НЕИЗВЕСТНЫЙ", "НИКТО", "")
            old = self.snapshot(folder / "old.csv", stranger, ("БОКАЕВ", "МАКС", "ТЕМИРБОЛАТОВИЧ"))
            new = self.snapshot(folder / "new.csv", ("КОЗЛОВ", "ВЛАДИМИР", "ИВАНОВИЧ"), stranger)
            done = run_vigilctl(stack.base + 1, stack.data / "admin-token", "public-list", "diff", old, new)
            self.assertEqual(done.returncode, 1, done.stderr)
            cases = {person: case["name"] for person, case in stack.cases_by_person().items()}
            added, removed = done.stdout.split("removed ")
            self.assertIn(cases["Vladimir Kozlov"], added)
            self.assertIn("`listing: {list: kz_terrorism_financing}`", added)
            self.assertIn(cases["Maks Bokayev"], removed)
            self.assertIn("`delisting: {list: kz_terrorism_financing}`", removed)
            self.assertIn("1 added, 1 removed, 0 changed; 2 are listed", removed)
            self.assertNotIn("НИКТО", done.stdout)
            same = run_vigilctl(stack.base + 1, stack.data / "admin-token", "public-list", "diff", new, new)
            self.assertEqual(same.returncode, 0, same.stderr)


class WhatIf(unittest.TestCase):
    def test_a_supposed_fact_and_another_calendar_move_dates_and_write_nothing(self):
        with Stack() as stack, tempfile.TemporaryDirectory() as folder:
            token_file, port = stack.data / "admin-token", stack.base + 1
            case = stack.cases_by_person()["Maks Bokayev"]["name"]
            before = etags(stack)
            fact = pathlib.Path(folder) / "fact.yaml"
            fact.write_text("date: 2018-04-20\nsource: {title: supposed}\ndeath: {}\n")
            done = run_vigilctl(port, token_file, "what-if", case, "--fact", fact, "--as-of", REPORT_DAY)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stdout, r"(?m)^(restated|gone) ")
            self.assertIn("deceased", done.stdout)
            bad = pathlib.Path(folder) / "kz.yaml"
            bad.write_text("country: KZ\nholidays: []\n")
            done = run_vigilctl(port, token_file, "what-if", case, "--calendar", bad)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{bad}:2: holidays", done.stderr)
            status, answer = stack.request("POST", f"/v1/{case}:whatIf", {"showUnchanged": True})
            self.assertEqual(status, 200)
            self.assertTrue(answer["moves"])
            self.assertEqual({m["kind"] for m in answer["moves"]}, {"KIND_SAME"})
            self.assertEqual(etags(stack), before)


if __name__ == "__main__":
    unittest.main()
