#include "registry-svc/store/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace vigil::registry {

absl::StatusOr<int> LockDatabase(const std::string& path) {
  const std::string name = path + ".lock";
  const int file = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return absl::NotFoundError(
        fmt::format("{}: cannot be written: does its folder exist and may it be written?", name));
  }
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    close(file);
    return absl::FailedPreconditionError(
        fmt::format("{}: another registry-svc has this database open: stop it first", path));
  }
  return file;
}

}  // namespace vigil::registry
