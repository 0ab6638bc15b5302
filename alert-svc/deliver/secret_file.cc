#include "alert-svc/deliver/secret_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "alert-svc/deliver/http_ways.h"

namespace vigil::alert {
namespace {

namespace fs = std::filesystem;

bool IsIn(const fs::path& folder, const fs::path& file) {
  return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first ==
         folder.end();
}

}  // namespace

absl::StatusOr<std::string> ReadSecretFile(const std::string& folder, const std::string& file,
                                           std::string_view what) {
  const auto elsewhere = [what] {
    return absl::FailedPreconditionError(
        fmt::format("{} is not in receiver_secrets_dir: lay its file there", what));
  };
  const auto unread = [what] {
    return absl::UnavailableError(fmt::format("{} cannot be read", what));
  };
  if (folder.empty()) return elsewhere();
  std::error_code error;
  const fs::path home = fs::canonical(folder, error);
  if (error) return unread();
  const fs::path path = fs::weakly_canonical(home / file, error);
  if (error) return unread();
  if (!IsIn(home, path)) return elsewhere();
  absl::StatusOr<std::string> text = ReadWholeFile(path.string());
  return text.ok() ? text : unread();
}

}  // namespace vigil::alert
