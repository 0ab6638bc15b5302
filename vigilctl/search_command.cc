#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "common/yaml/enum_name.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"
#include "vigilctl/commands.h"
#include "vigilctl/listing.h"
#include "vigilctl/words.h"

namespace vigil::vigilctl {
namespace {

using registry::v1::CaseService;

struct SearchArguments {
  std::vector<std::string> words;
  registry::v1::SearchCasesRequest request;
  std::vector<std::string> situations, kinds, states;
  ReadOptions read;
};

struct DuplicatesArguments {
  std::string parent;
  ListOptions options;
};

template <class Enum>
Enum ReadEnum(std::string_view option, const std::string& text) {
  const auto* value = FindEnumValue(google::protobuf::GetEnumDescriptor<Enum>(), text);
  if (value != nullptr) return static_cast<Enum>(value->number());
  Fail(absl::InvalidArgumentError(fmt::format("{}: there is no '{}'", option, text)));
}

void Print(const registry::v1::SearchCasesResponse::Result& row) {
  const registry::v1::Case& one = row.case_();
  std::vector<std::string> fields;
  for (const int field : row.matched_fields()) {
    fields.push_back(Word(static_cast<registry::v1::SearchField>(field)));
  }
  const bool other = row.matched_name() != one.display_name();
  fmt::print("{:<18} {:<26} {}{}{}\n", one.name(), Word(one.situation()), one.display_name(),
             other ? fmt::format(", also {}", row.matched_name()) : "",
             fields.empty() ? "" : fmt::format("; found in {}", fmt::join(fields, ", ")));
}

void Search(SearchArguments& arguments, const Session& session) {
  registry::v1::SearchCasesRequest request = arguments.request;
  request.set_query(fmt::format("{}", fmt::join(arguments.words, " ")));
  for (const std::string& text : arguments.situations) {
    request.add_situations(ReadEnum<registry::v1::Situation>("--situation", text));
  }
  for (const std::string& text : arguments.kinds) {
    request.add_deadline_kinds(ReadEnum<registry::v1::DeadlineKind>("--deadline-kind", text));
  }
  for (const std::string& text : arguments.states) {
    request.add_deadline_states(ReadEnum<registry::v1::DeadlineState>("--deadline-state", text));
  }
  SetReadOptions(arguments.read, "search", request);
  const auto last =
      PrintPages(session, &CaseService::Stub::SearchCases, request, [](const auto& page) {
        for (const auto& row : page.results()) Print(row);
      });
  if (last.cut_off()) fmt::print(stderr, "There are more: say more in the search.\n");
}

void Print(const registry::v1::Duplicate& row) {
  fmt::print("{:>3}  {} {}; {} {}; {}\n", row.score(), row.first(), row.display_names(0),
             row.second(), row.display_names(1), fmt::join(row.reasons(), ", "));
}

void Duplicates(const DuplicatesArguments& arguments, const Session& session) {
  auto request = RequestOf<registry::v1::ListDuplicatesRequest>(arguments.options, "duplicates");
  request.set_parent(arguments.parent);
  PrintPages(session, &CaseService::Stub::ListDuplicates, request, [](const auto& page) {
    for (const auto& row : page.duplicates()) Print(row);
  });
}

}  // namespace

void AddSearch(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<SearchArguments>();
  auto* search = app.add_subcommand("search", "finds cases, best first, a line each");
  search->add_option("WORDS", arguments->words,
                     "names in any script or spelling, words of facts, articles, places");
  search
      ->add_option("--situation", arguments->situations,
                   "only in this one, or one of these: imprisoned, …")
      ->allow_extra_args(false);
  search
      ->add_option("--deadline-kind", arguments->kinds,
                   "only with a deadline of this kind, or one of these: custody_limit, …")
      ->allow_extra_args(false);
  search
      ->add_option("--deadline-state", arguments->states,
                   "only with a deadline in this state, or one of these: passed, met, …")
      ->allow_extra_args(false);
  using Request = registry::v1::SearchCasesRequest;
  const auto text = [&](const char* option, std::string* (Request::*field)(), const char* help) {
    search->add_option(option, *(arguments->request.*field)(), help);
  };
  text("--deadline-from", &Request::mutable_deadline_from,
       "only with a deadline that begins on this day or later");
  text("--deadline-until", &Request::mutable_deadline_until,
       "only with a deadline that begins on this day or earlier");
  text("--fact-kind", &Request::mutable_fact_kind, "only with a fact of this kind: verdict, …");
  text("--article", &Request::mutable_article, "only with a charge of this article: 174");
  text("--place", &Request::mutable_place, "only tied to this place");
  AddReadOptions<Request>(*search, arguments->read);
  search->callback([arguments, &session] { Search(*arguments, session); });
}

void AddDuplicates(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<DuplicatesArguments>();
  auto* duplicates =
      app.add_subcommand("duplicates", "prints pairs of cases that may be about one person");
  duplicates->add_option("CASE", arguments->parent, "only of this one: cases/{case}");
  AddListOptions<registry::v1::ListDuplicatesRequest>(*duplicates, arguments->options,
                                                      "score >= 60");
  duplicates->callback([arguments, &session] { Duplicates(*arguments, session); });
}

}  // namespace vigil::vigilctl
