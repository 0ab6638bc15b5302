// A page of a list that is looked through as a whole for each call. For lists of one case, for days
// other than the present one, and for orders that no index keeps.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/filter/filter.h"
#include "common/filter/order.h"
#include "common/seal/page_token.h"
#include "common/seal/sealer.h"

namespace vigil::registry {

// What a page token says of where a page ended: of a past state of the record with its revision,
// which all pages are of.
inline std::string CursorAt(std::optional<int64_t> pinned, const std::string& key) {
  return pinned ? fmt::format("{} {}", *pinned, key) : key;
}

// What a list request asks for.
struct ListArguments {
  Page page;
  Filter filter;
  Order order;
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
absl::StatusOr<ListArguments> ReadArguments(const Sealer& sealer, const Request& request) {
  const absl::StatusOr<Page> page = OpenPage(sealer, request);
  if (!page.ok()) return page.status();
  const absl::StatusOr<Filter> filter = Filter::Parse(request.filter(), Element::descriptor());
  if (!filter.ok()) return filter.status();
  const absl::StatusOr<Order> order = Order::Parse(request.order_by(), Element::descriptor());
  if (!order.ok()) return order.status();
  ListArguments arguments{.page = *page, .filter = *filter, .order = *order};
  if constexpr (requires { request.known_at(); }) {
    if (!request.known_at().empty()) TakePinned(arguments.page, arguments.pinned);
  }
  return arguments;
}

// What a page may hold: below the 4 MiB that a client of gRPC takes unless told otherwise.
inline constexpr size_t kMostBytes = size_t{3} << 20;

// The elements that match, and the page of them that was asked for.
template <class Message>
class SortedPage {
 public:
  explicit SortedPage(const ListArguments& arguments) : arguments_(arguments) {}

  // Takes the element where the filter lets it through. `place` is where it stands in the list's
  // own order, by bytes: no two have the same, and none is given to another later.
  void Add(const Message& message, const std::string& place) {
    if (!arguments_.filter.Matches(message)) return;
    ++total_;
    std::string key = arguments_.order.KeyOf(message) + place;
    if (key <= arguments_.page.cursor) return;
    // The page and one more are all that is kept, the last of them on top.
    if (rows_.size() > Size() && key > rows_.front().first) return;
    rows_.emplace_back(std::move(key), message);
    std::push_heap(rows_.begin(), rows_.end(), kBefore);
    if (rows_.size() <= Size() + 1) return;
    std::pop_heap(rows_.begin(), rows_.end(), kBefore);
    rows_.pop_back();
  }

  // All that match, on every page.
  int total() const { return total_; }

  // Moves the page into `out`; the token of the next one, empty on the last. A page ends early
  // where it would be larger than a client takes: the next one goes on.
  template <class Request>
  std::string Take(const Sealer& sealer, const Request& request,
                   google::protobuf::RepeatedPtrField<Message>& out) {
    std::sort_heap(rows_.begin(), rows_.end(), kBefore);
    const size_t most = std::min(rows_.size(), Size());
    size_t size = 0;
    for (size_t bytes = 0; size < most; ++size) {
      bytes += rows_[size].second.ByteSizeLong();
      if (size > 0 && bytes > kMostBytes) break;
      *out.Add() = std::move(rows_[size].second);
    }
    if (size == rows_.size()) return {};
    return SealPageToken(sealer, request, CursorAt(arguments_.pinned, rows_[size - 1].first));
  }

 private:
  static constexpr auto kBefore = [](const auto& a, const auto& b) { return a.first < b.first; };

  size_t Size() const { return static_cast<size_t>(arguments_.page.size); }

  const ListArguments& arguments_;
  int total_ = 0;
  std::vector<std::pair<std::string, Message>> rows_;
};

}  // namespace vigil::registry
