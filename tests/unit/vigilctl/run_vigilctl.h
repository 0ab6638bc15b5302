// Runs the program itself.
#pragma once

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdio>
#include <string>

namespace vigil {

struct Ran {
  int code = -1;
  std::string output;  // stdout and stderr
};

inline Ran RunVigilctl(const std::string& arguments) {
  const std::string command = fmt::format("{}/vigilctl {} 2>&1", VIGIL_BIN_DIR, arguments);
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[512];
  while (std::fgets(buffer, sizeof(buffer), pipe) != nullptr) ran.output += buffer;
  ran.code = WEXITSTATUS(pclose(pipe));
  return ran;
}

// Against a service on this port of the machine.
inline Ran RunVigilctl(int port, const std::string& token_file, const std::string& arguments) {
  return RunVigilctl(
      fmt::format("--address 127.0.0.1:{} --token-file {} {}", port, token_file, arguments));
}

}  // namespace vigil
