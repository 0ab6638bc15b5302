#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "common/rpc/channel.h"
#include "vigilctl/commands.h"

namespace vigil::vigilctl {
namespace {

constexpr size_t kBytes = 32;

std::string NewToken() {
  if (sodium_init() < 0) Fail(absl::InternalError("libsodium cannot be initialised"));
  std::array<unsigned char, kBytes> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 2 * kBytes + 1> hex;
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  return hex.data();
}

[[noreturn]] void CannotWrite(const std::string& file) {
  Fail(absl::FailedPreconditionError(
      fmt::format("{}: cannot be written: {}", file, std::strerror(errno))));
}

// Appears whole and readable by the owner alone, or not at all; one that is there is kept.
void MakeToken(const std::string& file) {
  const std::string draft = fmt::format("{}.{}.new", file, getpid());
  const int out = open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (out < 0) CannotWrite(draft);
  const std::string line = NewToken() + "\n";
  const bool written =
      write(out, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && fsync(out) == 0;
  const int error = errno;
  close(out);
  const bool linked = written && link(draft.c_str(), file.c_str()) == 0;
  const int link_error = errno;
  unlink(draft.c_str());
  if (linked) return;
  errno = written ? link_error : error;
  if (errno != EEXIST) CannotWrite(file);
  if (const auto kept = rpc::ReadSecret(file); !kept.ok()) Fail(kept.status());
}

}  // namespace

void AddToken(CLI::App& app) {
  auto file = std::make_shared<std::string>();
  auto* token = app.add_subcommand("token", "bearer tokens");
  token->require_subcommand(1);
  auto* make = token->add_subcommand("new",
                                     "makes a file with a random token, mode 0600; one that "
                                     "exists is kept");
  make->add_option("FILE", *file, "the token file")->required();
  make->callback([file] { MakeToken(*file); });
}

}  // namespace vigil::vigilctl
