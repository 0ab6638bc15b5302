// A page of a list that is looked through as a whole for each call. For lists of one case, for days
// other than the present one, and for orders that no index keeps.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/list/sorted_page.h"

namespace vigil::registry {

// What a page token says of where a page ended: of a past state of the record with its revision,
// which all pages are of.
inline std::string CursorAt(std::optional<int64_t> pinned, const std::string& key) {
  return pinned ? fmt::format("{} {}", *pinned, key) : key;
}

// What a list request asks for.
struct PinnedArguments : ListArguments {
  // Of a list as of a past state of the record: the revision that all pages are of; RecordView sets
  // it on the first.
  std::optional<int64_t> pinned = {};
};

// Takes the revision off a cursor that CursorAt made with one.
inline void TakePinned(Page& page, std::optional<int64_t>& pinned) {
  if (page.cursor.empty()) return;
  const size_t end = page.cursor.find(' ');
  int64_t revision = 0;
  std::from_chars(page.cursor.data(), page.cursor.data() + end, revision);
  pinned = revision;
  page.cursor.erase(0, end + 1);
}

// Reads page_size, page_token, filter and order_by of a request; refusals name the field.
template <class Element, class Request>
absl::StatusOr<PinnedArguments> ReadArguments(const Sealer& sealer, const Request& request) {
  absl::StatusOr<ListArguments> read = ReadListArguments<Element>(sealer, request);
  if (!read.ok()) return read.status();
  PinnedArguments arguments{*std::move(read)};
  if constexpr (requires { request.known_at(); }) {
    if (!request.known_at().empty()) TakePinned(arguments.page, arguments.pinned);
  }
  return arguments;
}

// As SortedPage; its tokens name the state of the record that the pages are of.
template <class Message>
class PinnedPage : public SortedPage<Message> {
 public:
  explicit PinnedPage(const PinnedArguments& arguments)
      : SortedPage<Message>(arguments), arguments_(arguments) {}

  // Moves the page into `out`; the token of the next one, empty on the last.
  template <class Request>
  std::string Take(const Sealer& sealer, const Request& request,
                   google::protobuf::RepeatedPtrField<Message>& out) {
    const std::string next = SortedPage<Message>::Take(out);
    if (next.empty()) return {};
    return SealPageToken(sealer, request, CursorAt(arguments_.pinned, next));
  }

 private:
  const PinnedArguments& arguments_;
};

}  // namespace vigil::registry
