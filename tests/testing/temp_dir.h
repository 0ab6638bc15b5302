#pragma once

#include <string>
#include <string_view>

namespace vigil {

// A folder of its own for a test, removed with all that is in it. Its path is short enough for a
// Unix socket.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

  // The path of a file in it.
  std::string File(std::string_view name) const;

  // Writes a file, its folders included, and returns its path.
  std::string Write(std::string_view name, std::string_view text) const;

 private:
  std::string path_;
};

// The whole file; fails the test where it cannot be read.
std::string ReadFile(const std::string& path);

}  // namespace vigil
