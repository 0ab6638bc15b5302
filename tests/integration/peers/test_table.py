"""The list of peers' failures in peer_failures_test.cc: each names tests that are there, and each test of the museum is listed."""

import pathlib
import re
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parents[1]


def rows():
    """What failed, and the tests named under it."""
    found, failure, tests = [], "", []
    for line in (HERE / "peer_failures_test.cc").read_text().splitlines():
        text = line.removeprefix("//")
        if tests and not text.startswith("   ") or not line.startswith("//"):
            found.append((failure, tests))
            failure, tests = "", []
        if not line.startswith("//"):
            return found
        if text.startswith("   "):
            tests.append(text.strip())
        else:
            failure = f"{failure} {text.strip()}" if text else ""


def c_tests(folder=TESTS):
    text = "\n".join(path.read_text() for path in folder.rglob("*.cc"))
    return set(re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", text, re.M))


class Table(unittest.TestCase):
    def test_every_test_named_is_there(self):
        self.assertGreater(len(rows()), 30)
        there = c_tests()
        files = {path.stem: path.read_text() for path in TESTS.rglob("test_*.py")}
        for failure, tests in rows():
            self.assertTrue(tests, failure)
            for test in tests:
                with self.subTest(test):
                    suite, name = test.split(".")
                    self.assertTrue((suite, name) in there or f"def {name}(" in files.get(suite, ""), failure)

    def test_every_test_of_the_museum_is_listed(self):
        listed = {tuple(test.split(".")) for _, tests in rows() for test in tests}
        self.assertEqual(c_tests(HERE) - listed, set())


if __name__ == "__main__":
    unittest.main()
