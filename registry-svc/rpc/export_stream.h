// The parts of an export, one after the other.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/export_parts.h"
#include "vigil/registry/v1/exchange.grpc.pb.h"

namespace vigil::registry {

// Opens the record and makes each part on a thread of the pool when the one before has gone, and
// writes it once what it shows is in the access trail. Deletes itself when gRPC is done with it.
class ExportStream final : public grpc::ServerWriteReactor<v1::ExportFilesResponse> {
 public:
  ExportStream(const Backend& backend, ReadPool& pool, rpc::Caller caller,
               v1::ExportFilesRequest request);

  void OnWriteDone(bool ok) override;
  void OnDone() override;

 private:
  void PostNext();
  absl::Status OpenParts();
  void MakeNext();
  void End(absl::Status status);

  const Backend& backend_;
  ReadPool& pool_;
  const rpc::Caller caller_;
  const std::chrono::steady_clock::time_point start_;
  absl::Status status_;
  const v1::ExportFilesRequest request_;
  std::optional<ExportParts> parts_;  // Once the record is open.
  v1::ExportFilesResponse message_;
};

}  // namespace vigil::registry
