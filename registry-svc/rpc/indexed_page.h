// A page of a list that an index keeps in order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "registry-svc/casebook/case_file.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/pinned_page.h"

namespace vigil::registry {

// Elements of a list that one page looks at, where its filter lets few through. A list that is not
// longer than this is counted whole under a filter.
inline constexpr int kLooks = 20'000;

// An element that a page looks at.
template <class Message>
struct Looked {
  // PlaceOf the element.
  std::string place;
  // As the caller may see it; nothing where the list does not show it.
  std::optional<Message> message;
  // What it is shown from: its place there among its kind.
  FilePtr file;
  std::shared_ptr<const DayReading> reading;
  size_t position = 0;
};

// A file that a page looks at. Without a filter each is shown.
inline FilePtr OpenFor(const Backend& backend, const PinnedArguments& arguments,
                       const PackedPtr& packed) {
  return arguments.filter.MatchesAll() ? backend.book.Open(packed) : backend.book.Scan(packed);
}

// Costs what the page shows; under a filter, what it looks at.
template <class Message>
class IndexedPage {
 public:
  // `length` of the list, with what the caller may see of it.
  IndexedPage(const PinnedArguments& arguments, int64_t length)
      : arguments_(arguments),
        length_(length),
        whole_(!arguments.filter.MatchesAll() && length <= kLooks),
        at_(whole_ ? std::string() : arguments.page.cursor) {}

  // `fetch(place, limit)` gives elements of the index in their order, at least `limit` that stand
  // after the place where there are as many; `look(element)` says what it is, as Looked.
  template <class Fetch, class Look>
  void Fill(Fetch fetch, Look look) {
    const int limit = arguments_.filter.MatchesAll() ? arguments_.page.size + 1 : kFetch;
    bool more = true;
    while (more) {
      more = false;
      for (const auto& element : fetch(at_, limit)) {
        Looked<Message> looked = look(element);
        if (looked.place <= at_) continue;
        if (!Take(std::move(looked))) return;
        more = true;
      }
    }
  }

  // How many there are in all; under a filter those that were seen.
  int total() const {
    return arguments_.filter.MatchesAll() ? static_cast<int>(length_) : matches_;
  }
  std::vector<Looked<Message>>& rows() { return rows_; }

  // Of the next page; empty where this is the last.
  template <class Request>
  std::string Token(const Sealer& sealer, const Request& request) const {
    return more_ ? SealPageToken(sealer, request, whole_ ? rows_.back().place : at_)
                 : std::string();
  }

 private:
  static constexpr int kFetch = 256;

  bool HasRoomFor(const Message& message) const {
    return rows_.empty() || bytes_ + message.ByteSizeLong() <= kMostPageBytes;
  }

  // False when the page is done.
  bool Take(Looked<Message> looked) {
    const bool matches = looked.message && arguments_.filter.Matches(*looked.message);
    const bool wanted = matches && looked.place > arguments_.page.cursor;
    if (rows_.size() == static_cast<size_t>(arguments_.page.size) ||
        (wanted && !HasRoomFor(*looked.message))) {
      full_ = true;
    }
    if (!whole_ && (full_ || looks_ == kLooks)) {
      more_ = true;
      return false;
    }
    ++looks_;
    at_ = looked.place;
    if (matches) ++matches_;
    if (!wanted) return true;
    if (full_) {
      more_ = true;
      return true;
    }
    bytes_ += looked.message->ByteSizeLong();
    rows_.push_back(std::move(looked));
    return true;
  }

  const PinnedArguments& arguments_;
  const int64_t length_;
  // Look at all of it, from the beginning: the total is exact.
  const bool whole_;
  // The place of what was looked at last.
  std::string at_;
  int looks_ = 0;
  int matches_ = 0;
  size_t bytes_ = 0;
  bool full_ = false;
  bool more_ = false;
  std::vector<Looked<Message>> rows_;
};

}  // namespace vigil::registry
