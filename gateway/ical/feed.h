#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::gateway::ical {

/// What a feed says of itself, and how much of others.
struct FeedOptions {
  std::string display_name;
  /// Titles and names of people. Without it an event is the kind of its date and the case's code.
  bool names = false;
  /// Put before links, `https://vigil.example`.
  std::string page_url;
  absl::Time now;  ///< Calendar time.
  /// At most so many events; what is left out is said by one more, on today.
  std::size_t most = 5000;
};

/// A feed as HTTP serves it.
struct Feed {
  std::string text;
  /// Weak: the same as long as no event changes. What an iCalendar object says of its own making
  /// (DTSTAMP, SEQUENCE) is not part of it.
  std::string etag;
};

/// The deadlines as an iCalendar object (RFC 5545): one all-day event each, from its first to its
/// last possible day, with the UID and SEQUENCE that mails give it, alarms 14, 7 and 1 days before
/// what is still ahead, and STATUS:CANCELLED for what was withdrawn. The summary says which moment
/// of the day is meant and how sure the date is: many calendars show nothing else. A deadline
/// without a date is left out. Pure.
Feed WriteFeed(const std::vector<registry::v1::Deadline>& deadlines, const FeedOptions& options);

}  // namespace vigil::gateway::ical
