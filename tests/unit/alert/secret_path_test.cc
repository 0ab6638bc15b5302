#include "alert-svc/domain/secret_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vigil::alert {
namespace {

using ::testing::HasSubstr;

constexpr char kFolder[] = "/etc/vigil-secrets";

v1::Receiver Hook(const std::string& file) {
  v1::Receiver receiver;
  receiver.set_name("receivers/hook");
  receiver.mutable_webhook()->set_secret_file(file);
  return receiver;
}

TEST(SecretPath, OfTheFolderIsTaken) {
  for (const char* file :
       {"/etc/vigil-secrets/hook", "hook", "a/hook", "/etc//vigil-secrets/./hook",
        "/etc/vigil-secrets/a/../hook", "..hook"}) {
    EXPECT_TRUE(CheckSecretPath(Hook(file), kFolder).ok()) << file;
    EXPECT_TRUE(CheckSecretPath(Hook(file), "/etc/vigil-secrets/").ok()) << file;
  }
}

TEST(SecretPath, ElsewhereIsRefusedByFieldAndFolder) {
  for (const char* file :
       {"/etc/vigil-tokens/admin", "/etc/vigil-secrets-2/hook", "/etc/vigil-secrets",
        "/etc/vigil-secrets/../passwd", "../passwd", "a/../../passwd", ".", "/"}) {
    const absl::Status refused = CheckSecretPath(Hook(file), kFolder);
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << file;
    EXPECT_THAT(std::string(refused.message()),
                HasSubstr("webhook.secret_file: must be in /etc/vigil-secrets "
                          "(receiver_secrets_dir): lay it there"))
        << file;
  }
}

TEST(SecretPath, EveryWayNamesItsField) {
  v1::Receiver slack;
  slack.mutable_slack()->set_url_file("/etc/passwd");
  EXPECT_THAT(std::string(CheckSecretPath(slack, kFolder).message()), HasSubstr("slack.url_file"));
  v1::Receiver matrix;
  matrix.mutable_matrix()->set_access_token_file("/etc/passwd");
  EXPECT_THAT(std::string(CheckSecretPath(matrix, kFolder).message()),
              HasSubstr("matrix.access_token_file"));
}

TEST(SecretPath, WithoutAFolderWhatNamesAFileIsRefused) {
  EXPECT_THAT(std::string(CheckSecretPath(Hook("/hook"), "").message()),
              HasSubstr("set its receiver_secrets_dir"));
  v1::Receiver mail;
  mail.mutable_email()->set_address("a@example.org");
  EXPECT_TRUE(CheckSecretPath(mail, "").ok());
}

}  // namespace
}  // namespace vigil::alert
