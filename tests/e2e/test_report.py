"""The report's cases through the HTTP API: counts, people, and every hand-worked date."""

import collections
import csv
import unittest
from urllib.parse import quote

from stack import REPORT_DAY, ROOT, Stack

EXPECTED = {
    "SITUATION_IMPRISONED": 18,
    "SITUATION_IN_DETENTION": 4,
    "SITUATION_IN_PSYCHIATRIC_HOSPITAL": 2,
    "SITUATION_UNDER_PREVENTIVE_MEASURE": 1,
    "SITUATION_UNDER_RESTRICTION": 7,
    "SITUATION_RELEASED_WITH_RESTRICTIONS": 4,
    "SITUATION_ABROAD_AT_RISK": 6,
    "SITUATION_NOT_STATED": 7,
}


def matches(row, deadline):
    if deadline["kind"] != f"DEADLINE_KIND_{row['kind']}":
        return False
    if row["earliest"] == "monthly":
        return deadline["recurrence"] == "P1M"
    wanted = {
        "earliest": row["earliest"],
        "latest": row["latest"],
        "eligibility": row["eligibility"] and f"ELIGIBILITY_{row['eligibility']}",
        "precision": row["precision"] and f"DEADLINE_PRECISION_{row['precision']}",
    }
    if any(value and deadline[key] != value for key, value in wanted.items()):
        return False
    return "WITHDRAWN" not in row["note"] or deadline["state"] == "DEADLINE_STATE_WITHDRAWN"


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.stack.__enter__()
        cls.addClassCleanup(cls.stack.__exit__, None, None, None)
        cls.cases = cls.stack.cases_by_person()

    def deadlines(self, person):
        return self.stack.all(f"/v1/{self.cases[person]['name']}/deadlines?as_of={REPORT_DAY}", "deadlines")

    def test_overview_gives_the_reports_counts(self):
        overview = self.stack.ok(f"/v1/overview?as_of={REPORT_DAY}")
        counts = {row["situation"]: row["count"] for row in overview["situationCounts"] if row["count"]}
        self.assertEqual(counts, EXPECTED)
        self.assertEqual(overview["headlineCount"], 38)
        self.assertEqual(overview["asOf"], REPORT_DAY)

    def test_forty_nine_people_are_listed(self):
        self.assertEqual(len(self.stack.ok("/v1/cases")["cases"]), 49)

    def test_every_golden_row_comes_out(self):
        with open(ROOT / "tests/testdata/golden-deadlines.csv", newline="") as table:
            rows = list(csv.DictReader(table))
        self.assertEqual(len(rows), 47)
        groups = collections.defaultdict(set)
        for row in rows:
            with self.subTest(person=row["person"], kind=row["kind"], earliest=row["earliest"]):
                found = self.deadlines(row["person"])
                hits = [d for d in found if matches(row, d)]
                same_kind = [(d["earliest"], d["latest"], d["precision"], d["eligibility"], d["state"])
                             for d in found if d["kind"].endswith(row["kind"])]
                self.assertTrue(hits, f"not among {same_kind}")
                self.assertTrue(hits[0]["explanation"])
                if "alternative" in row["note"]:
                    group = hits[0]["alternativeGroup"]
                    self.assertTrue(group)
                    # The limit it is an alternative to, counted from the other day, is of the same group.
                    others = [d for d in found if d["alternativeGroup"] == group and d["name"] != hits[0]["name"]]
                    self.assertTrue(others)
                    self.assertEqual({d["kind"] for d in others}, {hits[0]["kind"]})
                    self.assertNotIn(hits[0]["earliest"], {d["earliest"] for d in others})
                    groups[group].add(row["note"])
        # Limits of two and of three months are no alternatives to each other.
        self.assertTrue(all(len(notes) == 1 for notes in groups.values()), groups)

    def test_a_deadline_is_found_by_its_name_and_in_the_list_of_all(self):
        deadline = self.deadlines("Maks Bokayev")[0]
        self.assertEqual(self.stack.ok(f"/v1/{deadline['name']}?as_of={REPORT_DAY}"), deadline)
        everywhere = self.stack.all(f"/v1/deadlines?as_of={REPORT_DAY}", "deadlines")
        self.assertIn(deadline, everywhere)

    def test_search_folds_scripts_and_spellings(self):
        for query in ("Dzhakishev", "Джакишев", "Мukhtar", "mukhtar", "Jakishev"):
            with self.subTest(query):
                status, found = self.stack.request("POST", "/v1/cases:search", {"query": query})
                self.assertEqual(status, 200)
                self.assertEqual(found["results"][0]["case"]["displayName"], "Mukhtar Dzhakishev")
                self.assertEqual(found["results"][0]["matchedFields"], ["SEARCH_FIELD_NAME"])
                self.assertEqual(self.stack.ok(f"/v1/cases:search?query={quote(query)}"), found)

    def test_search_narrows_to_what_its_facets_count(self):
        found = self.search(query="court")
        self.assertGreater(found["totalSize"], 1)
        narrow = {"situation": "situations", "deadline_kind": "deadlineKinds", "deadline_state": "deadlineStates",
                  "fact_kind": "factKind", "article": "article", "place": "place"}
        self.assertEqual({f["field"] for f in found["facets"]}, set(narrow))
        for facet in found["facets"]:
            with self.subTest(facet["value"]):
                field, value = narrow[facet["field"]], facet["value"]
                narrower = self.search(query="court", **{field: [value] if field.endswith("s") else value})
                self.assertEqual(narrower["totalSize"], facet["count"])

    def test_the_report_has_nobody_twice(self):
        self.assertEqual(self.stack.ok("/v1/cases:duplicates")["duplicates"], [])

    def search(self, **body):
        status, found = self.stack.request("POST", "/v1/cases:search", body)
        self.assertEqual(status, 200)
        return found

    def test_case_file_holds_all_parts(self):
        name = self.cases["Aset Nurzhaubay"]["name"]
        case_file = self.stack.ok(f"/v1/{name}:file?as_of={REPORT_DAY}")
        self.assertEqual(case_file["missing"], [])
        self.assertEqual(case_file["case"]["displayName"], "Aset Nurzhaubay")
        self.assertTrue(case_file["facts"] and case_file["deadlines"])


if __name__ == "__main__":
    unittest.main()
