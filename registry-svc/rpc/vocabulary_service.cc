#include "registry-svc/rpc/vocabulary_service.h"

#include <fmt/format.h>

#include "common/rpc/unary.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/rpc/sorted_page.h"

namespace vigil::registry {

using config::v1::ROLE_READER;

absl::StatusOr<v1::ListVocabulariesResponse> VocabularyService::All(
    const v1::ListVocabulariesRequest& request) const {
  const absl::StatusOr<ListArguments> arguments =
      ReadArguments<v1::Vocabulary>(backend_.sealer, request);
  if (!arguments.ok()) return arguments.status();
  SortedPage<v1::Vocabulary> page(*arguments);
  for (const v1::Vocabulary& vocabulary : vocabularies_.all()) {
    v1::Vocabulary shown;
    shown.set_name(vocabulary.name());
    shown.set_version(vocabulary.version());
    shown.set_scope(vocabulary.scope());
    page.Add(shown, shown.name());
  }
  v1::ListVocabulariesResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(
      page.Take(backend_.sealer, request, *response.mutable_vocabularies()));
  return response;
}

grpc::ServerUnaryReactor* VocabularyService::ListVocabularies(
    grpc::CallbackServerContext* context, const v1::ListVocabulariesRequest* request,
    v1::ListVocabulariesResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_READER, request, response,
                    [this](const rpc::Caller&, const v1::ListVocabulariesRequest& request) {
                      return All(request);
                    });
}

absl::StatusOr<v1::ListEntriesResponse> VocabularyService::Entries(
    const v1::ListEntriesRequest& request) const {
  const absl::StatusOr<ListArguments> arguments =
      ReadArguments<v1::Entry>(backend_.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const v1::Vocabulary* vocabulary = vocabularies_.Find(request.parent());
  if (vocabulary == nullptr) return refusals::VocabularyNotFound(request.parent());
  SortedPage<v1::Entry> page(*arguments);
  for (int i = 0; i < vocabulary->entries_size(); ++i) {
    page.Add(vocabulary->entries(i), fmt::format("{:010}", i));
  }
  v1::ListEntriesResponse response;
  response.set_total_size(page.total());
  response.set_next_page_token(page.Take(backend_.sealer, request, *response.mutable_entries()));
  return response;
}

grpc::ServerUnaryReactor* VocabularyService::ListEntries(grpc::CallbackServerContext* context,
                                                         const v1::ListEntriesRequest* request,
                                                         v1::ListEntriesResponse* response) {
  return rpc::Unary(context, backend_.guard, ROLE_READER, request, response,
                    [this](const rpc::Caller&, const v1::ListEntriesRequest& request) {
                      return Entries(request);
                    });
}

}  // namespace vigil::registry
