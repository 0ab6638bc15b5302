// The journal, other services' records and their receipts over gRPC. For services and
// administrators.
#pragma once

#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/snapshot_shelf.h"
#include "vigil/registry/v1/journal.grpc.pb.h"

namespace vigil::registry {

// Watches are written as bytes: a change is serialized once for all of them.
using JournalServiceBase =
    v1::JournalService::WithRawCallbackMethod_WatchChanges<v1::JournalService::CallbackService>;

class JournalService final : public JournalServiceBase {
 public:
  explicit JournalService(const Backend& backend) : backend_(backend) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchChanges(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override;
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
  SnapshotShelf shelf_;
};

}  // namespace vigil::registry
