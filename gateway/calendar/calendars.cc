#include "gateway/calendar/calendars.h"

#include <sodium.h>

#include <array>
#include <memory>
#include <set>

#include "common/civil/day.h"
#include "common/list/sorted_page.h"
#include "common/rpc/errors.h"
#include "fmt/format.h"
#include "gateway/aggregate/gather.h"
#include "gateway/calendar/change_times.h"
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
// Under a filter the registry's pages may be short, down to empty.
constexpr int kPageSize = 1000, kMostPages = 200;
constexpr std::size_t kSecretBytes = 24, kIdBytes = 16;
constexpr std::size_t kLongestName = 200;

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
  std::array<unsigned char, kIdBytes> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), nullptr,
                     0);
  return Hex(hash.data(), hash.size());
}

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string RecordName(std::string_view id) { return fmt::format("records/calendars/{}", id); }

absl::Status NoSuchCalendar() {
  return rpc::NotFound("CALENDAR_NOT_FOUND", {},
                       "there is no such calendar; it may have been revoked");
}

bool MayTouch(const rpc::Caller& caller, const v1::Calendar& calendar) {
  return caller.role == config::v1::ROLE_ADMIN || caller.name == calendar.owner();
}

// The first made first.
std::string PlaceOf(const v1::Calendar& calendar) {
  return fmt::format("{:012} {}", calendar.create_time().seconds(), calendar.name());
}

absl::StatusOr<v1::Calendar> FromRecord(const registry_v1::Record& record) {
  v1::Calendar calendar;
  if (record.body().UnpackTo(&calendar)) return calendar;
  return absl::InternalError("a calendar's record cannot be read");
}

// What the registry says of the gateway's own token is not the caller's doing.
absl::Status Ours(const absl::Status& status) {
  if (!absl::IsUnauthenticated(status) && !absl::IsPermissionDenied(status)) return status;
  return rpc::FailedPrecondition(
      "CALENDARS_OFF", {}, "the registry does not take this gateway's token as that of a service");
}

registry_v1::ListDeadlinesRequest Asking(const v1::Calendar& calendar, absl::Time now) {
  const auto today = std::chrono::floor<std::chrono::days>(absl::ToChronoTime(now));
  registry_v1::ListDeadlinesRequest request;
  request.set_page_size(kPageSize);
  std::string filter = fmt::format("latest >= \"{}\" AND earliest <= \"{}\"",
                                   civil::FormatDay(today - std::chrono::days(kPastDays)),
                                   civil::FormatDay(today + std::chrono::days(kDaysAhead)));
  if (!calendar.filter().empty()) filter += fmt::format(" AND ({})", calendar.filter());
  request.set_filter(filter);
  return request;
}

// The cases and dossiers of the first `most` deadlines.
std::set<std::string> ParentsOf(const registry_v1::ListDeadlinesResponse& list, std::size_t most) {
  std::set<std::string> parents;
  for (const registry_v1::Deadline& deadline : list.deadlines()) {
    if (most-- == 0) break;
    parents.emplace(ical::ParentOf(deadline.name()));
  }
  return parents;
}

// Checked as it is written, and as it will be asked.
absl::Status Check(const v1::Calendar& calendar, absl::Time now) {
  if (calendar.display_name().size() > kLongestName) {
    return rpc::InvalidArgument(
        "TEXT_TOO_LONG", "calendar.display_name",
        fmt::format("calendar.display_name: at most {} bytes", kLongestName));
  }
  for (const std::string& text : {calendar.filter(), Asking(calendar, now).filter()}) {
    const auto filter = Filter::Parse(text, registry_v1::Deadline::descriptor());
    if (!filter.ok()) return filter.status();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<upstream::CallOptions> Calendars::Own(const upstream::CallOptions& options) const {
  if (token_.empty()) {
    return rpc::FailedPrecondition("CALENDARS_OFF", {},
                                   "this gateway serves no calendars; give it service_token_file");
  }
  upstream::CallOptions own = options;
  own.token = token_;
  return own;
}

void Calendars::ReadAll(const rpc::Caller& caller, const upstream::CallOptions& own,
                        Done<std::vector<v1::Calendar>> done) {
  registry_v1::ListRecordsRequest request;
  request.set_type("calendars");
  CallRpc<registry_v1::ListRecordsResponse>(
      backends_, kListRecords, request, own,
      [caller, done = std::move(done)](absl::StatusOr<registry_v1::ListRecordsResponse> records) {
        if (!records.ok()) return done(Ours(records.status()));
        std::vector<v1::Calendar> calendars;
        for (const registry_v1::Record& record : records->records()) {
          absl::StatusOr<v1::Calendar> calendar = FromRecord(record);
          if (!calendar.ok()) return done(calendar.status());
          if (MayTouch(caller, *calendar)) calendars.push_back(*std::move(calendar));
        }
        done(std::move(calendars));
      });
}

void Calendars::List(const rpc::Caller& caller, const v1::ListCalendarsRequest& request,
                     const upstream::CallOptions& options, Done<v1::ListCalendarsResponse> done) {
  const auto own = Own(options);
  if (!own.ok()) return done(own.status());
  const auto arguments = ReadListArguments<v1::Calendar>(sealer_, request);
  if (!arguments.ok()) return done(arguments.status());
  ReadAll(caller, *own,
          [this, request, arguments = *arguments,
           done = std::move(done)](const absl::StatusOr<std::vector<v1::Calendar>>& calendars) {
            if (!calendars.ok()) return done(calendars.status());
            SortedPage<v1::Calendar> page(arguments);
            for (const v1::Calendar& calendar : *calendars) page.Add(calendar, PlaceOf(calendar));
            v1::ListCalendarsResponse response;
            TakePage(sealer_, request, page, response.mutable_calendars(), response);
            done(std::move(response));
          });
}

void Calendars::Create(const rpc::Caller& caller, const v1::CreateCalendarRequest& request,
                       const upstream::CallOptions& options, Done<v1::Calendar> done) {
  const auto own = Own(options);
  if (!own.ok()) return done(own.status());
  v1::Calendar calendar = request.calendar();
  const absl::Time now = clock_.Now();
  if (absl::Status s = Check(calendar, now); !s.ok()) return done(s);
  calendar.set_owner(caller.name);
  calendar.mutable_create_time()->set_seconds(absl::ToUnixSeconds(now));
  ReadAll(caller, *own,
          [this, caller, calendar = std::move(calendar), own = *own,
           done = std::move(done)](absl::StatusOr<std::vector<v1::Calendar>> there) mutable {
            if (!there.ok()) return done(there.status());
            int mine = 0;
            for (const v1::Calendar& one : *there) mine += one.owner() == caller.name;
            if (mine >= kMost) {
              return done(rpc::InvalidArgument(
                  "TOO_MANY", "calendar",
                  fmt::format("calendar: at most {} of one person's; delete one first", kMost)));
            }
            Keep(std::move(calendar), own, std::move(done));
          });
}

void Calendars::Keep(v1::Calendar calendar, const upstream::CallOptions& own,
                     Done<v1::Calendar> done) {
  const std::string secret = DrawSecret();
  calendar.set_name(fmt::format("{}{}", kCollection, IdOf(secret)));
  calendar.clear_path();
  registry_v1::PutRecordRequest request;
  request.set_create_only(true);
  request.mutable_record()->set_name(RecordName(IdOf(secret)));
  request.mutable_record()->mutable_body()->PackFrom(calendar);
  CallRpc<registry_v1::Record>(
      backends_, kPutRecord, request, own,
      [this, calendar = std::move(calendar), secret,
       done = std::move(done)](absl::StatusOr<registry_v1::Record> record) mutable {
        if (!record.ok()) return done(Ours(record.status()));
        guesses_.Made(IdOf(secret));
        calendar.set_path(fmt::format("/calendar/{}.ics", secret));
        done(std::move(calendar));
      });
}

void Calendars::Find(const std::string& id, const upstream::CallOptions& own,
                     Done<v1::Calendar> done) {
  registry_v1::GetRecordRequest request;
  request.set_name(RecordName(id));
  CallRpc<registry_v1::Record>(
      backends_, kGetRecord, request, own,
      [done = std::move(done)](absl::StatusOr<registry_v1::Record> record) {
        if (absl::IsNotFound(record.status())) return done(NoSuchCalendar());
        if (!record.ok()) return done(Ours(record.status()));
        done(FromRecord(*record));
      });
}

void Calendars::Delete(const rpc::Caller& caller, const v1::DeleteCalendarRequest& request,
                       const upstream::CallOptions& options,
                       Done<v1::DeleteCalendarResponse> done) {
  const auto own = Own(options);
  if (!own.ok()) return done(own.status());
  const std::string_view name = request.name();
  const std::string id(name.starts_with(kCollection) ? name.substr(kCollection.size()) : "");
  if (id.size() != 2 * kIdBytes || !IsHex(id)) {
    return done(rpc::InvalidArgument("BAD_NAME", "name", "name: must be calendars/{calendar}"));
  }
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
               if (!gone.ok()) return done(Ours(gone.status()));
               done(v1::DeleteCalendarResponse());
             });
       });
}

void Calendars::Read(std::string_view secret, const std::string& page_url,
                     const upstream::CallOptions& options, Done<ical::Feed> done) {
  const auto own = Own(options);
  if (!own.ok()) return done(own.status());
  if (secret.size() != 2 * kSecretBytes || !IsHex(secret)) return done(NoSuchCalendar());
  const std::string id = IdOf(secret);
  if (!guesses_.Admit(id)) {
    return done(rpc::ResourceExhausted("GUESSING", {},
                                       "too many addresses were asked for that are none; try "
                                       "again in a minute"));
  }
  Find(id, *own,
       [this, id, page_url, own = *own,
        done = std::move(done)](const absl::StatusOr<v1::Calendar>& calendar) {
         if (!calendar.ok()) {
           absl::IsNotFound(calendar.status()) ? guesses_.Missing(id) : guesses_.Unanswered(id);
           return done(calendar.status());
         }
         guesses_.Found(id);
         if (!guard_.Knows(calendar->owner())) return done(NoSuchCalendar());
         Write(*calendar, page_url, own, done);
       });
}

void Calendars::Write(const v1::Calendar& calendar, const std::string& page_url,
                      const upstream::CallOptions& own, Done<ical::Feed> done) {
  ical::FeedOptions feed;
  feed.display_name = calendar.display_name().empty() ? "Vigil" : calendar.display_name();
  feed.names = calendar.private_();
  feed.page_url = page_url;
  feed.now = clock_.Now();
  CallAllPages<registry_v1::ListDeadlinesResponse>(
      backends_, kListDeadlines, Asking(calendar, feed.now), own,
      [&backends = backends_, feed, own,
       done = std::move(done)](const absl::StatusOr<registry_v1::ListDeadlinesResponse>& list) {
        if (!list.ok()) return done(Ours(list.status()));
        ReadChangeTimes(backends, ParentsOf(*list, feed.most), own,
                        [feed, list = *list, done](const absl::StatusOr<ical::ChangeTimes>& times) {
                          if (!times.ok()) return done(Ours(times.status()));
                          done(ical::WriteFeed({list.deadlines().begin(), list.deadlines().end()},
                                               *times, feed));
                        });
      },
      // One more than are shown tells the feed that some are left out.
      [most = feed.most](const registry_v1::ListDeadlinesResponse& list) {
        return static_cast<std::size_t>(list.deadlines_size()) > most;
      },
      kMostPages);
}

}  // namespace vigil::gateway
