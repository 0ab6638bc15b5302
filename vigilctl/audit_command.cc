#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "registry-svc/audit/verify.h"
#include "vigil/registry/v1/audit.grpc.pb.h"
#include "vigilctl/commands.h"
#include "vigilctl/listing.h"
#include "vigilctl/words.h"

namespace vigil::vigilctl {
namespace {

using registry::v1::AuditService;

struct AuditArguments {
  std::string database, witness, name, reason;
  ListOptions options;
};

void PrintHead(const Session& session) {
  const auto head = Connection(session).Call(&AuditService::Stub::GetAuditHead,
                                             registry::v1::GetAuditHeadRequest());
  fmt::print("{}", ToJson(head));
}

registry::v1::AuditHead ReadWitness(const std::string& file) {
  std::ifstream in(file);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  registry::v1::AuditHead head;
  if (!in || !google::protobuf::util::JsonStringToMessage(text, &head).ok()) {
    Fail(absl::InvalidArgumentError(
        fmt::format("{}: no witness: it is what `vigilctl audit head` prints", file)));
  }
  return head;
}

registry::v1::VerifyAuditResponse Verified(const AuditArguments& arguments,
                                           const Session& session) {
  registry::v1::VerifyAuditRequest request;
  if (!arguments.witness.empty()) *request.mutable_witness() = ReadWitness(arguments.witness);
  if (arguments.database.empty()) {
    return Connection(session).Call(&AuditService::Stub::VerifyAudit, request);
  }
  auto verified = registry::VerifyAuditFile(arguments.database,
                                            request.has_witness() ? &request.witness() : nullptr);
  if (!verified.ok()) Fail(verified.status());
  return *std::move(verified);
}

void Verify(const AuditArguments& arguments, const Session& session) {
  const auto verified = Verified(arguments, session);
  if (session.json) {
    fmt::print("{}", ToJson(verified));
  } else {
    for (const auto& fault : verified.faults()) {
      fmt::print("{}: {}: {}\n", Word(fault.part()),
                 fault.name().empty() ? fmt::format("{}", fault.number()) : fault.name(),
                 fault.what());
    }
    const auto& head = verified.head();
    fmt::print("{}: journal to revision {} ({:.16}), {} accesses\n",
               verified.intact() ? "intact" : "NOT INTACT", head.journal().number(),
               head.journal().hash(), head.accesses().number());
  }
  if (!verified.intact()) std::exit(1);
}

void Print(const registry::v1::Access& row) {
  fmt::print("{:<6} {} {:<12} {:<20} {} {} facts, {}\n", row.number(),
             google::protobuf::util::TimeUtil::ToString(row.time()), row.actor(),
             row.method().substr(row.method().rfind('/') + 1), row.request_id(), row.facts_size(),
             row.parent().empty() ? "several cases" : row.parent());
}

void ListAccesses(const AuditArguments& arguments, const Session& session) {
  PrintPages(session, &AuditService::Stub::ListAccesses,
             RequestOf<registry::v1::ListAccessesRequest>(arguments.options, "audit list"),
             [](const auto& page) {
               for (const auto& row : page.accesses()) Print(row);
             });
}

void Erase(const AuditArguments& arguments, const Session& session) {
  registry::v1::EraseCaseRequest request;
  request.set_name(arguments.name);
  request.set_reason(arguments.reason);
  const auto erased = Connection(session).Call(&AuditService::Stub::EraseCase, request);
  if (session.json) {
    fmt::print("{}", ToJson(erased));
  } else if (erased.revision() == 0) {
    fmt::print("{}: there is nothing confidential\n", arguments.name);
  } else {
    fmt::print("{}: {} facts erased for good, revision {}\n", arguments.name, erased.erased_facts(),
               erased.revision());
  }
}

}  // namespace

void AddAudit(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<AuditArguments>();
  auto* audit = app.add_subcommand("audit", "who read what, and whether the record is whole");
  audit->require_subcommand(1);
  audit->add_subcommand("head", "prints the heads of journal and access trail: keep them elsewhere")
      ->callback([&session] { PrintHead(session); });
  auto* verify = audit->add_subcommand(
      "verify", "checks every link of both chains, and the rows; ends with 1 where one is broken");
  verify->add_option("--database", arguments->database,
                     "a database file or a backup, instead of the service");
  verify->add_option("--witness", arguments->witness,
                     "a file with a head given out earlier: tells a tail that was cut off");
  verify->callback([arguments, &session] { Verify(*arguments, session); });
  auto* list = audit->add_subcommand("list", "prints the reads of confidential facts");
  AddListOptions<registry::v1::ListAccessesRequest>(*list, arguments->options,
                                                    "actor = \"maria\" AND parent = \"cases/c-…\"");
  list->callback([arguments, &session] { ListAccesses(*arguments, session); });
  AddNotifications(*audit);
}

void AddErase(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<AuditArguments>();
  auto* erase = app.add_subcommand(
      "erase", "erases what is confidential in a case, for good, also in backups");
  erase->add_option("NAME", arguments->name, "cases/{case} or dossiers/{dossier}")->required();
  erase->add_option("--reason", arguments->reason, "why; stays in the journal: no name of a person")
      ->required();
  erase->callback([arguments, &session] { Erase(*arguments, session); });
}

}  // namespace vigil::vigilctl
