#include "gateway/calendar/calendars.h"

#include <sodium.h>

#include <array>
#include <memory>

#include "common/civil/day.h"
#include "common/filter/filter.h"
#include "common/rpc/errors.h"
#include "fmt/format.h"
#include "gateway/aggregate/gather.h"
#include "vigil/registry/v1/journal.pb.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::gateway {
namespace {

namespace registry_v1 = ::vigil::registry::v1;

constexpr char kPutRecord[] = "/vigil.registry.v1.JournalService/PutRecord";
constexpr char kGetRecord[] = "/vigil.registry.v1.JournalService/GetRecord";
constexpr char kListRecords[] = "/vigil.registry.v1.JournalService/ListRecords";
constexpr char kDeleteRecord[] = "/vigil.registry.v1.JournalService/DeleteRecord";
constexpr char kListDeadlines[] = "/vigil.registry.v1.DeadlineService/ListDeadlines";

constexpr std::string_view kCollection = "calendars/";
constexpr int kPastDays = 60, kDaysAhead = 730;
constexpr std::size_t kSecretBytes = 24;

std::string Hex(const unsigned char* bytes, std::size_t size) {
  std::string digits;
  for (std::size_t i = 0; i < size; ++i) digits += fmt::format("{:02x}", bytes[i]);
  return digits;
}

std::string DrawSecret() {
  std::array<unsigned char, kSecretBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return Hex(bytes.data(), bytes.size());
}

// The id of the calendar with this secret: whoever reads the registry's records learns no address.
std::string IdOf(std::string_view secret) {
  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), nullptr,
                     0);
  return Hex(hash.data(), hash.size());
}

std::string RecordName(std::string_view id) { return fmt::format("records/calendars/{}", id); }

absl::Status NoSuchCalendar() {
  return rpc::NotFound("CALENDAR_NOT_FOUND", {},
                       "there is no such calendar; it may have been revoked");
}

bool MayTouch(const rpc::Caller& caller, const v1::Calendar& calendar) {
  return caller.role == config::v1::ROLE_ADMIN || caller.name == calendar.owner();
}

absl::StatusOr<v1::Calendar> FromRecord(const registry_v1::Record& record) {
  v1::Calendar calendar;
  if (record.body().UnpackTo(&calendar)) return calendar;
  return rpc::Internal("BAD_MESSAGE", {}, "a calendar's record cannot be read");
}

registry_v1::ListDeadlinesRequest Asking(const v1::Calendar& calendar, absl::Time now) {
  const auto today = std::chrono::floor<std::chrono::days>(absl::ToChronoTime(now));
  registry_v1::ListDeadlinesRequest request;
  request.set_page_size(Calendars::kMostEvents);
  std::string filter = fmt::format("latest >= \"{}\" AND earliest <= \"{}\"",
                                   civil::FormatDay(today - std::chrono::days(kPastDays)),
                                   civil::FormatDay(today + std::chrono::days(kDaysAhead)));
  if (!calendar.filter().empty()) filter += fmt::format(" AND ({})", calendar.filter());
  request.set_filter(filter);
  return request;
}

}  // namespace

absl::StatusOr<upstream::CallOptions> Calendars::Own(const upstream::CallOptions& options) const {
  if (token_.empty()) {
    return rpc::FailedPrecondition("CALENDARS_OFF", {},
                                   "this gateway serves no calendars; give it registry_token_file");
  }
  upstream::CallOptions own = options;
  own.token = token_;
  return own;
}

void Calendars::List(const rpc::Caller& caller, const upstream::CallOptions& options,
                     Done<v1::ListCalendarsResponse> done) const {
  const auto own = Own(options);
  if (!own.ok()) return done(own.status());
  registry_v1::ListRecordsRequest request;
  request.set_type("calendars");
  CallRpc<registry_v1::ListRecordsResponse>(
      backends_, kListRecords, request, *own,
      [caller, done = std::move(done)](absl::StatusOr<registry_v1::ListRecordsResponse> records) {
        if (!records.ok()) return done(records.status());
        v1::ListCalendarsResponse response;
        for (const registry_v1::Record& record : records->records()) {
          absl::StatusOr<v1::Calendar> calendar = FromRecord(record);
          if (!calendar.ok()) return done(calendar.status());
          if (MayTouch(caller, *calendar)) *response.add_calendars() = *std::move(calendar);
        }
        done(std::move(response));
      });
}

void Calendars::Create(const rpc::Caller& caller, const v1::CreateCalendarRequest& request,
                       const upstream::CallOptions& options, Done<v1::Calendar> done) const {
  const auto own = Own(options);
  if (!own.ok()) return done(own.status());
  v1::Calendar calendar = request.calendar();
  const auto filter = Filter::Parse(calendar.filter(), registry_v1::Deadline::descriptor());
  if (!filter.ok()) return done(filter.status());
  calendar.set_owner(caller.name);
  calendar.mutable_create_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()));
  List(caller, options,
       [this, caller, calendar = std::move(calendar), own = *own,
        done = std::move(done)](absl::StatusOr<v1::ListCalendarsResponse> there) mutable {
         if (!there.ok()) return done(there.status());
         int mine = 0;
         for (const v1::Calendar& one : there->calendars()) mine += one.owner() == caller.name;
         if (mine >= kMost) {
           return done(rpc::InvalidArgument(
               "TOO_MANY", "calendar",
               fmt::format("calendar: at most {} of one person's; delete one first", kMost)));
         }
         Keep(std::move(calendar), own, std::move(done));
       });
}

void Calendars::Keep(v1::Calendar calendar, const upstream::CallOptions& own,
                     Done<v1::Calendar> done) const {
  const std::string secret = DrawSecret();
  calendar.set_name(fmt::format("{}{}", kCollection, IdOf(secret)));
  calendar.clear_path();
  registry_v1::PutRecordRequest request;
  request.set_create_only(true);
  request.mutable_record()->set_name(RecordName(IdOf(secret)));
  request.mutable_record()->mutable_body()->PackFrom(calendar);
  CallRpc<registry_v1::Record>(backends_, kPutRecord, request, own,
                               [calendar = std::move(calendar), secret, done = std::move(done)](
                                   absl::StatusOr<registry_v1::Record> record) mutable {
                                 if (!record.ok()) return done(record.status());
                                 calendar.set_path(fmt::format("/calendar/{}.ics", secret));
                                 done(std::move(calendar));
                               });
}

void Calendars::Find(const std::string& id, const upstream::CallOptions& own,
                     Done<v1::Calendar> done) const {
  registry_v1::GetRecordRequest request;
  request.set_name(RecordName(id));
  CallRpc<registry_v1::Record>(
      backends_, kGetRecord, request, own,
      [done = std::move(done)](absl::StatusOr<registry_v1::Record> record) {
        if (absl::IsNotFound(record.status())) return done(NoSuchCalendar());
        if (!record.ok()) return done(record.status());
        done(FromRecord(*record));
      });
}

void Calendars::Delete(const rpc::Caller& caller, const v1::DeleteCalendarRequest& request,
                       const upstream::CallOptions& options,
                       Done<v1::DeleteCalendarResponse> done) const {
  const auto own = Own(options);
  if (!own.ok()) return done(own.status());
  const std::string_view name = request.name();
  if (!name.starts_with(kCollection) ||
      name.find_first_not_of("0123456789abcdef", kCollection.size()) != std::string_view::npos) {
    return done(rpc::InvalidArgument("BAD_NAME", "name", "name: must be calendars/{calendar}"));
  }
  const std::string id(name.substr(kCollection.size()));
  Find(id, *own,
       [this, caller, id, own = *own,
        done = std::move(done)](absl::StatusOr<v1::Calendar> calendar) {
         if (!calendar.ok()) return done(calendar.status());
         if (!MayTouch(caller, *calendar)) return done(NoSuchCalendar());
         registry_v1::DeleteRecordRequest request;
         request.set_name(RecordName(id));
         CallRpc<registry_v1::DeleteRecordResponse>(
             backends_, kDeleteRecord, request, own,
             [done](absl::StatusOr<registry_v1::DeleteRecordResponse> gone) {
               if (!gone.ok()) return done(gone.status());
               done(v1::DeleteCalendarResponse());
             });
       });
}

void Calendars::Read(std::string_view secret, const std::string& page_url,
                     const upstream::CallOptions& options, Done<ical::Feed> done) const {
  const auto own = Own(options);
  if (!own.ok()) return done(NoSuchCalendar());
  Find(IdOf(secret), *own,
       [this, page_url, own = *own, done = std::move(done)](absl::StatusOr<v1::Calendar> calendar) {
         if (!calendar.ok()) return done(calendar.status());
         const absl::Time now = clock_.Now();
         CallRpc<registry_v1::ListDeadlinesResponse>(
             backends_, kListDeadlines, Asking(*calendar, now), own,
             [calendar = *std::move(calendar), page_url, now,
              done](absl::StatusOr<registry_v1::ListDeadlinesResponse> list) {
               if (!list.ok()) return done(list.status());
               const std::vector<registry_v1::Deadline> deadlines(list->deadlines().begin(),
                                                                  list->deadlines().end());
               ical::FeedOptions feed;
               feed.display_name =
                   calendar.display_name().empty() ? "Vigil" : calendar.display_name();
               feed.names = calendar.private_();
               feed.page_url = page_url;
               feed.now = now;
               done(ical::WriteFeed(deadlines, feed));
             });
       });
}

}  // namespace vigil::gateway
