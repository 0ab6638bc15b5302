#include "registry-svc/rpc/audit_service.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <charconv>
#include <utility>

#include "common/filter/filter.h"
#include "common/rpc/unary.h"
#include "common/seal/page_token.h"
#include "registry-svc/casebook/refusals.h"

namespace vigil::registry {
namespace {

using config::v1::ROLE_ADMIN;

constexpr int kReadAtOnce = 1000;
// Entries looked at for one page of a filtered list.
constexpr int kLookedAt = 20'000;

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

// Reads from disk: on the pool.
absl::StatusOr<v1::ListAccessesResponse> ReadAccesses(const Backend& backend,
                                                      const v1::ListAccessesRequest& request,
                                                      const Page& page, const Filter& filter) {
  int64_t after = 0;
  std::from_chars(page.cursor.data(), page.cursor.data() + page.cursor.size(), after);
  v1::ListAccessesResponse response;
  for (int looked_at = 0; looked_at < kLookedAt;) {
    const auto entries = backend.store.ReadAccesses(after, kReadAtOnce);
    if (!entries.ok()) return refusals::FromStore(entries.status());
    if (entries->empty()) return response;
    for (const JournalEntry& entry : *entries) {
      if (response.accesses_size() == page.size) {
        response.set_next_page_token(
            SealPageToken(backend.sealer, request, fmt::format("{}", after)));
        return response;
      }
      after = entry.revision;
      ++looked_at;
      v1::Access access;
      if (!access.ParseFromString(entry.payload) || !filter.Matches(access)) continue;
      *response.add_accesses() = std::move(access);
    }
  }
  response.set_next_page_token(SealPageToken(backend.sealer, request, fmt::format("{}", after)));
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* AuditService::ListAccesses(grpc::CallbackServerContext* context,
                                                     const v1::ListAccessesRequest* request,
                                                     v1::ListAccessesResponse* response) {
  return rpc::Unary(
      context, backend_.guard, ROLE_ADMIN, request, response,
      [this](const rpc::Caller&, const v1::ListAccessesRequest& request,
             rpc::Done<v1::ListAccessesResponse> done) {
        const absl::StatusOr<Page> page = OpenPage(backend_.sealer, request);
        if (!page.ok()) return done(page.status());
        absl::StatusOr<Filter> filter = Filter::Parse(request.filter(), v1::Access::descriptor());
        if (!filter.ok()) return done(filter.status());
        auto shared = std::make_shared<const Filter>(*std::move(filter));
        const bool posted = backend_.pool.Post([this, request, page = *page, shared, done] {
          done(ReadAccesses(backend_, request, page, *shared));
        });
        if (!posted) done(refusals::ShuttingDown());
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
