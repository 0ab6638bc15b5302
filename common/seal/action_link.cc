#include "common/seal/action_link.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <sodium.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <vector>

namespace vigil {
namespace {

constexpr std::string_view kPurpose = "action link";
// Longer ones are not ours; opening costs as much as a text is long.
constexpr std::size_t kLongest = 1024;

// The fields, one a line; none of them can hold the end of a line. Links that were sent before they
// had a time zone are without the last.
std::optional<ActionLink> Parse(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t end; (end = text.find('\n')) != std::string_view::npos;) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (lines.size() < 5 || lines.size() > 6 || !text.empty()) return std::nullopt;
  std::int64_t expires = 0;
  const char* last = lines[4].data() + lines[4].size();
  const auto [end, error] = std::from_chars(lines[4].data(), last, expires);
  if (error != std::errc() || end != last) return std::nullopt;
  return ActionLink{std::string(lines[0]),          std::string(lines[1]),
                    std::string(lines[2]),          std::string(lines[3]),
                    absl::FromUnixSeconds(expires), std::string(lines.size() > 5 ? lines[5] : "")};
}

}  // namespace

std::string WayOf(const alert::v1::Receiver& receiver) {
  alert::v1::Receiver way;
  if (receiver.has_email()) *way.mutable_email() = receiver.email();
  if (receiver.has_webhook()) *way.mutable_webhook() = receiver.webhook();
  if (receiver.has_slack()) *way.mutable_slack() = receiver.slack();
  if (receiver.has_matrix()) *way.mutable_matrix() = receiver.matrix();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    way.SerializeToCodedStream(&coded);
  }
  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size(), nullptr, 0);
  std::string digits;
  for (const unsigned char byte : hash) digits += fmt::format("{:02x}", byte);
  return digits;
}

std::string SealActionLink(const Sealer& sealer, const ActionLink& link) {
  return sealer.Seal(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n", link.alert, link.receiver, link.way,
                                 link.language, absl::ToUnixSeconds(link.expires), link.time_zone),
                     kPurpose);
}

std::optional<ActionLink> OpenActionLink(const Sealer& sealer, std::string_view sealed) {
  if (sealed.size() > kLongest) return std::nullopt;
  const auto text = sealer.Open(sealed, kPurpose);
  return text.ok() ? Parse(*text) : std::nullopt;
}

}  // namespace vigil
