#include "tests/fuzz/import_fuzz.h"

#include <fmt/format.h>

#include <deque>
#include <vector>

#include "common/rpc/errors.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/situation.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/utf8.h"

namespace vigil::fuzz {
namespace {

using registry::CheckedFact;

const registry::RuleBook& Rules() {
  static const auto& rules = *new absl::StatusOr<registry::RuleBook>(
      registry::RuleBook::Load("data/rules", "data/calendars"));
  Require(rules.ok(), "the rules of the tree can be read: run in its root");
  return *rules;
}

bool Taken(const absl::Status& status) {
  Require(status.ok() || !rpc::ReasonOf(status).empty(), "a refusal has its reason");
  Require(IsUtf8(std::string(status.message())), "a refusal is text");
  Require(status.ok() || !rpc::MetadataOf(status)["field"].empty(), "a refusal names the field");
  return status.ok();
}

bool CheckRecord(registry::v1::CaseDocument& document) {
  if (document.has_dossier()) {
    document.mutable_dossier()->set_name("dossiers/d-fuzz");
    return Taken(registry::CheckDossier("dossier", *document.mutable_dossier()));
  }
  document.mutable_case_()->set_name("cases/c-fuzz");
  return Taken(registry::CheckCase("case", *document.mutable_case_()));
}

// As they are numbered here; references by bare id hold beside the file's own names.
std::deque<CheckedFact> CheckFacts(registry::v1::CaseDocument& document) {
  const std::string parent = document.has_dossier() ? "dossiers/d-fuzz" : "cases/c-fuzz";
  std::deque<CheckedFact> checked;
  for (int i = 0; i < document.facts_size(); ++i) {
    registry::v1::Fact& fact = *document.mutable_facts(i);
    registry::ClearOutputs(fact);
    fact.set_name(fmt::format("{}/facts/f{}", parent, i + 1));
    auto read = registry::CheckInput(fmt::format("facts[{}]", i), fact);
    if (Taken(read.status())) checked.push_back(*std::move(read));
  }
  return checked;
}

}  // namespace

void CheckAndDerive(registry::v1::CaseDocument document) {
  if (document.has_case_() == document.has_dossier() || !CheckRecord(document)) return;
  const std::deque<CheckedFact> checked = CheckFacts(document);
  std::vector<const CheckedFact*> facts;
  for (const CheckedFact& fact : checked) facts.push_back(&fact);
  const registry::CaseView view{.record = document.has_case_() ? &document.case_() : nullptr,
                                .dossier = document.has_case_() ? nullptr : &document.dossier(),
                                .facts = facts};
  for (const civil::Day day : {civil::MakeDay(2018, 4, 28), civil::MakeDay(2099, 12, 31)}) {
    registry::SituationOf(view, Rules(), day);
    const auto derived = registry::DeriveDeadlines(view, Rules(), day);
    for (const auto& deadline : derived.deadlines) {
      Require(deadline.earliest().empty() || deadline.latest().empty() ||
                  deadline.earliest() <= deadline.latest(),
              "a window does not end before it begins");
    }
  }
}

}  // namespace vigil::fuzz
