#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace vigil::gateway::transcode {

/// A request's path, taken apart: `/v1/cases/c-1:file` is {"v1", "cases", "c-1"} and the verb
/// "file".
struct SplitPath {
  std::vector<std::string> segments;  ///< Percent-decoded.
  std::string verb;                   ///< Empty where there is none.
};

/// Takes a path apart. Nothing where it does not begin with `/`, has an empty segment or a `/`
/// hidden by percent encoding, or is encoded wrongly. The verb is what follows the last `:` of the
/// last segment as sent, since no id holds a `:`.
std::optional<SplitPath> Split(std::string_view path);

/// Undoes percent encoding; `plus_is_space` for query strings. Nothing for a broken escape, a NUL,
/// or what is not UTF-8.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space);

/// A value that a path gave to a field.
struct PathBinding {
  std::string field;  ///< `case.name`
  std::string value;  ///< `cases/c-1`
};

/// A path template of google.api.http: `/v1/{name=cases/*}:file`. Of its grammar, `**` is not
/// supported.
class PathTemplate {
 public:
  /// One segment: a literal, or any single segment.
  struct Segment {
    bool any = false;
    std::string literal;
  };
  /// A field and the segments that make up its value.
  struct Variable {
    std::string field;
    std::size_t first = 0;
    std::size_t count = 0;
  };

  /// INVALID_ARGUMENT with the template's text where it is not understood.
  static absl::StatusOr<PathTemplate> Parse(std::string_view text);

  /// What the path gives to which field, or nothing where it does not match.
  std::optional<std::vector<PathBinding>> Match(const SplitPath& path) const;

  const std::string& text() const { return text_; }
  const std::string& verb() const { return verb_; }
  const std::vector<Segment>& segments() const { return segments_; }
  const std::vector<Variable>& variables() const { return variables_; }

 private:
  std::string text_;
  std::vector<Segment> segments_;
  std::vector<Variable> variables_;
  std::string verb_;
};

}  // namespace vigil::gateway::transcode
