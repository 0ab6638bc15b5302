#include "registry-svc/rpc/pinned_page.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/testing/status_matchers.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {
namespace {

// Seven facts of a mebibyte each.
v1::ListFactsResponse ListLargeFacts(const Sealer& sealer, const v1::ListFactsRequest& request) {
  const absl::StatusOr<PinnedArguments> arguments = ReadArguments<v1::Fact>(sealer, request);
  EXPECT_THAT(arguments, IsOk());
  PinnedPage<v1::Fact> page(*arguments);
  for (int i = 0; i < 7; ++i) {
    v1::Fact fact;
    fact.set_name(fmt::format("cases/c-1/facts/f{}", i));
    fact.mutable_other()->set_what(std::string(1 << 20, 'x'));
    page.Add(fact, fmt::format("{}", i));
  }
  v1::ListFactsResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(sealer, request, *response.mutable_facts()));
  return response;
}

TEST(PinnedPage, PageThatWouldBeTooLarge_EndsEarlyAndTheNextGoesOn) {
  const Sealer sealer;
  v1::ListFactsRequest request;
  std::vector<std::string> names;
  do {
    const v1::ListFactsResponse page = ListLargeFacts(sealer, request);
    EXPECT_LT(page.ByteSizeLong(), size_t{4} << 20);
    EXPECT_EQ(page.total_size(), 7);
    for (const v1::Fact& fact : page.facts()) names.push_back(fact.name().substr(16));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, testing::ElementsAre("f0", "f1", "f2", "f3", "f4", "f5", "f6"));
}

TEST(PinnedPage, ElementThatIsTooLargeAlone_IsAPageOfItsOwn) {
  const Sealer sealer;
  const absl::StatusOr<PinnedArguments> arguments =
      ReadArguments<v1::Fact>(sealer, v1::ListFactsRequest());
  ASSERT_THAT(arguments, IsOk());
  PinnedPage<v1::Fact> page(*arguments);
  for (const char* place : {"0", "1"}) {
    v1::Fact fact;
    fact.mutable_other()->set_what(std::string(2 * kMostPageBytes, 'x'));
    page.Add(fact, place);
  }
  v1::ListFactsResponse response;
  EXPECT_NE(page.Take(sealer, v1::ListFactsRequest(), *response.mutable_facts()), "");
  EXPECT_EQ(response.facts_size(), 1);
}

}  // namespace
}  // namespace vigil::registry
