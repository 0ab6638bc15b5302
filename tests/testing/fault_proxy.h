#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace vigil {

// A TCP proxy that breaks what passes through it (fault_proxy.py says how), for a test in C++. It
// ends with this object.
class FaultProxy {
 public:
  // `upstream`: `host:port` or `unix:path`.
  explicit FaultProxy(const std::string& upstream) {
    int in[2];
    int out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) std::abort();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    const std::string script = std::string(VIGIL_SOURCE_DIR) + "/tests/testing/fault_proxy.py";
    char* const argv[] = {const_cast<char*>("python3"), const_cast<char*>(script.c_str()),
                          const_cast<char*>(upstream.c_str()), nullptr};
    if (posix_spawn(&pid_, "/usr/bin/python3", &actions, nullptr, argv, environ) != 0) std::abort();
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    commands_ = fdopen(in[1], "w");
    answers_ = fdopen(out[0], "r");
    char line[32] = "";
    if (fgets(line, sizeof line, answers_) == nullptr) std::abort();
    port_ = atoi(line);
  }
  ~FaultProxy() {
    fclose(commands_);
    fclose(answers_);
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  int port() const { return port_; }

  // Gives a command, `latency up 50`, and waits until it holds. A command that is none ends the
  // test.
  void operator()(const std::string& command) {
    if (Ask(command) != "ok\n") std::abort();
  }

  // How often a toxic of this kind has acted on what passed.
  int Met(const std::string& toxic) {
    const std::string answer = Ask("met " + toxic);
    int count = 0;
    if (sscanf(answer.c_str(), "ok %d", &count) != 1) std::abort();
    return count;
  }

 private:
  std::string Ask(const std::string& command) {
    fprintf(commands_, "%s\n", command.c_str());
    fflush(commands_);
    char answer[128] = "";
    if (fgets(answer, sizeof answer, answers_) == nullptr) std::abort();
    return answer;
  }

  pid_t pid_ = -1;
  FILE* commands_ = nullptr;
  FILE* answers_ = nullptr;
  int port_ = 0;
};

}  // namespace vigil
