#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/rpc/guard.h"
#include "gateway/ical/feed.h"
#include "gateway/upstream/caller.h"
#include "vigil/gateway/v1/calendar.pb.h"

namespace vigil::gateway {

/// Feeds of deadlines for calendar programs. A calendar is a record of the registry under the hash
/// of its secret, which stands in the feed's address and is kept nowhere: who has the address reads
/// the feed, and whoever made the calendar can revoke it. Stateless; any thread.
class Calendars {
 public:
  template <class Response>
  using Done = std::function<void(absl::StatusOr<Response>)>;

  /// `token` is the gateway's own at the registry; without it there are no calendars
  /// (CALENDARS_OFF). What is passed by reference must outlive this.
  Calendars(upstream::Caller& backends, const Clock& clock, std::string token)
      : backends_(backends), clock_(clock), token_(std::move(token)) {}

  /// Makes a calendar of the caller's; the answer alone has its address. FILTER_INVALID; TOO_MANY
  /// where the caller has kMost.
  void Create(const rpc::Caller& caller, const v1::CreateCalendarRequest& request,
              const upstream::CallOptions& options, Done<v1::Calendar> done) const;
  /// The caller's own, an administrator's all.
  void List(const rpc::Caller& caller, const upstream::CallOptions& options,
            Done<v1::ListCalendarsResponse> done) const;
  /// Revokes one of the caller's own, or of anybody's for an administrator; CALENDAR_NOT_FOUND for
  /// others'.
  void Delete(const rpc::Caller& caller, const v1::DeleteCalendarRequest& request,
              const upstream::CallOptions& options, Done<v1::DeleteCalendarResponse> done) const;

  /// The feed behind an address `/calendar/{secret}.ics`: what is due from two months ago to two
  /// years ahead, at most kMostEvents, the soonest first. CALENDAR_NOT_FOUND for a secret that was
  /// never given out or is revoked.
  void Read(std::string_view secret, const std::string& page_url,
            const upstream::CallOptions& options, Done<ical::Feed> done) const;

  static constexpr int kMost = 20;
  static constexpr int kMostEvents = 1000;

 private:
  // The options of a call that the gateway makes for itself.
  absl::StatusOr<upstream::CallOptions> Own(const upstream::CallOptions& options) const;
  void Find(const std::string& id, const upstream::CallOptions& own, Done<v1::Calendar> done) const;
  void Keep(v1::Calendar calendar, const upstream::CallOptions& own, Done<v1::Calendar> done) const;

  upstream::Caller& backends_;
  const Clock& clock_;
  const std::string token_;
};

}  // namespace vigil::gateway
