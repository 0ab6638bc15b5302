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

class ProgramTest : public testing::Test {
 protected:
  ProgramTest() { dir_.Write("token", "0123456789abcdef0123456789abcdef"); }

  // With a token, against the service on a port.
  Ran Run(int port, const std::string& arguments) const {
    const std::string command =
        fmt::format("{}/vigilctl --address 127.0.0.1:{} --token-file {} {} 2>&1", VIGIL_BIN_DIR,
                    port, dir_.File("token"), arguments);
    Ran ran;
    FILE* pipe = popen(command.c_str(), "r");
    char buffer[512];
    while (std::fgets(buffer, sizeof(buffer), pipe) != nullptr) ran.output += buffer;
    ran.code = WEXITSTATUS(pclose(pipe));
    return ran;
  }

  const TempDir dir_;
};

}  // namespace vigil
