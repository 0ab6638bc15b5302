#include "registry-svc/rpc/journal_service.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <climits>
#include <utility>

#include "common/rpc/stream.h"
#include "common/rpc/unary.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/rpc/record_view.h"
#include "registry-svc/rpc/recorded_page.h"
#include "registry-svc/rpc/shard_stream.h"
#include "registry-svc/rpc/watch_stream.h"

namespace vigil::registry {
namespace {

using config::v1::ROLE_SERVICE;

constexpr int kMaxShards = 65'536;

// Reads from disk.
absl::StatusOr<v1::ListReceiptsResponse> ReadReceipts(const Backend& backend, const Gone& gone,
                                                      const v1::ListReceiptsRequest& request,
                                                      PinnedArguments arguments) {
  const auto view = RecordView::Open(backend, request.known_at(), &arguments.pinned);
  if (!view.ok()) return view.status();
  absl::StatusOr<int64_t> end = INT64_MAX;
  if (view->past()) end = backend.past.ReceiptsEnd(view->revision());
  if (!end.ok()) return end.status();
  const auto read = [&](int64_t after, int limit) -> absl::StatusOr<RecordedPart<v1::Receipt>> {
    auto receipts = backend.store.ReadReceipts(request.parent(), after, limit);
    if (!receipts.ok()) return refusals::FromStore(receipts.status());
    RecordedPart<v1::Receipt> part;
    for (NumberedReceipt& receipt : *receipts) {
      if (receipt.number >= *end) break;
      part.emplace_back(receipt.number, std::move(receipt.receipt));
    }
    return part;
  };
  v1::ListReceiptsResponse response;
  const auto next =
      TakeRecorded(backend, gone, request, arguments, read, *response.mutable_receipts());
  if (!next.ok()) return next.status();
  response.set_next_page_token(*next);
  return response;
}

absl::StatusOr<v1::Record> ReadRecord(const Backend& backend, const v1::GetRecordRequest& request) {
  if (!IsRecordName(request.name())) return refusals::BadName("name", "records/{type}/{id}");
  const auto view = RecordView::Open(backend, request.known_at());
  if (!view.ok()) return view.status();
  return view->FindRecord(request.name());
}

// By name, and all at once unless pages are asked for.
absl::StatusOr<v1::ListRecordsResponse> ReadRecords(const Backend& backend, const Gone& gone,
                                                    const v1::ListRecordsRequest& request) {
  absl::StatusOr<PinnedArguments> arguments = ReadArguments<v1::Record>(backend.sealer, request);
  if (!arguments.ok()) return arguments.status();
  if (request.page_size() == 0) arguments->page.size = INT_MAX;
  const auto view = RecordView::Open(backend, request.known_at(), &arguments->pinned);
  if (!view.ok()) return view.status();
  PinnedPage<v1::Record> page(*arguments);
  const std::string folder =
      request.type().empty() ? "records/" : "records/" + request.type() + "/";
  absl::Status walked = view->ForEachRecord(
      folder, gone, [&](const v1::Record& record) { page.Add(record, record.name()); });
  if (!walked.ok()) return walked;
  v1::ListRecordsResponse response;
  response.set_revision(view->revision());
  response.set_next_page_token(page.Take(backend.sealer, request, *response.mutable_records()));
  return response;
}

// Answers with what `read` gives: at once, or where it is of the past on a thread of the pool.
template <class Response, class Read>
void Answer(ReadPool& pool, const std::string& known_at, rpc::Done<Response> done, Read read) {
  if (known_at.empty()) return done(read());
  if (!pool.Post([done, read] { done(read()); })) done(refusals::Overloaded());
}

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* JournalService::WatchChanges(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  const auto refuse = [this](const absl::Status& status) {
    return rpc::RefuseStream<grpc::ByteBuffer>(
        backend_.guard, "vigil.registry.v1.JournalService/WatchChanges", status);
  };
  const auto caller = backend_.guard.Admit(*context, ROLE_SERVICE);
  if (!caller.ok()) return refuse(caller.status());
  grpc::ByteBuffer bytes = *request;
  v1::WatchChangesRequest parsed;
  if (!grpc::GenericDeserialize<grpc::ProtoBufferReader, v1::WatchChangesRequest>(&bytes, &parsed)
           .ok()) {
    return refuse(refusals::BadField("BAD_REQUEST", "", "the request cannot be read"));
  }
  return WatchStream::Start(backend_, *context, parsed, caller->trace_id);
}

grpc::ServerWriteReactor<v1::StreamShardResponse>* JournalService::StreamShard(
    grpc::CallbackServerContext* context, const v1::StreamShardRequest* request) {
  const auto refuse = [this](const absl::Status& status) {
    return rpc::RefuseStream<v1::StreamShardResponse>(
        backend_.guard, "vigil.registry.v1.JournalService/StreamShard", status);
  };
  const auto caller = backend_.guard.Admit(*context, ROLE_SERVICE);
  if (!caller.ok()) return refuse(caller.status());
  const int count = request->shard_count() == 0 ? Snapshot::kShards : request->shard_count();
  if (count < 1 || count > kMaxShards || request->shard() < 0 || request->shard() >= count) {
    return refuse(refusals::BadField("BAD_SHARD", "shard", "shard: 0 to shard_count - 1"));
  }
  const auto snapshot =
      shelf_.Take(request->revision(), backend_.book.Present(), backend_.book.clock().Monotonic());
  if (!snapshot.ok()) return refuse(snapshot.status());
  return new ShardStream(backend_.guard, caller->trace_id,
                         ShardParts(*snapshot, request->shard(), count));
}

grpc::ServerUnaryReactor* JournalService::RecordReceipts(grpc::CallbackServerContext* context,
                                                         const v1::RecordReceiptsRequest* request,
                                                         v1::RecordReceiptsResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_SERVICE, request, response,
                    [this](const rpc::Caller& caller, const v1::RecordReceiptsRequest& request,
                           rpc::Done<v1::RecordReceiptsResponse> done) {
                      backend_.book.RecordReceipts(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* JournalService::ListReceipts(grpc::CallbackServerContext* context,
                                                       const v1::ListReceiptsRequest* request,
                                                       v1::ListReceiptsResponse* response) {
  return rpc::Unary(
      context, backend_.guard, ROLE_SERVICE, request, response,
      [this, context](const rpc::Caller&, const v1::ListReceiptsRequest& request,
                      rpc::Done<v1::ListReceiptsResponse> done) {
        const absl::StatusOr<PinnedArguments> arguments =
            ReadArguments<v1::Receipt>(backend_.sealer, request);
        if (!arguments.ok()) return done(arguments.status());
        if (!request.parent().empty() && !IsCaseName(request.parent()) &&
            !IsDossierName(request.parent())) {
          return done(refusals::BadName("parent", "cases/{case} or dossiers/{dossier}"));
        }
        const bool posted = PoolOfRecorded(backend_, *arguments)
                                .Post([this, context, request, arguments = *arguments, done] {
                                  done(ReadReceipts(backend_, GoneOf(context), request, arguments));
                                });
        if (!posted) done(refusals::Overloaded());
      });
}

grpc::ServerUnaryReactor* JournalService::PutRecord(grpc::CallbackServerContext* context,
                                                    const v1::PutRecordRequest* request,
                                                    v1::Record* response) {
  return rpc::Unary(context, backend_.guard, ROLE_SERVICE, request, response,
                    [this](const rpc::Caller& caller, const v1::PutRecordRequest& request,
                           rpc::Done<v1::Record> done) {
                      backend_.book.PutRecord(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* JournalService::GetRecord(grpc::CallbackServerContext* context,
                                                    const v1::GetRecordRequest* request,
                                                    v1::Record* response) {
  return rpc::Unary(
      context, backend_.guard, ROLE_SERVICE, request, response,
      [this](const rpc::Caller&, const v1::GetRecordRequest& request, rpc::Done<v1::Record> done) {
        Answer<v1::Record>(backend_.pool, request.known_at(), std::move(done),
                           [this, &request] { return ReadRecord(backend_, request); });
      });
}

grpc::ServerUnaryReactor* JournalService::ListRecords(grpc::CallbackServerContext* context,
                                                      const v1::ListRecordsRequest* request,
                                                      v1::ListRecordsResponse* response) {
  return rpc::Unary(
      context, backend_.guard, ROLE_SERVICE, request, response,
      [this, context](const rpc::Caller&, const v1::ListRecordsRequest& request,
                      rpc::Done<v1::ListRecordsResponse> done) {
        Answer<v1::ListRecordsResponse>(
            backend_.scans, request.known_at(), std::move(done),
            [this, context, &request] { return ReadRecords(backend_, GoneOf(context), request); });
      });
}

grpc::ServerUnaryReactor* JournalService::DeleteRecord(grpc::CallbackServerContext* context,
                                                       const v1::DeleteRecordRequest* request,
                                                       v1::DeleteRecordResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_SERVICE, request, response,
                    [this](const rpc::Caller& caller, const v1::DeleteRecordRequest& request,
                           rpc::Done<v1::DeleteRecordResponse> done) {
                      backend_.book.DeleteRecord(OriginOf(caller), request, std::move(done));
                    });
}

}  // namespace vigil::registry
