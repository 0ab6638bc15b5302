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
}

TEST_F(Config, List_IsSetByFlagOverVariable_AndByVariableOverFile) {
  const auto file =
      dir_.Write("t.yaml", "common: {tokens: [{file: f, name: file, role: admin}]}\n");
  variables_["VIGIL_TOKENS"] = "[{file: v, name: variable, role: staff}]";
  ASSERT_OK_AND_ASSIGN(auto config, Merge({"--config", file}));
  ASSERT_EQ(config.common().tokens_size(), 1);
  EXPECT_EQ(config.common().tokens(0).name(), "variable");
  EXPECT_EQ(config.common().tokens(0).role(), config::v1::ROLE_STAFF);
  ASSERT_OK_AND_ASSIGN(config, Merge({"--config", file, "--tokens",
                                      "[{file: a, name: one}, {file: b, name: two}]"}));
  ASSERT_EQ(config.common().tokens_size(), 2);
  EXPECT_EQ(config.common().tokens(1).name(), "two");
  ASSERT_OK_AND_ASSIGN(config, Merge({"--config", file, "--tokens=[]"}));
  EXPECT_EQ(config.common().tokens_size(), 0);
}

TEST_F(Config, WrongList_NamesTheFlagOrTheVariable_AndTheKey) {
  for (const auto& [text, key] : std::vector<std::pair<std::string, std::string>>{
           {"[{file: a}, {fil: b}]", "tokens[1].fil: unknown key; did you mean `file`?"},
           {"[{role: king}]", "tokens[0].role"},
           {"x", "tokens: is one value; write a list"},
           {"", "tokens: has no value"},
           {"[{file: a}", "not well-formed"}}) {
    EXPECT_THAT(
        Merge({"--tokens=" + text}),
        StatusIs(StatusCode::kInvalidArgument, AllOf(HasSubstr("--tokens:1: "), HasSubstr(key))));
    variables_["VIGIL_TOKENS"] = text;
    EXPECT_THAT(Merge({}), StatusIs(StatusCode::kInvalidArgument,
                                    AllOf(HasSubstr("VIGIL_TOKENS:1: "), HasSubstr(key))));
    variables_.clear();
  }
}

TEST_F(Config, ListFromAFlag_SetsNothingBesideIt) {
  ASSERT_OK_AND_ASSIGN(const auto config, Merge({"--tokens=[]\nlog_level: debug"}));
  EXPECT_EQ(config.common().log_level(), "");
}

TEST_F(Config, LaterFile_WinsAndAddsToLists) {
  const auto first = dir_.Write(
      "1.yaml", "common: {log_level: debug, tokens: [{name: one}]}\nredis: one\nseeds: one\n");
  const auto second = dir_.Write("2.yaml", "common: {tokens: [{name: two}]}\nredis: two\n");
  ASSERT_OK_AND_ASSIGN(const auto config, Merge({"--config", first, "--config", second}));
  EXPECT_EQ(config.redis(), "two");
  EXPECT_EQ(config.seeds(), "one");
  EXPECT_EQ(config.common().log_level(), "debug");
  ASSERT_EQ(config.common().tokens_size(), 2);
  EXPECT_EQ(config.common().tokens(1).name(), "two");
}

TEST_F(Config, Default_HoldsUntilItIsSet_EvenToNothing) {
  config::v1::AlertConfig config;
  config.mutable_common()->set_metrics_listen("default");
  const Environment none = [](const std::string&) { return std::nullopt; };
  EXPECT_EQ(MergeConfig({"--config", file_}, none, &config), absl::OkStatus());
  EXPECT_EQ(config.common().metrics_listen(), "default");
  EXPECT_EQ(MergeConfig({"--metrics-listen="}, none, &config), absl::OkStatus());
  EXPECT_EQ(config.common().metrics_listen(), "");
}

TEST(ConfigVariables, ThatNoServiceKnows_AreNamedWithTheNearest) {
  EXPECT_THAT(UnknownVariables({"PATH", "VIGIL_GRPC_LISTN", "VIGIL_DATABASE", "VIGIL_MAIL_FROM",
                                "VIGIL_NO_BUILD", "VIGIL_CONFIG", "VIGIL_PORT_8080_TCP_ADDRESS"},
                               config::v1::GatewayConfig::descriptor()),
              ElementsAre("VIGIL_GRPC_LISTN; did you mean VIGIL_GRPC_LISTEN?",
                          "VIGIL_PORT_8080_TCP_ADDRESS"));
}

TEST_F(Config, Help_ListsEveryFlagWithItsVariable) {
  config::v1::AlertConfig defaults;
  defaults.mutable_common()->set_grpc_listen("127.0.0.1:8083");
  EXPECT_THAT(
      ConfigHelp("alert-svc", defaults),
      AllOf(HasSubstr("--clock-file"), HasSubstr("VIGIL_CLOCK_FILE"), HasSubstr("--mail-smtp-url"),
            HasSubstr("--tokens"), HasSubstr("text; default 127.0.0.1:8083\n")));
}

}  // namespace
}  // namespace vigil
