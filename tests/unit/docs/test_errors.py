"""docs/errors.md lists every reason that the code gives, with its code, and no other."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDERS = ("common", "registry-svc", "alert-svc", "gateway")
CODES = {
    "InvalidArgument": "INVALID_ARGUMENT", "NotFound": "NOT_FOUND", "AlreadyExists": "ALREADY_EXISTS",
    "FailedPrecondition": "FAILED_PRECONDITION", "Aborted": "ABORTED", "OutOfRange": "OUT_OF_RANGE",
    "Unauthenticated": "UNAUTHENTICATED", "PermissionDenied": "PERMISSION_DENIED",
    "ResourceExhausted": "RESOURCE_EXHAUSTED", "Unavailable": "UNAVAILABLE",
    "DeadlineExceeded": "DEADLINE_EXCEEDED", "Unimplemented": "UNIMPLEMENTED", "Internal": "INTERNAL",
    # The registry's own helpers.
    "BadField": "INVALID_ARGUMENT", "Missing": "NOT_FOUND", "ProblemAt": "INVALID_ARGUMENT",
}
MADE = re.compile(r"\b(" + "|".join(CODES) + r')\(\s*"([A-Z][A-Z0-9_]+)"')
# The reasons that no test provokes by name, and why.
UNPROVOKED = {
    "SODIUM": "libsodium cannot be made to fail",
}
ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| `([A-Z_]+)`(?:, `([A-Z_]+)`)* \|", re.M)


def reasons_in_code():
    found = set()
    for folder in FOLDERS:
        for path in (p for p in (ROOT / folder).rglob("*.*") if p.suffix in (".cc", ".h")):
            found |= {(reason, CODES[maker]) for maker, reason in MADE.findall(path.read_text())}
    return found


def reasons_in_docs():
    text = (ROOT / "docs/errors.md").read_text()
    found = set()
    for line in text.splitlines():
        row = ROW.match(line)
        if row:
            found |= {(row[1], code) for code in re.findall(r"`([A-Z_]+)`", line.split("|")[2])}
    return found


class Errors(unittest.TestCase):
    def test_every_reason_in_the_code_is_explained(self):
        self.assertFalse(reasons_in_code() - reasons_in_docs())

    def test_every_reason_is_provoked_by_a_test(self):
        tests = "\n".join(path.read_text(errors="replace") for pattern in ("*.cc", "*.h", "*.py")
                          for path in (ROOT / "tests").rglob(pattern) if path.parent.name != "docs")
        unseen = {reason for reason, _ in reasons_in_docs() if not re.search(rf"\b{reason}\b", tests)}
        self.assertFalse(unseen - UNPROVOKED.keys(), "docs/errors.md lists reasons that no test provokes")

    def test_every_reason_explained_is_in_the_code(self):
        self.assertFalse(reasons_in_docs() - reasons_in_code())


if __name__ == "__main__":
    unittest.main()
