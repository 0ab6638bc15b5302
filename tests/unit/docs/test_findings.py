"""docs/findings.md lists every kind of finding, under its urgency, and no other; each is provoked by a test."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
DOMAIN = ROOT / "registry-svc/domain"
KIND = re.compile(r'inline constexpr std::string_view (k\w+) =\s*"([A-Z_]+)";')
COULD_MOVE_A_DATE = 2  # where findings.cc says nothing else


def urgencies_in_code():
    kinds = dict(KIND.findall((DOMAIN / "deadline.h").read_text()))
    listed = {name: int(urgency) for name, urgency in re.findall(r"\{(k\w+), (\d)\}", (DOMAIN / "findings.cc").read_text())}
    return {kind: listed.get(name, COULD_MOVE_A_DATE) for name, kind in kinds.items()}


def urgencies_in_docs():
    sections = (ROOT / "docs/findings.md").read_text().split("\n## ")[1:]
    return {kind: urgency for urgency, section in enumerate(sections) for kind in re.findall(r"(?m)^\| `([A-Z_]+)` \|", section)}


class Findings(unittest.TestCase):
    def test_the_page_and_the_code_have_the_same_kinds(self):
        self.assertGreater(len(urgencies_in_code()), 40)
        self.assertEqual(urgencies_in_docs(), urgencies_in_code())

    def test_every_kind_is_provoked_by_a_test(self):
        tests = "\n".join(path.read_text() for path in (ROOT / "tests/unit/domain").glob("*.cc"))
        unseen = {kind for name, kind in KIND.findall((DOMAIN / "deadline.h").read_text())
                  if not re.search(rf"\b({name}|{kind})\b", tests)}
        self.assertFalse(unseen)


if __name__ == "__main__":
    unittest.main()
