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
using alert::v1::ListDeadLettersRequest;
using alert::v1::ListUnwatchedCasesRequest;

struct AlertsArguments {
  std::string until, receiver, about, name;
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

// Prints what came of an attempt; the program ends with 1 where the message was not accepted.
void PrintDelivery(const Session& session, const alert::v1::Delivery& delivery) {
  if (session.json) {
    fmt::print("{}", ToJson(delivery));
  } else {
    fmt::print("{}{}{}\n", Word(delivery.outcome()),
               delivery.message_id().empty() ? "" : "  " + delivery.message_id(),
               delivery.error().empty() ? "" : "  " + delivery.error());
  }
  if (delivery.outcome() != alert::v1::Delivery::OUTCOME_ACCEPTED) std::exit(1);
}

void Forecast(const AlertsArguments& arguments, const Session& session) {
  alert::v1::ForecastMessagesRequest request;
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

void Test(const AlertsArguments& arguments, const Session& session) {
  alert::v1::TestReceiverRequest request;
  request.set_name(arguments.receiver);
  PrintDelivery(session, Connection(session).Call(&Stub::TestReceiver, request));
}

void ListHeld(const Session& session) {
  const auto held =
      Connection(session).Call(&Stub::ListHeldShards, alert::v1::ListHeldShardsRequest());
  PrintAll(session, held, held.shards());
}

void ListHeldMessages(const Session& session) {
  PrintPages(session, &Stub::ListHeldMessages, alert::v1::ListHeldMessagesRequest(),
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
      "resend", "sends a dead letter once more; ends with 1 where it was not accepted");
  resend->add_option("NAME", arguments->name, "deadLetters/{id}")->required();
  resend->callback([arguments, &session] { Resend(*arguments, session); });
  alerts->add_subcommand("held", "prints the shards that the breaker holds")->callback([&session] {
    ListHeld(session);
  });
  alerts->add_subcommand("held-messages", "prints the messages that wait in held shards")
      ->callback([&session] { ListHeldMessages(session); });
  auto* release = alerts->add_subcommand("release", "lets go what is due in held shards");
  release->add_option("SHARD", arguments->shards,
                      "only these; all that are held where none is said");
  release->callback([arguments, &session] { Release(*arguments, session); });
}

}  // namespace vigil::vigilctl
