// Rows of the law, as typed here, and what the tree names for each: rules, or a place in the table
// of data/rules/README.md. That none of them is lost or renamed is all that this holds: it knows of
// no row that is not typed here, and whether a rule counts as its row says, its examples show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

// A row of the law.
struct Row {
  const char* id;
  // Rules that count by it, by id.
  std::vector<const char*> rules;
  // Begins its line in the table of the law that is no rule with a date of its own.
  const char* line = nullptr;
};

constexpr char kUnits[] = "units, first day, rolls, ends of months (CPC 48; CC 62(1), (2))";
constexpr char kCalendar[] = "days off, moved days, working Saturdays";
constexpr char kGravity[] = "gravity and classes (CC 3, 10, 11)";
constexpr char kCredit[] =
    "credit of custody, house arrest, hospital, extradition custody (CC 62(3)-(7))";
constexpr char kList[] =
    "who draws up the list, and how a name gets on it (Law 191-IV, article 12)";

const std::vector<Row>& CountingAndGravity() {
  static const auto& rows = *new std::vector<Row>{
      {"KZ.CPC.48.1", {}, kUnits},
      {"KZ.CPC.48.2", {}, kUnits},
      {"KZ.CPC.48.3", {}, kUnits},
      {"KZ.CPC.48.4a", {}, kUnits},
      {"KZ.CPC.48.4b", {}, kUnits},
      {"KZ.CPC.48.5", {}, kUnits},
      {"KZ.CPC.49.1", {"KZ.CPC.418"}, "in time if posted or handed to the prison (CPC 49(1))"},
      {"KZ.CPC.50", {"KZ.CPC.418"}, "restoring a missed term (CPC 50)"},
      {"KZ.CC.62.1", {}, kUnits},
      {"KZ.CAL", {}, kCalendar},
      {"KZ.HOL", {}, kCalendar},
      {"KZ.TZ", {}, "time zones"},
      {"KZ.RETRO", {}, "a milder law reaches back (CC 5, 6)"},
      {"KZ.CC.11", {}, kGravity},
      {"KZ.CC.10", {}, kGravity},
      {"KZ.CC.3.39", {}, kGravity},
      {"KZ.CC.3.30", {}, kGravity},
      {"KZ.CC.3.29", {}, kGravity},
      {"KZ.CC.GROUP", {}, kGravity},
      {"code edition", {}, "which code an article is of (1997, 2014)"},
  };
  return rows;
}

const std::vector<Row>& Sentences() {
  static const auto& rows = *new std::vector<Row>{
      {"KZ.CC.72.3.1", {"KZ.CC.72.3"}},
      {"KZ.CC.72.3.2", {"KZ.CC.72.3"}},
      {"KZ.CC.72.3.3", {"KZ.CC.72.3", "KZ.CC.72.3.3.LIFE_HEALTH"}},
      {"KZ.CC.72.3.31/.4", {"KZ.CC.72.3.31", "KZ.CC.72.3.4"}},
      {"KZ.CC.72.3.5", {"KZ.CC.72.3.5", "KZ.CC.72.3.5.LIFE"}},
      {"KZ.CC.72.4", {"KZ.CC.72.4", "KZ.CC.72.4.LIFE", "KZ.CC.72.4.DEAL"}},
      {"KZ.CC.72.5", {"KZ.CC.72.3", "KZ.CC.72.4", "KZ.CC.72.3.5"}},
      {"KZ.CC.72.6", {"KZ.CC.72.6", "KZ.CC.72.6.DEAL"}},
      {"KZ.CC.72.1", {"KZ.CC.72.1"}},
      {"KZ.CC.72.1.3/.8", {"KZ.CC.72.3", "KZ.CC.72.1", "KZ.CC.72.8.LIFE"}},
      {"KZ.CC.72.2",
       {"KZ.CC.62.PRISON", "KZ.CC.72.2.LIFE"},
       "probation until the end of the whole term after parole (CC 72(2))"},
      {"KZ.CC.72.7", {"KZ.CC.72.7", "KZ.CC.72.7.REST"}},
      {"KZ.CC.73.2", {"KZ.CC.73.2", "KZ.CC.73.2.LIFE_HEALTH"}},
      {"KZ.CC.73.3, a day", {}, "a day of prison is a day of restriction (CC 73(3))"},
      {"KZ.CC.73.3, a fine", {}, "four days of prison are one monthly index of a fine (CC 73(3))"},
      {"KZ.CPC.478.4", {"KZ.CPC.478.4"}},
      {"KZ.CPC.479.4", {"KZ.CPC.479.4"}},
      {"KZ.PEC.162", {"KZ.PEC.162"}},
      {"KZ.CC.44", {"KZ.CC.44"}},
      {"KZ.CC.44, evaded",
       {"KZ.CC.44.EVADED"},
       "whoever evades restriction of liberty goes to prison, a day for a day (CC 44)"},
      {"KZ.CC.44, labour",
       {},
       "a hundred hours of forced labour a year under restriction of liberty (CC 44)"},
      {"KZ.CPC.398.4", {"KZ.CPC.398.4"}},
      {"KZ.CC.50.2", {}, "unusual bans and restrictions (CC 44, 50(2))"},
      {"KZ.CC.50.4a",
       {"KZ.CC.50.4"},
       "a ban runs from release, or from entry into force (CC 50(4))"},
      {"KZ.CC.50.4b", {"KZ.CC.50.4", "KZ.CC.50.4.SUSPENDED"}},
      {"KZ.CC.62.3", {}, kCredit},
      {"KZ.CC.62.31, restriction", {}, kCredit},
      {"KZ.CC.62.31, arrest and work",
       {},
       "a day of custody is a day of arrest, or four hours of community work (CC 62(3-1))"},
      {"KZ.CC.62.4", {}, kCredit},
      {"KZ.CC.62.5/.7, 97.2", {}, kCredit},
      {"term formula", {"KZ.CC.62.PRISON", "KZ.CC.44"}},
      {"KZ.CC.71", {"KZ.CC.71"}, "a limitation stands still while somebody hides"},
      {"KZ.CC.77", {"KZ.CC.77"}, "a limitation stands still while somebody hides"},
      {"KZ.CC.79.3",
       {"KZ.CC.79.3.PRISON", "KZ.CC.79.3.LIFE_HEALTH", "KZ.CC.79.3.MILDER", "KZ.CC.79.3.SUSPENDED",
        "KZ.CC.79.3.FINE"},
       "the record after a fine goes when it is paid"},
      {"KZ.CC.79.4/.5", {"KZ.CC.79.3.PRISON", "KZ.CC.79.3.MILDER"}},
      {"KZ.CC.96.2", {"KZ.CC.96.2.COMMISSION", "KZ.CC.96.2.COURT"}},
      {"KZ.CC.74/75",
       {"KZ.CC.74.ASK", "KZ.CC.74.PREGNANCY", "KZ.CC.74.CHILD", "KZ.CC.74.STATED", "KZ.CC.75"}},
      {"KZ.SUP", {"KZ.SUP"}},
  };
  return rows;
}

const std::vector<Row>& Procedure() {
  static const auto& rows = *new std::vector<Row>{
      {"KZ.CPC.131.4",
       {"KZ.CPC.131.4.24H", "KZ.CPC.131.4.48H", "KZ.CPC.131.4.72H", "KZ.CPC.131.4.72H.REMOTE",
        "KZ.CPC.131.4.72H.2015"}},
      {"KZ.CPC.131.3", {"KZ.CPC.131.3"}},
      {"KZ.CPC.133.2", {}, "release without a court order (CPC 133(2))"},
      {"KZ.CPC.151.1-.5",
       {"KZ.CPC.151.1", "KZ.CPC.151.2", "KZ.CPC.151.3", "KZ.CPC.151.4", "KZ.CPC.151.5",
        "KZ.CPC.151.EXTENDED"}},
      {"KZ.CPC.151.6-.10",
       {"KZ.CPC.151.6.PROSECUTOR.2M", "KZ.CPC.151.6.PROSECUTOR.3M", "KZ.CPC.151.6.PROSECUTOR.9M",
        "KZ.CPC.151.6.PROSECUTOR.12M", "KZ.CPC.151.6.COURT.2M", "KZ.CPC.151.6.COURT.3M",
        "KZ.CPC.151.6.COURT.9M", "KZ.CPC.151.6.COURT.12M", "KZ.CPC.152.3.2M", "KZ.CPC.152.3.3M",
        "KZ.CPC.152.3.9M", "KZ.CPC.152.3.12M"}},
      {"KZ.CPC.152.4", {}, "release without a court order (CPC 133(2)), warning of the prison"},
      {"KZ.CPC.152.6", {}, "what counts towards the limits of custody (CPC 152(6))"},
      {"KZ.CPC.146",
       {"KZ.CPC.146.1", "KZ.CPC.146.2", "KZ.CPC.146.3", "KZ.CPC.146.4", "KZ.CPC.146.5"}},
      {"KZ.CPC.145.4", {"KZ.CPC.145.4"}},
      {"KZ.CPC.150.1", {"KZ.CPC.150.1"}},
      {"KZ.CPC.279", {"KZ.CPC.279"}},
      {"KZ.CPC.107", {"KZ.CPC.107"}},
      {"KZ.CPC.418", {"KZ.CPC.418"}},
      {"KZ.CPC.470", {"KZ.CPC.470"}},
      {"KZ.CPC.487", {"KZ.CPC.487"}},
      {"KZ.CPC.492.3", {"KZ.CPC.492.3"}},
      {"KZ.CPC.588/589", {"KZ.CPC.589.7", "KZ.CPC.592.1", "KZ.CPC.592.4"}},
      {"KZ.AML.12.1", {}, kList},
      {"KZ.AML.12.2", {}, kList},
      {"KZ.AML.12.5", {}, kList},
      {"KZ.AML.OUT", {"KZ.AML.OUT.ANNULLED", "KZ.AML.OUT.DEATH", "KZ.AML.LIST"}},
      {"KZ.AML.EXEMPT", {"KZ.AML.EXEMPT"}},
      {"KZ.AML, derived",
       {"KZ.AML.LIST", "KZ.AML.LIST.PRISON", "KZ.AML.LIST.LIFE_HEALTH", "KZ.AML.LIST.SUSPENDED"}},
      {"KZ.AML, watch", {}, kList},
  };
  return rows;
}

const std::vector<Row>& International() {
  static const auto& rows = *new std::vector<Row>{
      {"UN.HRC.FU", {"UN.HRC.FU"}},
      {"UN.HRC.ADM", {"UN.HRC.ADM.5Y", "UN.HRC.ADM.3Y"}},
      {"UN.HRC.OP4", {"UN.HRC.OP4"}},
      {"UN.HRC.TRIAL", {"UN.HRC.TRIAL"}},
      {"KZ entry", {}, "the Optional Protocol binds Kazakhstan since 30 September 2009"},
      {"UN.WGAD.RESP", {"UN.WGAD.RESP", "UN.WGAD.RESP.EXTENDED"}},
      {"UN.WGAD.FU", {"UN.WGAD.FU"}},
      {"UN.WGAD.UA", {"UN.WGAD.UA"}},
      {"UN.CAT.FU", {"UN.CAT.FU"}},
      {"UN.SP.60", {"UN.SP.60"}},
      {"UN.UPR.KZ", {"UN.UPR.KZ"}},
      {"UN.MANDELA", {"UN.MANDELA"}},
      {"COE.ECHR.4M", {"COE.ECHR.35"}},
      {"COE.EXTR.16.4", {"COE.EXTR.16.4.18", "COE.EXTR.16.4.40"}},
      {"COE.EXTR.18.4", {"COE.EXTR.18.4.15", "COE.EXTR.18.4.30"}},
      {"UA.CPC.583", {"UA.CPC.583", "UA.CPC.583.JUDGE"}},
      {"UA.CPC.584", {"UA.CPC.584", "UA.CPC.584.REVIEW"}},
      {"UA.REF.12", {"UA.REF.12"}},
      {"CZ.ASY.53a", {"CZ.ASY.53a", "CZ.ASY.53a.FIRST"}},
      {"CZ.ASY.32", {"CZ.ASY.32"}},
      {"INT.CCF.40", {"INT.CCF.40.ACCESS", "INT.CCF.40.DELETION"}},
      {"INT.CCF.41/42", {"INT.CCF.41", "INT.CCF.42"}},
      {"OSCE.MM", {"OSCE.MM"}},
      {"EU.EVT", {"FACT.PLANNED"}},
      {"UNSC.1267", {"UNSC.1267"}},
  };
  return rows;
}

// Of all packs, those that are shipped switched off too.
std::set<std::string> RuleIds() {
  std::set<std::string> ids;
  for (const rules::v1::RulePack& pack : Rules().archive().packs()) {
    for (const rules::v1::Rule& rule : pack.rules()) ids.insert(rule.id());
  }
  return ids;
}

bool HasLine(const std::string& readme, std::string_view line) {
  return readme.find("\n| " + std::string(line)) != std::string::npos;
}

TEST(LawRows, RulesAndPlacesInTheReadmeThatTheyName_AreThere) {
  std::ifstream file(VIGIL_SOURCE_DIR "/data/rules/README.md");
  std::stringstream readme;
  readme << file.rdbuf();
  const std::set<std::string> ids = RuleIds();
  ASSERT_GT(ids.size(), 100u);
  for (const auto* rows : {&CountingAndGravity(), &Sentences(), &Procedure(), &International()}) {
    for (const Row& row : *rows) {
      EXPECT_TRUE(!row.rules.empty() || row.line != nullptr) << row.id;
      for (const char* rule : row.rules) EXPECT_TRUE(ids.contains(rule)) << row.id << ": " << rule;
      if (row.line == nullptr) continue;
      EXPECT_TRUE(HasLine(readme.str(), row.line)) << row.id << ": " << row.line;
    }
  }
}

}  // namespace
}  // namespace vigil::registry
