#include "alert-svc/engine/resend_range.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/alert/deputy_fixture.h"

namespace vigil::alert {
namespace {

constexpr int kLetters = 4;

class ResendRangeTest : public DeputyFixture {
 protected:
  ResendRangeTest() {
    PutPolicy(v1::Policy::CHANNEL_AT_ONCE, -1);
    Run(absl::Seconds(5));
  }

  // A message a day, refused for good.
  void GiveUp() {
    weather_.never = 1;
    for (int i = 1; i <= kLetters; ++i) PutDeadline(i, "cases/c-" + std::to_string(i));
    for (int i = 0; i < 100 && Dead().size() < kLetters; ++i) Run(absl::Seconds(1));
    ASSERT_EQ(Dead().size(), static_cast<std::size_t>(kLetters));
    weather_.never = 0;
    sink_.attempts().clear();
  }

  std::map<std::string, DeadLetter> Dead() const { return DeadLettersOf(world()); }
  absl::Time FirstTime(int nth) const {
    std::set<absl::Time> times;
    for (const auto& [id, letter] : Dead()) times.insert(letter.first_time);
    return *std::next(times.begin(), nth);
  }

  RangeResent Resend(absl::Time from, absl::Time until = absl::InfiniteFuture(),
                     const std::string& receiver = kDesk) {
    std::optional<RangeResent> resent;
    engine().ResendRange({receiver, from, until}, [&](RangeResent done) { resent = done; });
    for (int i = 0; i < 100 && !resent; ++i) Run(absl::Seconds(1));
    EXPECT_TRUE(resent.has_value());
    return resent.value_or(RangeResent());
  }
};

TEST_F(ResendRangeTest, AllOfARangeAreSentAgainUnderTheirIdsTheFirstGivenUpFirst) {
  GiveUp();
  const std::map<std::string, DeadLetter> dead = Dead();
  std::vector<RangeResent::Letter> sent;
  for (int calls = 0; calls < kLetters && sent.size() < kLetters; ++calls) {
    for (auto& letter : Resend(absl::InfinitePast()).letters) sent.push_back(std::move(letter));
  }
  ASSERT_EQ(sent.size(), dead.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    ASSERT_TRUE(dead.contains(sent[i].id)) << "the id stays";
    EXPECT_EQ(sent[i].outcome.kind, Outcome::Kind::kSent);
    if (i == 0) continue;
    EXPECT_LT(dead.at(sent[i - 1].id).first_time, dead.at(sent[i].id).first_time);
  }
  EXPECT_TRUE(Dead().empty());
}

TEST_F(ResendRangeTest, SaidTwiceItSendsNothingTwice) {
  GiveUp();
  while (Resend(absl::InfinitePast()).left > 0) {
  }
  const std::size_t taken = sink_.taken().size();
  const RangeResent again = Resend(absl::InfinitePast());
  EXPECT_TRUE(again.letters.empty());
  EXPECT_EQ(sink_.taken().size(), taken);
}

TEST_F(ResendRangeTest, OnlyWhatTheReceiverLostInThatTime) {
  GiveUp();
  const absl::Time from = FirstTime(1), until = FirstTime(3);
  EXPECT_TRUE(
      Resend(absl::InfinitePast(), absl::InfiniteFuture(), "receivers/other").letters.empty());
  for (int i = 0; i < kLetters && Resend(from, until).left > 0; ++i) {
  }
  EXPECT_EQ(sink_.taken().size(), 2u);
  EXPECT_EQ(Dead().size(), 2u);
  EXPECT_EQ(FirstTime(1), until) << "its end is no part of it";
}

TEST_F(ResendRangeTest, TheFirstThatIsNotAcceptedEndsItAndStaysInTheRange) {
  GiveUp();
  const absl::Time until = FirstTime(kLetters - 1) + absl::Seconds(1);
  weather_.never = 1;
  const RangeResent failed = Resend(absl::InfinitePast(), until);
  ASSERT_EQ(failed.letters.size(), 1u);
  EXPECT_EQ(failed.letters[0].outcome.kind, Outcome::Kind::kPermanent);
  EXPECT_EQ(failed.left, kLetters);
  EXPECT_EQ(Dead().at(failed.letters[0].id).first_time, FirstTime(0))
      << "the attempt by hand does not move it out of the range";
  weather_.never = 0;
  for (int i = 0; i < kLetters && Resend(absl::InfinitePast(), until).left > 0; ++i) {
  }
  EXPECT_TRUE(Dead().empty());
}

TEST_F(ResendRangeTest, WhatIsOverIsCountedAndNotSent) {
  GiveUp();
  registry_.SetDeadlines("cases/c-1", {});
  Run(absl::Seconds(1));
  const RangeResent resent = Resend(absl::InfinitePast());
  EXPECT_EQ(resent.over, 1);
  for (const RangeResent::Letter& letter : resent.letters) {
    EXPECT_EQ(letter.outcome.kind, Outcome::Kind::kSent);
  }
}

}  // namespace
}  // namespace vigil::alert
