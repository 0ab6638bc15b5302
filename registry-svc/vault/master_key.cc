#include "registry-svc/vault/master_key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace vigil::registry {
namespace {

using Bytes = std::array<unsigned char, 32>;

absl::Status Cannot(const std::string& file, std::string_view what) {
  return absl::FailedPreconditionError(fmt::format("{}: {}: {}", file, what, std::strerror(errno)));
}

// The name of a file is durable with its folder.
void SyncFolder(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  const int opened = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (opened < 0) return;
  (void)fsync(opened);
  close(opened);
}

}  // namespace

absl::StatusOr<Bytes> ReadMasterKey(const std::string& file) {
  const int opened = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0 && errno == ENOENT) {
    return absl::NotFoundError(fmt::format("{}: the master key is missing", file));
  }
  if (opened < 0) return Cannot(file, "the master key cannot be read");
  std::array<char, 128> text{};
  const ssize_t length = read(opened, text.data(), text.size());
  close(opened);
  Bytes key;
  size_t size = 0;
  const char* end = nullptr;
  const bool hex = length >= 64 && sodium_hex2bin(key.data(), key.size(), text.data(), 64, nullptr,
                                                  &size, &end) == 0;
  const bool rest_is_blank =
      length >= 64 && std::string_view(text.data() + 64, length - 64).find_first_not_of(" \r\n") ==
                          std::string_view::npos;
  sodium_memzero(text.data(), text.size());
  if (hex && size == key.size() && rest_is_blank) return key;
  return absl::FailedPreconditionError(
      fmt::format("{}: this is no master key: it has 64 hexadecimal digits", file));
}

absl::Status MakeMasterKey(const std::string& file) {
  Bytes key;
  randombytes_buf(key.data(), key.size());
  std::array<char, 65> hex;
  sodium_bin2hex(hex.data(), hex.size(), key.data(), key.size());
  hex[64] = '\n';
  const std::string draft = fmt::format("{}.{}.new", file, getpid());
  const int out = open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (out < 0) return Cannot(draft, "the master key cannot be written");
  const bool written =
      write(out, hex.data(), hex.size()) == static_cast<ssize_t>(hex.size()) && fsync(out) == 0;
  const absl::Status status =
      written ? absl::OkStatus() : Cannot(draft, "the master key cannot be written");
  close(out);
  sodium_memzero(key.data(), key.size());
  sodium_memzero(hex.data(), hex.size());
  // A link, unlike a rename, never replaces a key that is there.
  const bool linked = written && (link(draft.c_str(), file.c_str()) == 0 || errno == EEXIST);
  unlink(draft.c_str());
  if (!status.ok()) return status;
  if (!linked) return Cannot(file, "the master key cannot be written");
  SyncFolder(file);
  return absl::OkStatus();
}

}  // namespace vigil::registry
