#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "vigil/alert/v1/assurance.grpc.pb.h"
#include "vigilctl/commands.h"
#include "vigilctl/listing.h"
#include "vigilctl/words.h"

namespace vigil::vigilctl {
namespace {

using Stub = alert::v1::AssuranceService::Stub;
using alert::v1::ForecastMessagesRequest;
using alert::v1::ListDeadLettersRequest;
using alert::v1::ListHeldMessagesRequest;
using alert::v1::ListHeldShardsRequest;
using alert::v1::ListUnwatchedCasesRequest;

struct AlertsArguments {
  std::string since, until, receiver, about, name;
  ListOptions options;
  std::vector<int> shards;
};

std::string Moment(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

// A digest says how much it holds, and tells it in the lines below.
void Print(const alert::v1::PlannedMessage& row) {
  fmt::print("{}  {}Z  {:<8} {}{}\n", row.day(), Moment(row.due_time()), Word(row.form()),
             row.receiver(), row.level() > 0 ? fmt::format(", level {}", row.level()) : "");
  for (const alert::v1::PlannedItem& item : row.items()) {
    fmt::print("    {:<24} {}; {}; {}\n", Dates(item.earliest(), item.latest()), item.title(),
               item.case_(), item.alert());
  }
}

void Print(const alert::v1::UnwatchedCase& row) {
  fmt::print("{:<18} {:<11} {}; {}\n", row.case_(),
             row.next_date().empty() ? "no date" : row.next_date(), row.text(), row.display_name());
}

void Print(const alert::v1::DeadLetter& row) {
  fmt::print("{}Z  {} to {}, {} attempts{}: {}{}\n", Moment(row.time()), row.name(), row.receiver(),
             row.attempts(), row.bounced() ? ", came back" : "", row.error(),
             row.over().empty() ? "" : fmt::format("; over: {}", row.over()));
}

void Print(const alert::v1::HeldShard& row) {
  fmt::print("shard {:<3} {} since {}Z, {} due, {} allowed\n", row.shard(), Word(row.why()),
             Moment(row.hold_time()), row.due(), row.allowed());
}

void Print(const alert::v1::Explanation& row) {
  fmt::print("{}  {}: {}{}\n", Dates(row.earliest(), row.latest()), row.deadline(),
             Word(row.verdict()),
             row.has_next_time() ? fmt::format(", {}Z", Moment(row.next_time())) : "");
  for (const alert::v1::Reason& reason : row.reasons()) fmt::print("    - {}\n", reason.text());
}

template <class Rows>
void PrintRows(const Rows& rows) {
  for (const auto& row : rows) Print(row);
}

// Prints an answer that has no pages.
template <class Response, class Rows>
void PrintAll(const Session& session, const Response& response, const Rows& rows) {
  if (session.json) return fmt::print("{}", ToJson(response));
  PrintRows(rows);
}

bool IsAccepted(const alert::v1::Delivery& delivery) {
  return delivery.outcome() == alert::v1::Delivery::OUTCOME_ACCEPTED;
}

std::string TextOf(const alert::v1::Delivery& delivery) {
  return fmt::format("{}{}{}", Word(delivery.outcome()),
                     delivery.message_id().empty() ? "" : "  " + delivery.message_id(),
                     delivery.error().empty() ? "" : "  " + delivery.error());
}

// Prints what came of an attempt; the program ends with 1 where the message was not accepted.
void PrintDelivery(const Session& session, const alert::v1::Delivery& delivery) {
  if (session.json) {
    fmt::print("{}", ToJson(delivery));
  } else {
    fmt::print("{}\n", TextOf(delivery));
  }
  if (!IsAccepted(delivery)) std::exit(1);
}

// A day of the command line, which begins at 00:00 UTC, or a moment.
google::protobuf::Timestamp MomentOf(const std::string& option, const std::string& text) {
  absl::Time time;
  if (!absl::ParseTime("%Y-%m-%d", text, &time, nullptr) &&
      !absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) {
    Fail(absl::InvalidArgumentError(
        fmt::format("{}: write a day, 2018-04-28, or a moment, 2018-04-28T09:00:00Z", option)));
  }
  google::protobuf::Timestamp moment;
  moment.set_seconds(absl::ToUnixSeconds(time));
  return moment;
}

void Forecast(const AlertsArguments& arguments, const Session& session) {
  auto request = RequestOf<ForecastMessagesRequest>(arguments.options, "alerts forecast");
  request.set_until(arguments.until);
  request.set_receiver(arguments.receiver);
  request.set_case_(arguments.about);
  PrintPages(session, &Stub::ForecastMessages, request,
             [](const auto& page) { PrintRows(page.messages()); });
}

void Explain(const AlertsArguments& arguments, const Session& session) {
  alert::v1::ExplainMessagesRequest request;
  request.set_about(arguments.about);
  request.set_receiver(arguments.receiver);
  const auto answer = Connection(session).Call(&Stub::ExplainMessages, request);
  PrintAll(session, answer, answer.explanations());
}

void ListUnwatched(const AlertsArguments& arguments, const Session& session) {
  PrintPages(session, &Stub::ListUnwatchedCases,
             RequestOf<ListUnwatchedCasesRequest>(arguments.options, "alerts unwatched"),
             [](const auto& page) { PrintRows(page.cases()); });
}

void ListDeadLetters(const AlertsArguments& arguments, const Session& session) {
  PrintPages(session, &Stub::ListDeadLetters,
             RequestOf<ListDeadLettersRequest>(arguments.options, "alerts dead-letters"),
             [](const auto& page) { PrintRows(page.dead_letters()); });
}

void Resend(const AlertsArguments& arguments, const Session& session) {
  alert::v1::ResendDeadLetterRequest request;
  request.set_name(arguments.name);
  PrintDelivery(session, Connection(session).Call(&Stub::ResendDeadLetter, request));
}

// Call after call, for as long as letters are left and all are accepted; ends with 1 otherwise.
void ResendRange(const AlertsArguments& arguments, const Session& session) {
  alert::v1::ResendDeadLettersRequest request;
  request.set_receiver(arguments.receiver);
  *request.mutable_start_time() = MomentOf("--since", arguments.since);
  if (!arguments.until.empty()) *request.mutable_end_time() = MomentOf("--until", arguments.until);
  const Connection connection(session);
  for (int sent = 0;;) {
    const auto answer = connection.Call(&Stub::ResendDeadLetters, request);
    if (session.json) fmt::print("{}", ToJson(answer));
    bool accepted = !answer.letters().empty();
    for (const auto& letter : answer.letters()) {
      if (!session.json) fmt::print("{}  {}\n", letter.name(), TextOf(letter.delivery()));
      accepted = accepted && IsAccepted(letter.delivery());
      sent += IsAccepted(letter.delivery());
    }
    if (accepted && answer.left() > 0) continue;
    if (!session.json) {
      fmt::print("{} were accepted, {} are left, of {} nothing is to be told any more\n", sent,
                 answer.left(), answer.over());
    }
    if (answer.left() > 0) std::exit(1);
    return;
  }
}

void ResendSome(const AlertsArguments& arguments, const Session& session) {
  if (!arguments.name.empty()) return Resend(arguments, session);
  if (!arguments.receiver.empty() && !arguments.since.empty()) {
    return ResendRange(arguments, session);
  }
  Fail(absl::InvalidArgumentError("name a dead letter, or say --receiver and --since"));
}

void Test(const AlertsArguments& arguments, const Session& session) {
  alert::v1::TestReceiverRequest request;
  request.set_name(arguments.receiver);
  PrintDelivery(session, Connection(session).Call(&Stub::TestReceiver, request));
}

void ListHeld(const AlertsArguments& arguments, const Session& session) {
  PrintPages(session, &Stub::ListHeldShards,
             RequestOf<ListHeldShardsRequest>(arguments.options, "alerts held"),
             [](const auto& page) { PrintRows(page.shards()); });
}

void ListHeldMessages(const AlertsArguments& arguments, const Session& session) {
  PrintPages(session, &Stub::ListHeldMessages,
             RequestOf<ListHeldMessagesRequest>(arguments.options, "alerts held-messages"),
             [](const auto& page) { PrintRows(page.messages()); });
}

void Release(const AlertsArguments& arguments, const Session& session) {
  alert::v1::ReleaseHeldShardsRequest request;
  request.mutable_shards()->Assign(arguments.shards.begin(), arguments.shards.end());
  const auto answer = Connection(session).Call(&Stub::ReleaseHeldShards, request);
  if (session.json) return fmt::print("{}", ToJson(answer));
  fmt::print("{} shards were let go: {}\n", answer.shards_size(), fmt::join(answer.shards(), ", "));
}

void AddQuestions(CLI::App& alerts, std::shared_ptr<AlertsArguments> arguments, Session& session) {
  auto* forecast = alerts.add_subcommand("forecast", "prints all that will be sent up to a day");
  forecast->add_option("UNTIL", arguments->until, "the last day, YYYY-MM-DD")->required();
  forecast->add_option("--receiver", arguments->receiver, "only to this one: receivers/{receiver}");
  forecast->add_option("--case", arguments->about, "only of this case or dossier: cases/{case}");
  AddListOptions<ForecastMessagesRequest>(*forecast, arguments->options, "level > 0");
  forecast->callback([arguments, &session] { Forecast(*arguments, session); });
  auto* explain = alerts.add_subcommand("explain", "prints why somebody is told, or is not");
  explain
      ->add_option("ABOUT", arguments->about, "a case, a dossier, a deadline of one, or an alert")
      ->required();
  explain->add_option("RECEIVER", arguments->receiver, "whom: receivers/{receiver}")->required();
  explain->callback([arguments, &session] { Explain(*arguments, session); });
  auto* unwatched = alerts.add_subcommand("unwatched", "prints the cases of which nobody is told");
  AddListOptions<ListUnwatchedCasesRequest>(*unwatched, arguments->options,
                                            "why = WHY_NO_SUBSCRIPTION");
  unwatched->callback([arguments, &session] { ListUnwatched(*arguments, session); });
  auto* test = alerts.add_subcommand(
      "test", "sends a receiver a test; ends with 1 where it was not accepted");
  test->add_option("RECEIVER", arguments->receiver, "receivers/{receiver}")->required();
  test->callback([arguments, &session] { Test(*arguments, session); });
}

void AddHeld(CLI::App& alerts, std::shared_ptr<AlertsArguments> arguments, Session& session) {
  auto* held = alerts.add_subcommand("held", "prints the shards that the breaker holds");
  AddListOptions<ListHeldShardsRequest>(*held, arguments->options, "why = WHY_TOO_MANY");
  held->callback([arguments, &session] { ListHeld(*arguments, session); });
  auto* messages =
      alerts.add_subcommand("held-messages", "prints the messages that wait in held shards");
  AddListOptions<ListHeldMessagesRequest>(*messages, arguments->options, "level > 0");
  messages->callback([arguments, &session] { ListHeldMessages(*arguments, session); });
}

}  // namespace

void AddAlerts(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<AlertsArguments>();
  auto* alerts = app.add_subcommand("alerts", "what will be sent, why, and what went wrong");
  alerts->require_subcommand(1);
  AddQuestions(*alerts, arguments, session);
  auto* letters = alerts->add_subcommand(
      "dead-letters", "prints the messages that were given up or came back, the last first");
  AddListOptions<ListDeadLettersRequest>(*letters, arguments->options, "bounced = true");
  letters->callback([arguments, &session] { ListDeadLetters(*arguments, session); });
  auto* resend = alerts->add_subcommand(
      "resend",
      "sends a dead letter once more, or all of a receiver that were given up in a range of time; "
      "ends with 1 where one was not accepted");
  auto* name = resend->add_option("NAME", arguments->name, "deadLetters/{id}");
  resend->add_option("--receiver", arguments->receiver, "all of this one: receivers/{receiver}")
      ->excludes(name);
  resend
      ->add_option("--since", arguments->since,
                   "given up from then on: a day, UTC, or a moment such as 2018-04-28T09:00:00Z")
      ->excludes(name);
  resend->add_option("--until", arguments->until, "and before then; up to now where not said")
      ->excludes(name);
  resend->callback([arguments, &session] { ResendSome(*arguments, session); });
  AddHeld(*alerts, arguments, session);
  auto* release = alerts->add_subcommand("release", "lets go what is due in held shards");
  release->add_option("SHARD", arguments->shards,
                      "only these; all that are held where none is said");
  release->callback([arguments, &session] { Release(*arguments, session); });
}

}  // namespace vigil::vigilctl
