"""scripts/bench as whoever reads its file finds it."""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import pathlib
import tempfile
import unittest
from unittest import mock

BENCH = pathlib.Path(__file__).resolve().parents[2] / "scripts/bench"


def fails():
    raise RuntimeError("void round")


def figure(name):
    return {"row": name, "ours": 2.0, "peer": 1.0, "unit": "x/s", "ratio": 2.0, "rounds": 1, "goal": ">= 1"}


class Bench(unittest.TestCase):
    def rows(self, **rows):
        """What is in the file when these were measured."""
        loader = importlib.machinery.SourceFileLoader("bench", str(BENCH))
        bench = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench", loader))
        loader.exec_module(bench)
        bench.ROWS = rows
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "rows.json"
            with mock.patch("sys.argv", ["bench", "--json", str(file)]), contextlib.suppress(SystemExit), \
                    contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                bench.main()
            return json.loads(file.read_text())

    def test_rows_that_all_fail_leave_an_empty_list(self):
        self.assertEqual(self.rows(one=fails, two=fails), [])

    def test_a_row_that_fails_leaves_the_others(self):
        self.assertEqual([row["row"] for row in self.rows(one=fails, two=lambda: figure("two"))], ["two"])


if __name__ == "__main__":
    unittest.main()
