#include "tests/simulation/jobs.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <new>

namespace vigil::alert::sim {

Totals& SharedTotals() {
  void* memory =
      mmap(nullptr, sizeof(Totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return *new (memory) Totals;
}

void RunJobs(int jobs, Totals& totals, const std::function<bool()>& next) {
  if (jobs == 1) {
    while (next()) {
    }
    return;
  }
  for (int job = 0; job < jobs; ++job) {
    const pid_t child = fork();
    if (child < 0) throw std::bad_alloc();
    if (child > 0) continue;
    while (next()) {
    }
    std::exit(0);
  }
  int status = 0;
  while (wait(&status) > 0) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
    fmt::print("a job died: run it again with --jobs 1\n");
    std::fflush(stdout);
    ++totals.violations;
  }
}

}  // namespace vigil::alert::sim
