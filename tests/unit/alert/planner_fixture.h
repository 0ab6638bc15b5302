#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/engine/planner.h"
#include "common/shard/shard.h"

namespace vigil::alert {

inline constexpr char kCase[] = "cases/c-7f3k9q2m";
inline constexpr char kDeadline[] = "cases/c-7f3k9q2m/deadlines/d-1";

template <class Setting>
void AddSetting(const std::string& name, Setting setting, registry::v1::Change& change) {
  setting.set_name(name);
  auto& record = *change.add_items()->mutable_record_changed()->mutable_record();
  record.set_name("records/" + name);
  record.mutable_body()->PackFrom(setting);
}

// One case, one receiver who gets a daily digest at nine in Almaty.
class PlannerFixture : public ::testing::Test {
 protected:
  PlannerFixture() : planner_(world_, days_) {
    registry::v1::Change settings;
    v1::Policy ending;
    ending.add_kinds(registry::v1::DEADLINE_KIND_SENTENCE_END);
    for (int lead : {30, 7, 1}) ending.add_lead_days(lead);
    ending.set_channel(v1::Policy::CHANNEL_DAILY);
    AddSetting("policies/ending", ending, settings);
    v1::Receiver desk;
    desk.mutable_email()->set_address("desk@vigil.example");
    AddSetting("receivers/desk", desk, settings);
    v1::Subscription subscription;
    subscription.set_receiver("receivers/desk");
    subscription.set_time_zone("Asia/Almaty");
    AddSetting("subscriptions/desk", subscription, settings);
    settings_ = settings;
    Fold(std::move(settings), "2018-01-01T09:00");
  }

  static absl::Time At(const std::string& text) {
    absl::Time time;
    std::string error;
    EXPECT_TRUE(absl::ParseTime("%Y-%m-%d%ET%H:%M", text, Zone("Asia/Almaty"), &time, &error));
    return time;
  }

  void Fold(registry::v1::Change change, const std::string& when) {
    change.set_revision(++revision_);
    *change.mutable_time() = ToProto(At(when));
    world_.Fold(change, false);
    world_.Reach(revision_, "");
  }

  // The subscription is so old that nothing is owed in the summary of what was past before it.
  void SubscribedLongAgo() {
    registry::v1::Change change = settings_;
    for (auto& item : *change.mutable_items()) {
      item.mutable_record_changed()->mutable_record()->mutable_update_time()->set_seconds(1);
    }
    Fold(std::move(change), "2018-01-01T09:00");
  }

  // The receiver is not to be disturbed from ten in the evening until seven.
  static registry::v1::Change QuietAtNight() {
    v1::Subscription quiet;
    quiet.set_receiver("receivers/desk");
    quiet.set_time_zone("Asia/Almaty");
    quiet.set_quiet_from(22);
    quiet.set_quiet_until(7);
    registry::v1::Change change;
    AddSetting("subscriptions/desk", quiet, change);
    return change;
  }

  // An attempt of a digest failed; the next may start at `until`.
  void FailDigest(const std::string& id, const std::string& until) {
    registry::v1::Receipt receipt;
    receipt.set_kind(registry::v1::Receipt::KIND_FAILED);
    receipt.set_id("failed");
    receipt.set_reminder(id);
    receipt.set_digest(id);
    receipt.set_receiver("receivers/desk");
    receipt.set_attempts(1);
    *receipt.mutable_until() = ToProto(At(until));
    world_.AddOwn(receipt);
  }

  // Many cases with a deadline each, in one revision.
  void PutCases(int count, const std::string& when) {
    registry::v1::Change change;
    for (int i = 0; i < count; ++i) {
      auto& changed = *change.add_items()->mutable_deadlines_changed();
      changed.set_parent("cases/c-" + std::to_string(i));
      registry::v1::Deadline& deadline = *changed.add_after();
      deadline.set_name(changed.parent() + "/deadlines/d-1");
      deadline.set_kind(registry::v1::DEADLINE_KIND_SENTENCE_END);
      deadline.set_earliest("2018-09-06");
      deadline.set_latest("2018-09-06");
      *deadline.mutable_known_time() = ToProto(At(when));
    }
    Fold(std::move(change), when);
  }

  std::vector<Planned> PlanOfTheCase(const std::string& when) {
    planner_.Replan(At(when));
    return planner_.PlanOf(kCase);
  }

  // The deadline becomes this one; an empty date: it goes.
  void Put(const std::string& date, const std::string& when) {
    registry::v1::Change change;
    auto& changed = *change.add_items()->mutable_deadlines_changed();
    changed.set_parent(kCase);
    if (!deadline_.name().empty()) *changed.add_before() = deadline_;
    deadline_.set_name(kDeadline);
    deadline_.set_kind(registry::v1::DEADLINE_KIND_SENTENCE_END);
    deadline_.set_earliest(date);
    deadline_.set_latest(date);
    *deadline_.mutable_known_time() = ToProto(At(when));
    if (!date.empty()) *changed.add_after() = deadline_;
    Fold(std::move(change), when);
  }

  // The digest that is due at a moment: its member among the ops.
  Member DigestAt(const std::string& when) { return DigestOf(planner_, when); }

  static Member DigestOf(Planner& planner, const std::string& when) {
    planner.Replan(At(when));
    for (int shard = 0; shard < kShardCount; ++shard) {
      for (const Op& op : planner.TakeOps(shard)) {
        if (op.due && op.member.form == MemberForm::kDigest) return op.member;
      }
    }
    ADD_FAILURE() << "no digest is planned";
    return {};
  }

  // The digest's items as they were sealed, and as they are said some time later.
  std::vector<Planned> SealedThen(const std::function<void()>& change, const std::string& later) {
    const Member digest = DigestAt("2018-08-30T08:00");
    const Work first = planner_.WorkFor(digest, At("2018-08-30T09:01")).value();
    std::vector<Member> sealed;
    for (const Planned& planned : first.items) sealed.push_back(planner_.MemberOf(planned));
    change();
    planner_.Replan(At(later));
    Work again;
    again.receiver = first.receiver;
    again.subscription = first.subscription;
    first_ = first.items;
    return planner_.Sealed(again, sealed);
  }

  registry::v1::Change settings_;
  World world_;
  civil::WorkingDays days_;
  Planner planner_;
  registry::v1::Deadline deadline_;
  std::int64_t revision_ = 0;
  std::vector<Planned> first_;
};

}  // namespace vigil::alert
