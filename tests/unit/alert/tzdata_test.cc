// Time-zone data that changes while the service runs: what is to come moves, what was told does
// not. By an own folder of zones, compiled from the text below.
#include "alert-svc/app/tzdata.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "alert-svc/deliver/letter.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/engine/planner.h"
#include "tests/testing/temp_dir.h"

namespace vigil::alert {
namespace {

constexpr char kDeadline[] = "cases/c-1/deadlines/d-1";
// Six hours ahead of UTC, always.
constexpr char kBefore[] = "Zone Asia/Almaty 6:00 - +06\n";
// Five of them from the first of March 2024 on, as it came; and from a month before that.
constexpr char kFromMarch[] = "Zone Asia/Almaty 6:00 - +06 2024 Mar 1 0:00\n 5:00 - +05\n";
constexpr char kFromFebruary[] = "Zone Asia/Almaty 6:00 - +06 2024 Feb 1 0:00\n 5:00 - +05\n";

absl::Time Utc(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d%ET%H:%M", text, &time, &error)) << error;
  return time;
}

// A limit on 1 April 2024, told at nine in Almaty 60, 35 and 20 days before: on 1 February, 26
// February and 12 March.
class TzdataUpdate : public ::testing::Test {
 protected:
  TzdataUpdate() : planner_(world_, days_) {
    setenv("TZDIR", zones_.path().c_str(), 1);
    Install(kBefore, "2023z");
    registry::v1::Change change;
    v1::Policy held;
    held.add_kinds(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
    for (int lead : {60, 35, 20}) held.add_lead_days(lead);
    held.set_channel(v1::Policy::CHANNEL_AT_ONCE);
    held.set_any_day(true);
    AddSetting("policies/held", held, change);
    v1::Receiver desk;
    desk.mutable_email()->set_address("desk@vigil.example");
    AddSetting("receivers/desk", desk, change);
    v1::Subscription subscription;
    subscription.set_receiver("receivers/desk");
    subscription.set_time_zone("Asia/Almaty");
    subscription.add_kinds(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);  // and of no findings
    AddSetting("subscriptions/desk", subscription, change);
    auto& deadlines = *change.add_items()->mutable_deadlines_changed();
    deadlines.set_parent("cases/c-1");
    registry::v1::Deadline& limit = *deadlines.add_after();
    limit.set_name(kDeadline);
    limit.set_kind(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
    limit.set_earliest("2024-04-01");
    limit.set_latest("2024-04-01");
    change.set_revision(1);
    world_.Fold(change, false);
    world_.Reach(1, "");
  }
  ~TzdataUpdate() override {
    unsetenv("TZDIR");
    ReloadZones();
  }

  template <class Setting>
  static void AddSetting(const std::string& name, Setting setting, registry::v1::Change& change) {
    setting.set_name(name);
    auto& record = *change.add_items()->mutable_record_changed()->mutable_record();
    record.set_name("records/" + name);
    record.mutable_update_time()->set_seconds(1);
    record.mutable_body()->PackFrom(setting);
  }

  // The machine's data becomes this; the service reads it anew.
  void Install(const std::string& text, const std::string& version) {
    const std::string source = sources_.Write("zones", text);
    const std::string command = std::string(VIGIL_ZIC " -d ") + zones_.path() + " " + source;
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    zones_.Write("tzdata.zi", "# version " + version + "\n");
    ReloadZones();
  }
  std::vector<Planned> PlanAt(const std::string& now) {
    world_.MarkAllDirty();
    planner_.Replan(Utc(now));
    return planner_.PlanOf("cases/c-1");
  }
  void TellAt(const std::string& now) {
    world_.AddOwn(ReceiptOf(PlanAt(now)[0], "cases/c-1", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT,
                            registry::v1::Receipt::KIND_SENT, Utc(now)));
  }
  std::vector<Op> Ops() {
    std::vector<Op> all;
    for (int shard = 0; shard < kShardCount; ++shard) {
      for (Op& op : planner_.TakeOps(shard)) all.push_back(std::move(op));
    }
    return all;
  }

  TempDir zones_, sources_;
  World world_;
  civil::WorkingDays days_;
  Planner planner_;
};

TEST_F(TzdataUpdate, WhatIsToComeAfterTheChangeMovesByTheHour) {
  TellAt("2024-02-01T03:00");
  TellAt("2024-02-26T03:00");
  ASSERT_EQ(PlanAt("2024-02-27T03:00").at(0).due, Utc("2024-03-12T03:00"));
  Ops();
  Install(kFromMarch, "2024a");
  const auto planned = PlanAt("2024-02-27T03:01");
  ASSERT_EQ(planned.size(), 1u);
  EXPECT_EQ(planned[0].due, Utc("2024-03-12T04:00"));
  const auto ops = Ops();
  ASSERT_EQ(ops.size(), 1u) << "the one entry of the schedule is moved";
  EXPECT_EQ(ops[0].due, Utc("2024-03-12T04:00"));
}

TEST_F(TzdataUpdate, WhatIsToComeBeforeTheChangeStays) {
  TellAt("2024-02-01T03:00");
  ASSERT_EQ(PlanAt("2024-02-05T03:00").at(0).due, Utc("2024-02-26T03:00"));
  Ops();
  Install(kFromMarch, "2024a");
  EXPECT_EQ(PlanAt("2024-02-05T03:01").at(0).due, Utc("2024-02-26T03:00"));
  EXPECT_TRUE(Ops().empty());
}

TEST_F(TzdataUpdate, WhatWasToldIsNotToldAgainAtItsNewTime) {
  TellAt("2024-02-01T03:00");
  TellAt("2024-02-26T03:00");
  Install(kFromFebruary, "2024b");
  // Nine o'clock in Almaty comes again half an hour from now.
  const auto planned = PlanAt("2024-02-26T03:30");
  ASSERT_EQ(planned.size(), 1u);
  EXPECT_EQ(planned[0].step, 20);
  EXPECT_EQ(planned[0].due, Utc("2024-03-12T04:00"));
}

TEST_F(TzdataUpdate, ZonesThatWereHandedOutStayAsTheyAre) {
  const absl::TimeZone before = Zone("Asia/Almaty");
  Install(kFromMarch, "2024a");
  const civil::Day day = civil::ParseDay("2024-06-01").value();
  EXPECT_EQ(LocalMoment(day, 9, before), Utc("2024-06-01T03:00"));
  EXPECT_EQ(LocalMoment(day, 9, Zone("Asia/Almaty")), Utc("2024-06-01T04:00"));
}

TEST_F(TzdataUpdate, WhatALetterSaysOfAMomentFollows) {
  Message message;
  message.form = Message::Form::kTest;
  message.time_zone = "Asia/Almaty";
  message.known_at = Utc("2024-06-01T03:00");
  absl::TimeZone kept;  // the library knows the zone by its plain name already
  ASSERT_TRUE(absl::LoadTimeZone("Asia/Almaty", &kept));
  Install(kFromMarch, "2024a");
  EXPECT_NE(WriteLetter(message, "https://vigil.example").text.find("2024-06-01 08:00 +05:00"),
            std::string::npos);
}

TEST_F(TzdataUpdate, ZoneThatCameWithTheUpdateCanBeSubscribedBy) {
  v1::Subscription subscription;
  subscription.set_name("subscriptions/new");
  subscription.set_time_zone("Asia/Qostanay");
  Settings settings;
  EXPECT_FALSE(settings.Put(subscription).ok());
  Install("Zone Asia/Qostanay 5:00 - +05\n", "2024a");
  EXPECT_TRUE(settings.Put(subscription).ok());
}

TEST_F(TzdataUpdate, VersionIsReadWhereTheZonesAre) { EXPECT_EQ(TzdataVersion(), "2023z"); }

TEST(TzdataWatch, NewVersionCountsOnceTwoLooksHaveSeenIt) {
  std::string version = "2023z";
  TzdataWatch watch([&] { return version; });
  EXPECT_FALSE(watch.Look());
  version = "2024a";
  EXPECT_FALSE(watch.Look()) << "the files may be half replaced";
  EXPECT_EQ(watch.used(), "2023z");
  EXPECT_TRUE(watch.Look());
  EXPECT_EQ(watch.used(), "2024a");
  EXPECT_FALSE(watch.Look()) << "once";
}

TEST(TzdataWatch, VersionThatGoesAndComesBackIsNoChange) {
  std::string version = "2023z";
  TzdataWatch watch([&] { return version; });
  version = "";
  EXPECT_FALSE(watch.Look());
  version = "2023z";
  EXPECT_FALSE(watch.Look());
  EXPECT_FALSE(watch.Look());
}

TEST(TzdataWatch, VersionThatCannotBeReadOrIsOlderIsNotUsed) {
  std::string version = "2024a";
  TzdataWatch watch([&] { return version; });
  for (const char* wrong : {"", "2023z"}) {
    version = wrong;
    for (int look = 0; look < 3; ++look) EXPECT_FALSE(watch.Look()) << wrong;
    EXPECT_EQ(watch.used(), "2024a");
  }
  version = "2024b";
  EXPECT_FALSE(watch.Look());
  EXPECT_TRUE(watch.Look());
  EXPECT_EQ(watch.used(), "2024b");
}

TEST(TzdataWatch, WhereNoneCouldBeReadAtFirstAnyIsNewer) {
  std::string version;
  TzdataWatch watch([&] { return version; });
  version = "2023z";
  EXPECT_FALSE(watch.Look());
  EXPECT_TRUE(watch.Look());
}

}  // namespace
}  // namespace vigil::alert
