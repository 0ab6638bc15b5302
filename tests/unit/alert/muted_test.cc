// What a silence holds back is said to be so when its time comes, once, and stays owed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/alert/plan_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A sentence that ends on 2018-06-20: told 30 days before, on 2018-05-21 at nine, then 7 and 1.
class MutedTest : public PlanFixture {
 protected:
  MutedTest() {
    settings_.SetSince(kDeskSubscription, At("2018-01-01T09:00"));
    Add("end", registry::v1::DEADLINE_KIND_SENTENCE_END, "2018-06-20");
    silence_.set_name("silences/hearing");
    silence_.add_cases(kCase);
    silence_.set_owner("staff");
    silence_.set_reason("the hearing is prepared");
    *silence_.mutable_end_time() = ToProto(At("2018-06-14T09:00"));
    EXPECT_TRUE(settings_.Put(silence_).ok());
  }

  Muted MutedAt(const std::string& now) { return MutedOf(view_, Context(now)); }
  void Journal(const Planned& planned, const std::string& when) {
    receipts_[planned.deadline].push_back(ReceiptOf(
        planned, kCase, registry::v1::DEADLINE_KIND_SENTENCE_END, Receipt::KIND_MUTED, At(when)));
  }

  v1::Silence silence_;
};

TEST_F(MutedTest, BeforeItsTime_NothingIsSaidButWhenThatComes) {
  const Muted muted = MutedAt("2018-05-20T09:00");
  EXPECT_THAT(muted.now, IsEmpty());
  EXPECT_EQ(muted.next, At("2018-05-21T09:00"));
}

TEST_F(MutedTest, AtItsTime_IsSaidOnceAndEachStepForItself) {
  const Muted first = MutedAt("2018-05-21T09:00");
  ASSERT_THAT(first.now, SizeIs(1));
  EXPECT_EQ(first.now[0].step, 30);
  Journal(first.now[0], "2018-05-21T09:00");
  EXPECT_THAT(MutedAt("2018-05-21T09:01").now, IsEmpty());
  EXPECT_EQ(MutedAt("2018-05-21T09:01").next, At("2018-06-13T09:00"));
  const Muted second = MutedAt("2018-06-13T09:00");
  ASSERT_THAT(second.now, SizeIs(1));
  EXPECT_EQ(second.now[0].step, 7);
}

TEST_F(MutedTest, WhatWasSaidToBeHeldBack_IsOwedInTheNextDigestOnceTheSilenceIsGone) {
  const Planned held = MutedAt("2018-05-21T09:00").now.at(0);
  Journal(held, "2018-05-21T09:00");
  settings_.Remove(silence_.name());
  const Planned planned = PlanAt("2018-05-22T11:00").at(0);
  EXPECT_EQ(planned.id, held.id);
  EXPECT_EQ(planned.due, At("2018-05-23T09:00")) << "held back is not missed";
}

TEST_F(MutedTest, ASilenceThatEndsBeforeItsTimeOrIsAboutAnotherCase_HoldsNothingBack) {
  *silence_.mutable_end_time() = ToProto(At("2018-05-21T09:00"));
  ASSERT_TRUE(settings_.Put(silence_).ok());
  EXPECT_EQ(MutedAt("2018-05-20T09:00").next, absl::InfiniteFuture());
  *silence_.mutable_end_time() = ToProto(At("2018-06-14T09:00"));
  silence_.set_cases(0, "cases/c-other");
  ASSERT_TRUE(settings_.Put(silence_).ok());
  EXPECT_THAT(MutedAt("2018-05-21T09:00").now, IsEmpty());
}

TEST_F(MutedTest, AboutCustody_OnlyWhatASecondPersonLetItHoldBack) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const auto held = [&] { return MutedAt("2018-05-16T09:00").now; };
  EXPECT_THAT(held(), IsEmpty());
  silence_.set_approved_by("somebody else");
  ASSERT_TRUE(settings_.Put(silence_).ok());
  EXPECT_THAT(held(), SizeIs(1));
}

}  // namespace
}  // namespace vigil::alert
