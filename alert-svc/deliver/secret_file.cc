#include "alert-svc/deliver/secret_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "alert-svc/deliver/http_ways.h"

namespace vigil::alert {
namespace {

namespace fs = std::filesystem;

bool IsIn(const fs::path& folder, const fs::path& file) {
  return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first ==
         folder.end();
}

absl::Status Unread(std::string_view what) {
  return absl::UnavailableError(fmt::format("{} cannot be read", what));
}

std::optional<struct stat> StateOf(const fs::path& path) {
  struct stat state {};
  if (stat(path.c_str(), &state) != 0) return std::nullopt;
  return state;
}

// Whether it is the same file, and nobody wrote to it. Whoever sets the time of the last writing
// back does not set that of the last change.
bool IsSame(const struct stat& a, const struct stat& b) {
  const auto equal = [](const timespec& x, const timespec& y) {
    return x.tv_sec == y.tv_sec && x.tv_nsec == y.tv_nsec;
  };
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         equal(a.st_mtim, b.st_mtim) && equal(a.st_ctim, b.st_ctim);
}

// A file system's clock is coarse: what was written a moment ago may be written again unseen.
bool IsSettled(const struct stat& state, absl::Time wall) {
  const absl::Time changed =
      std::max(absl::TimeFromTimespec(state.st_mtim), absl::TimeFromTimespec(state.st_ctim));
  return wall - changed >= absl::Seconds(1);
}

// Where the file is, if it is in the folder.
absl::StatusOr<fs::path> PathIn(const std::string& folder, const std::string& file,
                                std::string_view what) {
  const auto elsewhere = [what] {
    return absl::FailedPreconditionError(
        fmt::format("{} is not in receiver_secrets_dir: lay its file there", what));
  };
  if (folder.empty()) return elsewhere();
  std::error_code error;
  const fs::path home = fs::canonical(folder, error);
  const fs::path path = error ? fs::path() : fs::weakly_canonical(home / file, error);
  if (error) return Unread(what);
  if (!IsIn(home, path)) return elsewhere();
  return path;
}

}  // namespace

absl::StatusOr<std::string> SecretFolder::Read(const std::string& file, std::string_view what,
                                               absl::Time wall) {
  if (const auto state = StateOf(fs::path(folder_) / file)) {
    const absl::MutexLock lock(&mutex_);
    const auto kept = kept_.find(file);
    if (kept != kept_.end() && IsSame(kept->second.state, *state)) return kept->second.text;
  }
  const absl::StatusOr<fs::path> path = PathIn(folder_, file, what);
  const auto state = path.ok() ? StateOf(*path) : std::nullopt;
  absl::StatusOr<std::string> text =
      path.ok() ? ReadWholeFile(path->string()) : absl::StatusOr<std::string>(path.status());
  const absl::MutexLock lock(&mutex_);
  kept_.erase(file);
  if (!path.ok()) return path.status();
  if (!text.ok()) return Unread(what);
  if (state && IsSettled(*state, wall)) kept_[file] = {*state, *text};
  return text;
}

}  // namespace vigil::alert
