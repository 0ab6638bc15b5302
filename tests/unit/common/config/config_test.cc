#include "common/config/config.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "vigil/config/v1/config.pb.h"

namespace vigil {
namespace {

using ::absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Config : public testing::Test {
 protected:
  absl::StatusOr<config::v1::AlertConfig> Merge(const std::vector<std::string>& args) {
    config::v1::AlertConfig config;
    const auto environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
    if (auto status = MergeConfig(args, environment, &config); !status.ok()) return status;
    return config;
  }

  const TempDir dir_;
  const std::string file_ = dir_.Write("c.yaml",
                                       "common: {grpc_listen: from-file, drain_seconds: 3}\n"
                                       "redis: from-file\n"
                                       "seeds: from-file\n");
  std::map<std::string, std::string> variables_;
};

TEST_F(Config, FlagWinsOverVariable_AndVariableOverFile) {
  variables_["VIGIL_GRPC_LISTEN"] = "from-variable";
  variables_["VIGIL_REDIS"] = "from-variable";
  ASSERT_OK_AND_ASSIGN(const auto config, Merge({"--config", file_, "--grpc-listen=from-flag"}));
  EXPECT_EQ(config.common().grpc_listen(), "from-flag");
  EXPECT_EQ(config.redis(), "from-variable");
  EXPECT_EQ(config.seeds(), "from-file");
  EXPECT_EQ(config.common().drain_seconds(), 3);
}

TEST_F(Config, FileFromTheEnvironment_IsRead) {
  variables_["VIGIL_CONFIG"] = file_;
  ASSERT_OK_AND_ASSIGN(const auto config, Merge({}));
  EXPECT_EQ(config.seeds(), "from-file");
}

TEST_F(Config, NestedField_HasAFlag) {
  ASSERT_OK_AND_ASSIGN(const auto config, Merge({"--mail-timeout-seconds", "7"}));
  EXPECT_EQ(config.mail().timeout_seconds(), 7);
}

TEST_F(Config, UnknownFlag_IsNamedWithTheNearest) {
  EXPECT_THAT(Merge({"--redi", "x"}),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("--redi "), HasSubstr("did you mean --redis?"))));
}

TEST_F(Config, WrongValues_NameTheFlagOrTheVariable) {
  EXPECT_THAT(Merge({"--send-concurrency", "many"}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("--send-concurrency: 'many'")));
  variables_["VIGIL_SEND_CONCURRENCY"] = "lots";
  EXPECT_THAT(Merge({}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("VIGIL_SEND_CONCURRENCY: 'lots'")));
}

TEST_F(Config, WrongFile_NamesTheLine) {
  const auto file = dir_.Write("bad.yaml", "redis: x\nrediss: y\n");
  EXPECT_THAT(Merge({"--config", file}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr(file + ":2: rediss")));
}

TEST_F(Config, MalformedArguments_AreRefused) {
  EXPECT_THAT(Merge({"redis"}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(Merge({"--redis"}), StatusIs(StatusCode::kInvalidArgument, HasSubstr("no value")));
  EXPECT_THAT(Merge({"--redis=a", "--redis=b"}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("twice")));
  EXPECT_THAT(Merge({"--tokens", "x"}), StatusIs(StatusCode::kInvalidArgument));
}

TEST(ConfigVariables, ThatNoServiceKnows_AreNamedWithTheNearest) {
  EXPECT_THAT(UnknownVariables({"PATH", "VIGIL_GRPC_LISTN", "VIGIL_DATABASE", "VIGIL_MAIL_FROM",
                                "VIGIL_NO_BUILD", "VIGIL_CONFIG", "VIGIL_PORT_8080_TCP_ADDRESS"},
                               config::v1::GatewayConfig::descriptor()),
              ElementsAre("VIGIL_GRPC_LISTN; did you mean VIGIL_GRPC_LISTEN?",
                          "VIGIL_PORT_8080_TCP_ADDRESS"));
}

TEST_F(Config, Help_ListsEveryFlagWithItsVariable) {
  EXPECT_THAT(ConfigHelp("alert-svc", config::v1::AlertConfig::descriptor()),
              AllOf(HasSubstr("--clock-file"), HasSubstr("VIGIL_CLOCK_FILE"),
                    HasSubstr("--mail-smtp-url")));
}

}  // namespace
}  // namespace vigil
