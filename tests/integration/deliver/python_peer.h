#pragma once

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace vigil::alert {

// A server written in Python beside this test: started with a folder, it prints its port, and it is
// killed at the end.
class PythonPeer {
 public:
  // `mode`: a further argument, for scripts that take one.
  PythonPeer(const std::string& script, const std::string& folder, const std::string& mode = "") {
    const std::string path = std::string(VIGIL_SOURCE_DIR) + "/tests/integration/deliver/" + script;
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    char* const argv[] = {const_cast<char*>("python3"), const_cast<char*>(path.c_str()),
                          const_cast<char*>(folder.c_str()),
                          mode.empty() ? nullptr : const_cast<char*>(mode.c_str()), nullptr};
    if (posix_spawn(&pid_, "/usr/bin/python3", &actions, nullptr, argv, environ) != 0) std::abort();
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    FILE* out = fdopen(ends[0], "r");
    if (fscanf(out, "%d", &port_) != 1) std::abort();
    fclose(out);
  }
  ~PythonPeer() { Kill(); }
  PythonPeer(const PythonPeer&) = delete;
  PythonPeer& operator=(const PythonPeer&) = delete;

  int port() const { return port_; }

  void Kill() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
  int port_ = 0;
};

}  // namespace vigil::alert
