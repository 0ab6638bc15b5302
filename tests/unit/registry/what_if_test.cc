#include "registry-svc/casebook/what_if.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "registry-svc/domain/supposed_rules.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kFirstLimit[] = "Custody limit, 2 months";

// A person taken into custody on 20 April 2018, which a first fact puts on the 10th; it is the
// 28th.
class WhatIfTest : public BookTest {
 protected:
  void SetUp() override {
    BookTest::SetUp();
    ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
    ASSERT_THAT(CreateFact("cases/c-test", Custody("2018-04-10"), "f1"), IsOk());
    v1::Fact corrected = Custody("2018-04-20");
    corrected.set_lineage("f1");
    ASSERT_THAT(CreateFact("cases/c-test", corrected, "f2"), IsOk());
    request_.set_name("cases/c-test");
  }

  static const Vocabularies& Words() {
    static const auto* const words =
        new absl::StatusOr<Vocabularies>(Vocabularies::Load(VIGIL_SOURCE_DIR "/data/vocabularies"));
    return **words;
  }

  FilePtr File() const { return book_->Present()->Find("cases/c-test"); }

  absl::StatusOr<CaseFile> Supposed() const {
    return Suppose(*book_->Present(), Words(), *File(), request_, clock_.Now());
  }

  // What moves under the request, and under other rules where they are given.
  std::vector<v1::DeadlineMove> Moves(const RuleBook& rules = TreeRules(), bool veil = false,
                                      bool unchanged = false) const {
    const absl::StatusOr<CaseFile> supposed = Supposed();
    EXPECT_THAT(supposed, IsOk());
    const FilePtr file = File();
    const DayReading after = ReadOn(*supposed, rules, file->present->day);
    return MovesBetween({*file, *file->present}, {*supposed, after}, veil, unchanged);
  }

  static const v1::DeadlineMove* Find(const std::vector<v1::DeadlineMove>& moves,
                                      const std::string& title) {
    for (const v1::DeadlineMove& move : moves) {
      if (move.before().title() == title || move.after().title() == title) return &move;
    }
    return nullptr;
  }

  v1::WhatIfRequest request_;
};

TEST_F(WhatIfTest, NothingSupposed_MovesNothing) {
  EXPECT_THAT(Moves(), IsEmpty());
  const auto all = Moves(TreeRules(), false, true);
  ASSERT_FALSE(all.empty());
  for (const v1::DeadlineMove& move : all) EXPECT_EQ(move.kind(), v1::DeadlineMove::KIND_SAME);
}

TEST_F(WhatIfTest, SupposedCorrection_MovesTheDateAndRecordsNothing) {
  const int64_t before = revision();
  v1::Fact& fact = *request_.add_supposed_facts();
  fact = Custody("2018-04-23");
  fact.set_lineage("f1");
  const auto moves = Moves();
  const v1::DeadlineMove* const limit = Find(moves, kFirstLimit);
  ASSERT_NE(limit, nullptr);
  EXPECT_EQ(limit->kind(), v1::DeadlineMove::KIND_MOVED);
  EXPECT_EQ(limit->before().earliest(), "2018-06-20");
  EXPECT_EQ(limit->after().earliest(), "2018-06-23");
  EXPECT_EQ(limit->earliest_shift_days(), 3);
  EXPECT_EQ(limit->latest_shift_days(), 3);
  EXPECT_EQ(revision(), before);
  EXPECT_THAT(*File()->own, SizeIs(2));
}

TEST_F(WhatIfTest, FactThatDoesNotCount_GivesWayToTheOneItCorrected) {
  request_.add_without_facts("f2");
  const auto moves = Moves();
  const v1::DeadlineMove* const limit = Find(moves, kFirstLimit);
  ASSERT_NE(limit, nullptr);
  EXPECT_EQ(limit->latest_shift_days(), -10);
}

TEST_F(WhatIfTest, NoFactLeft_TakesEveryDeadlineOfThemAway) {
  request_.add_without_facts("f1");
  request_.add_without_facts("cases/c-test/facts/f2");
  const auto moves = Moves();
  const v1::DeadlineMove* const limit = Find(moves, kFirstLimit);
  ASSERT_NE(limit, nullptr);
  EXPECT_EQ(limit->kind(), v1::DeadlineMove::KIND_GONE);
  EXPECT_FALSE(limit->has_after());
  EXPECT_EQ(limit->latest_shift_days(), 0);
}

TEST_F(WhatIfTest, SupposedFactWithNewDates_AddsThemBeforeWhatStays) {
  v1::Fact& fact = *request_.add_supposed_facts();
  fact.set_date("2018-06-01");
  fact.mutable_source()->set_title("a call");
  fact.mutable_planned_event()->set_what("hearing");
  const auto moves = Moves(TreeRules(), false, true);
  const v1::DeadlineMove* const event = Find(moves, "Planned event");
  ASSERT_NE(event, nullptr);
  EXPECT_EQ(event->kind(), v1::DeadlineMove::KIND_ADDED);
  EXPECT_EQ(event->after().earliest(), "2018-06-01");
  EXPECT_FALSE(event->has_before());
  EXPECT_EQ(moves.back().kind(), v1::DeadlineMove::KIND_SAME);
  for (size_t i = 1; i < moves.size(); ++i) {
    const auto due = [](const v1::DeadlineMove& move) {
      return std::pair(move.kind() == v1::DeadlineMove::KIND_SAME,
                       move.has_before() ? move.before().earliest() : move.after().earliest());
    };
    EXPECT_LE(due(moves[i - 1]), due(moves[i]));
  }
}

TEST_F(WhatIfTest, OtherPack_MovesWhatItCounts) {
  rules::v1::RuleArchive archive = TreeRules().archive();
  int changed = 0;
  for (rules::v1::RulePack& pack : *archive.mutable_packs()) {
    for (rules::v1::Rule& rule : *pack.mutable_rules()) {
      if (rule.title() != kFirstLimit || rule.amount().term() != "P2M") continue;
      rule.mutable_amount()->set_term("P3M");
      ++changed;
    }
  }
  ASSERT_GT(changed, 0);
  ASSERT_OK_AND_ASSIGN(const RuleBook other, RuleBook::Compile(archive));
  const auto moves = Moves(other);
  const v1::DeadlineMove* const limit = Find(moves, kFirstLimit);
  ASSERT_NE(limit, nullptr);
  EXPECT_EQ(limit->after().earliest(), "2018-07-20");
}

TEST_F(WhatIfTest, VeiledPair_ShowsNoReasoningOnEitherSide) {
  ASSERT_THAT(CreateCase("c-secret", "Somebody else"), IsOk());
  v1::Fact secret = Custody("2018-04-20");
  secret.set_confidential(true);
  ASSERT_THAT(CreateFact("cases/c-secret", secret, "f1"), IsOk());
  const FilePtr file = book_->Present()->Find("cases/c-secret");
  v1::Fact& open = *request_.add_supposed_facts();
  open = Custody("2018-04-21");
  open.set_lineage("f1");
  ASSERT_OK_AND_ASSIGN(const CaseFile supposed,
                       Suppose(*book_->Present(), Words(), *file, request_, clock_.Now()));
  const DayReading after = ReadOn(supposed, TreeRules(), file->present->day);
  const auto moves = MovesBetween({*file, *file->present}, {supposed, after}, true, false);
  const v1::DeadlineMove* const limit = Find(moves, kFirstLimit);
  ASSERT_NE(limit, nullptr);
  for (const v1::Deadline* side : {&limit->before(), &limit->after()}) {
    EXPECT_THAT(side->explanation(), testing::ElementsAre(HasSubstr("confidential")));
    EXPECT_EQ(side->citation(), "");
  }
}

TEST_F(WhatIfTest, SupposedFact_IsCheckedLikeARecordedOne) {
  const auto refusal = [&](const v1::Fact& fact) {
    request_.clear_supposed_facts();
    *request_.add_supposed_facts() = fact;
    return Supposed().status();
  };
  EXPECT_THAT(refusal(Custody("soon")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("supposed_facts[0].date")));
  v1::Fact fact = Custody("2018-04-20");
  fact.set_lineage("f9");
  EXPECT_EQ(rpc::ReasonOf(refusal(fact)), "UNKNOWN_LINEAGE");
  fact = Custody("2018-04-20");
  fact.set_name("f1");
  EXPECT_EQ(rpc::ReasonOf(refusal(fact)), "DOUBLED");
  fact.set_name("cases/c-other/facts/f1");
  EXPECT_EQ(rpc::ReasonOf(refusal(fact)), "BAD_NAME");
  fact = Custody("2018-04-20");
  fact.add_concerns("cases/c-nobody");
  EXPECT_EQ(rpc::ReasonOf(refusal(fact)), "UNKNOWN_CASE");
  fact = Custody("2018-04-20");
  fact.set_place("Nowhere");
  EXPECT_EQ(rpc::ReasonOf(refusal(fact)), "NOT_IN_VOCABULARY");
  fact = Custody("2018-04-20");
  fact.mutable_custody()->add_alternative_starts("f9");
  EXPECT_EQ(rpc::ReasonOf(refusal(fact)), "UNKNOWN_REFERENCE");
}

TEST_F(WhatIfTest, TooMuchOrUnknown_IsRefused) {
  request_.add_without_facts("f9");
  EXPECT_EQ(rpc::ReasonOf(Supposed().status()), "FACT_NOT_FOUND");
  request_.clear_without_facts();
  for (int i = 0; i < 101; ++i) *request_.add_supposed_facts() = Custody("2018-04-20");
  EXPECT_EQ(rpc::ReasonOf(Supposed().status()), "TOO_MANY");
  request_.mutable_supposed_facts()->RemoveLast();
  EXPECT_THAT(Supposed(), IsOk());
}

TEST(SupposedRulesTest, ATextThatIsWrong_IsRefusedByFileAndLine) {
  rules::v1::RuleArchive archive = TreeRules().archive();
  EXPECT_THAT(PutPacks({{"p.yaml", "id: p\nrulez: []\n"}}, archive),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("p.yaml:2: rulez")));
  EXPECT_THAT(
      PutPacks({{"p.yaml", "id: p\nrules:\n  - id: X.1\n    amount: {term: ten days}\n"}}, archive),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("p.yaml:")));
  EXPECT_THAT(
      PutCalendars({{"c.yaml", "country: KZ\nfixed: [{month_day: 13-40, name: x}]\n"}}, archive),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("c.yaml:1: calendar KZ")));
}

TEST(SupposedRulesTest, SameIdOrCountry_TakesThePlace) {
  rules::v1::RuleArchive archive = TreeRules().archive();
  const int packs = archive.packs_size(), calendars = archive.calendars_size();
  const std::string id = archive.packs(0).id();
  ASSERT_THAT(PutPacks({{"p.yaml", "id: " + id + "\n"}, {"q.yaml", "id: brand-new\n"}}, archive),
              IsOk());
  ASSERT_THAT(PutCalendars({{"c.yaml", "country: KZ\n"}}, archive), IsOk());
  EXPECT_EQ(archive.packs_size(), packs + 1);
  EXPECT_TRUE(archive.packs(0).rules().empty());
  EXPECT_EQ(archive.calendars_size(), calendars);
  EXPECT_THAT(PutPacks({{"p.yaml", "id: twin\n"}, {"q.yaml", "id: twin\n"}}, archive),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("q.yaml:1: twin")));
}

}  // namespace
}  // namespace vigil::registry
