#include "registry-svc/rpc/exchange_service.h"

#include <utility>

#include "common/rpc/stream.h"
#include "common/rpc/unary.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/exchange/read_files.h"
#include "registry-svc/rpc/disclosure.h"
#include "registry-svc/rpc/export_stream.h"

namespace vigil::registry {
namespace {

using config::v1::ROLE_ADMIN;
using config::v1::ROLE_READER;

Casebook::Import ReadImport(const v1::ImportFilesRequest& request) {
  FilesRead read = ReadFiles(request.files());
  return {.documents = std::move(read.documents),
          .problems = std::move(read.problems),
          .dry_run = request.dry_run(),
          .only_if_empty = request.only_if_empty(),
          .request_id = request.request_id(),
          .request = request.request_id().empty() ? std::string() : request.SerializeAsString()};
}

// Notes the confidential facts that the moves of an answer rest on.
void NoteMoves(const Snapshot& snapshot, const v1::ImportFilesResponse& response,
               Disclosure& disclosure) {
  for (const v1::DeadlineMove& move : response.moves()) {
    const v1::Deadline& deadline = move.has_before() ? move.before() : move.after();
    const FilePtr file = snapshot.Find(ParentOf(deadline.name()));
    if (!file) continue;
    disclosure.NoteDeadline(*file, move.before());
    disclosure.NoteDeadline(*file, move.after());
  }
}

}  // namespace

grpc::ServerUnaryReactor* ExchangeService::ImportFiles(grpc::CallbackServerContext* context,
                                                       const v1::ImportFilesRequest* request,
                                                       v1::ImportFilesResponse* response) {
  return rpc::Unary(
      context, backend_.guard, ROLE_ADMIN, request, response,
      [this](const rpc::Caller& caller, const v1::ImportFilesRequest& request,
             rpc::Done<v1::ImportFilesResponse> done) {
        const auto answer = [this, caller, done](absl::StatusOr<v1::ImportFilesResponse> answer) {
          Disclosure disclosure(caller);
          if (answer.ok()) NoteMoves(*backend_.book.Present(), *answer, disclosure);
          Disclose<v1::ImportFilesRequest>(backend_, caller, disclosure, std::move(answer), done);
        };
        const bool posted = pool_.Post([this, &caller, &request, answer] {
          backend_.book.ImportFiles(OriginOf(caller), ReadImport(request), answer);
        });
        if (!posted) done(refusals::ShuttingDown());
      });
}

grpc::ServerWriteReactor<v1::ExportFilesResponse>* ExchangeService::ExportFiles(
    grpc::CallbackServerContext* context, const v1::ExportFilesRequest* request) {
  const auto caller =
      backend_.guard.Admit(*context, request->redacted() ? ROLE_READER : ROLE_ADMIN);
  if (!caller.ok()) {
    return rpc::RefuseStream<v1::ExportFilesResponse>(
        backend_.guard, "vigil.registry.v1.ExchangeService/ExportFiles", caller.status());
  }
  return new ExportStream(backend_, pool_, *caller, *request);
}

}  // namespace vigil::registry
