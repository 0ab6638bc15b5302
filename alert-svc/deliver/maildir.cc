#include "alert-svc/deliver/maildir.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace vigil::alert {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

absl::Status Failed(std::string_view what, const std::string& path) {
  return absl::UnavailableError(fmt::format("outbox: {} {}: {}", what, path, strerror(errno)));
}

// Safe as a file name: no slash, no colon (a reader appends its flags after one), no leading dot.
std::string FileName(std::string_view id) {
  std::string name(id.substr(0, 160));
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return !(isalnum(c) || c == '-' || c == '_' || c == '.'); }, '-');
  return "vigil." + name;
}

absl::Status WriteFile(const std::string& path, std::string_view bytes) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.get() < 0) return Failed("cannot open", path);
  while (!bytes.empty()) {
    const ssize_t written = write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Failed("cannot write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (fsync(file.get()) != 0) return Failed("cannot sync", path);
  return absl::OkStatus();
}

absl::Status SyncFolder(const std::string& path) {
  const Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || fsync(folder.get()) != 0) return Failed("cannot sync", path);
  return absl::OkStatus();
}

absl::Status MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return Failed("cannot make", path);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Maildir> Maildir::Open(std::string folder) {
  for (const char* part : {"", "/tmp", "/new", "/cur"}) {
    if (absl::Status made = MakeFolder(folder + part); !made.ok()) return made;
  }
  return Maildir(std::move(folder));
}

absl::Status Maildir::Deliver(std::string_view id, std::string_view message) const {
  const std::string name = FileName(id);
  if (Has(name)) return absl::OkStatus();
  const std::string draft = fmt::format("{}/tmp/{}.{}", folder_, name, getpid());
  const std::string final_path = fmt::format("{}/new/{}", folder_, name);
  if (absl::Status written = WriteFile(draft, message); !written.ok()) {
    unlink(draft.c_str());
    return written;
  }
  if (rename(draft.c_str(), final_path.c_str()) != 0) return Failed("cannot rename to", final_path);
  return SyncFolder(folder_ + "/new");
}

bool Maildir::Has(const std::string& name) const {
  if (access(fmt::format("{}/new/{}", folder_, name).c_str(), F_OK) == 0) return true;
  // In cur a reader's flags follow the name.
  const std::unique_ptr<DIR, CloseFolder> cur(opendir((folder_ + "/cur").c_str()));
  if (cur == nullptr) return false;
  while (const dirent* entry = readdir(cur.get())) {
    const std::string_view file = entry->d_name;
    if (!file.starts_with(name)) continue;
    if (file.size() == name.size() || file[name.size()] == ':') return true;
  }
  return false;
}

}  // namespace vigil::alert
