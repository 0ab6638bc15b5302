#include "registry-svc/rpc/export_stream.h"

#include <utility>

#include "common/rpc/status.h"
#include "common/rpc/stream.h"
#include "registry-svc/casebook/refusals.h"

namespace vigil::registry {
namespace {

constexpr char kMethod[] = "vigil.registry.v1.ExchangeService/ExportFiles";

}  // namespace

ExportStream::ExportStream(const Backend& backend, ReadPool& pool, rpc::Caller caller,
                           ExportParts parts)
    : backend_(backend),
      pool_(pool),
      caller_(std::move(caller)),
      start_(std::chrono::steady_clock::now()),
      parts_(std::move(parts)) {
  PostNext();
}

// Finish comes from the one step that is under way, so that this outlives what is posted.
void ExportStream::PostNext() {
  if (!pool_.Post([this] { MakeNext(); })) End(refusals::ShuttingDown());
}

void ExportStream::MakeNext() {
  Disclosure disclosure(caller_);
  if (!parts_.Next(disclosure, message_)) return End(absl::OkStatus());
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
