#include "gateway/http/limits.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace vigil::gateway::http {
namespace {

constexpr rlim_t kSmallReserve = 32;
constexpr rlim_t kLargeReserve = 256;

rlim_t OpenDescriptors() {
  DIR* dir = opendir("/proc/self/fd");
  if (dir == nullptr) return kSmallReserve;
  rlim_t count = 0;
  while (readdir(dir) != nullptr) ++count;
  closedir(dir);
  return count;
}

}  // namespace

int ConnectionsThatFit(int wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::min(wanted, 512);
  const rlim_t needed = static_cast<rlim_t>(wanted) + kLargeReserve + OpenDescriptors();
  if (limit.rlim_cur < needed && limit.rlim_cur < limit.rlim_max) {
    rlimit raised = limit;
    raised.rlim_cur = std::min(needed, limit.rlim_max);
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  const rlim_t reserve = std::clamp(limit.rlim_cur / 8, kSmallReserve, kLargeReserve);
  const rlim_t taken = OpenDescriptors() + reserve;
  if (limit.rlim_cur <= taken) return 1;
  return static_cast<int>(std::min(static_cast<rlim_t>(wanted), limit.rlim_cur - taken));
}

SpareDescriptor::SpareDescriptor() : fd_(open("/dev/null", O_RDONLY | O_CLOEXEC)) {}

SpareDescriptor::~SpareDescriptor() {
  if (fd_ >= 0) close(fd_);
}

bool SpareDescriptor::RefuseOne(int listener) {
  if (fd_ >= 0) close(fd_);
  const int refused = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (refused >= 0) close(refused);
  fd_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
  return refused >= 0;
}

}  // namespace vigil::gateway::http
