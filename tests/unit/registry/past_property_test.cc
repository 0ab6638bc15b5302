// Whatever happens, a revision reads later as it read when it was the last.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/unit/registry/past_fixture.h"

namespace vigil::registry {
namespace {

// All that can be read of a file, as bytes.
std::string ReadAll(const CaseFile& file, const RuleBook& rules, civil::Day day) {
  const DayReading reading = ReadOn(file, rules, day);
  std::string out = file.dossier ? file.dossier->SerializeAsString() : "";
  out += reading.rendered.SerializeAsString();
  for (const FactList* facts : {file.own.get(), file.foreign.get()}) {
    out += '\n';
    for (const auto& fact : *facts) out += fact->message->SerializeAsString();
  }
  for (const v1::Deadline& deadline : reading.derived.deadlines) {
    out += '\n' + deadline.SerializeAsString();
  }
  for (const v1::Finding& finding : reading.derived.findings) {
    out += '\n' + finding.SerializeAsString();
  }
  return out;
}

class PastPropertyTest : public PastTest, public testing::WithParamInterface<uint32_t> {
 protected:
  static constexpr size_t kRevisions = 40;
  static constexpr int kCases = 5;

  // What each file reads as, by name.
  using Reads = std::map<std::string, std::string>;

  // The state as it is now.
  Reads ReadPresent() {
    Reads reads;
    book_->Present()->ForEach([&](const FilePtr& file) {
      reads[file->name()] = ReadAll(*file, rules_, LocalDay(clock_.Now(), file->zone));
    });
    return reads;
  }

  // The same as of an earlier revision.
  Reads ReadPast(int64_t revision) {
    Reads reads;
    const auto moment = past_->MomentOf(std::to_string(revision));
    const auto rules = past_->RulesAt(revision);
    EXPECT_THAT(moment, IsOk());
    EXPECT_THAT(rules, IsOk());
    book_->Present()->ForEach([&](const FilePtr& present) {
      const absl::StatusOr<FilePtr> file = Find(present->name(), revision);
      EXPECT_THAT(file, IsOk());
      if (!file.ok() || !*file) return;
      reads[present->name()] = ReadAll(**file, *rules, LocalDay(moment->time, (*file)->zone));
    });
    return reads;
  }

  int Draw(int below) { return static_cast<int>(random_() % static_cast<uint32_t>(below)); }
  std::string AnyId() { return "c-id-" + std::to_string(Draw(kCases)); }
  std::string AnyCase() { return "cases/" + AnyId(); }
  std::string AnyFile() { return Draw(4) == 0 ? "dossiers/d-id-0" : AnyCase(); }
  std::string AnyFact(const std::string& file) {
    return file + "/facts/f" + std::to_string(Draw(20));
  }

  v1::Fact AnyFactOf(const std::string& file) {
    v1::Fact fact = Custody("2018-04-" + std::to_string(10 + Draw(18)));
    if (Draw(3) == 0) {
      fact.clear_custody();
      fact.mutable_verdict()->mutable_term()->assign("P" + std::to_string(1 + Draw(9)) + "Y");
      fact.mutable_verdict()->set_penalty(v1::PENALTY_IMPRISONMENT);
    }
    if (Draw(4) == 0) fact.set_confidential(true);
    const std::string other = AnyCase();
    if (Draw(3) == 0 && other != file) fact.add_concerns(other);
    if (Draw(8) == 0) fact.set_lineage(AnyFact(file));
    return fact;
  }

  // Many are refused, and change nothing: that is part of the history too.
  void DoAnything() {
    const std::string file = AnyFile();
    switch (Draw(12)) {
      case 0:
        (void)CreateCase(AnyId(), "Somebody");
        break;
      case 1:
        (void)CreateDossier();
        break;
      case 2:
        (void)UpdateCase(AnyId(), "Name " + std::to_string(Draw(100)));
        break;
      case 3:
        (void)SetDeleted(AnyCase(), Draw(2) == 0);
        break;
      case 4:
      case 5:
        (void)Retract(AnyFact(file));
        break;
      case 6:
        clock_.Advance(absl::Hours(Draw(40)));
        TurnDay();
        break;
      case 7:
        if (Draw(4) == 0) ChangeRules();
        break;
      default:
        (void)CreateFact(file, AnyFactOf(file), "f" + std::to_string(Draw(20)));
    }
  }

  absl::Status CreateDossier() {
    v1::CreateDossierRequest request;
    request.set_dossier_id("d-id-0");
    request.mutable_dossier()->set_display_name("A dossier");
    return Call(&Casebook::CreateDossier, request).status();
  }

  void ChangeRules() {
    rules_ = rules_.version() == TreeRules().version() ? *RuleBook::Compile({}, {}) : TreeRules();
    Reopen();
  }

  std::mt19937 random_{GetParam()};
};

TEST_P(PastPropertyTest, EveryRevision_ReadsLaterAsItReadWhenItWasTheLast) {
  ASSERT_THAT(CreateDossier(), IsOk());
  for (int i = 0; i < kCases - 1; ++i) {
    ASSERT_THAT(CreateCase("c-id-" + std::to_string(i), "Somebody"), IsOk());
  }
  std::map<int64_t, Reads> history;
  while (history.size() < kRevisions) {
    DoAnything();
    // A day that turned without an entry of its own is no revision.
    history.try_emplace(revision(), ReadPresent());
  }
  for (const auto& [then, reads] : history) {
    EXPECT_EQ(ReadPast(then), reads) << "revision " << then;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, PastPropertyTest, testing::Range(1u, 9u));

}  // namespace
}  // namespace vigil::registry
