#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "common/civil/day.h"
#include "registry-svc/audit/notifications.h"
#include "vigilctl/commands.h"

namespace vigil::vigilctl {
namespace {

struct NotificationArguments {
  std::string database, parent, receiver, from, until;
};

// A day of the command line, in UTC.
absl::Time StartOf(const std::string& option, const std::string& text) {
  const std::optional<civil::Day> day = civil::ParseDay(text);
  if (!day) Fail(absl::InvalidArgumentError(fmt::format("{}: write a day as YYYY-MM-DD", option)));
  return absl::FromUnixSeconds(
      std::chrono::duration_cast<std::chrono::seconds>(day->time_since_epoch()).count());
}

registry::NotificationQuery QueryOf(const NotificationArguments& arguments) {
  registry::NotificationQuery query;
  query.parent = arguments.parent;
  query.receiver = arguments.receiver;
  if (!arguments.from.empty()) query.from = StartOf("--from", arguments.from);
  if (!arguments.until.empty()) {
    query.until = StartOf("--until", arguments.until) + absl::Hours(24);
  }
  return query;
}

// One line of JSON. `journal` is a witness of the link, as `audit verify` takes it.
void Print(const registry::Notification& one) {
  std::string receipt;
  if (!google::protobuf::util::MessageToJsonString(one.receipt, &receipt).ok()) {
    Fail(absl::InternalError("a receipt cannot be printed"));
  }
  fmt::print(
      "{{\"journal\":{{\"number\":\"{}\",\"hash\":\"{}\"}},\"commitTime\":\"{}\",\"receipt\":{}}}"
      "\n",
      one.link.number, registry::Hex(one.link.hash),
      absl::FormatTime(absl::RFC3339_sec, one.committed, absl::UTCTimeZone()), receipt);
}

void Run(const NotificationArguments& arguments) {
  auto database = registry::Database::OpenReader(arguments.database);
  if (!database.ok()) Fail(database.status());
  const auto end = registry::ReadNotifications(*database, QueryOf(arguments), Print);
  if (!end.ok()) Fail(end.status());
  fmt::print(stderr, "the chain holds to revision {} ({:.16})\n", end->number,
             registry::Hex(end->hash));
}

}  // namespace

void AddNotifications(CLI::App& audit) {
  auto arguments = std::make_shared<NotificationArguments>();
  auto* command = audit.add_subcommand(
      "notifications",
      "prints who was told what, when, and what came of it: a line of JSON a receipt, with the "
      "journal's link that proves it; ends with 1 where the chain is broken");
  command->add_option("--database", arguments->database, "the database file, or a backup")
      ->required();
  command->add_option("--case", arguments->parent, "only of this case or dossier: cases/c-…");
  command->add_option("--receiver", arguments->receiver, "only to this one: receivers/{receiver}");
  command->add_option("--from", arguments->from, "from this day on, UTC: YYYY-MM-DD");
  command->add_option("--until", arguments->until, "up to the end of this day, UTC");
  command->callback([arguments] { Run(*arguments); });
}

}  // namespace vigil::vigilctl
