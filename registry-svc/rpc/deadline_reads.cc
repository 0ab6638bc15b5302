#include "registry-svc/rpc/deadline_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "common/filter/filter.h"
#include "common/seal/page_token.h"
#include "registry-svc/casebook/list_places.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"
#include "registry-svc/rpc/indexed_page.h"
#include "registry-svc/rpc/record_view.h"
#include "registry-svc/rpc/summary_count.h"

namespace vigil::registry {
namespace {

// Calls `visit(const DayReading&)` for each file that a list covers: one, or all that are live.
template <class Request, class Visit>
absl::Status VisitScope(const Backend& backend, const Snapshot& snapshot, const Request& request,
                        std::optional<civil::Day> day, Visit visit) {
  if (IsOfAll(request.parent())) {
    snapshot.ForEachPacked([&](const PackedPtr& packed) {
      if (!packed->deleted) visit(*backend.book.Read(snapshot.Scan(packed), day));
    });
    return absl::OkStatus();
  }
  const absl::StatusOr<FilePtr> file = FindFile(snapshot, "parent", request.parent());
  if (file.ok()) visit(*backend.book.Read(*file, day));
  return file.status();
}

// By what the caller may see: neither filter nor order may tell what is veiled.
v1::Deadline AsSeen(const Disclosure& disclosure, const DayReading& reading, size_t index) {
  return disclosure.sees() ? reading.derived.deadlines[index] : ToldDeadline(reading, index);
}

// An element of a list in a reading.
template <class Message>
std::optional<size_t> FindNamed(const std::vector<Message>& list, const std::string& name) {
  const auto at = std::find_if(list.begin(), list.end(),
                               [&](const Message& message) { return message.name() == name; });
  if (at == list.end()) return std::nullopt;
  return at - list.begin();
}

// Looks at an indexed row, today: `list` takes its kind from a reading. Where midnight has passed,
// and the day is not turned yet, it may be elsewhere in the reading, or gone.
template <class Message, class List>
std::optional<size_t> LookAt(const Backend& backend, const PinnedArguments& arguments,
                             const IndexedRow& row, List list, Looked<Message>& looked) {
  looked.file = OpenFor(backend, arguments, row.file);
  looked.reading = backend.book.Read(looked.file, std::nullopt);
  const Message& indexed = list(*looked.file->present)[row.position];
  looked.place = PlaceOf(indexed);
  if (looked.reading.get() == looked.file->present.get()) return row.position;
  return FindNamed(list(*looked.reading), indexed.name());
}

// The readings of a page's rows. As derived for a day anew a reading is costly: rows of one file
// that follow each other share it.
class RowReadings {
 public:
  // The snapshot outlives it.
  RowReadings(const Backend& backend, const Snapshot& snapshot, std::optional<civil::Day> day)
      : backend_(backend), snapshot_(snapshot), day_(day) {}

  // Goes to the file that the row is of.
  void GoTo(const std::string& row) {
    std::string parent = ParentOf(row);
    if (file_ && parent == parent_) return;
    parent_ = std::move(parent);
    file_ = snapshot_.Find(parent_);
    reading_ = backend_.book.Read(file_, day_);
  }
  const CaseFile& file() const { return *file_; }
  const DayReading& reading() const { return *reading_; }

 private:
  const Backend& backend_;
  const Snapshot& snapshot_;
  const std::optional<civil::Day> day_;
  std::string parent_;
  FilePtr file_;
  std::shared_ptr<const DayReading> reading_;
};

const std::vector<v1::Deadline>& DeadlinesOf(const DayReading& reading) {
  return reading.derived.deadlines;
}

// What something derived comes from; without a file where there is none.
struct Origin {
  FilePtr file;
  std::shared_ptr<const DayReading> reading;
};

// That of the name in a request, which is of the form `{case or dossier}/{form}`.
template <class Request>
absl::StatusOr<Origin> FindOrigin(const Backend& backend, const Request& request,
                                  std::string_view form) {
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  const std::string parent = ParentOf(request.name());
  const std::string_view collection = form.substr(0, form.find('/'));
  if ((!IsDossierName(parent) && !IsCaseName(parent)) ||
      !request.name().starts_with(fmt::format("{}/{}/", parent, collection))) {
    return refusals::BadName("name", fmt::format("cases/{{case}}/{}", form));
  }
  absl::StatusOr<RecordView> record = RecordView::Open(backend, request.known_at());
  if (!record.ok()) return record.status();
  absl::StatusOr<FilePtr> file = record->Find(parent);
  if (!file.ok()) return file.status();
  if (!*file) return Origin();
  auto reading = record->Read(*file, *day);
  if (!reading.ok()) return reading.status();
  return Origin{.file = *std::move(file), .reading = *std::move(reading)};
}

}  // namespace

absl::StatusOr<v1::Deadline> ReadDeadline(const Backend& backend, Disclosure& disclosure,
                                          const v1::GetDeadlineRequest& request) {
  const auto origin = FindOrigin(backend, request, "deadlines/{deadline}");
  if (!origin.ok()) return origin.status();
  const auto at =
      origin->file ? FindNamed(DeadlinesOf(*origin->reading), request.name()) : std::nullopt;
  if (!at) return refusals::DeadlineNotFound(request.name());
  return disclosure.Show(*origin->file, *origin->reading, *at);
}

absl::StatusOr<v1::Finding> ReadFinding(const Backend& backend, Disclosure& disclosure,
                                        const v1::GetFindingRequest& request) {
  const auto origin = FindOrigin(backend, request, "findings/{finding}");
  if (!origin.ok()) return origin.status();
  if (!origin->file) return refusals::FindingNotFound(request.name());
  const std::vector<v1::Finding>& findings = disclosure.FindingsOf(*origin->reading);
  const auto at = FindNamed(findings, request.name());
  if (!at) return refusals::FindingNotFound(request.name());
  disclosure.NoteFinding(*origin->file, *origin->reading, findings[*at]);
  return findings[*at];
}

namespace {

// Today's deadlines of all, from the index.
v1::ListDeadlinesResponse ReadIndexed(const Backend& backend, Disclosure& disclosure,
                                      const v1::ListDeadlinesRequest& request,
                                      const PinnedArguments& arguments) {
  const PresentIndex& index = backend.book.index();
  IndexedPage<v1::Deadline> page(arguments, index.Counts().all_deadlines);
  page.Fill([&](const std::string& place, int limit) { return index.Deadlines(place, limit); },
            [&](const IndexedRow& row) {
              Looked<v1::Deadline> looked;
              const auto at = LookAt(backend, arguments, row, DeadlinesOf, looked);
              if (!at) return looked;
              looked.position = *at;
              looked.message = AsSeen(disclosure, *looked.reading, *at);
              return looked;
            });
  v1::ListDeadlinesResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Token(backend.sealer, request));
  for (const auto& row : page.rows()) {
    *response.add_deadlines() = disclosure.Show(*row.file, *row.reading, row.position);
  }
  return response;
}

// Today's findings of all, from the index: of the side that the caller sees.
v1::ListFindingsResponse ReadIndexed(const Backend& backend, Disclosure& disclosure,
                                     const v1::ListFindingsRequest& request,
                                     const PinnedArguments& arguments) {
  const PresentIndex& index = backend.book.index();
  const PresentCounts counts = index.Counts();
  const bool told = !disclosure.sees();
  const auto findings_of = [&](const DayReading& reading) -> const std::vector<v1::Finding>& {
    return disclosure.FindingsOf(reading);
  };
  IndexedPage<v1::Finding> page(arguments, told ? counts.told_findings : counts.findings);
  page.Fill([&](const std::string& place, int limit) { return index.Findings(place, limit, told); },
            [&](const IndexedRow& row) {
              Looked<v1::Finding> looked;
              const auto at = LookAt(backend, arguments, row, findings_of, looked);
              if (at) looked.message = findings_of(*looked.reading)[*at];
              return looked;
            });
  v1::ListFindingsResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Token(backend.sealer, request));
  for (auto& row : page.rows()) {
    disclosure.NoteFinding(*row.file, *row.reading, *row.message);
    *response.add_findings() = *std::move(row.message);
  }
  return response;
}

}  // namespace

absl::StatusOr<v1::ListDeadlinesResponse> ReadDeadlines(const Backend& backend,
                                                        Disclosure& disclosure,
                                                        const v1::ListDeadlinesRequest& request) {
  const absl::StatusOr<PinnedArguments> arguments =
      ReadArguments<v1::Deadline>(backend.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  if (IsOfAll(request.parent()) && !*day && arguments->order.empty()) {
    return ReadIndexed(backend, disclosure, request, *arguments);
  }
  PinnedPage<v1::Deadline> page(*arguments);
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  const auto add = [&](const DayReading& reading) {
    for (size_t i = 0; i < reading.derived.deadlines.size(); ++i) {
      const v1::Deadline seen = AsSeen(disclosure, reading, i);
      page.Add(seen, PlaceOf(seen));
    }
  };
  if (absl::Status s = VisitScope(backend, *snapshot, request, *day, add); !s.ok()) return s;
  v1::ListDeadlinesResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_deadlines()));
  RowReadings rows(backend, *snapshot, *day);
  for (v1::Deadline& deadline : *response.mutable_deadlines()) {
    rows.GoTo(deadline.name());
    const auto at = FindNamed(DeadlinesOf(rows.reading()), deadline.name());
    if (at) deadline = disclosure.Show(rows.file(), rows.reading(), *at);
  }
  return response;
}

absl::StatusOr<v1::ListFindingsResponse> ReadFindings(const Backend& backend,
                                                      Disclosure& disclosure,
                                                      const v1::ListFindingsRequest& request) {
  const absl::StatusOr<PinnedArguments> arguments =
      ReadArguments<v1::Finding>(backend.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  if (IsOfAll(request.parent()) && !*day && arguments->order.empty()) {
    return ReadIndexed(backend, disclosure, request, *arguments);
  }
  PinnedPage<v1::Finding> page(*arguments);
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  const auto add = [&](const DayReading& reading) {
    for (const v1::Finding& finding : disclosure.FindingsOf(reading)) {
      page.Add(finding, PlaceOf(finding));
    }
  };
  if (absl::Status s = VisitScope(backend, *snapshot, request, *day, add); !s.ok()) return s;
  v1::ListFindingsResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_findings()));
  RowReadings rows(backend, *snapshot, *day);
  for (const v1::Finding& finding : response.findings()) {
    rows.GoTo(finding.name());
    disclosure.NoteFinding(rows.file(), rows.reading(), finding);
  }
  return response;
}

absl::StatusOr<v1::Summary> ReadSummary(const Backend& backend,
                                        const v1::GetSummaryRequest& request) {
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  SummaryCount count;
  if (!*day) {
    absl::TimeZone almaty;
    FindZone("", almaty);
    // Past midnight the counts are of the day before until the day is turned, and say so. Asked
    // before the counts, which then are of that day or a later one.
    const absl::Time now = backend.book.clock().Now();
    const absl::Time midnight = backend.book.NextMidnight();
    const PresentCounts counts = backend.book.index().Counts();
    count.Add(counts);
    return count.Take(LocalDay(std::min(now, midnight - absl::Nanoseconds(1)), almaty),
                      counts.revision);
  }
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  snapshot->ForEachPacked([&](const PackedPtr& packed) {
    if (packed->deleted) return;
    const FilePtr file = snapshot->Scan(packed);
    count.Add(*file, *backend.book.Read(file, *day));
  });
  return count.Take(**day, snapshot->revision());
}

}  // namespace vigil::registry
