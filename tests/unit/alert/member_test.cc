#include "alert-svc/engine/member.h"

#include <gtest/gtest.h>

namespace vigil::alert {
namespace {

Member Example() {
  Member member;
  member.deadline = DeadlineNumber("cases/c-7f3k9q2m/deadlines/d1");
  member.parent = ParentNumber("cases/c-7f3k9q2m");
  member.earliest = civil::MakeDay(2018, 6, 5);
  member.span_days = 2;
  member.step = -400;
  member.level = 1;
  member.repeat = 901;
  member.receiver = ReceiverNumber("receivers/advocacy");
  member.form = MemberForm::kMoved;
  member.kind = registry::v1::DEADLINE_KIND_CUSTODY_LIMIT;
  member.precision = registry::v1::DEADLINE_PRECISION_EXACT;
  return member;
}

TEST(Member, PackedAndUnpacked_IsTheSame) {
  const std::string bytes = Example().Pack();
  EXPECT_EQ(bytes.size(), Member::kSize);
  EXPECT_EQ(*Member::Unpack(bytes), Example());
}

TEST(Member, OtherPrecision_HasTheSameIdentity) {
  Member other = Example();
  other.precision = registry::v1::DEADLINE_PRECISION_ESTIMATE;
  EXPECT_EQ(other.Identity(), Example().Identity());
  EXPECT_NE(other.Pack(), Example().Pack());
}

TEST(Member, EachFieldOfTheIdentity_ChangesIt) {
  const std::string identity = Example().Identity();
  auto differs = [&](auto change) {
    Member other = Example();
    change(other);
    return other.Identity() != identity;
  };
  EXPECT_TRUE(differs([](Member& m) { ++m.deadline; }));
  EXPECT_TRUE(differs([](Member& m) { m.earliest += std::chrono::days(1); }));
  EXPECT_TRUE(differs([](Member& m) { ++m.span_days; }));
  EXPECT_TRUE(differs([](Member& m) { ++m.step; }));
  EXPECT_TRUE(differs([](Member& m) { ++m.level; }));
  EXPECT_TRUE(differs([](Member& m) { ++m.repeat; }));
  EXPECT_TRUE(differs([](Member& m) { m.receiver ^= 1; }));
  EXPECT_TRUE(differs([](Member& m) { m.form = MemberForm::kWithdrawn; }));
}

TEST(Member, BytesOfAnotherVersionOrLength_AreRefused) {
  EXPECT_FALSE(Member::Unpack("short").ok());
  EXPECT_FALSE(Member::Unpack(std::string(24, '\0')).ok());
}

TEST(Ids, AreWhatTheyWere) {
  // Schedules and journals on disk rest on them.
  EXPECT_EQ(DeadlineNumber("cases/x/deadlines/y"), DeadlineNumber("cases/x/deadlines/y"));
  EXPECT_EQ(AlertId("cases/x/deadlines/y", "2018-06-05", "2018-06-05", 20).size(), 32u);
  // For ever: receipts in the journal name them.
  const std::string alert = AlertId("cases/a/deadlines/b", "2018-05-01", "2018-05-02", 7);
  EXPECT_EQ(alert, "f0d24c46f82e89a6c63225a1b434d08a");
  EXPECT_EQ(ReminderId(alert, "receivers/desk", 1, 900), "a567b11a5def68a4730a4e6fac6478ad");
  EXPECT_NE(AlertId("a", "2018-06-05", "2018-06-05", 1),
            AlertId("a", "2018-06-05", "2018-06-05", 3));
  EXPECT_NE(ReminderId("a", "receivers/x", 0, 1), ReminderId("a", "receivers/x", 1, 0));
}

}  // namespace
}  // namespace vigil::alert
