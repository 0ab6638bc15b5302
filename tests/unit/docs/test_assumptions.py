"""The comment on Deadline.assumptions names every assumption that the code or a rule pack makes, and mail and page have words for it."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]


WORDED = ("alert-svc/deliver/words_en.cc", "alert-svc/deliver/words_ru.cc", "gateway/web/src/words/deadline.ts")


def made():
    writer = (ROOT / "registry-svc/domain/deadline_writer.cc").read_text()
    table = writer[writer.index("kAssumptionNames"):writer.index("}};")]
    found = set(re.findall(r'"([A-Z0-9_]+)"', table))
    assert found
    for pack in (ROOT / "data/rules").glob("*.yaml"):
        for names in re.findall(r"assumptions: \[([^\]]*)\]", pack.read_text()):
            found |= {name.strip() for name in names.split(",")}
    return found


class Assumptions(unittest.TestCase):
    def test_every_assumption_has_words(self):
        for path in WORDED:
            text = (ROOT / path).read_text()
            self.assertFalse({name for name in made() if not re.search(rf"\b{name}\b", text)}, path)

    def test_every_assumption_is_in_the_comment(self):
        proto = (ROOT / "protos/vigil/registry/v1/deadline.proto").read_text()
        comment = re.search(r"((?:  //[^\n]*\n)+)  repeated string assumptions", proto)[1]
        self.assertFalse(made() - set(re.findall(r"`([A-Z0-9_]+)`", comment)))


if __name__ == "__main__":
    unittest.main()
