// Dates worked out by hand, against what is derived from the report's cases.
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

struct Row {
  std::string person, kind, earliest, latest, eligibility, precision, note;
};

// One line of comma-separated values, with quotes.
std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      out.emplace_back();
    } else if (c != '\r') {
      out.back() += c;
    }
  }
  out.resize(7);
  return out;
}

std::vector<Row> GoldenRows() {
  std::ifstream in(VIGIL_SOURCE_DIR "/tests/testdata/golden-deadlines.csv");
  std::vector<Row> rows;
  std::string line;
  std::getline(in, line);  // the heading
  while (std::getline(in, line)) {
    const std::vector<std::string> cells = Split(line);
    rows.push_back({cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]});
  }
  return rows;
}

const Derivation& Derived(const std::string& person) {
  static std::map<std::string, Derivation>& cache = *new std::map<std::string, Derivation>();
  const auto found = cache.find(person);
  if (found != cache.end()) return found->second;
  return cache[person] = ReportCase(person).Derive();
}

bool Matches(const Row& row, const v1::Deadline& deadline) {
  if (v1::DeadlineKind_Name(deadline.kind()) != "DEADLINE_KIND_" + row.kind) return false;
  if (row.earliest == "monthly") return deadline.recurrence() == "P1M";
  if (deadline.earliest() != row.earliest || deadline.latest() != row.latest) return false;
  if (!row.eligibility.empty() &&
      v1::Eligibility_Name(deadline.eligibility()) != "ELIGIBILITY_" + row.eligibility) {
    return false;
  }
  return row.precision.empty() ||
         v1::DeadlinePrecision_Name(deadline.precision()) == "DEADLINE_PRECISION_" + row.precision;
}

std::string AllOf(const Derivation& derivation, const Row& row) {
  std::string out;
  for (const v1::Deadline& deadline : derivation.deadlines) {
    if (v1::DeadlineKind_Name(deadline.kind()) == "DEADLINE_KIND_" + row.kind) {
      out += deadline.rule() + " " + Brief(deadline) + " " +
             v1::Eligibility_Name(deadline.eligibility()) + "\n";
    }
  }
  return out;
}

TEST(Golden, EveryRow_ComesOutWithAnExplanation) {
  const std::vector<Row> rows = GoldenRows();
  ASSERT_EQ(rows.size(), 47u);
  for (const Row& row : rows) {
    const Derivation& derivation = Derived(row.person);
    const v1::Deadline* match = nullptr;
    for (const v1::Deadline& deadline : derivation.deadlines) {
      if (Matches(row, deadline)) match = &deadline;
    }
    ASSERT_NE(match, nullptr) << row.person << " " << row.kind << " " << row.earliest << " … "
                              << row.latest << "; derived:\n"
                              << AllOf(derivation, row);
    EXPECT_GE(match->explanation_size(), 1) << row.person << " " << row.kind;
    EXPECT_FALSE(match->citation().empty()) << row.person << " " << row.kind;
    EXPECT_FALSE(match->action().empty()) << row.person << " " << row.kind;
    EXPECT_GE(match->facts_size(), 1) << row.person << " " << row.kind;
    if (row.note.find("WITHDRAWN") != std::string::npos) {
      EXPECT_EQ(match->state(), v1::DEADLINE_STATE_WITHDRAWN) << row.person;
    }
  }
}

TEST(Golden, AlternativeRows_ShareTheirGroup) {
  for (const auto& [person, kind, main, other] :
       {std::tuple{"Aset Nurzhaubay", v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-07", "2018-06-05"},
        std::tuple{"Aset Nurzhaubay", v1::DEADLINE_KIND_CUSTODY_LIMIT, "2019-10-07", "2019-10-05"},
        std::tuple{"Ardak Ashim", v1::DEADLINE_KIND_COMMITTAL_END, "2018-04-30", "2018-04-27"}}) {
    std::string main_group, other_group;
    for (const v1::Deadline& deadline : Of(Derived(person), kind)) {
      if (deadline.earliest() == main) main_group = deadline.alternative_group();
      if (deadline.earliest() == other) other_group = deadline.alternative_group();
    }
    EXPECT_NE(main_group, "") << person << " " << main;
    EXPECT_EQ(main_group, other_group) << person << " " << main;
  }
}

// The dates that domain experts worked out besides the table.
TEST(Golden, FurtherDates_ComeOut) {
  struct Further {
    const char* person;
    const char* rule;
    const char* brief;
  };
  const Further all[] = {
      {"Aron Atabek", "KZ.CC.72.4", "2016-10-18 NO_LATER_THAN DUE"},
      {"Aron Atabek", "KZ.CC.72.3", "2019-10-18 NO_LATER_THAN UPCOMING"},
      {"Amangeldy Batyrbekov", "KZ.CC.44", "2018-08-04 ESTIMATE UPCOMING"},
      {"Sayat Ibrayev", "KZ.CPC.470", "2018-04-27 NO_EARLIER_THAN PASSED"},
      {"Sayat Ibrayev", "KZ.CC.62.PRISON", "2023-01-01 … 2023-12-31 NO_LATER_THAN UPCOMING"},
      {"Sayat Ibrayev", "KZ.CC.72.7", "2018-05-05 NO_EARLIER_THAN UPCOMING"},
      {"Talgat Ayan", "KZ.CC.62.PRISON", "2021-11-28 NO_LATER_THAN UPCOMING"},
      {"Talgat Ayan", "KZ.CC.50.4", "2021-04-29 … 2024-11-28 ESTIMATE UPCOMING"},
      {"Aset Nurzhaubay", "KZ.CPC.151.6.COURT.2M", "2018-05-29 EXACT UPCOMING"},
      {"Tatiana Paraskevich", "CZ.ASY.53a", "2016-12-02 … 2017-12-01 NO_EARLIER_THAN MET"},
      {"Natalia Ulasik", "KZ.CC.96.2.COMMISSION", "2017-10-14 EXACT MET"},
      {"Monitoring mission of the European Parliament, May 2018", "FACT.PLANNED",
       "2018-05-10 … 2018-05-11 WINDOW UPCOMING"},
  };
  for (const Further& further : all) {
    std::vector<std::string> briefs;
    for (const v1::Deadline& deadline : Of(Derived(further.person), further.rule)) {
      briefs.push_back(Brief(deadline));
    }
    EXPECT_THAT(briefs, testing::Contains(std::string(further.brief)))
        << further.person << " " << further.rule;
  }
}

TEST(Golden, Ayan_EntersIntoForceOnTheDayTheReportGives_AndSaysWhy) {
  const auto entries = Of(Derived("Talgat Ayan"), "KZ.CPC.470");
  const v1::Deadline* order = nullptr;
  for (const v1::Deadline& deadline : entries) {
    if (deadline.earliest() == "2018-04-29") order = &deadline;
  }
  ASSERT_NE(order, nullptr);
  EXPECT_THAT(Explained(*order), testing::HasSubstr("2018-04-28 is a working Saturday by decree"));
  EXPECT_THAT(order->assumptions(), testing::Contains("NO_APPEAL"));
}

TEST(Golden, Ayan_ReplacementWasTooEarlyByWhatIsKnown) {
  const auto findings = FindingsOf(Derived("Talgat Ayan"), kReplacementTooEarly);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].max_shift_days(), 106);
  EXPECT_THAT(findings[0].text(), testing::HasSubstr("custody began by 2016-08-13"));
}

TEST(Golden, Ayan_ParoleIsBarred) {
  const auto parole = Of(Derived("Talgat Ayan"), "KZ.CC.72.3");
  ASSERT_EQ(parole.size(), 1u);
  EXPECT_EQ(parole[0].eligibility(), v1::ELIGIBILITY_BARRED);
}

TEST(Golden, Ginatullin_CriminalGroupBarsReplacementWithADate) {
  const auto replacement = Of(Derived("Ruslan Ginatullin"), "KZ.CC.73.2");
  ASSERT_EQ(replacement.size(), 1u);
  EXPECT_EQ(replacement[0].earliest(), "2018-12-14");
  EXPECT_EQ(replacement[0].eligibility(), v1::ELIGIBILITY_BARRED);
}

TEST(Golden, Dzhakishev_HasNoReplacementDate_ButAFinding) {
  EXPECT_TRUE(Of(Derived("Mukhtar Dzhakishev"), "KZ.CC.73.2").empty());
  EXPECT_EQ(FindingsOf(Derived("Mukhtar Dzhakishev"), kBarred).size(), 1u);
}

TEST(Golden, Dzhakishev_RefusalIsNoSilence) {
  const auto follow_up = Of(Derived("Mukhtar Dzhakishev"), "UN.HRC.FU");
  ASSERT_EQ(follow_up.size(), 1u);
  EXPECT_EQ(follow_up[0].state(), v1::DEADLINE_STATE_PASSED);
  EXPECT_THAT(Explained(follow_up[0]), testing::HasSubstr("The State refused"));
}

TEST(Golden, Yerimbetov_HasNoLimitsBeyondNineMonths) {
  std::vector<int> steps;
  for (const v1::Deadline& deadline :
       Of(Derived("Iskander Yerimbetov"), v1::DEADLINE_KIND_CUSTODY_LIMIT)) {
    steps.push_back(deadline.step());
  }
  EXPECT_THAT(steps, testing::ElementsAre(2, 3, 9));
}

TEST(Golden, Tobylova_HouseArrestLimitsAreWithdrawn) {
  const auto limits = Of(Derived("Akmaral Tobylova"), v1::DEADLINE_KIND_CUSTODY_LIMIT);
  ASSERT_FALSE(limits.empty());
  for (const v1::Deadline& limit : limits) {
    EXPECT_EQ(limit.state(), v1::DEADLINE_STATE_WITHDRAWN) << Brief(limit);
  }
}

TEST(Golden, Akhmetova_TermHasNotBegun) {
  EXPECT_EQ(FindingsOf(Derived("Zhanara Akhmetova"), kTermNotBegun).size(), 1u);
  EXPECT_TRUE(Of(Derived("Zhanara Akhmetova"), "UA.REF.12").empty());
}

TEST(Golden, EveryDeadline_IsCompleteAndNamedOnce) {
  for (const TestCase& one : ReportCases()) {
    std::map<std::string, int> names;
    for (const v1::Deadline& deadline : one.Derive().deadlines) {
      EXPECT_EQ(++names[deadline.name()], 1) << one.display_name() << " " << deadline.rule();
      EXPECT_THAT(deadline.name(), testing::StartsWith(one.name() + "/deadlines/"));
      EXPECT_NE(deadline.state(), v1::DEADLINE_STATE_UNSPECIFIED);
      EXPECT_NE(deadline.precision(), v1::DEADLINE_PRECISION_UNSPECIFIED);
      EXPECT_LE(deadline.earliest(), deadline.latest());
      EXPECT_GE(deadline.facts_size(), 1) << deadline.rule();
      EXPECT_GE(deadline.explanation_size(), 1) << deadline.rule();
      EXPECT_FALSE(deadline.time_zone().empty());
      // A title can stand in a list without naming anybody.
      EXPECT_EQ(deadline.title().find(one.display_name()), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace vigil::registry
