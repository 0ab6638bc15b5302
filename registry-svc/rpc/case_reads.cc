#include "registry-svc/rpc/case_reads.h"

#include "common/filter/filter.h"
#include "common/seal/page_token.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/rpc/list_places.h"
#include "registry-svc/rpc/record_view.h"
#include "registry-svc/rpc/sorted_page.h"

namespace vigil::registry {
namespace {

absl::StatusOr<v1::Case> RenderCase(RecordView& record, Disclosure& disclosure,
                                    const std::string& name, std::optional<civil::Day> day) {
  const absl::StatusOr<FilePtr> file = record.FindFile("name", name);
  if (!file.ok()) return file.status();
  const auto reading = record.Read(*file, day);
  if (!reading.ok()) return reading.status();
  return disclosure.Show(**file, **reading);
}

// In an order that no list keeps: everything is read and sorted.
v1::ListCasesResponse ReadSorted(const Backend& backend, Disclosure& disclosure,
                                 const v1::ListCasesRequest& request,
                                 const ListArguments& arguments, std::optional<civil::Day> day) {
  SortedPage<v1::Case> page(arguments);
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  snapshot->ForEach([&](const FilePtr& file) {
    if (!file->record || (file->deleted() && !request.show_deleted())) return;
    page.Add(disclosure.CaseOf(*backend.book.Read(file, day)), file->name());
  });
  v1::ListCasesResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_cases()));
  for (v1::Case& record : *response.mutable_cases()) {
    const FilePtr file = snapshot->Find(record.name());
    record = disclosure.Show(*file, *backend.book.Read(file, day));
  }
  return response;
}

}  // namespace

absl::StatusOr<v1::Case> ReadCase(const Backend& backend, Disclosure& disclosure,
                                  const v1::GetCaseRequest& request) {
  if (!IsCaseName(request.name())) return refusals::BadName("name", "cases/{case}");
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  absl::StatusOr<RecordView> record = RecordView::Open(backend, request.known_at());
  if (!record.ok()) return record.status();
  return RenderCase(*record, disclosure, request.name(), *day);
}

absl::StatusOr<v1::ListCasesResponse> ReadCases(const Backend& backend, Disclosure& disclosure,
                                                const v1::ListCasesRequest& request) {
  const absl::StatusOr<ListArguments> arguments = ReadArguments<v1::Case>(backend.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  if (!arguments->order.empty()) return ReadSorted(backend, disclosure, request, *arguments, *day);
  const Page* const page = &arguments->page;
  const Filter* const filter = &arguments->filter;

  v1::ListCasesResponse response;
  std::string last;
  bool more = false;
  int total = 0;
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  for (const FilePtr& file : snapshot->Cases()) {
    if (file->deleted() && !request.show_deleted()) continue;
    const std::string key = PlaceOf(*file);
    const bool wanted = key > page->cursor && response.cases_size() < page->size;
    std::shared_ptr<const DayReading> reading;
    if (wanted || !filter->MatchesAll()) reading = backend.book.Read(file, *day);
    // By what the caller may see: a filter must not tell what is confidential.
    if (reading && !filter->Matches(disclosure.CaseOf(*reading))) continue;
    ++total;
    if (wanted) {
      *response.add_cases() = disclosure.Show(*file, *reading);
      last = key;
    } else if (key > page->cursor) {
      more = true;
    }
  }
  response.set_total_size(total);
  if (more) response.set_next_page_token(SealPageToken(backend.sealer, request, last));
  return response;
}

absl::StatusOr<v1::BatchGetCasesResponse> ReadBatch(const Backend& backend, Disclosure& disclosure,
                                                    const v1::BatchGetCasesRequest& request) {
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  if (absl::Status s = CheckBatch("names", request.names_size()); !s.ok()) return s;
  absl::StatusOr<RecordView> record = RecordView::Open(backend, request.known_at());
  if (!record.ok()) return record.status();
  v1::BatchGetCasesResponse response;
  for (const std::string& name : request.names()) {
    if (!IsCaseName(name)) return refusals::BadName("names", "cases/{case}");
    absl::StatusOr<v1::Case> rendered = RenderCase(*record, disclosure, name, *day);
    if (!rendered.ok()) return rendered.status();
    *response.add_cases() = *std::move(rendered);
  }
  return response;
}

absl::StatusOr<v1::Dossier> ReadDossier(const Backend& backend,
                                        const v1::GetDossierRequest& request) {
  if (!IsDossierName(request.name())) return refusals::BadName("name", "dossiers/{dossier}");
  const absl::StatusOr<RecordView> record = RecordView::Open(backend, request.known_at());
  if (!record.ok()) return record.status();
  const absl::StatusOr<FilePtr> file = record->FindFile("name", request.name());
  if (!file.ok()) return file.status();
  return *(*file)->dossier;
}

absl::StatusOr<v1::ListDossiersResponse> ReadDossiers(const Backend& backend,
                                                      const v1::ListDossiersRequest& request) {
  const absl::StatusOr<ListArguments> arguments =
      ReadArguments<v1::Dossier>(backend.sealer, request);
  if (!arguments.ok()) return arguments.status();
  SortedPage<v1::Dossier> page(*arguments);
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  for (const FilePtr& file : snapshot->Dossiers()) {
    page.Add(*file->dossier, PlaceOf(*file));
  }
  v1::ListDossiersResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_dossiers()));
  return response;
}

}  // namespace vigil::registry
