#include <gmock/gmock.h>

#include <set>

#include "common/rpc/errors.h"
#include "common/seal/page_token.h"
#include "common/seal/sealer.h"
#include "tests/testing/status_matchers.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil {
namespace {

using ::absl::StatusCode;

registry::v1::ListCasesRequest Request(const std::string& filter) {
  registry::v1::ListCasesRequest request;
  request.set_filter(filter);
  request.set_page_size(10);
  return request;
}

TEST(Sealer, SealedText_OpensWithTheSameBinding) {
  const Sealer sealer;
  EXPECT_THAT(sealer.Open(sealer.Seal("text", "x"), "x"), IsOkAndHolds(std::string("text")));
  EXPECT_THAT(sealer.Open(sealer.Seal("", ""), ""), IsOkAndHolds(std::string()));
}

TEST(Sealer, OtherBindingKeyOrBytes_AreRefused) {
  const Sealer sealer;
  const std::string sealed = sealer.Seal("text", "x");
  EXPECT_THAT(sealer.Open(sealed, "y"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_EQ(rpc::ReasonOf(sealer.Open(sealed, "y").status()), "SEAL_BROKEN");
  EXPECT_THAT(Sealer().Open(sealed, "x"), StatusIs(StatusCode::kInvalidArgument));
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(sealer.Open(changed, "x").ok() && changed != sealed) << i;
  }
  for (const char* junk : {"", "x", "!!!!", "AAAA"}) {
    EXPECT_THAT(sealer.Open(junk, "x"), StatusIs(StatusCode::kInvalidArgument));
  }
}

TEST(Sealer, SameSecret_OpensAfterARestart) {
  EXPECT_THAT(Sealer("secret").Open(Sealer("secret").Seal("t", ""), ""),
              IsOkAndHolds(std::string("t")));
}

TEST(Sealer, SameText_IsNeverSealedTheSame) {
  const Sealer sealer;
  EXPECT_NE(sealer.Seal("t", ""), sealer.Seal("t", ""));
}

TEST(PageToken, NextPage_ResumesAtTheCursor) {
  const Sealer sealer;
  auto request = Request("country = KZ");
  request.set_page_token(SealPageToken(sealer, request, "cases/b"));
  request.set_page_size(20);
  ASSERT_OK_AND_ASSIGN(const auto page, OpenPage(sealer, request));
  EXPECT_EQ(page.cursor, "cases/b");
  EXPECT_EQ(page.size, 20);
}

TEST(PageToken, OtherArguments_AreRefused) {
  const Sealer sealer;
  auto request = Request("country = RU");
  request.set_page_token(SealPageToken(sealer, Request("country = KZ"), "cases/b"));
  const auto page = OpenPage(sealer, request);
  EXPECT_THAT(page, StatusIs(StatusCode::kInvalidArgument));
  EXPECT_EQ(rpc::ReasonOf(page.status()), "PAGE_TOKEN_INVALID");
}

TEST(PageToken, OtherMethod_IsRefused) {
  const Sealer sealer;
  registry::v1::ListDossiersRequest other;
  other.set_page_token(SealPageToken(sealer, registry::v1::ListCasesRequest(), "x"));
  EXPECT_THAT(OpenPage(sealer, other), StatusIs(StatusCode::kInvalidArgument));
}

TEST(PageToken, Sizes_AreDefaultedCappedAndChecked) {
  const Sealer sealer;
  registry::v1::ListCasesRequest request;
  EXPECT_EQ(OpenPage(sealer, request)->size, 100);
  request.set_page_size(5000);
  EXPECT_EQ(OpenPage(sealer, request)->size, 1000);
  request.set_page_size(-1);
  EXPECT_EQ(rpc::ReasonOf(OpenPage(sealer, request).status()), "PAGE_SIZE_NEGATIVE");
}

}  // namespace
}  // namespace vigil
