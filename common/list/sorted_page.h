#pragma once

#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/list/list_arguments.h"

namespace vigil {

// What a page may hold: below the 4 MiB that a client of gRPC takes unless told otherwise.
inline constexpr size_t kMostPageBytes = size_t{3} << 20;

// A page of a list that is looked through as a whole for each call: the elements that match, and
// the page of them that was asked for. The arguments outlive it.
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

  // Moves the page into `out`; returns the cursor of the next one, empty on the last. A page ends
  // early where it would be larger than a client takes: the next one goes on.
  std::string Take(google::protobuf::RepeatedPtrField<Message>& out) {
    std::sort_heap(rows_.begin(), rows_.end(), kBefore);
    const size_t most = std::min(rows_.size(), Size());
    size_t size = 0;
    for (size_t bytes = 0; size < most; ++size) {
      bytes += rows_[size].second.ByteSizeLong();
      if (size > 0 && bytes > kMostPageBytes) break;
      *out.Add() = std::move(rows_[size].second);
    }
    return size == rows_.size() ? std::string() : std::move(rows_[size - 1].first);
  }

 private:
  static constexpr auto kBefore = [](const auto& a, const auto& b) { return a.first < b.first; };

  size_t Size() const { return static_cast<size_t>(arguments_.page.size); }

  const ListArguments& arguments_;
  int total_ = 0;
  std::vector<std::pair<std::string, Message>> rows_;
};

// Fills the answer to a list request: the rows into `rows`, which is a field of `response`,
// next_page_token and total_size.
template <class Message, class Request, class Response>
void TakePage(const Sealer& sealer, const Request& request, SortedPage<Message>& page,
              google::protobuf::RepeatedPtrField<Message>* rows, Response& response) {
  response.set_total_size(page.total());
  const std::string next = page.Take(*rows);
  if (!next.empty()) response.set_next_page_token(SealPageToken(sealer, request, next));
}

}  // namespace vigil
