"""Webhook events against the schemas that they name, which the page serves."""

import json
import os
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = os.environ.get("VIGIL_BIN_DIR", ROOT / "build/release/bin")
SCHEMAS = ROOT / "gateway/web/public/schemas"
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}


def event(*arguments):
    shown = subprocess.run([pathlib.Path(BIN) / "vigil-preview", "--as", "event", *arguments], check=True, stdout=subprocess.PIPE)
    return json.loads(shown.stdout)


def schema(name):
    return json.loads((SCHEMAS / name).read_text())


def parts(wanted):
    """The schemas that hold for one value: itself, what it refers to, and what that does."""
    yield wanted
    for other in [*wanted.get("allOf", []), *([wanted] if "$ref" in wanted else [])]:
        yield from parts(schema(other["$ref"]) if "$ref" in other else other)


def problems(value, wanted, where="data"):
    """What of JSON Schema the files use, and one thing more: a property that no schema names is a problem."""
    named, every = {}, list(parts(wanted))
    for part in every:
        named |= part.get("properties", {})
        if "type" in part and not isinstance(value, TYPES[part["type"]]):
            yield f"{where}: not of type {part['type']}"
            return
        if "enum" in part and value not in part["enum"]:
            yield f"{where}: none of {part['enum']}"
        if isinstance(value, dict):
            yield from (f"{where}.{key}: missing" for key in part.get("required", []) if key not in value)
        if isinstance(value, list) and "items" in part:
            for i, item in enumerate(value):
                yield from problems(item, part["items"], f"{where}[{i}]")
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from problems(inner, named[key], f"{where}.{key}") if key in named else [f"{where}.{key}: in no schema"]


class EventsTest(unittest.TestCase):
    def test_data_is_as_the_schema_says_that_the_event_names(self):
        shapes = [["--form", form] for form in ("single", "digest", "summary", "findings", "test", "trouble")]
        shapes += [["--why", why] for why in ("hourly", "handed-over", "put-off")]
        shapes += [["--change", change, "--links", "--lags", "--hour"] for change in ("moved", "withdrawn")]
        for form in shapes:
            for private in ([], ["--private"]):
                shown = event(*form, *private)
                name = shown["dataschema"].rpartition("/schemas/")[2]
                self.assertEqual(name, shown["type"] + ".json")
                self.assertEqual(list(problems(shown["data"], schema(name))), [], form)

    def test_what_a_schema_does_not_say_is_noticed(self):
        shown = event("--form", "single")
        wanted = schema("vigil.deadline.due.v1.json")
        for key, value in (("kind", None), ("step", "3"), ("change", "GONE"), ("more", 1)):
            data = {**shown["data"], key: value}
            if value is None:
                del data[key]
            self.assertEqual(len(list(problems(data, wanted))), 1, key)

    def test_every_schema_has_its_name_and_leads_to_files_that_are_there(self):
        for path in SCHEMAS.glob("*.json"):
            self.assertEqual(schema(path.name)["$id"], path.name)
            self.assertTrue(list(parts(schema(path.name))))


if __name__ == "__main__":
    unittest.main()
