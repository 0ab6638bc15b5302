#include "gateway/transcode/path_template.h"

#include "absl/status/status.h"
#include "fmt/format.h"

namespace vigil::gateway::transcode {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Length of the well-formed UTF-8 sequence at the front, 0 where there is none (RFC 3629: nothing
// overlong, no surrogates, nothing above U+10FFFF).
std::size_t Utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first == 0 ? 0 : 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f)) return 0;
  if ((first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f)) return 0;
  return length;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// Cuts the part up to the next `/` off the front.
std::string_view TakeSegment(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view segment = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  return segment;
}

}  // namespace

std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  if (!IsUtf8(out)) return std::nullopt;
  return out;
}

std::optional<SplitPath> Split(std::string_view path) {
  if (path.size() < 2 || path.front() != '/') return std::nullopt;
  SplitPath split;
  std::string_view rest = path.substr(1);
  const std::size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos && rest.find('/', colon) == std::string_view::npos) {
    split.verb = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
  }
  if (rest.empty() || rest.back() == '/') return std::nullopt;
  while (!rest.empty()) {
    std::optional<std::string> segment = PercentDecode(TakeSegment(rest), false);
    if (!segment || segment->empty() || segment->find('/') != std::string::npos) {
      return std::nullopt;
    }
    split.segments.push_back(*std::move(segment));
  }
  return split;
}

absl::StatusOr<PathTemplate> PathTemplate::Parse(std::string_view text) {
  PathTemplate out;
  out.text_ = text;
  const auto bad = [&](std::string_view why) {
    return absl::InvalidArgumentError(fmt::format("path template '{}': {}", text, why));
  };
  if (text.size() < 2 || text.front() != '/') return bad("must begin with '/'");
  std::string_view rest = text.substr(1);
  const std::size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos) {
    out.verb_ = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    if (out.verb_.find_first_of("/{}*") != std::string::npos) return bad("the verb must come last");
  }
  bool inside = false;
  while (!rest.empty()) {
    std::string_view segment = TakeSegment(rest);
    if (!segment.empty() && segment.front() == '{') {
      if (inside) return bad("variables cannot be nested");
      const std::size_t equals = segment.find('=');
      Variable variable;
      variable.first = out.segments_.size();
      if (equals == std::string_view::npos) {
        if (segment.back() != '}') return bad("a variable is not closed");
        variable.field = segment.substr(1, segment.size() - 2);
        segment = "*}";
      } else {
        variable.field = segment.substr(1, equals - 1);
        segment = segment.substr(equals + 1);
      }
      out.variables_.push_back(variable);
      inside = true;
    }
    const bool closes = !segment.empty() && segment.back() == '}';
    if (closes && !inside) return bad("'}' without '{'");
    if (closes) segment.remove_suffix(1);
    if (segment.empty()) return bad("an empty segment");
    if (segment == "**") return bad("'**' is not supported");
    const bool any = segment == "*";
    if (!any && segment.find_first_of("{}*") != std::string_view::npos) return bad("a stray mark");
    out.segments_.push_back({any, any ? std::string() : std::string(segment)});
    if (inside) ++out.variables_.back().count;
    if (closes) inside = false;
  }
  if (inside) return bad("a variable is not closed");
  return out;
}

std::optional<std::vector<PathBinding>> PathTemplate::Match(const SplitPath& path) const {
  if (path.segments.size() != segments_.size() || path.verb != verb_) return std::nullopt;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (!segments_[i].any && segments_[i].literal != path.segments[i]) return std::nullopt;
  }
  std::vector<PathBinding> bindings;
  for (const Variable& variable : variables_) {
    PathBinding binding{variable.field, path.segments[variable.first]};
    for (std::size_t i = 1; i < variable.count; ++i) {
      binding.value += '/';
      binding.value += path.segments[variable.first + i];
    }
    bindings.push_back(std::move(binding));
  }
  return bindings;
}

}  // namespace vigil::gateway::transcode
