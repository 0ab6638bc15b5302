// A page of a list that the store keeps in the order of recording, read part by part.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/indexed_page.h"
#include "registry-svc/rpc/pinned_page.h"
#include "registry-svc/rpc/record_view.h"

namespace vigil::registry {

// What was recorded, each under its number, which rises.
template <class Message>
using RecordedPart = std::vector<std::pair<int64_t, Message>>;

inline constexpr int kReadAtOnce = 1000;

// In the order of recording: looks at kLooks elements at most.
template <class Message, class Request, class Read>
absl::StatusOr<std::string> TakeAsRecorded(const Backend& backend, const Request& request,
                                           const PinnedArguments& arguments, Read read,
                                           google::protobuf::RepeatedPtrField<Message>& out) {
  const Page& page = arguments.page;
  const bool all = arguments.filter.MatchesAll();
  int64_t after = 0;
  std::from_chars(page.cursor.data(), page.cursor.data() + page.cursor.size(), after);
  const auto token = [&] {
    return SealPageToken(backend.sealer, request,
                         CursorAt(arguments.pinned, fmt::format("{}", after)));
  };
  size_t bytes = 0;
  for (int looks = 0; looks < kLooks;) {
    absl::StatusOr<RecordedPart<Message>> part =
        read(after, all ? std::min(page.size + 1, kReadAtOnce) : kReadAtOnce);
    if (!part.ok()) return part.status();
    if (part->empty()) return std::string();
    for (auto& [number, message] : *part) {
      const bool matches = arguments.filter.Matches(message);
      if (matches) bytes += message.ByteSizeLong();
      const bool full = out.size() == page.size || (!out.empty() && bytes > kMostPageBytes);
      if (matches && full) return token();
      after = number;
      ++looks;
      if (matches) *out.Add() = std::move(message);
    }
  }
  return token();
}

// In another order: looks at all of it.
template <class Message, class Request, class Read>
absl::StatusOr<std::string> TakeSorted(const Backend& backend, const Gone& gone,
                                       const Request& request, const PinnedArguments& arguments,
                                       Read read,
                                       google::protobuf::RepeatedPtrField<Message>& out) {
  PinnedPage<Message> page(arguments);
  int64_t after = 0;
  while (true) {
    if (gone()) return absl::CancelledError("the caller has gone");
    absl::StatusOr<RecordedPart<Message>> part = read(after, kReadAtOnce);
    if (!part.ok()) return part.status();
    if (part->empty()) return page.Take(backend.sealer, request, out);
    for (const auto& [number, message] : *part) {
      page.Add(message, fmt::format("{:020}", number));
      after = number;
    }
  }
}

// The page that was asked for into `out`; returns the token of the next one. `read(after, limit)`
// gives an absl::StatusOr<RecordedPart<Message>>: what stands after a number, at most `limit`.
template <class Message, class Request, class Read>
absl::StatusOr<std::string> TakeRecorded(const Backend& backend, const Gone& gone,
                                         const Request& request, const PinnedArguments& arguments,
                                         Read read,
                                         google::protobuf::RepeatedPtrField<Message>& out) {
  return arguments.order.empty() ? TakeAsRecorded(backend, request, arguments, read, out)
                                 : TakeSorted(backend, gone, request, arguments, read, out);
}

// The threads that such a list is read on.
inline ReadPool& PoolOfRecorded(const Backend& backend, const PinnedArguments& arguments) {
  return arguments.order.empty() ? backend.pool : backend.scans;
}

}  // namespace vigil::registry
