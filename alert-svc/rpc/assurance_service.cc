#include "alert-svc/rpc/assurance_service.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/settings.h"
#include "alert-svc/engine/world.h"
#include "common/list/sorted_page.h"
#include "common/log/log.h"
#include "common/rpc/errors.h"
#include "common/rpc/times.h"
#include "common/rpc/unary.h"

namespace vigil::alert {
namespace {

using config::v1::ROLE_ADMIN;
using config::v1::ROLE_READER;
using config::v1::ROLE_STAFF;

// Recurring deadlines are derived so far ahead.
constexpr int kMostDays = 400;
constexpr std::string_view kReceivers = "receivers/";
constexpr std::string_view kLetters = "deadLetters/";
constexpr std::size_t kMostLetters = 200;

absl::Status BadName(std::string_view field, std::string_view shape) {
  return rpc::InvalidArgument("BAD_NAME", field, fmt::format("{}: must be {}", field, shape));
}

// An id is letters of a-z, digits and `-`, and no longer than any that we make.
bool IsName(std::string_view name, std::string_view collection) {
  if (!name.starts_with(collection)) return false;
  const std::string_view id = name.substr(collection.size());
  return !id.empty() && id.size() <= kMostLetters &&
         id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

bool IsParent(std::string_view name) { return IsName(name, "cases/") || IsName(name, "dossiers/"); }

bool IsDeadline(std::string_view name) {
  const std::string parent = ParentOf(name);
  return IsParent(parent) && IsName(name, parent + "/deadlines/");
}

absl::StatusOr<civil::Day> UntilOf(const v1::ForecastMessagesRequest& request, absl::Time now) {
  const std::optional<civil::Day> until = civil::ParseDay(request.until());
  if (!until) {
    return rpc::InvalidArgument("BAD_DATE", "until", "until: write a day as YYYY-MM-DD");
  }
  if (civil::DaysBetween(LocalDay(now, absl::UTCTimeZone()), *until) > kMostDays) {
    return rpc::InvalidArgument("FORECAST_TOO_FAR", "until",
                                "until: at most 400 days ahead, as far as duties that recur are "
                                "worked out");
  }
  return *until;
}

v1::Delivery::Outcome OutcomeOf(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::kSent:
      return v1::Delivery::OUTCOME_ACCEPTED;
    case Outcome::Kind::kRetry:
      return v1::Delivery::OUTCOME_FAILED;
    case Outcome::Kind::kPermanent:
      return v1::Delivery::OUTCOME_REFUSED;
    case Outcome::Kind::kAmbiguous:
      return v1::Delivery::OUTCOME_UNKNOWN;
    case Outcome::Kind::kNotNow:
      break;
  }
  return v1::Delivery::OUTCOME_NOT_TRIED;
}

v1::Delivery DeliveryOf(const Outcome& outcome) {
  v1::Delivery delivery;
  delivery.set_outcome(OutcomeOf(outcome.kind));
  delivery.set_message_id(outcome.message_id);
  delivery.set_error(outcome.error);
  return delivery;
}

AssuranceDesk::Done<Outcome> AnswerWith(rpc::Done<v1::Delivery> done) {
  return [done = std::move(done)](absl::StatusOr<Outcome> outcome) {
    if (!outcome.ok()) return done(outcome.status());
    done(DeliveryOf(*outcome));
  };
}

v1::ResendDeadLettersResponse ResponseOf(const RangeResent& resent) {
  v1::ResendDeadLettersResponse response;
  for (const RangeResent::Letter& letter : resent.letters) {
    auto& one = *response.add_letters();
    one.set_name(std::string(kLetters) + letter.id);
    *one.mutable_delivery() = DeliveryOf(letter.outcome);
  }
  response.set_left(resent.left);
  response.set_over(resent.over);
  return response;
}

absl::StatusOr<LetterRange> RangeOf(const v1::ResendDeadLettersRequest& request) {
  if (!IsSettingName(request.receiver(), kReceivers)) {
    return BadName("receiver", "receivers/{receiver}");
  }
  if (!request.has_start_time()) {
    return rpc::InvalidArgument("REQUIRED", "start_time",
                                "start_time: say from when on the letters were given up");
  }
  if (absl::Status s = rpc::CheckTime(request.start_time(), "start_time"); !s.ok()) return s;
  if (absl::Status s = rpc::CheckTime(request.end_time(), "end_time"); !s.ok()) return s;
  return LetterRange{request.receiver(), TimeOf(request.start_time()),
                     request.has_end_time() ? TimeOf(request.end_time()) : absl::InfiniteFuture()};
}

// The last first.
std::string PlaceOf(const v1::DeadLetter& letter) {
  constexpr std::int64_t kFar = 1'000'000'000'000'000;
  return fmt::format("{:016} {}", kFar - absl::ToUnixMillis(TimeOf(letter.time())), letter.name());
}

std::string PlaceOf(const v1::UnwatchedCase& row) {
  return fmt::format("{} {}", row.display_name(), row.case_());
}

std::string PlaceOf(const v1::HeldShard& row) { return fmt::format("{:02}", row.shard()); }

std::string PlaceOf(const v1::PlannedMessage& row) { return MessageBook::KeyOf(row); }

auto* RowsOf(v1::ListDeadLettersResponse& response) { return response.mutable_dead_letters(); }
auto* RowsOf(v1::ListUnwatchedCasesResponse& response) { return response.mutable_cases(); }
auto* RowsOf(v1::ListHeldShardsResponse& response) { return response.mutable_shards(); }
auto* RowsOf(v1::ListHeldMessagesResponse& response) { return response.mutable_messages(); }
auto* RowsOf(v1::ForecastMessagesResponse& response) { return response.mutable_messages(); }

// Serves a list: `ask(request, done)` has the desk find all rows, or returns why it does not.
template <class Row, class Response, class Request, class Ask>
grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context, const rpc::CallGuard& guard,
                               rpc::Role role, const Sealer& sealer, const Request* request,
                               Response* response, Ask ask) {
  return rpc::Unary(
      context, guard, role, request, response,
      [&sealer, ask](const rpc::Caller&, const Request& request, rpc::Done<Response> done) {
        const auto arguments = ReadListArguments<Row>(sealer, request);
        if (!arguments.ok()) return done(arguments.status());
        // The request lives until it is answered.
        const absl::Status asked = ask(request, [&sealer, &request, arguments = *arguments,
                                                 done](absl::StatusOr<std::vector<Row>> found) {
          if (!found.ok()) return done(found.status());
          SortedPage<Row> page(arguments);
          for (const Row& row : *found) page.Add(row, PlaceOf(row));
          Response answer;
          TakePage(sealer, request, page, RowsOf(answer), answer);
          done(std::move(answer));
        });
        if (!asked.ok()) done(asked);
      });
}

}  // namespace

grpc::ServerUnaryReactor* AssuranceService::ForecastMessages(
    grpc::CallbackServerContext* context, const v1::ForecastMessagesRequest* request,
    v1::ForecastMessagesResponse* response) {
  using Done = AssuranceDesk::Done<std::vector<v1::PlannedMessage>>;
  return List<v1::PlannedMessage>(
      context, guard_, ROLE_READER, sealer_, request, response,
      [this](const v1::ForecastMessagesRequest& request, const Done& done) {
        const absl::StatusOr<civil::Day> until = UntilOf(request, clock_.Now());
        if (until.ok()) desk_.Forecast({*until, request.receiver(), request.case_()}, done);
        return until.status();
      });
}

absl::StatusOr<AssuranceDesk::ExplainQuery> AssuranceService::QueryOf(
    const v1::ExplainMessagesRequest& request) const {
  if (!IsSettingName(request.receiver(), kReceivers)) {
    return BadName("receiver", "receivers/{receiver}");
  }
  const std::string& about = request.about();
  if (IsParent(about)) return AssuranceDesk::ExplainQuery{about, "", request.receiver()};
  if (IsDeadline(about)) {
    return AssuranceDesk::ExplainQuery{ParentOf(about), about, request.receiver()};
  }
  if (!IsName(about, "alerts/")) {
    return BadName("about", "a case, a dossier, a deadline of one, or an alert");
  }
  const AlertPtr alert = book_.Find(about);
  if (!alert) {
    return rpc::NotFound("ALERT_NOT_FOUND", {{"alert", about}},
                         "there is no such alert; the list shows those there are");
  }
  return AssuranceDesk::ExplainQuery{alert->case_(), alert->deadline(), request.receiver()};
}

grpc::ServerUnaryReactor* AssuranceService::ExplainMessages(
    grpc::CallbackServerContext* context, const v1::ExplainMessagesRequest* request,
    v1::ExplainMessagesResponse* response) {
  return rpc::Unary(context, guard_, ROLE_STAFF, request, response,
                    [this](const rpc::Caller&, const v1::ExplainMessagesRequest& request,
                           rpc::Done<v1::ExplainMessagesResponse> done) {
                      absl::StatusOr<AssuranceDesk::ExplainQuery> query = QueryOf(request);
                      if (!query.ok()) return done(query.status());
                      desk_.Explain(*std::move(query), std::move(done));
                    });
}

grpc::ServerUnaryReactor* AssuranceService::ListUnwatchedCases(
    grpc::CallbackServerContext* context, const v1::ListUnwatchedCasesRequest* request,
    v1::ListUnwatchedCasesResponse* response) {
  return List<v1::UnwatchedCase>(context, guard_, ROLE_READER, sealer_, request, response,
                                 [this](const auto&, auto done) {
                                   desk_.Unwatched(std::move(done));
                                   return absl::OkStatus();
                                 });
}

grpc::ServerUnaryReactor* AssuranceService::ListDeadLetters(
    grpc::CallbackServerContext* context, const v1::ListDeadLettersRequest* request,
    v1::ListDeadLettersResponse* response) {
  return List<v1::DeadLetter>(context, guard_, ROLE_ADMIN, sealer_, request, response,
                              [this](const auto&, auto done) {
                                desk_.DeadLetters(std::move(done));
                                return absl::OkStatus();
                              });
}

grpc::ServerUnaryReactor* AssuranceService::ResendDeadLetter(
    grpc::CallbackServerContext* context, const v1::ResendDeadLetterRequest* request,
    v1::Delivery* response) {
  return rpc::Unary(context, guard_, ROLE_ADMIN, request, response,
                    [this](const rpc::Caller&, const v1::ResendDeadLetterRequest& request,
                           rpc::Done<v1::Delivery> done) {
                      if (!IsName(request.name(), kLetters)) {
                        return done(BadName("name", "deadLetters/{id}"));
                      }
                      desk_.Resend(request.name().substr(kLetters.size()), AnswerWith(done));
                    });
}

grpc::ServerUnaryReactor* AssuranceService::ResendDeadLetters(
    grpc::CallbackServerContext* context, const v1::ResendDeadLettersRequest* request,
    v1::ResendDeadLettersResponse* response) {
  return rpc::Unary(
      context, guard_, ROLE_ADMIN, request, response,
      [this](const rpc::Caller& caller, const v1::ResendDeadLettersRequest& request,
             rpc::Done<v1::ResendDeadLettersResponse> done) {
        absl::StatusOr<LetterRange> range = RangeOf(request);
        if (!range.ok()) return done(range.status());
        desk_.ResendRange(
            *std::move(range), [done, who = caller.name](absl::StatusOr<RangeResent> resent) {
              if (!resent.ok()) return done(resent.status());
              Log(LogLevel::kInfo, "dead letters were sent again",
                  {{"by", who}, {"tried", resent->letters.size()}, {"left", resent->left}});
              done(ResponseOf(*resent));
            });
      });
}

grpc::ServerUnaryReactor* AssuranceService::TestReceiver(grpc::CallbackServerContext* context,
                                                         const v1::TestReceiverRequest* request,
                                                         v1::Delivery* response) {
  return rpc::Unary(context, guard_, ROLE_STAFF, request, response,
                    [this](const rpc::Caller&, const v1::TestReceiverRequest& request,
                           rpc::Done<v1::Delivery> done) {
                      if (!IsSettingName(request.name(), kReceivers)) {
                        return done(BadName("name", "receivers/{receiver}"));
                      }
                      desk_.SendTest(request.name(), AnswerWith(done));
                    });
}

grpc::ServerUnaryReactor* AssuranceService::ListHeldShards(grpc::CallbackServerContext* context,
                                                           const v1::ListHeldShardsRequest* request,
                                                           v1::ListHeldShardsResponse* response) {
  return List<v1::HeldShard>(context, guard_, ROLE_STAFF, sealer_, request, response,
                             [this](const auto&, auto done) {
                               desk_.HeldShards(std::move(done));
                               return absl::OkStatus();
                             });
}

grpc::ServerUnaryReactor* AssuranceService::ListHeldMessages(
    grpc::CallbackServerContext* context, const v1::ListHeldMessagesRequest* request,
    v1::ListHeldMessagesResponse* response) {
  return List<v1::PlannedMessage>(context, guard_, ROLE_STAFF, sealer_, request, response,
                                  [this](const auto&, auto done) {
                                    desk_.HeldMessages(std::move(done));
                                    return absl::OkStatus();
                                  });
}

grpc::ServerUnaryReactor* AssuranceService::ReleaseHeldShards(
    grpc::CallbackServerContext* context, const v1::ReleaseHeldShardsRequest* request,
    v1::ReleaseHeldShardsResponse* response) {
  return rpc::Unary(
      context, guard_, ROLE_ADMIN, request, response,
      [this](const rpc::Caller& caller, const v1::ReleaseHeldShardsRequest& request,
             rpc::Done<v1::ReleaseHeldShardsResponse> done) {
        for (const int shard : request.shards()) {
          if (shard < 0 || shard >= kShardCount) {
            return done(rpc::InvalidArgument("BAD_SHARD", "shards", "shards: 0 to 63"));
          }
        }
        desk_.Release({request.shards().begin(), request.shards().end()},
                      [done, who = caller.name](absl::StatusOr<std::vector<int>> shards) {
                        if (!shards.ok()) return done(shards.status());
                        Log(LogLevel::kWarning, "held shards were let go",
                            {{"by", who}, {"shards", shards->size()}});
                        v1::ReleaseHeldShardsResponse response;
                        response.mutable_shards()->Assign(shards->begin(), shards->end());
                        done(std::move(response));
                      });
      });
}

}  // namespace vigil::alert
