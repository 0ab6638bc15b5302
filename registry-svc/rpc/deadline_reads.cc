#include "registry-svc/rpc/deadline_reads.h"

#include <algorithm>
#include <unordered_map>

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
};

// The files that a list covers: one, or all that are live.
template <class Request>
absl::StatusOr<std::vector<Read>> ReadScope(const Backend& backend, const Request& request) {
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  std::vector<Read> files;
  if (IsOfAll(request.parent())) {
    snapshot->ForEach([&](const FilePtr& file) {
      if (!file->deleted()) files.push_back({file, backend.book.Read(file, *day)});
    });
    return files;
  }
  const absl::StatusOr<FilePtr> file = FindFile(*snapshot, "parent", request.parent());
  if (!file.ok()) return file.status();
  files.push_back({*file, backend.book.Read(*file, *day)});
  return files;
}

// A deadline of a list: its place in the order, which also names it in a page token.
struct Element {
  std::string key;
  const Read* read = nullptr;
  size_t index = 0;
};

// The elements of the page, in order; true where more follow.
bool TakePage(const Page& page, std::vector<Element>& elements) {
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
  const absl::StatusOr<FilePtr> file = record->Find(parent);
  if (!file.ok()) return file.status();
  if (!*file) return refusals::DeadlineNotFound(request.name());
  const auto reading = record->Read(*file, *day);
  if (!reading.ok()) return reading.status();
  const std::vector<v1::Deadline>& deadlines = (*reading)->derived.deadlines;
  for (size_t i = 0; i < deadlines.size(); ++i) {
    if (deadlines[i].name() == request.name()) return disclosure.Show(**file, **reading, i);
  }
  return refusals::DeadlineNotFound(request.name());
}

absl::StatusOr<v1::ListDeadlinesResponse> ReadDeadlines(const Backend& backend,
                                                        Disclosure& disclosure,
                                                        const v1::ListDeadlinesRequest& request) {
  const absl::StatusOr<ListArguments> arguments =
      ReadArguments<v1::Deadline>(backend.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const absl::StatusOr<std::vector<Read>> files = ReadScope(backend, request);
  if (!files.ok()) return files.status();

  std::vector<Element> elements;
  for (const Read& read : *files) {
    const std::vector<v1::Deadline>& deadlines = read.reading->derived.deadlines;
    for (size_t i = 0; i < deadlines.size(); ++i) {
      // By what the caller may see: neither filter nor order may tell what is veiled.
      std::optional<v1::Deadline> veiled;
      if (!disclosure.sees() && IsVeiled(*read.reading, i)) veiled = ToldDeadline(*read.reading, i);
      const v1::Deadline& seen = veiled ? *veiled : deadlines[i];
      if (!arguments->filter.Matches(seen)) continue;
      elements.push_back(
          {.key = arguments->order.KeyOf(seen) + PlaceOf(seen), .read = &read, .index = i});
    }
  }
  v1::ListDeadlinesResponse response;
  response.set_total_size(static_cast<int>(elements.size()));
  if (TakePage(arguments->page, elements)) {
    response.set_next_page_token(SealPageToken(backend.sealer, request, elements.back().key));
  }
  for (const Element& element : elements) {
    *response.add_deadlines() =
        disclosure.Show(*element.read->file, *element.read->reading, element.index);
  }
  return response;
}

absl::StatusOr<v1::ListFindingsResponse> ReadFindings(const Backend& backend,
                                                      Disclosure& disclosure,
                                                      const v1::ListFindingsRequest& request) {
  const absl::StatusOr<ListArguments> arguments =
      ReadArguments<v1::Finding>(backend.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const absl::StatusOr<std::vector<Read>> files = ReadScope(backend, request);
  if (!files.ok()) return files.status();

  SortedPage<v1::Finding> page(*arguments);
  std::unordered_map<std::string_view, const Read*> by_name;
  for (const Read& read : *files) {
    by_name.emplace(read.file->name(), &read);
    for (const v1::Finding& finding : disclosure.FindingsOf(*read.reading)) {
      page.Add(finding, PlaceOf(finding));
    }
  }
  v1::ListFindingsResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_findings()));
  for (const v1::Finding& finding : response.findings()) {
    const Read& read = *by_name.at(ParentOf(finding.name()));
    disclosure.NoteFinding(*read.file, *read.reading, finding);
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
