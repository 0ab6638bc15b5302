"""The comment on Deadline.assumptions names every assumption that the code or a rule pack makes."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]


class Assumptions(unittest.TestCase):
    def test_every_assumption_is_in_the_comment(self):
        writer = (ROOT / "registry-svc/domain/deadline_writer.cc").read_text()
        table = writer[writer.index("kAssumptionNames"):writer.index("}};")]
        made = set(re.findall(r'"([A-Z0-9_]+)"', table))
        self.assertTrue(made)
        for pack in (ROOT / "data/rules").glob("*.yaml"):
            for names in re.findall(r"assumptions: \[([^\]]*)\]", pack.read_text()):
                made |= {name.strip() for name in names.split(",")}
        proto = (ROOT / "protos/vigil/registry/v1/deadline.proto").read_text()
        comment = re.search(r"((?:  //[^\n]*\n)+)  repeated string assumptions", proto)[1]
        self.assertFalse(made - set(re.findall(r"`([A-Z0-9_]+)`", comment)))


if __name__ == "__main__":
    unittest.main()
