#include "alert-svc/assurance/unwatched.h"

#include <gtest/gtest.h>

#include "tests/unit/assurance/world_fixture.h"

namespace vigil::alert {
namespace {

using Why = v1::UnwatchedCase;

class Unwatched : public WorldFixture {
 protected:
  std::optional<v1::UnwatchedCase> At(const std::string& now) {
    const PlanContext context = Context(now);
    return UnwatchedOf(State(), view_, PlanCase(view_, context), context);
  }
  void Subscribe(const v1::Subscription& subscription) {
    ASSERT_TRUE(settings_.Put(subscription).ok());
  }
  v1::Subscription Desk() const { return *settings_.FindSubscription(kDeskSubscription); }
};

TEST_F(Unwatched, ACaseWithAReminderAheadIsWatched) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  EXPECT_FALSE(At("2018-05-01T09:00").has_value());
}

TEST_F(Unwatched, ACaseWithoutDeadlinesIsNot) {
  const auto found = At("2018-05-01T09:00");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->why(), Why::WHY_NO_DEADLINE);
  EXPECT_EQ(found->case_(), kCase);
  EXPECT_EQ(found->display_name(), "A. Sample");
}

TEST_F(Unwatched, WhatIsMetOrPastIsNotAhead) {
  Add("met", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05")
      .set_state(registry::v1::DEADLINE_STATE_MET);
  Add("past", registry::v1::DEADLINE_KIND_APPEAL, "2018-04-01");
  const auto found = At("2018-05-01T09:00");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->why(), Why::WHY_NO_DEADLINE_AHEAD);
  EXPECT_EQ(found->deadlines_ahead(), 0);
}

TEST_F(Unwatched, WhereNoSubscriptionIsAboutItTheNextDateIsSaid) {
  Add("end", registry::v1::DEADLINE_KIND_SENTENCE_END, "2018-09-01");
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  v1::Subscription desk = Desk();
  desk.add_kinds(registry::v1::DEADLINE_KIND_UN_FOLLOW_UP);
  Subscribe(desk);
  const auto found = At("2018-05-01T09:00");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->why(), Why::WHY_NO_SUBSCRIPTION);
  EXPECT_EQ(found->next_date(), "2018-06-05");
  EXPECT_EQ(found->deadlines_ahead(), 2);
}

TEST_F(Unwatched, WhatItsPolicySilencesIsNotWatched) {
  Add("motion", registry::v1::DEADLINE_KIND_CUSTODY_EXTENSION_MOTION, "2018-06-05");
  EXPECT_EQ(At("2018-05-01T09:00")->why(), Why::WHY_POLICY_SILENT);
}

TEST_F(Unwatched, AfterTheLastStepNothingIsLeft) {
  Add("limit", registry::v1::DEADLINE_KIND_MEDICAL_REVIEW, "2018-06-05");
  for (const Planned& planned :
       Forecast(view_, Context("2018-05-01T09:00"), PlanFixture::At("2018-06-04T09:00"))) {
    Tell(planned, "2018-05-30T09:00");
  }
  // Escalation is over once an alert is acknowledged.
  const auto& told = receipts_[deadlines_[0].name()];
  ASSERT_FALSE(told.empty());
  for (const auto& receipt : std::vector(told)) {
    Planned planned;
    planned.alert = receipt.alert();
    planned.deadline = receipt.deadline();
    Act(planned, registry::v1::Receipt::KIND_ACKNOWLEDGED);
  }
  EXPECT_EQ(At("2018-06-04T09:00")->why(), Why::WHY_NOTHING_LEFT);
}

TEST_F(Unwatched, WhoIsDisabledWatchesNothing) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  v1::Receiver desk = *settings_.FindReceiver(kDesk);
  desk.set_disabled(true);
  ASSERT_TRUE(settings_.Put(desk).ok());
  EXPECT_EQ(At("2018-05-01T09:00")->why(), Why::WHY_RECEIVERS_DISABLED);
}

TEST_F(Unwatched, WhoDoesNotAnswerAndHasNoStandInIsSaidSo) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const Planned first = PlanCase(view_, Context("2018-05-26T09:00"))[0];
  Tell(first, "2018-05-26T09:00");
  EXPECT_FALSE(At("2018-05-26T12:59").has_value()) << "there are four hours to answer";
  const auto found = At("2018-05-26T13:00");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->why(), Why::WHY_NO_STAND_IN);
  EXPECT_EQ(found->next_date(), "2018-06-05");
  v1::Subscription desk = Desk();
  desk.add_team(kDesk);
  Subscribe(desk);
  EXPECT_FALSE(At("2018-05-26T13:00").has_value()) << "the team hears";
  desk.clear_team();
  Subscribe(desk);
  Act(first, registry::v1::Receipt::KIND_ACKNOWLEDGED);
  EXPECT_FALSE(At("2018-05-26T13:00").has_value());
}

TEST_F(Unwatched, WhatIsDeletedIsNotMissed) {
  state_.deleted = true;
  EXPECT_FALSE(At("2018-05-01T09:00").has_value());
}

TEST_F(Unwatched, ADossierWithoutDeadlinesIsNotMissed) {
  view_.name = "dossiers/d-1";
  EXPECT_FALSE(At("2018-05-01T09:00").has_value());
}

TEST(FoldedDossier, ThatIsDeletedIsGoneUntilItIsBroughtBack) {
  World world;
  registry::v1::Change change;
  registry::v1::Dossier& dossier =
      *change.add_items()->mutable_dossier_changed()->mutable_dossier();
  dossier.set_name("dossiers/d-1");
  const auto fold = [&](int64_t revision) {
    change.set_revision(revision);
    world.Fold(change, false);
    return world.FindCase("dossiers/d-1")->deleted;
  };
  EXPECT_FALSE(fold(1));
  dossier.mutable_delete_time()->set_seconds(1);
  (void)world.TakeDirty();
  EXPECT_TRUE(fold(2));
  EXPECT_TRUE(world.TakeDirty().contains("dossiers/d-1")) << "its plan is another";
  dossier.clear_delete_time();
  EXPECT_FALSE(fold(3));
}

}  // namespace
}  // namespace vigil::alert
