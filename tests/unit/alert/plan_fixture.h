#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/plan.h"
#include "common/civil/working_days.h"
#include "common/yaml/yaml.h"

namespace vigil::alert {

inline constexpr char kCase[] = "cases/c-7f3k9q2m";
inline constexpr char kDesk[] = "receivers/advocacy";
inline constexpr char kDeskSubscription[] = "subscriptions/advocacy";

// One case with deadlines, receipts and the default settings of data/alerts.yaml.
class PlanFixture : public ::testing::Test {
 protected:
  PlanFixture() {
    view_.name = kCase;
    EXPECT_TRUE(LoadYaml(VIGIL_SOURCE_DIR "/data/alerts.yaml", &seeds_).ok());
    for (const auto& policy : seeds_.policies()) EXPECT_TRUE(settings_.Put(policy).ok());
    for (const auto& receiver : seeds_.receivers()) EXPECT_TRUE(settings_.Put(receiver).ok());
    for (const auto& own : seeds_.subscriptions()) EXPECT_TRUE(settings_.Put(own).ok());
    delivered_.insert(SummaryId(kDeskSubscription));  // the first import is long past
  }

  // A local moment in Almaty, `2018-05-16T09:00`.
  static absl::Time At(const std::string& text) {
    absl::Time time;
    std::string error;
    EXPECT_TRUE(absl::ParseTime("%Y-%m-%d%ET%H:%M", text, Zone("Asia/Almaty"), &time, &error))
        << error;
    return time;
  }
  static std::string Day(absl::Time time) {
    return absl::FormatTime("%Y-%m-%d", time, Zone("Asia/Almaty"));
  }

  registry::v1::Deadline& Add(const std::string& id, registry::v1::DeadlineKind kind,
                              const std::string& earliest, const std::string& latest = "") {
    registry::v1::Deadline& deadline = deadlines_.emplace_back();
    deadline.set_name(std::string(kCase) + "/deadlines/" + id);
    deadline.set_kind(kind);
    deadline.set_earliest(earliest);
    deadline.set_latest(latest.empty() ? earliest : latest);
    DeadlineView own;
    own.deadline = &deadline;
    own.known_since = absl::InfinitePast();
    own.receipts = &receipts_[deadline.name()];
    view_.deadlines.push_back(own);
    return deadline;
  }

  DeadlineView& ViewOf(const std::string& id) {
    for (DeadlineView& own : view_.deadlines) {
      if (own.deadline->name().ends_with("/" + id)) return own;
    }
    ADD_FAILURE() << "no deadline " << id;
    return view_.deadlines.front();
  }

  PlanContext Context(const std::string& now) {
    return {settings_, days_, delivered_, At(now), absl::Hours(1)};
  }
  std::vector<Planned> PlanAt(const std::string& now) { return PlanCase(view_, Context(now)); }

  // Records that something planned was told at a moment.
  void Tell(const Planned& planned, const std::string& when) {
    receipts_[planned.deadline].push_back(ReceiptOf(planned, kCase,
                                                    registry::v1::DEADLINE_KIND_UNSPECIFIED,
                                                    registry::v1::Receipt::KIND_SENT, At(when)));
  }
  void Act(const Planned& planned, registry::v1::Receipt::Kind kind,
           const std::string& until = "") {
    registry::v1::Receipt receipt;
    receipt.set_id(planned.alert + until);
    receipt.set_kind(kind);
    receipt.set_alert(planned.alert);
    receipt.set_deadline(planned.deadline);
    *receipt.mutable_time() = ToProto(At("2018-05-27T11:30"));
    if (!until.empty()) *receipt.mutable_until() = ToProto(At(until));
    receipts_[planned.deadline].push_back(receipt);
  }

  // "step@day" of all that a forecast sends.
  std::vector<std::string> Told(const std::string& from, const std::string& until) {
    std::vector<std::string> told;
    for (const Planned& planned : Forecast(view_, Context(from), At(until))) {
      told.push_back(std::to_string(planned.step) + "@" + Day(planned.due));
    }
    return told;
  }

  v1::AlertSeeds seeds_;
  Settings settings_;
  civil::WorkingDays days_;
  std::set<std::string, std::less<>> delivered_;
  std::deque<registry::v1::Deadline> deadlines_;
  std::map<std::string, std::vector<registry::v1::Receipt>> receipts_;
  CaseView view_;
};

}  // namespace vigil::alert
