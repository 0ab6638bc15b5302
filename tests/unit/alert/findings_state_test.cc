// What became of a week's findings does not depend on the order in which it was heard.
#include "alert-svc/engine/findings_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alert-svc/domain/history.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

Receipt Final(Receipt::Kind kind, int attempts, int second, const std::string& digest = "") {
  Receipt receipt;
  receipt.set_id(std::to_string(second));
  receipt.set_kind(kind);
  receipt.set_attempts(attempts);
  receipt.set_digest(digest);
  *receipt.mutable_time() = ToProto(absl::FromUnixSeconds(second));
  return receipt;
}

Receipt Bounce(int attempts, int second, const std::string& digest = "") {
  Receipt receipt = Final(Receipt::KIND_DEAD, attempts, second, digest);
  receipt.set_bounced(true);
  return receipt;
}

// The ids of what may be held to count, and when they are said to have been given up.
std::set<std::pair<std::string, absl::Time>> InAllOrders(std::vector<Receipt> receipts) {
  std::set<std::pair<std::string, absl::Time>> results;
  const auto by_id = [](const Receipt& a, const Receipt& b) { return a.id() < b.id(); };
  std::sort(receipts.begin(), receipts.end(), by_id);
  do {
    FindingsState state;
    for (const Receipt& receipt : receipts) state.Add(receipt);
    results.emplace(state.ended().id(), state.given_up());
  } while (std::next_permutation(receipts.begin(), receipts.end(), by_id));
  return results;
}

TEST(FindingsState, IsTheSameInAnyOrder) {
  const auto told = absl::InfiniteFuture();
  const auto at = [](int second) { return absl::FromUnixSeconds(second); };
  const struct {
    const char* what;
    std::vector<Receipt> receipts;
    std::pair<std::string, absl::Time> result;
  } cases[] = {
      {"told in a digest, and by itself, which came back",
       {Final(Receipt::KIND_IN_DIGEST, 0, 1, "d"), Final(Receipt::KIND_SENT, 1, 2), Bounce(1, 3)},
       {"1", told}},
      {"told by itself, and in a digest that came back",
       {Final(Receipt::KIND_IN_DIGEST, 0, 1, "d"), Final(Receipt::KIND_SENT, 1, 2),
        Bounce(0, 3, "d")},
       {"2", told}},
      {"both came back",
       {Final(Receipt::KIND_IN_DIGEST, 0, 1, "d"), Final(Receipt::KIND_SENT, 1, 2), Bounce(1, 3),
        Bounce(0, 4, "d")},
       {"3", at(3)}},
      {"came back, and was sent again",
       {Final(Receipt::KIND_SENT, 1, 1), Bounce(1, 2), Final(Receipt::KIND_SENT, 2, 3)},
       {"3", told}},
      {"given up, and sent again by hand in vain",
       {Final(Receipt::KIND_DEAD, 1, 1), Final(Receipt::KIND_DEAD, 2, 2)},
       {"2", at(1)}},
      {"given up, though another told it",
       {Final(Receipt::KIND_SENT, 1, 1), Final(Receipt::KIND_DEAD, 2, 2)},
       {"1", told}},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    const auto results = InAllOrders(one.receipts);
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(*results.begin(), one.result);
  }
}

}  // namespace
}  // namespace vigil::alert
