#include "registry-svc/rpc/case_reads.h"

#include "common/filter/filter.h"
#include "common/seal/page_token.h"
#include "registry-svc/casebook/list_places.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/rpc/indexed_page.h"
#include "registry-svc/rpc/record_view.h"

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

// As of a day, or in an order, that no index keeps: every case is derived.
v1::ListCasesResponse ScanCases(const Backend& backend, Disclosure& disclosure,
                                const v1::ListCasesRequest& request,
                                const PinnedArguments& arguments, std::optional<civil::Day> day) {
  PinnedPage<v1::Case> page(arguments);
  const std::shared_ptr<const Snapshot> snapshot = backend.book.Present();
  snapshot->ForEachPacked([&](const PackedPtr& packed) {
    if (packed->dossier || (packed->deleted && !request.show_deleted())) return;
    // By what the caller may see: a filter must not tell what is confidential.
    page.Add(disclosure.CaseOf(*backend.book.Read(snapshot->Scan(packed), day)), PlaceOf(*packed));
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
  const absl::StatusOr<PinnedArguments> arguments =
      ReadArguments<v1::Case>(backend.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  if (*day || !arguments->order.empty()) {
    return ScanCases(backend, disclosure, request, *arguments, *day);
  }
  const PresentIndex& index = backend.book.index();
  const PresentCounts counts = index.Counts();
  const bool deleted_too = request.show_deleted();
  IndexedPage<v1::Case> page(*arguments,
                             counts.live_cases + (deleted_too ? counts.deleted_cases : 0));
  page.Fill(
      [&](const std::string& place, int limit) { return index.Cases(place, limit, deleted_too); },
      [&](const PackedPtr& packed) {
        Looked<v1::Case> looked;
        looked.place = PlaceOf(*packed);
        looked.file = OpenFor(backend, *arguments, packed);
        looked.reading = backend.book.Read(looked.file, std::nullopt);
        looked.message = disclosure.CaseOf(*looked.reading);
        return looked;
      });
  v1::ListCasesResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Token(backend.sealer, request));
  for (const auto& row : page.rows()) {
    *response.add_cases() = disclosure.Show(*row.file, *row.reading);
  }
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

absl::StatusOr<v1::BatchGetDossiersResponse> ReadDossierBatch(
    const Backend& backend, const v1::BatchGetDossiersRequest& request) {
  if (absl::Status s = CheckBatch("names", request.names_size()); !s.ok()) return s;
  const absl::StatusOr<RecordView> record = RecordView::Open(backend, request.known_at());
  if (!record.ok()) return record.status();
  v1::BatchGetDossiersResponse response;
  for (const std::string& name : request.names()) {
    if (!IsDossierName(name)) return refusals::BadName("names", "dossiers/{dossier}");
    const absl::StatusOr<FilePtr> file = record->FindFile("names", name);
    if (!file.ok()) return file.status();
    *response.add_dossiers() = *(*file)->dossier;
  }
  return response;
}

absl::StatusOr<v1::ListDossiersResponse> ReadDossiers(const Backend& backend,
                                                      const v1::ListDossiersRequest& request) {
  const absl::StatusOr<PinnedArguments> arguments =
      ReadArguments<v1::Dossier>(backend.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const PresentIndex& index = backend.book.index();
  const bool deleted_too = request.show_deleted();
  v1::ListDossiersResponse response;
  if (!arguments->order.empty()) {
    PinnedPage<v1::Dossier> page(*arguments);
    for (const PackedPtr& packed : index.Dossiers("", SIZE_MAX, deleted_too)) {
      page.Add(*backend.book.Scan(packed)->dossier, PlaceOf(*packed));
    }
    response.set_total_size(page.total());
    response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_dossiers()));
    return response;
  }
  const PresentCounts counts = index.Counts();
  IndexedPage<v1::Dossier> page(*arguments,
                                counts.live_dossiers + (deleted_too ? counts.deleted_dossiers : 0));
  page.Fill([&](const std::string& place,
                int limit) { return index.Dossiers(place, limit, deleted_too); },
            [&](const PackedPtr& packed) {
              Looked<v1::Dossier> looked;
              looked.place = PlaceOf(*packed);
              looked.message = *OpenFor(backend, *arguments, packed)->dossier;
              return looked;
            });
  response.set_total_size(page.total());
  response.set_next_page_token(page.Token(backend.sealer, request));
  for (auto& row : page.rows()) *response.add_dossiers() = *std::move(row.message);
  return response;
}

}  // namespace vigil::registry
