// Loaded before the C library (LD_PRELOAD) into a program under test: its time of day is the
// machine's and the nanoseconds that the file named by SET_CLOCK_FILE holds at the moment (eight
// bytes). Who waits for a time of day waits by the one that was set, as under a machine whose clock
// is set: in parts, each of which ends as if woken for nothing.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kPart = kSecond / 20;
// A monotonic clock is not that far, and no time of day is before it.
constexpr int64_t kFirstTimeOfDay = 1'000'000'000 * kSecond;

const std::atomic<int64_t>* MapOffset() {
  const char* path = getenv("SET_CLOCK_FILE");
  const int file = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) abort();
  void* mapped = mmap(nullptr, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (mapped == MAP_FAILED) abort();
  return static_cast<const std::atomic<int64_t>*>(mapped);
}

int64_t Offset() {
  static constinit std::atomic<const std::atomic<int64_t>*> offset = nullptr;
  if (offset.load() == nullptr) offset.store(MapOffset());
  return offset.load()->load();
}

template <class Function>
Function* Real(std::atomic<Function*>& found, const char* name) {
  if (found.load() == nullptr) {
    found.store(reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name)));
  }
  return found.load();
}

long RealSyscall(long number, long a, long b, long c, long d, long e, long f) {
  static constinit std::atomic<decltype(&syscall)> real = nullptr;
  if (real.load() == nullptr) {
    real.store(reinterpret_cast<decltype(&syscall)>(dlsym(RTLD_NEXT, "syscall")));
  }
  return real.load()(number, a, b, c, d, e, f);
}

int64_t Nanos(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }
timespec ToTimespec(int64_t nanos) { return {nanos / kSecond, nanos % kSecond}; }

bool IsTimeOfDay(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

int64_t MachinesNow() {
  timespec now;
  RealSyscall(SYS_clock_gettime, CLOCK_REALTIME, reinterpret_cast<long>(&now), 0, 0, 0, 0);
  return Nanos(now);
}

// Until when, by the machine's clock, who waits for `end` of the clock that was set waits for now.
timespec PartOf(const timespec& end) {
  const int64_t now = MachinesNow();
  return ToTimespec(std::min(Nanos(end) - Offset(), now + kPart));
}

bool IsReached(const timespec& end) { return MachinesNow() + Offset() >= Nanos(end); }

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static constinit std::atomic<int (*)(clockid_t, timespec*)> real = nullptr;
  const int result = Real(real, "clock_gettime")(clock, time);
  if (result == 0 && IsTimeOfDay(clock)) *time = ToTimespec(Nanos(*time) + Offset());
  return result;
}

int gettimeofday(timeval* time, void*) noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  *time = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* result) noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != nullptr) *result = now.tv_sec;
  return now.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* end) {
  static constinit std::atomic<int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*)> real =
      nullptr;
  const auto wait = Real(real, "pthread_cond_timedwait");
  if (Nanos(*end) < kFirstTimeOfDay) return wait(condition, mutex, end);
  const timespec part = PartOf(*end);
  const int result = wait(condition, mutex, &part);
  return result == ETIMEDOUT && !IsReached(*end) ? 0 : result;
}

long syscall(long number, ...) noexcept {
  va_list list;
  va_start(list, number);
  long arguments[6];
  for (long& argument : arguments) argument = va_arg(list, long);
  va_end(list);
  const auto call = [&](long time) {
    return RealSyscall(number, arguments[0], arguments[1], arguments[2], time, arguments[4],
                       arguments[5]);
  };
  const auto* end = reinterpret_cast<const timespec*>(arguments[3]);
  const bool waits = number == SYS_futex && end != nullptr &&
                     (arguments[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET &&
                     (arguments[1] & FUTEX_CLOCK_REALTIME) != 0;
  if (!waits) return call(arguments[3]);
  const timespec part = PartOf(*end);
  const long result = call(reinterpret_cast<long>(&part));
  if (result == -1 && errno == ETIMEDOUT && !IsReached(*end)) errno = EINTR;
  return result;
}

}  // extern "C"
