#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
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
  std::string etag;  ///< Strong: the hash of the text.
};

/// When cases and dossiers last changed, by name.
using ChangeTimes = std::map<std::string, absl::Time, std::less<>>;

/// The deadlines as an iCalendar object (RFC 5545): one event each, all-day from its first to its
/// last possible day or, where it is exact to the hour, at that time, with the UID that mails give
/// it, alarms 14, 7 and 1 days before what is still ahead, and STATUS:CANCELLED for what was
/// withdrawn. The summary says which moment of the day is meant and how sure the date is: many
/// calendars show nothing else. A deadline without a date is left out.
///
/// DTSTAMP, LAST-MODIFIED and SEQUENCE tell when the deadline's case or dossier `changed`, or one
/// of the facts that its dates rest on: an event that changes has later ones, and one that is asked
/// for again has the same. Pure.
Feed WriteFeed(const std::vector<registry::v1::Deadline>& deadlines, const ChangeTimes& changed,
               const FeedOptions& options);

/// `cases/c-1` of `cases/c-1/deadlines/d-1`.
std::string_view ParentOf(std::string_view deadline);

}  // namespace vigil::gateway::ical
