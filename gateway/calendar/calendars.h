#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/rpc/guard.h"
#include "common/seal/sealer.h"
#include "gateway/calendar/guess_limit.h"
#include "gateway/ical/feed.h"
#include "gateway/upstream/caller.h"
#include "vigil/gateway/v1/calendar.pb.h"

namespace vigil::gateway {

/// Feeds of deadlines for calendar programs. A calendar is a record of the registry under the hash
/// of its secret, which stands in the feed's address and is kept nowhere: who has the address reads
/// the feed, until its owner revokes it or is no longer admitted. What a feed holds is what a
/// service sees: nothing of confidential facts but their days. Keeps nothing itself but which
/// secrets were made or found of late; any thread.
class Calendars {
 public:
  template <class Response>
  using Done = std::function<void(absl::StatusOr<Response>)>;

  /// `token` is the gateway's own at the registry; without it there are no calendars
  /// (CALENDARS_OFF). What is passed by reference must outlive this.
  Calendars(upstream::Caller& backends, const rpc::CallGuard& guard, const Clock& clock,
            std::string token)
      : backends_(backends),
        guard_(guard),
        clock_(clock),
        token_(std::move(token)),
        sealer_("page tokens of the gateway\n" + token_),
        guesses_(clock) {}

  /// Makes a calendar of the caller's; the answer alone has its address. FILTER_INVALID;
  /// TEXT_TOO_LONG; TOO_MANY where the caller has kMost.
  void Create(const rpc::Caller& caller, const v1::CreateCalendarRequest& request,
              const upstream::CallOptions& options, Done<v1::Calendar> done);
  /// The caller's own, an administrator's all, as they were made. PAGE_SIZE_NEGATIVE,
  /// PAGE_TOKEN_INVALID, FILTER_INVALID, ORDER_INVALID.
  void List(const rpc::Caller& caller, const v1::ListCalendarsRequest& request,
            const upstream::CallOptions& options, Done<v1::ListCalendarsResponse> done);
  /// Revokes one of the caller's own, or of anybody's for an administrator; CALENDAR_NOT_FOUND for
  /// others'.
  void Delete(const rpc::Caller& caller, const v1::DeleteCalendarRequest& request,
              const upstream::CallOptions& options, Done<v1::DeleteCalendarResponse> done);

  /// The feed behind an address `/calendar/{secret}.ics`: what is due from two months ago to two
  /// years ahead. CALENDAR_NOT_FOUND for a secret that was never given out, is revoked, or whose
  /// owner is gone; GUESSING where too many such were asked for and this one is not known yet.
  void Read(std::string_view secret, const std::string& page_url,
            const upstream::CallOptions& options, Done<ical::Feed> done);

  static constexpr int kMost = 20;

 private:
  // The options of a call that the gateway makes for itself.
  absl::StatusOr<upstream::CallOptions> Own(const upstream::CallOptions& options) const;
  // All that the caller may touch, by name.
  void ReadAll(const rpc::Caller& caller, const upstream::CallOptions& own,
               Done<std::vector<v1::Calendar>> done);
  void Find(const std::string& id, const upstream::CallOptions& own, Done<v1::Calendar> done);
  void Keep(v1::Calendar calendar, const upstream::CallOptions& own, Done<v1::Calendar> done);
  void Write(const v1::Calendar& calendar, const std::string& page_url,
             const upstream::CallOptions& own, Done<ical::Feed> done);

  upstream::Caller& backends_;
  const rpc::CallGuard& guard_;
  const Clock& clock_;
  const std::string token_;
  const Sealer sealer_;  // Of page tokens: all that have the token open them.
  GuessLimit guesses_;
};

}  // namespace vigil::gateway
