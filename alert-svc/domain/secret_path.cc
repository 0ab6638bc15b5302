#include "alert-svc/domain/secret_path.h"

#include <fmt/format.h>

#include <filesystem>
#include <string_view>

#include "alert-svc/domain/bad_setting.h"

namespace vigil::alert {
namespace {

namespace fs = std::filesystem;

struct Named {
  std::string_view field;
  std::string file;
};

Named NamedBy(const v1::Receiver& receiver) {
  switch (receiver.way_case()) {
    case v1::Receiver::kWebhook:
      return {"webhook.secret_file", receiver.webhook().secret_file()};
    case v1::Receiver::kSlack:
      return {"slack.url_file", receiver.slack().url_file()};
    case v1::Receiver::kMatrix:
      return {"matrix.access_token_file", receiver.matrix().access_token_file()};
    default:
      return {};
  }
}

bool IsIn(const fs::path& folder, const std::string& file) {
  const fs::path home = folder.lexically_normal() / "";  // ends with a slash
  const fs::path way = (home / file).lexically_normal().lexically_relative(home);
  return !way.empty() && way != "." && *way.begin() != "..";
}

}  // namespace

absl::Status CheckSecretPath(const v1::Receiver& receiver, const std::string& folder) {
  const Named named = NamedBy(receiver);
  if (named.file.empty()) return absl::OkStatus();
  if (folder.empty()) {
    return BadSetting(receiver.name(), named.field,
                      "alert-svc has no folder for such files: set its receiver_secrets_dir");
  }
  if (IsIn(folder, named.file)) return absl::OkStatus();
  return BadSetting(receiver.name(), named.field,
                    fmt::format("must be in {} (receiver_secrets_dir): lay it there", folder));
}

}  // namespace vigil::alert
