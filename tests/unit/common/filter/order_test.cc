#include "common/filter/order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/rpc/errors.h"
#include "tests/testing/status_matchers.h"
#include "vigil/registry/v1/case.pb.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

registry::v1::Case Named(const std::string& name, const std::string& country, int64_t seconds) {
  registry::v1::Case one;
  one.set_name(name);
  one.set_country(country);
  if (seconds >= 0) one.mutable_update_time()->set_seconds(seconds);
  return one;
}

std::vector<std::string> Sorted(const std::string& text, std::vector<registry::v1::Case> cases) {
  const auto order = Order::Parse(text, registry::v1::Case::descriptor());
  EXPECT_THAT(order, IsOk()) << text;
  std::stable_sort(cases.begin(), cases.end(),
                   [&](const auto& a, const auto& b) { return order->KeyOf(a) < order->KeyOf(b); });
  std::vector<std::string> names;
  for (const auto& one : cases) names.push_back(one.name());
  return names;
}

TEST(Order, TextTimesAndDescending_CompareAsTheirValuesDo) {
  const std::vector<registry::v1::Case> cases = {Named("a", "KZ", 5), Named("b", "K", 9),
                                                 Named("c", "KZA", -1), Named("d", "KZ", 7)};
  EXPECT_THAT(Sorted("", cases), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(Sorted("country", cases), ElementsAre("b", "a", "d", "c"));
  EXPECT_THAT(Sorted("country desc", cases), ElementsAre("c", "a", "d", "b"));
  EXPECT_THAT(Sorted(" country , updateTime desc ", cases), ElementsAre("b", "d", "a", "c"));
  EXPECT_THAT(Sorted("update_time", cases), ElementsAre("c", "a", "d", "b"));
  EXPECT_THAT(Sorted("update_time desc, name", cases), ElementsAre("b", "d", "a", "c"));
}

TEST(Order, NegativeNumbers_ComeBeforePositiveOnes) {
  const auto order = Order::Parse("max_shift_days", registry::v1::Finding::descriptor());
  ASSERT_THAT(order, IsOk());
  std::vector<std::string> keys;
  for (const int days : {-300, -1, 0, 1, 255, 256, 70'000}) {
    registry::v1::Finding finding;
    finding.set_max_shift_days(days);
    keys.push_back(order->KeyOf(finding));
  }
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

TEST(Order, ZeroBytesInAText_DoNotRunIntoTheNextField) {
  const std::string zero("a\0b", 3);
  EXPECT_THAT(Sorted("display_name, country", {Named("x", "B", 0), Named("y", "A", 0)}),
              ElementsAre("y", "x"));
  registry::v1::Case with = Named("with", "A", 0), without = Named("without", "Z", 0);
  with.set_display_name(zero);
  without.set_display_name("a");
  EXPECT_THAT(Sorted("display_name, country", {with, without}), ElementsAre("without", "with"));
}

TEST(Order, WhatIsNoOrder_IsRefusedWithTheRemedy) {
  const auto refusal = [](const std::string& text) {
    const auto order = Order::Parse(text, registry::v1::Case::descriptor());
    EXPECT_EQ(rpc::ReasonOf(order.status()), "ORDER_INVALID") << text;
    return std::string(order.status().message());
  };
  EXPECT_THAT(refusal("contry"), HasSubstr("did you mean `country`"));
  EXPECT_THAT(refusal("country down"), HasSubstr("`asc` or `desc`"));
  EXPECT_THAT(refusal("tags"), HasSubstr("a list"));
  EXPECT_THAT(refusal("person"), HasSubstr("name a field in it"));
  EXPECT_THAT(refusal("country, country desc"), HasSubstr("twice"));
  EXPECT_THAT(refusal("country,"), HasSubstr("no field"));
  EXPECT_THAT(refusal("country.name"), HasSubstr("has no fields"));
  EXPECT_THAT(refusal(std::string(2000, 'x')), HasSubstr("1 KiB"));
}

}  // namespace
}  // namespace vigil
