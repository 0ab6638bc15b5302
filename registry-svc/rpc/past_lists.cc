#include "registry-svc/rpc/past_lists.h"

#include <functional>
#include <optional>
#include <string>

#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"
#include "registry-svc/rpc/list_places.h"
#include "registry-svc/rpc/sorted_page.h"
#include "registry-svc/rpc/summary_count.h"

namespace vigil::registry {
namespace {

// What a list begins with.
struct PastList {
  ListArguments arguments;
  std::optional<civil::Day> day;
  RecordView record;
};

template <class Element, class Request>
absl::StatusOr<PastList> Begin(const Backend& backend, const Request& request) {
  absl::StatusOr<ListArguments> arguments = ReadArguments<Element>(backend.sealer, request);
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
absl::Status NoteElements(const PastList& list, const Elements& elements, Note note) {
  for (const auto& element : elements) {
    const absl::StatusOr<FilePtr> file = list.record.Find(ParentOf(element.name()));
    if (!file.ok()) return file.status();
    if (*file) note(**file, element);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ListCasesResponse> ReadPastCases(const Backend& backend, const Gone& gone,
                                                    const v1::ListCasesRequest& request) {
  absl::StatusOr<PastList> list = Begin<v1::Case>(backend, request);
  if (!list.ok()) return list.status();
  SortedPage<v1::Case> page(list->arguments);
  const auto add = [&](const FilePtr& file) -> absl::Status {
    if (file->deleted() && !request.show_deleted()) return absl::OkStatus();
    const auto reading = list->record.Read(file, list->day);
    if (reading.ok()) page.Add((*reading)->rendered, PlaceOf(*file));
    return reading.status();
  };
  if (absl::Status s = list->record.ForEach("cases/", gone, add); !s.ok()) return s;
  v1::ListCasesResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_cases()));
  return response;
}

absl::StatusOr<v1::ListDossiersResponse> ReadPastDossiers(const Backend& backend, const Gone& gone,
                                                          const v1::ListDossiersRequest& request) {
  absl::StatusOr<PastList> list = Begin<v1::Dossier>(backend, request);
  if (!list.ok()) return list.status();
  SortedPage<v1::Dossier> page(list->arguments);
  const auto add = [&](const FilePtr& file) {
    page.Add(*file->dossier, PlaceOf(*file));
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
  SortedPage<v1::Deadline> page(list->arguments);
  const auto add = [&](const FilePtr& file, const DayReading& reading) {
    const bool veil = !disclosure.sees() && HasConfidential(*file);
    for (const v1::Deadline& deadline : reading.derived.deadlines) {
      // By what the caller may see: neither filter nor order may tell what is veiled.
      if (veil) page.Add(Veiled(*file, deadline), PlaceOf(deadline));
      if (!veil) page.Add(deadline, PlaceOf(deadline));
    }
  };
  if (absl::Status s = VisitScope(*list, gone, request.parent(), add); !s.ok()) return s;
  v1::ListDeadlinesResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_deadlines()));
  const auto note = [&](const CaseFile& file, const v1::Deadline& deadline) {
    disclosure.NoteDeadline(file, deadline);
  };
  if (!disclosure.sees()) return response;
  if (absl::Status s = NoteElements(*list, response.deadlines(), note); !s.ok()) return s;
  return response;
}

absl::StatusOr<v1::ListFindingsResponse> ReadPastFindings(const Backend& backend, const Gone& gone,
                                                          Disclosure& disclosure,
                                                          const v1::ListFindingsRequest& request) {
  absl::StatusOr<PastList> list = Begin<v1::Finding>(backend, request);
  if (!list.ok()) return list.status();
  SortedPage<v1::Finding> page(list->arguments);
  const auto add = [&](const FilePtr& file, const DayReading& reading) {
    // A finding's text may quote any fact.
    if (!disclosure.sees() && HasConfidential(*file)) return;
    for (const v1::Finding& finding : reading.derived.findings) {
      page.Add(finding, PlaceOf(finding));
    }
  };
  if (absl::Status s = VisitScope(*list, gone, request.parent(), add); !s.ok()) return s;
  v1::ListFindingsResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_findings()));
  const auto note = [&](const CaseFile& file, const v1::Finding&) { disclosure.NoteFile(file); };
  if (!disclosure.sees()) return response;
  if (absl::Status s = NoteElements(*list, response.findings(), note); !s.ok()) return s;
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
