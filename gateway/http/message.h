#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vigil::gateway::http {

/// Header fields in the order they came. Names are compared without regard to case.
class Headers {
 public:
  /// Adds a field, even where one of that name is there.
  void Add(std::string name, std::string value);
  /// Value of the first field of that name; nullptr where there is none.
  const std::string* Find(std::string_view name) const;
  /// As Find; empty where there is none.
  std::string_view Get(std::string_view name) const;

  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// A request, read completely.
struct Request {
  std::string method;  ///< `GET`
  std::string path;    ///< As sent, percent-encoded, without the query.
  std::string query;   ///< As sent, without the `?`.
  Headers headers;
  std::string body;
};

/// An answer. The server adds Content-Length, Date and Connection.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

/// `Not Found` for 404; `Error` for a code without a phrase.
std::string_view ReasonPhrase(int status);

/// Compares without regard to the case of ASCII letters.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace vigil::gateway::http
