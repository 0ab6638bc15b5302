#include "registry-svc/rpc/audit_service.h"

#include <google/protobuf/util/time_util.h>

#include <utility>

#include "common/rpc/unary.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/rpc/recorded_page.h"

namespace vigil::registry {
namespace {

using config::v1::ROLE_ADMIN;

v1::AuditHead HeadOf(const Casebook& book) {
  const std::shared_ptr<const Snapshot> snapshot = book.Present();
  v1::AuditHead head;
  head.set_journal_id(book.journal_id());
  head.mutable_journal()->set_number(snapshot->revision());
  head.mutable_journal()->set_hash(Hex(snapshot->hash()));
  head.mutable_accesses()->set_number(snapshot->accesses().number);
  head.mutable_accesses()->set_hash(Hex(snapshot->accesses().hash));
  *head.mutable_time() = google::protobuf::util::TimeUtil::NanosecondsToTimestamp(
      absl::ToUnixNanos(book.clock().Now()));
  return head;
}

// Reads from disk.
absl::StatusOr<v1::ListAccessesResponse> ReadAccesses(const Backend& backend, const Gone& gone,
                                                      const v1::ListAccessesRequest& request,
                                                      const PinnedArguments& arguments) {
  const auto read = [&](int64_t after, int limit) -> absl::StatusOr<RecordedPart<v1::Access>> {
    const auto entries = backend.store.ReadAccesses(after, limit);
    if (!entries.ok()) return refusals::FromStore(entries.status());
    RecordedPart<v1::Access> part;
    for (const JournalEntry& entry : *entries) {
      part.emplace_back(entry.revision, v1::Access()).second.ParseFromString(entry.payload);
    }
    return part;
  };
  v1::ListAccessesResponse response;
  const auto next =
      TakeRecorded(backend, gone, request, arguments, read, *response.mutable_accesses());
  if (!next.ok()) return next.status();
  response.set_next_page_token(*next);
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* AuditService::ListAccesses(grpc::CallbackServerContext* context,
                                                     const v1::ListAccessesRequest* request,
                                                     v1::ListAccessesResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_ADMIN, request, response,
                    [this, context](const rpc::Caller&, const v1::ListAccessesRequest& request,
                                    rpc::Done<v1::ListAccessesResponse> done) {
                      absl::StatusOr<PinnedArguments> arguments =
                          ReadArguments<v1::Access>(backend_.sealer, request);
                      if (!arguments.ok()) return done(arguments.status());
                      const bool posted =
                          PoolOfRecorded(backend_, *arguments)
                              .Post([this, context, request, arguments = *arguments, done] {
                                done(ReadAccesses(backend_, GoneOf(context), request, arguments));
                              });
                      if (!posted) done(refusals::Overloaded());
                    });
}

grpc::ServerUnaryReactor* AuditService::GetAuditHead(grpc::CallbackServerContext* context,
                                                     const v1::GetAuditHeadRequest* request,
                                                     v1::AuditHead* response) {
  return rpc::Unary(
      context, backend_.guard, ROLE_ADMIN, request, response,
      [this](const rpc::Caller&, const v1::GetAuditHeadRequest&) -> absl::StatusOr<v1::AuditHead> {
        return HeadOf(backend_.book);
      });
}

grpc::ServerUnaryReactor* AuditService::VerifyAudit(grpc::CallbackServerContext* context,
                                                    const v1::VerifyAuditRequest* request,
                                                    v1::VerifyAuditResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_ADMIN, request, response,
                    [this](const rpc::Caller&, const v1::VerifyAuditRequest& request,
                           rpc::Done<v1::VerifyAuditResponse> done) {
                      const bool posted = verifier_.Post([this, request, done] {
                        auto verified =
                            verify_(request.has_witness() ? &request.witness() : nullptr);
                        if (!verified.ok()) return done(refusals::FromStore(verified.status()));
                        *verified->mutable_head()->mutable_time() = HeadOf(backend_.book).time();
                        done(std::move(verified));
                      });
                      if (!posted) done(refusals::ShuttingDown());
                    });
}

grpc::ServerUnaryReactor* AuditService::EraseCase(grpc::CallbackServerContext* context,
                                                  const v1::EraseCaseRequest* request,
                                                  v1::EraseCaseResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_ADMIN, request, response,
                    [this](const rpc::Caller& caller, const v1::EraseCaseRequest& request,
                           rpc::Done<v1::EraseCaseResponse> done) {
                      backend_.book.EraseCase(OriginOf(caller), request, std::move(done));
                    });
}

}  // namespace vigil::registry
