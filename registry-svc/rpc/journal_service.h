// The journal, other services' records and their receipts over gRPC. For services and
// administrators.
#pragma once

#include "registry-svc/rpc/backend.h"
#include "vigil/registry/v1/journal.grpc.pb.h"

namespace vigil::registry {

class JournalService final : public v1::JournalService::CallbackService {
 public:
  explicit JournalService(const Backend& backend) : backend_(backend) {}

  grpc::ServerWriteReactor<v1::WatchChangesResponse>* WatchChanges(
      grpc::CallbackServerContext* context, const v1::WatchChangesRequest* request) override;
  grpc::ServerWriteReactor<v1::StreamShardResponse>* StreamShard(
      grpc::CallbackServerContext* context, const v1::StreamShardRequest* request) override;
  grpc::ServerUnaryReactor* RecordReceipts(grpc::CallbackServerContext* context,
                                           const v1::RecordReceiptsRequest* request,
                                           v1::RecordReceiptsResponse* response) override;
  grpc::ServerUnaryReactor* ListReceipts(grpc::CallbackServerContext* context,
                                         const v1::ListReceiptsRequest* request,
                                         v1::ListReceiptsResponse* response) override;
  grpc::ServerUnaryReactor* PutRecord(grpc::CallbackServerContext* context,
                                      const v1::PutRecordRequest* request,
                                      v1::Record* response) override;
  grpc::ServerUnaryReactor* GetRecord(grpc::CallbackServerContext* context,
                                      const v1::GetRecordRequest* request,
                                      v1::Record* response) override;
  grpc::ServerUnaryReactor* ListRecords(grpc::CallbackServerContext* context,
                                        const v1::ListRecordsRequest* request,
                                        v1::ListRecordsResponse* response) override;
  grpc::ServerUnaryReactor* DeleteRecord(grpc::CallbackServerContext* context,
                                         const v1::DeleteRecordRequest* request,
                                         v1::DeleteRecordResponse* response) override;

 private:
  const Backend& backend_;
};

}  // namespace vigil::registry
