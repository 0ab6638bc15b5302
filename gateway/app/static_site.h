#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/http/message.h"

namespace vigil::gateway {

/// The built page, held in memory: a path is looked up in a map and never reaches the file system.
/// Immutable; any thread.
class StaticSite {
 public:
  /// Reads every file below `dir`; an empty `dir` gives a site without files. FAILED_PRECONDITION
  /// naming the folder where it cannot be read, holds no index.html, or is larger than 64 MiB.
  static absl::StatusOr<StaticSite> Load(const std::string& dir);

  /// Answers GET and HEAD of a file, or of a page of the application (`/`, `/cases/c-1`), which is
  /// index.html; 304 where the client has it already; nothing for other paths.
  bool Answer(const http::Request& request, http::Response* response) const;

 private:
  struct File {
    std::string content;
    std::string type;
    std::string etag;
    bool hashed = false;  // The name changes with the content.
  };

  const File* Find(const http::Request& request) const;

  std::map<std::string, File, std::less<>> files_;  // By path, `/assets/index-1a2b.js`.
};

/// `text/javascript; charset=utf-8` for `/a.js`.
std::string_view ContentType(std::string_view path);

}  // namespace vigil::gateway
