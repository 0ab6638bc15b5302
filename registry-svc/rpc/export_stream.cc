#include "registry-svc/rpc/export_stream.h"

#include <memory>
#include <utility>

#include "common/rpc/status.h"
#include "common/rpc/stream.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/rpc/record_view.h"

namespace vigil::registry {
namespace {

constexpr char kMethod[] = "vigil.registry.v1.ExchangeService/ExportFiles";

absl::Status CheckExport(const RecordView& record, const v1::ExportFilesRequest& request) {
  if (request.format() == v1::FILE_FORMAT_UNSPECIFIED ||
      !v1::FileFormat_IsValid(request.format())) {
    return refusals::BadField("REQUIRED", "format",
                              "format: write FILE_FORMAT_YAML, FILE_FORMAT_JSON or "
                              "FILE_FORMAT_CSV");
  }
  if (request.names().empty()) return absl::OkStatus();
  if (absl::Status s = CheckBatch("names", request.names_size()); !s.ok()) return s;
  for (const std::string& name : request.names()) {
    const absl::StatusOr<FilePtr> file = record.FindFile("names", name);
    if (!file.ok()) return file.status();
    if ((*file)->deleted()) return refusals::Deleted(name);
  }
  return absl::OkStatus();
}

ExportSource SourceOf(RecordView view) {
  const auto record = std::make_shared<const RecordView>(std::move(view));
  return {.revision = record->revision(),
          .names = [record] { return record->Names(); },
          .read = [record](const std::string& name) { return record->Scan(name); }};
}

}  // namespace

ExportStream::ExportStream(const Backend& backend, ReadPool& pool, rpc::Caller caller,
                           v1::ExportFilesRequest request)
    : backend_(backend),
      pool_(pool),
      caller_(std::move(caller)),
      start_(std::chrono::steady_clock::now()),
      request_(std::move(request)) {
  PostNext();
}

// Finish comes from the one step that is under way, so that this outlives what is posted.
void ExportStream::PostNext() {
  if (!pool_.Post([this] { MakeNext(); })) End(refusals::ShuttingDown());
}

absl::Status ExportStream::OpenParts() {
  const auto day = ReadAsOf(request_.as_of());
  if (!day.ok()) return day.status();
  absl::StatusOr<RecordView> record = RecordView::Open(backend_, request_.known_at());
  if (!record.ok()) return record.status();
  if (absl::Status s = CheckExport(*record, request_); !s.ok()) return s;
  parts_.emplace(SourceOf(*std::move(record)), request_, *day);
  return absl::OkStatus();
}

void ExportStream::MakeNext() {
  if (!parts_) {
    if (absl::Status s = OpenParts(); !s.ok()) return End(std::move(s));
  }
  Disclosure disclosure(caller_);
  if (!parts_->Next(disclosure, message_)) return End(parts_->status());
  if (disclosure.empty()) return StartWrite(&message_);
  backend_.book.RecordAccess(OriginOf(caller_), disclosure.Entry(kMethod),
                             [this](const absl::Status& status) {
                               if (!status.ok()) return End(status);
                               StartWrite(&message_);
                             });
}

void ExportStream::OnWriteDone(bool ok) {
  if (ok) return PostNext();
  End(absl::CancelledError("the caller has gone"));
}

void ExportStream::End(absl::Status status) {
  status_ = std::move(status);
  Finish(rpc::ToGrpcStatus(status_));
}

void ExportStream::OnDone() {
  rpc::StreamEnded(backend_.guard, kMethod, caller_.trace_id, status_,
                   absl::FromChrono(std::chrono::steady_clock::now() - start_));
  delete this;
}

}  // namespace vigil::registry
