#include "registry-svc/rpc/deadline_reads.h"

#include <algorithm>

#include "common/filter/filter.h"
#include "common/seal/page_token.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"
#include "registry-svc/rpc/list_places.h"
#include "registry-svc/rpc/record_view.h"
#include "registry-svc/rpc/sorted_page.h"
#include "registry-svc/rpc/summary_count.h"

namespace vigil::registry {
namespace {

// A file and what follows from it on the day asked for.
struct Read {
  FilePtr file;
  std::shared_ptr<const DayReading> reading;
  // The caller may not see all of it.
  bool veil = false;
};

Read ReadFile(const Backend& backend, Disclosure& disclosure, const FilePtr& file,
              std::optional<civil::Day> day) {
  return {.file = file,
          .reading = backend.book.Read(file, day),
          .veil = !disclosure.sees() && HasConfidential(*file)};
}

// The files that a list covers: one, or all that are live.
template <class Request>
absl::StatusOr<std::vector<Read>> ReadScope(const Backend& backend, Disclosure& disclosure,
                                            const Request& request) {
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  std::vector<Read> files;
  if (IsOfAll(request.parent())) {
    snapshot->ForEach([&](const FilePtr& file) {
      if (!file->deleted()) files.push_back(ReadFile(backend, disclosure, file, *day));
    });
    return files;
  }
  const absl::StatusOr<FilePtr> file = FindFile(*snapshot, "parent", request.parent());
  if (!file.ok()) return file.status();
  files.push_back(ReadFile(backend, disclosure, *file, *day));
  return files;
}

// An element of a list: its place in the order, which also names it in a page token.
template <class Message>
struct Element {
  std::string key;
  const Message* message = nullptr;
  const Read* read = nullptr;
};

// The elements of the page, in order; true where more follow.
template <class Message>
bool TakePage(const Page& page, std::vector<Element<Message>>& elements) {
  std::sort(elements.begin(), elements.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  const auto begin = std::find_if(elements.begin(), elements.end(),
                                  [&](const auto& element) { return element.key > page.cursor; });
  elements.erase(elements.begin(), begin);
  if (elements.size() <= static_cast<size_t>(page.size)) return false;
  elements.resize(page.size);
  return true;
}

}  // namespace

absl::StatusOr<v1::Deadline> ReadDeadline(const Backend& backend, Disclosure& disclosure,
                                          const v1::GetDeadlineRequest& request) {
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  const std::string parent = ParentOf(request.name());
  const bool dossier = IsDossierName(parent);
  if ((!dossier && !IsCaseName(parent)) ||
      !std::string_view(request.name()).substr(parent.size()).starts_with("/deadlines/")) {
    return refusals::BadName("name", "cases/{case}/deadlines/{deadline}");
  }
  absl::StatusOr<RecordView> record = RecordView::Open(backend, request.known_at());
  if (!record.ok()) return record.status();
  const absl::StatusOr<FilePtr> found = record->Find(parent);
  if (!found.ok()) return found.status();
  if (!*found) return refusals::DeadlineNotFound(request.name());
  const CaseFile& file = **found;
  const auto reading = record->Read(*found, *day);
  if (!reading.ok()) return reading.status();
  for (const v1::Deadline& deadline : (*reading)->derived.deadlines) {
    if (deadline.name() != request.name()) continue;
    if (!disclosure.sees() && HasConfidential(file)) return Veiled(file, deadline);
    disclosure.NoteDeadline(file, deadline);
    return deadline;
  }
  return refusals::DeadlineNotFound(request.name());
}

absl::StatusOr<v1::ListDeadlinesResponse> ReadDeadlines(const Backend& backend,
                                                        Disclosure& disclosure,
                                                        const v1::ListDeadlinesRequest& request) {
  const absl::StatusOr<ListArguments> arguments =
      ReadArguments<v1::Deadline>(backend.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const absl::StatusOr<std::vector<Read>> files = ReadScope(backend, disclosure, request);
  if (!files.ok()) return files.status();

  std::vector<Element<v1::Deadline>> elements;
  for (const Read& read : *files) {
    for (const v1::Deadline& deadline : read.reading->derived.deadlines) {
      // By what the caller may see: neither filter nor order may tell what is veiled.
      const std::optional<v1::Deadline> veiled =
          read.veil ? std::optional(Veiled(*read.file, deadline)) : std::nullopt;
      const v1::Deadline& seen = veiled ? *veiled : deadline;
      if (!arguments->filter.Matches(seen)) continue;
      elements.push_back({.key = arguments->order.KeyOf(seen) + PlaceOf(deadline),
                          .message = &deadline,
                          .read = &read});
    }
  }
  v1::ListDeadlinesResponse response;
  response.set_total_size(static_cast<int>(elements.size()));
  if (TakePage(arguments->page, elements)) {
    response.set_next_page_token(SealPageToken(backend.sealer, request, elements.back().key));
  }
  for (const auto& element : elements) {
    disclosure.NoteDeadline(*element.read->file, *element.message);
    *response.add_deadlines() =
        element.read->veil ? Veiled(*element.read->file, *element.message) : *element.message;
  }
  return response;
}

absl::StatusOr<v1::ListFindingsResponse> ReadFindings(const Backend& backend,
                                                      Disclosure& disclosure,
                                                      const v1::ListFindingsRequest& request) {
  const absl::StatusOr<ListArguments> arguments =
      ReadArguments<v1::Finding>(backend.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const absl::StatusOr<std::vector<Read>> files = ReadScope(backend, disclosure, request);
  if (!files.ok()) return files.status();

  SortedPage<v1::Finding> page(*arguments);
  for (const Read& read : *files) {
    // A finding's text may quote any fact.
    if (read.veil) continue;
    for (const v1::Finding& finding : read.reading->derived.findings) {
      page.Add(finding, PlaceOf(finding));
    }
  }
  v1::ListFindingsResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_findings()));
  for (const v1::Finding& finding : response.findings()) {
    const FilePtr file = backend.book.Present()->Find(ParentOf(finding.name()));
    if (file) disclosure.NoteFile(*file);
  }
  return response;
}

absl::StatusOr<v1::Summary> ReadSummary(const Backend& backend,
                                        const v1::GetSummaryRequest& request) {
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  SummaryCount count;
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  snapshot->ForEach([&](const FilePtr& file) {
    if (!file->deleted()) count.Add(*file, *backend.book.Read(file, *day));
  });
  absl::TimeZone almaty;
  FindZone("", almaty);
  const civil::Day today = LocalDay(backend.book.clock().Now(), almaty);
  return count.Take(*day ? **day : today, snapshot->revision());
}

}  // namespace vigil::registry
