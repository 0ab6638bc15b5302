#include "registry-svc/rpc/what_if_service.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/veil.h"
#include "registry-svc/casebook/what_if.h"
#include "registry-svc/domain/supposed_rules.h"
#include "registry-svc/rpc/record_view.h"

namespace vigil::registry {
namespace {

using config::v1::ROLE_READER;
using SupposedFiles = google::protobuf::RepeatedPtrField<v1::SupposedFile>;

constexpr int kMaxFiles = 50;
constexpr size_t kMaxText = 1 << 20;

absl::Status BadRules(std::string_view field, const absl::Status& status) {
  return refusals::BadField("BAD_RULES", field, std::string(status.message()));
}

absl::StatusOr<std::vector<RuleText>> TextsOf(std::string_view field, const SupposedFiles& files) {
  if (files.size() > kMaxFiles) {
    return refusals::BadField("TOO_MANY", field, fmt::format("{}: at most {}", field, kMaxFiles));
  }
  std::vector<RuleText> texts;
  for (const v1::SupposedFile& file : files) {
    const std::string name = fmt::format("{}[{}]", field, texts.size());
    if (file.yaml().size() > kMaxText) {
      return refusals::BadField("TEXT_TOO_LONG", name + ".yaml",
                                fmt::format("{}.yaml: at most {} bytes", name, kMaxText));
    }
    texts.push_back({file.file().empty() ? name : file.file(), file.yaml()});
  }
  return texts;
}

// The rules with those of the request in their place.
absl::StatusOr<RuleBook> SupposedRules(const RuleBook& present, const v1::WhatIfRequest& request) {
  if (request.rules().empty() && request.calendars().empty()) return present;
  const auto packs = TextsOf("rules", request.rules());
  if (!packs.ok()) return packs.status();
  const auto calendars = TextsOf("calendars", request.calendars());
  if (!calendars.ok()) return calendars.status();
  rules::v1::RuleArchive archive = present.archive();
  if (absl::Status s = PutPacks(*packs, archive); !s.ok()) return BadRules("rules", s);
  if (absl::Status s = PutCalendars(*calendars, archive); !s.ok()) return BadRules("calendars", s);
  absl::StatusOr<RuleBook> book = RuleBook::Compile(std::move(archive));
  // Each is in order by itself: only packs can be at odds with one another.
  if (!book.ok()) return BadRules("rules", book.status());
  return book;
}

// Whatever differs, with what it shows noted.
void Compare(const Reading& before, const Reading& after, bool unchanged, Disclosure& disclosure,
             v1::WhatIfResponse& response) {
  const bool veil = !disclosure.sees() && HasConfidential(before.file);
  for (v1::DeadlineMove& move : MovesBetween(before, after, veil, unchanged)) {
    disclosure.NoteDeadline(before.file, move.before());
    disclosure.NoteDeadline(before.file, move.after());
    *response.add_moves() = std::move(move);
  }
  if (before.file.record) {
    response.set_situation_before(disclosure.Show(before.file, before.day).situation());
    response.set_situation_after(disclosure.Show(after.file, after.day).situation());
  }
  const std::vector<v1::Finding>& was = disclosure.FindingsOf(before.day);
  const std::vector<v1::Finding>& will = disclosure.FindingsOf(after.day);
  for (v1::Finding& finding : FindingsOnlyIn(will, was)) {
    *response.add_new_findings() = std::move(finding);
  }
  for (v1::Finding& finding : FindingsOnlyIn(was, will)) {
    *response.add_gone_findings() = std::move(finding);
  }
  // A finding's text may quote any fact.
  const bool quotes = response.new_findings_size() > 0 || response.gone_findings_size() > 0;
  if (quotes) disclosure.NoteFile(before.file);
}

}  // namespace

absl::StatusOr<v1::WhatIfResponse> WhatIfService::Answer(Disclosure& disclosure,
                                                         const v1::WhatIfRequest& request) const {
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  absl::StatusOr<RecordView> record = RecordView::Open(backend_, request.known_at());
  if (!record.ok()) return record.status();
  const absl::StatusOr<FilePtr> file = record->FindFile("name", request.name());
  if (!file.ok()) return file.status();
  const absl::StatusOr<const RuleBook*> present = record->Rules();
  if (!present.ok()) return present.status();
  const absl::StatusOr<RuleBook> rules = SupposedRules(**present, request);
  if (!rules.ok()) return rules.status();
  const absl::StatusOr<CaseFile> supposed =
      Suppose(*backend_.book.Present(), vocabularies_, **file, request, record->time());
  if (!supposed.ok()) return supposed.status();

  const civil::Day as_of = *day ? **day : record->DayIn((*file)->zone);
  const auto read = record->Read(*file, as_of);
  if (!read.ok()) return read.status();
  const std::shared_ptr<const DayReading>& before = *read;
  const DayReading after = ReadOn(*supposed, *rules, as_of);
  v1::WhatIfResponse response;
  response.set_as_of(civil::FormatDay(as_of));
  response.set_revision(record->revision());
  Compare({.file = **file, .day = *before}, {.file = *supposed, .day = after},
          request.show_unchanged(), disclosure, response);
  return response;
}

grpc::ServerUnaryReactor* WhatIfService::WhatIf(grpc::CallbackServerContext* context,
                                                const v1::WhatIfRequest* request,
                                                v1::WhatIfResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_READER, request, response,
                    [this](const rpc::Caller& caller, const v1::WhatIfRequest& request,
                           rpc::Done<v1::WhatIfResponse> done) {
                      const bool posted = pool_.Post([this, &caller, &request, done] {
                        Disclosure disclosure(caller);
                        absl::StatusOr<v1::WhatIfResponse> answer = Answer(disclosure, request);
                        Disclose<v1::WhatIfRequest>(backend_, caller, disclosure, std::move(answer),
                                                    done);
                      });
                      if (!posted) done(refusals::ShuttingDown());
                    });
}

}  // namespace vigil::registry
