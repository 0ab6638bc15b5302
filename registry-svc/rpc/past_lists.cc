#include "registry-svc/rpc/past_lists.h"

#include <functional>
#include <optional>
#include <string>

#include "registry-svc/casebook/list_places.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"
#include "registry-svc/rpc/pinned_page.h"
#include "registry-svc/rpc/summary_count.h"

namespace vigil::registry {
namespace {

// What a list begins with.
struct PastList {
  PinnedArguments arguments;
  std::optional<civil::Day> day;
  RecordView record;
};

template <class Element, class Request>
absl::StatusOr<PastList> Begin(const Backend& backend, const Request& request) {
  absl::StatusOr<PinnedArguments> arguments = ReadArguments<Element>(backend.sealer, request);
  if (!arguments.ok()) return arguments.status();
  std::optional<civil::Day> day;
  if constexpr (requires { request.as_of(); }) {
    const auto as_of = ReadAsOf(request.as_of());
    if (!as_of.ok()) return as_of.status();
    day = *as_of;
  }
  absl::StatusOr<RecordView> record =
      RecordView::Open(backend, request.known_at(), &arguments->pinned);
  if (!record.ok()) return record.status();
  return PastList{.arguments = *std::move(arguments), .day = day, .record = *std::move(record)};
}

using Visit = std::function<void(const FilePtr&, const DayReading&)>;

// Hands over the files that a list covers: one, or all that were live.
absl::Status VisitScope(PastList& list, const Gone& gone, const std::string& parent,
                        const Visit& visit) {
  const auto read = [&](const FilePtr& file) -> absl::Status {
    const auto reading = list.record.Read(file, list.day);
    if (reading.ok()) visit(file, **reading);
    return reading.status();
  };
  if (IsOfAll(parent)) {
    return list.record.ForEach("", gone, [&](const FilePtr& file) {
      return file->deleted() ? absl::OkStatus() : read(file);
    });
  }
  const absl::StatusOr<FilePtr> file = list.record.FindFile("parent", parent);
  return file.ok() ? read(*file) : file.status();
}

// Notes what the elements of a page show. Files are not held while the list is read: those of the
// page are read again.
template <class Elements, class Note>
absl::Status NoteElements(PastList& list, const Disclosure& disclosure, const Elements& elements,
                          Note note) {
  if (!disclosure.sees()) return absl::OkStatus();
  for (const auto& element : elements) {
    const std::string& name = element.name();
    const absl::StatusOr<FilePtr> file = list.record.Find(IsCaseName(name) ? name : ParentOf(name));
    if (!file.ok()) return file.status();
    if (!*file || !HasConfidential(**file)) continue;
    const auto reading = list.record.Read(*file, list.day);
    if (!reading.ok()) return reading.status();
    note(**file, **reading, element);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ListCasesResponse> ReadPastCases(const Backend& backend, const Gone& gone,
                                                    Disclosure& disclosure,
                                                    const v1::ListCasesRequest& request) {
  absl::StatusOr<PastList> list = Begin<v1::Case>(backend, request);
  if (!list.ok()) return list.status();
  PinnedPage<v1::Case> page(list->arguments);
  const auto add = [&](const FilePtr& file) -> absl::Status {
    if (file->deleted() && !request.show_deleted()) return absl::OkStatus();
    const auto reading = list->record.Read(file, list->day);
    // By what the caller may see: a filter must not tell what is confidential.
    if (reading.ok()) page.Add(disclosure.CaseOf(**reading), PlaceOf(*file));
    return reading.status();
  };
  if (absl::Status s = list->record.ForEach("cases/", gone, add); !s.ok()) return s;
  v1::ListCasesResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_cases()));
  const auto note = [&](const CaseFile& file, const DayReading& reading, const v1::Case&) {
    disclosure.Show(file, reading);
  };
  if (absl::Status s = NoteElements(*list, disclosure, response.cases(), note); !s.ok()) return s;
  return response;
}

absl::StatusOr<v1::ListDossiersResponse> ReadPastDossiers(const Backend& backend, const Gone& gone,
                                                          const v1::ListDossiersRequest& request) {
  absl::StatusOr<PastList> list = Begin<v1::Dossier>(backend, request);
  if (!list.ok()) return list.status();
  PinnedPage<v1::Dossier> page(list->arguments);
  const auto add = [&](const FilePtr& file) {
    if (!file->deleted() || request.show_deleted()) page.Add(*file->dossier, PlaceOf(*file));
    return absl::OkStatus();
  };
  if (absl::Status s = list->record.ForEach("dossiers/", gone, add); !s.ok()) return s;
  v1::ListDossiersResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_dossiers()));
  return response;
}

absl::StatusOr<v1::ListDeadlinesResponse> ReadPastDeadlines(
    const Backend& backend, const Gone& gone, Disclosure& disclosure,
    const v1::ListDeadlinesRequest& request) {
  absl::StatusOr<PastList> list = Begin<v1::Deadline>(backend, request);
  if (!list.ok()) return list.status();
  PinnedPage<v1::Deadline> page(list->arguments);
  const auto add = [&](const FilePtr&, const DayReading& reading) {
    for (size_t i = 0; i < reading.derived.deadlines.size(); ++i) {
      const v1::Deadline& deadline = reading.derived.deadlines[i];
      // By what the caller may see: neither filter nor order may tell what is veiled.
      const bool veil = !disclosure.sees() && IsVeiled(reading, i);
      page.Add(veil ? ToldDeadline(reading, i) : deadline, PlaceOf(deadline));
    }
  };
  if (absl::Status s = VisitScope(*list, gone, request.parent(), add); !s.ok()) return s;
  v1::ListDeadlinesResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_deadlines()));
  const auto note = [&](const CaseFile& file, const DayReading& reading,
                        const v1::Deadline& shown) {
    for (size_t i = 0; i < reading.derived.deadlines.size(); ++i) {
      if (reading.derived.deadlines[i].name() == shown.name()) disclosure.Show(file, reading, i);
    }
  };
  if (absl::Status s = NoteElements(*list, disclosure, response.deadlines(), note); !s.ok())
    return s;
  return response;
}

absl::StatusOr<v1::ListFindingsResponse> ReadPastFindings(const Backend& backend, const Gone& gone,
                                                          Disclosure& disclosure,
                                                          const v1::ListFindingsRequest& request) {
  absl::StatusOr<PastList> list = Begin<v1::Finding>(backend, request);
  if (!list.ok()) return list.status();
  PinnedPage<v1::Finding> page(list->arguments);
  const auto add = [&](const FilePtr&, const DayReading& reading) {
    for (const v1::Finding& finding : disclosure.FindingsOf(reading)) {
      page.Add(finding, PlaceOf(finding));
    }
  };
  if (absl::Status s = VisitScope(*list, gone, request.parent(), add); !s.ok()) return s;
  v1::ListFindingsResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_findings()));
  const auto note = [&](const CaseFile& file, const DayReading& reading, const v1::Finding& shown) {
    disclosure.NoteFinding(file, reading, shown);
  };
  if (absl::Status s = NoteElements(*list, disclosure, response.findings(), note); !s.ok())
    return s;
  return response;
}

absl::StatusOr<v1::Summary> ReadPastSummary(const Backend& backend, const Gone& gone,
                                            const v1::GetSummaryRequest& request) {
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  absl::StatusOr<RecordView> record = RecordView::Open(backend, request.known_at());
  if (!record.ok()) return record.status();
  SummaryCount count;
  const auto add = [&](const FilePtr& file) -> absl::Status {
    if (file->deleted()) return absl::OkStatus();
    const auto reading = record->Read(file, *day);
    if (reading.ok()) count.Add(*file, **reading);
    return reading.status();
  };
  if (absl::Status s = record->ForEach("", gone, add); !s.ok()) return s;
  absl::TimeZone almaty;
  FindZone("", almaty);
  return count.Take(*day ? **day : record->DayIn(almaty), record->revision());
}

}  // namespace vigil::registry
