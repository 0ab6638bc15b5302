#include "common/rpc/guard.h"

#include <gmock/gmock.h>

#include "common/rpc/errors.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace vigil::rpc {
namespace {

using ::absl::StatusCode;
using ::testing::HasSubstr;

class Guard : public testing::Test {
 protected:
  void AddToken(const std::string& name, Role role, const std::string& text) {
    auto* token = config_.add_tokens();
    token->set_name(name);
    token->set_role(role);
    token->set_file(dir_.Write("token-" + std::to_string(config_.tokens_size()), text));
  }
  auto Load() { return CallGuard::Load(config_, rpc_metrics_); }

  const TempDir dir_;
  Metrics metrics_;
  RpcMetrics rpc_metrics_{metrics_};
  config::v1::Common config_;
};

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";
constexpr const char* kOther = "fedcba9876543210fedcba9876543210";

TEST_F(Guard, KnownToken_IsItsCaller) {
  AddToken("reader", config::v1::ROLE_READER, std::string(kToken) + "\r\n");
  AddToken("admin", config::v1::ROLE_ADMIN, kOther);
  ASSERT_OK_AND_ASSIGN(const auto guard, Load());
  ASSERT_OK_AND_ASSIGN(const auto caller,
                       guard->Admit(std::string("bearer ") + kOther,
                                    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                    config::v1::ROLE_ADMIN));
  EXPECT_EQ(caller.name, "admin");
  EXPECT_EQ(caller.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST_F(Guard, WithoutATrace_OneIsMade) {
  AddToken("reader", config::v1::ROLE_READER, kToken);
  ASSERT_OK_AND_ASSIGN(const auto guard, Load());
  ASSERT_OK_AND_ASSIGN(const auto caller, guard->Admit(std::string("Bearer ") + kToken, "nonsense",
                                                       config::v1::ROLE_READER));
  EXPECT_EQ(caller.trace_id.size(), 32u);
}

TEST_F(Guard, Refusals_SayWhy) {
  AddToken("reader", config::v1::ROLE_READER, kToken);
  ASSERT_OK_AND_ASSIGN(const auto guard, Load());
  const auto reason = [&](const std::string& authorization, Role needed) {
    return ReasonOf(guard->Admit(authorization, "", needed).status());
  };
  EXPECT_EQ(reason("", config::v1::ROLE_READER), "TOKEN_MISSING");
  EXPECT_EQ(reason("Bearer ", config::v1::ROLE_READER), "TOKEN_MISSING");
  EXPECT_EQ(reason(std::string("Basic ") + kToken, config::v1::ROLE_READER), "TOKEN_MISSING");
  EXPECT_EQ(reason(std::string("Bearer ") + kOther, config::v1::ROLE_READER), "TOKEN_UNKNOWN");
  EXPECT_EQ(reason(std::string("Bearer ") + kToken + "0", config::v1::ROLE_READER),
            "TOKEN_UNKNOWN");
  EXPECT_EQ(reason("Bearer " + std::string(100'000, 'x'), config::v1::ROLE_READER),
            "TOKEN_UNKNOWN");
  EXPECT_EQ(reason(std::string("Bearer ") + kToken, config::v1::ROLE_STAFF), "ROLE_TOO_LOW");
}

TEST_F(Guard, WithoutTokens_NobodyIsAdmitted) {
  ASSERT_OK_AND_ASSIGN(const auto guard, Load());
  EXPECT_THAT(guard->Admit(std::string("Bearer ") + kToken, "", config::v1::ROLE_READER),
              StatusIs(StatusCode::kUnauthenticated));
}

TEST_F(Guard, EmptyTokenFile_IsRefused) {
  AddToken("a", config::v1::ROLE_ADMIN, "\n");
  EXPECT_THAT(Load(), StatusIs(StatusCode::kFailedPrecondition, HasSubstr(dir_.path())));
}

TEST_F(Guard, ShortToken_IsRefused) {
  AddToken("a", config::v1::ROLE_ADMIN, "short");
  EXPECT_THAT(Load(), StatusIs(StatusCode::kInvalidArgument, HasSubstr("16 to 512")));
  EXPECT_EQ(ReasonOf(Load().status()), "BAD_TOKEN_FILE");
}

TEST_F(Guard, MissingTokenFile_IsRefused) {
  AddToken("a", config::v1::ROLE_ADMIN, kToken);
  config_.mutable_tokens(0)->set_file(dir_.File("nowhere"));
  EXPECT_THAT(Load(), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("nowhere")));
  EXPECT_EQ(ReasonOf(Load().status()), "SECRET_UNREADABLE");
}

TEST_F(Guard, TokenWithoutNameOrRole_IsRefused) {
  AddToken("", config::v1::ROLE_ADMIN, kToken);
  EXPECT_THAT(Load(), StatusIs(StatusCode::kInvalidArgument, HasSubstr("`name`")));
  config_.mutable_tokens(0)->set_name("a");
  config_.mutable_tokens(0)->clear_role();
  EXPECT_THAT(Load(), StatusIs(StatusCode::kInvalidArgument, HasSubstr("`role`")));
}

TEST_F(Guard, TokenWithTheNameOfAResource_IsRefused) {
  AddToken("receivers/anna", config::v1::ROLE_STAFF, kToken);
  EXPECT_THAT(Load(), StatusIs(StatusCode::kInvalidArgument, HasSubstr("holds a '/'")));
}

TEST_F(Guard, Knows_WhoHasAToken) {
  AddToken("reader", config::v1::ROLE_READER, kToken);
  ASSERT_OK_AND_ASSIGN(const auto guard, Load());
  EXPECT_TRUE(guard->Knows("reader"));
  EXPECT_FALSE(guard->Knows("admin"));
}

TEST_F(Guard, OneTokenUnderTwoNames_IsRefused) {
  AddToken("a", config::v1::ROLE_ADMIN, kToken);
  AddToken("b", config::v1::ROLE_READER, kToken);
  EXPECT_THAT(Load(), StatusIs(StatusCode::kInvalidArgument, HasSubstr("'a' too")));
}

TEST(Roles, EachMayWhatItShould) {
  using namespace config::v1;
  const std::vector<Role> rising{ROLE_READER, ROLE_STAFF, ROLE_SERVICE, ROLE_ADMIN};
  for (size_t has = 0; has < rising.size(); ++has) {
    for (size_t needed = 0; needed < rising.size(); ++needed) {
      EXPECT_EQ(RoleAllows(rising[has], rising[needed]), has >= needed)
          << Role_Name(rising[has]) << " for " << Role_Name(rising[needed]);
    }
    EXPECT_FALSE(RoleAllows(ROLE_UNSPECIFIED, rising[has]));
    EXPECT_FALSE(RoleAllows(rising[has], ROLE_UNSPECIFIED));
  }
}

}  // namespace
}  // namespace vigil::rpc
