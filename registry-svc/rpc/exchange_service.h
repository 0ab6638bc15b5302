// Import and export over gRPC.
#pragma once

#include "registry-svc/journal/read_pool.h"
#include "registry-svc/rpc/backend.h"
#include "vigil/registry/v1/exchange.grpc.pb.h"

namespace vigil::registry {

// Imports are for administrators: what differs from a confidential fact tells of it. So are whole
// exports, which go into the access trail part by part; redacted ones are for every reader.
class ExchangeService final : public v1::ExchangeService::CallbackService {
 public:
  explicit ExchangeService(const Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* ImportFiles(grpc::CallbackServerContext* context,
                                        const v1::ImportFilesRequest* request,
                                        v1::ImportFilesResponse* response) override;
  grpc::ServerWriteReactor<v1::ExportFilesResponse>* ExportFiles(
      grpc::CallbackServerContext* context, const v1::ExportFilesRequest* request) override;

 private:
  const Backend& backend_;
  // Reads the files of imports and writes those of exports, bit by bit, and no reactor waits.
  ReadPool pool_;
};

}  // namespace vigil::registry
