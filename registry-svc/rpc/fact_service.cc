#include "registry-svc/rpc/fact_service.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "common/rpc/unary.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/rpc/fact_as_of.h"
#include "registry-svc/rpc/pinned_page.h"
#include "registry-svc/rpc/record_view.h"

namespace vigil::registry {
namespace {

using config::v1::ROLE_STAFF;

}  // namespace

grpc::ServerUnaryReactor* FactService::CreateFact(grpc::CallbackServerContext* context,
                                                  const v1::CreateFactRequest* request,
                                                  v1::Fact* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::CreateFactRequest& request,
                           rpc::Done<v1::Fact> done) {
                      backend_.book.CreateFact(OriginOf(caller), request, std::move(done));
                    });
}

absl::StatusOr<v1::Fact> FactService::Get(Disclosure& disclosure,
                                          const v1::GetFactRequest& request) const {
  if (!IsFactName(request.name())) return refusals::BadName("name", "cases/{case}/facts/{fact}");
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  const absl::StatusOr<RecordView> record = RecordView::Open(backend_, request.known_at());
  if (!record.ok()) return record.status();
  const absl::StatusOr<FilePtr> file = record->Find(ParentOf(request.name()));
  if (!file.ok()) return file.status();
  const auto fact = *file ? (*file)->FindOwn(request.name()) : nullptr;
  if (!fact || !IsAsOf(Disclosure(disclosure).Show(*fact->message), *day)) {
    return refusals::FactNotFound(request.name());
  }
  return disclosure.Show(*fact->message);
}

grpc::ServerUnaryReactor* FactService::GetFact(grpc::CallbackServerContext* context,
                                               const v1::GetFactRequest* request,
                                               v1::Fact* response) {
  return DisclosingRead(context, backend_, request, response,
                        [this](Disclosure& disclosure, const v1::GetFactRequest& request) {
                          return Get(disclosure, request);
                        });
}

absl::StatusOr<v1::ListFactsResponse> FactService::List(Disclosure& disclosure,
                                                        const v1::ListFactsRequest& request) const {
  absl::StatusOr<PinnedArguments> arguments = ReadArguments<v1::Fact>(backend_.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  const absl::StatusOr<RecordView> record =
      RecordView::Open(backend_, request.known_at(), &arguments->pinned);
  if (!record.ok()) return record.status();
  const absl::StatusOr<FilePtr> file = record->FindFile("parent", request.parent());
  if (!file.ok()) return file.status();

  PinnedPage<v1::Fact> page(*arguments);
  // Only what the page shows is noted, below.
  Disclosure unnoted = disclosure;
  // Both lists only grow at their end, so that a fact keeps its place.
  const auto add = [&](std::string_view which, const FactList& facts) {
    for (size_t i = 0; i < facts.size(); ++i) {
      const v1::Fact& message = *facts[i]->message;
      if (message.has_retract_time() && !request.show_retracted()) continue;
      // By what the caller may see: neither filter nor order may tell what is confidential.
      v1::Fact shown = unnoted.Show(message);
      if (!IsAsOf(shown, *day)) continue;
      page.Add(std::move(shown), fmt::format("{}{:010}", which, i));
    }
  };
  add("0", *(*file)->own);
  add("1", *(*file)->foreign);
  v1::ListFactsResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend_.sealer, request, *response.mutable_facts()));
  for (v1::Fact& fact : *response.mutable_facts()) fact = disclosure.Show(fact);
  return response;
}

grpc::ServerUnaryReactor* FactService::ListFacts(grpc::CallbackServerContext* context,
                                                 const v1::ListFactsRequest* request,
                                                 v1::ListFactsResponse* response) {
  return DisclosingRead(context, backend_, request, response,
                        [this](Disclosure& disclosure, const v1::ListFactsRequest& request) {
                          return List(disclosure, request);
                        });
}

absl::StatusOr<v1::BatchGetFactsResponse> FactService::GetSeveral(
    Disclosure& disclosure, const v1::BatchGetFactsRequest& request) const {
  const auto day = ReadAsOf(request.as_of());
  if (!day.ok()) return day.status();
  const absl::StatusOr<RecordView> record = RecordView::Open(backend_, request.known_at());
  if (!record.ok()) return record.status();
  const absl::StatusOr<FilePtr> file = record->FindFile("parent", request.parent());
  if (!file.ok()) return file.status();
  if (absl::Status s = CheckBatch("names", request.names_size()); !s.ok()) return s;
  v1::BatchGetFactsResponse response;
  for (const std::string& name : request.names()) {
    if (!IsFactName(name) || ParentOf(name) != request.parent()) {
      return refusals::BadName("names", "{parent}/facts/{fact}");
    }
    const auto fact = (*file)->FindOwn(name);
    if (!fact || !IsAsOf(Disclosure(disclosure).Show(*fact->message), *day)) {
      return refusals::FactNotFound(name);
    }
    *response.add_facts() = disclosure.Show(*fact->message);
  }
  return response;
}

grpc::ServerUnaryReactor* FactService::BatchGetFacts(grpc::CallbackServerContext* context,
                                                     const v1::BatchGetFactsRequest* request,
                                                     v1::BatchGetFactsResponse* response) {
  return DisclosingRead(context, backend_, request, response,
                        [this](Disclosure& disclosure, const v1::BatchGetFactsRequest& request) {
                          return GetSeveral(disclosure, request);
                        });
}

grpc::ServerUnaryReactor* FactService::BatchCreateFacts(grpc::CallbackServerContext* context,
                                                        const v1::BatchCreateFactsRequest* request,
                                                        v1::BatchCreateFactsResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::BatchCreateFactsRequest& request,
                           rpc::Done<v1::BatchCreateFactsResponse> done) {
                      backend_.book.BatchCreateFacts(OriginOf(caller), request, std::move(done));
                    });
}

grpc::ServerUnaryReactor* FactService::RetractFact(grpc::CallbackServerContext* context,
                                                   const v1::RetractFactRequest* request,
                                                   v1::Fact* response) {
  return rpc::Unary(context, backend_.guard, ROLE_STAFF, request, response,
                    [this](const rpc::Caller& caller, const v1::RetractFactRequest& request,
                           rpc::Done<v1::Fact> done) {
                      backend_.book.RetractFact(
                          OriginOf(caller), request,
                          [this, caller, done = std::move(done)](absl::StatusOr<v1::Fact> fact) {
                            Disclosure disclosure(caller);
                            if (fact.ok()) *fact = disclosure.Show(*fact);
                            Disclose<v1::RetractFactRequest>(backend_, caller, disclosure,
                                                             std::move(fact), done);
                          });
                    });
}

}  // namespace vigil::registry
