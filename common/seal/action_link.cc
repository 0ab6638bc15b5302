#include "common/seal/action_link.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <vector>

namespace vigil {
namespace {

constexpr std::string_view kPurpose = "action link";
// Longer ones are not ours; opening costs as much as a text is long.
constexpr std::size_t kLongest = 1024;

// The fields, one a line; none of them can hold the end of a line.
std::optional<ActionLink> Parse(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t end; (end = text.find('\n')) != std::string_view::npos;) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (lines.size() != 4 || !text.empty()) return std::nullopt;
  std::int64_t expires = 0;
  const char* last = lines[3].data() + lines[3].size();
  const auto [end, error] = std::from_chars(lines[3].data(), last, expires);
  if (error != std::errc() || end != last) return std::nullopt;
  return ActionLink{std::string(lines[0]), std::string(lines[1]), std::string(lines[2]),
                    absl::FromUnixSeconds(expires)};
}

}  // namespace

std::string SealActionLink(const Sealer& sealer, const ActionLink& link) {
  return sealer.Seal(fmt::format("{}\n{}\n{}\n{}\n", link.alert, link.receiver, link.language,
                                 absl::ToUnixSeconds(link.expires)),
                     kPurpose);
}

std::optional<ActionLink> OpenActionLink(const Sealer& sealer, std::string_view sealed) {
  if (sealed.size() > kLongest) return std::nullopt;
  const auto text = sealer.Open(sealed, kPurpose);
  return text.ok() ? Parse(*text) : std::nullopt;
}

}  // namespace vigil
