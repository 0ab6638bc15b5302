// vigilctl, run as a program of its own.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <string>

#include "tests/testing/temp_dir.h"

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

// With a folder for its files, and a token in it.
class ProgramTest : public testing::Test {
 protected:
  ProgramTest() { dir_.Write("token", "0123456789abcdef0123456789abcdef"); }

  // With the token, against the service on a port of this machine.
  Ran Run(int port, const std::string& arguments) const {
    return RunVigilctl(fmt::format("--address 127.0.0.1:{} --token-file {} {}", port,
                                   dir_.File("token"), arguments));
  }

  const TempDir dir_;
};

}  // namespace vigil
