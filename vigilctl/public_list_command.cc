#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_split.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"
#include "vigilctl/commands.h"
#include "vigilctl/list_snapshot.h"

namespace vigil::vigilctl {
namespace {

using registry::v1::SearchCasesResponse;

struct PublicListArguments {
  std::string before, after;
};

// At most this many cases are told for a name.
constexpr size_t kMostCases = 5;

std::vector<Listed> Snapshot(const std::string& file) {
  auto rows = ReadSnapshot(file, ReadText(file));
  if (!rows.ok()) Fail(rows.status());
  return *std::move(rows);
}

// The cases that bear these words in a name, best first. The registry folds and compares them.
std::vector<SearchCasesResponse::Result> CasesNamed(const Connection& connection,
                                                    const std::vector<std::string>& words) {
  registry::v1::SearchCasesRequest request;
  request.set_query(fmt::format("{}", fmt::join(words, " ")));
  const auto page = connection.Call(&registry::v1::CaseService::Stub::SearchCases, request);
  std::vector<SearchCasesResponse::Result> out;
  for (const SearchCasesResponse::Result& row : page.results()) {
    const auto& fields = row.matched_fields();
    if (std::count(fields.begin(), fields.end(), registry::v1::SEARCH_FIELD_NAME) > 0) {
      out.push_back(row);
    }
  }
  return out;
}

// The list gives a patronymic that a case may not know.
std::vector<SearchCasesResponse::Result> LikelyCases(const Connection& connection,
                                                     const std::string& name) {
  std::vector<std::string> words = absl::StrSplit(name, ' ', absl::SkipEmpty());
  auto found = CasesNamed(connection, words);
  if (!found.empty() || words.size() <= 2) return found;
  words.resize(2);
  return CasesNamed(connection, words);
}

std::string Cell(const Listed& row, const std::string& column) {
  const auto found = row.cells.find(column);
  return found == row.cells.end() ? std::string("nothing") : found->second;
}

void PrintChange(const ListChange& change) {
  const Listed& row = change.after != nullptr ? *change.after : *change.before;
  const auto born = row.cells.find("birthdate");
  fmt::print("{:<8} {}{}, line {}\n",
             change.before == nullptr  ? "added"
             : change.after == nullptr ? "removed"
                                       : "changed",
             row.name, born == row.cells.end() ? "" : ", born " + born->second, row.line);
  for (const std::string& column : change.columns) {
    fmt::print("         {}: {} before, {} now\n", column, Cell(*change.before, column),
               Cell(*change.after, column));
  }
}

// What to record where the person is the one of a case.
std::string_view RemedyOf(const ListChange& change) {
  if (change.before == nullptr) return "record `listing: {list: kz_terrorism_financing}`";
  if (change.after == nullptr) return "record `delisting: {list: kz_terrorism_financing}`";
  return "compare it with the listing that is recorded";
}

void PrintCases(const ListChange& change, const std::vector<SearchCasesResponse::Result>& likely) {
  if (likely.empty()) fmt::print("         no case bears the name\n");
  for (size_t i = 0; i < likely.size(); ++i) {
    const SearchCasesResponse::Result& row = likely[i];
    if (i == kMostCases) {
      fmt::print("         and {} more\n", likely.size() - i);
      break;
    }
    const registry::v1::Case& one = row.case_();
    const std::string& born = one.person().born();
    fmt::print("         {} {}{}: if it is this person, {}\n", one.name(), row.matched_name(),
               born.empty() ? "" : ", born " + born, RemedyOf(change));
  }
}

void Compare(const PublicListArguments& arguments, const Session& session) {
  const std::vector<Listed> before = Snapshot(arguments.before);
  const std::vector<Listed> after = Snapshot(arguments.after);
  const std::vector<ListChange> changes = CompareSnapshots(before, after);
  if (changes.empty()) {
    fmt::print("nothing changed; {} are listed\n", after.size());
    return;
  }
  const Connection connection(session);
  int added = 0, removed = 0;
  for (const ListChange& change : changes) {
    added += change.before == nullptr;
    removed += change.after == nullptr;
    PrintChange(change);
    PrintCases(change, LikelyCases(connection,
                                   (change.after != nullptr ? change.after : change.before)->name));
  }
  fmt::print("{} added, {} removed, {} changed; {} are listed\n", added, removed,
             static_cast<int>(changes.size()) - added - removed, after.size());
  std::exit(1);
}

}  // namespace

void AddPublicList(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<PublicListArguments>();
  auto* list = app.add_subcommand("public-list",
                                  "compares snapshots of the list of those associated with "
                                  "financing of terrorism and extremism");
  list->require_subcommand(1);
  auto* diff = list->add_subcommand(
      "diff",
      "tells who was added, removed or changed and which cases that may be; ends with 1 if any");
  diff->add_option("OLD", arguments->before, "the earlier snapshot, CSV")->required();
  diff->add_option("NEW", arguments->after, "the later snapshot, CSV")->required();
  diff->callback([arguments, &session] { Compare(*arguments, session); });
}

}  // namespace vigil::vigilctl
