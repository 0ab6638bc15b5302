#include "registry-svc/rpc/vocabulary_service.h"

#include <fmt/format.h>

#include <utility>

#include "registry-svc/casebook/refusals.h"
#include "registry-svc/rpc/disclosure.h"
#include "registry-svc/rpc/pinned_page.h"

namespace vigil::registry {

absl::StatusOr<std::vector<v1::Vocabulary>> VocabularyService::Loaded(
    const RecordView& view) const {
  if (!view.past()) return vocabularies_.all();
  const auto versions = backend_.past.VocabulariesAt(view.revision());
  if (!versions.ok()) return versions.status();
  std::vector<v1::Vocabulary> all;
  for (const v1::VocabularyVersion& version : *versions) {
    absl::StatusOr<v1::Vocabulary> vocabulary = backend_.past.ReadVocabulary(version);
    if (!vocabulary.ok()) return vocabulary.status();
    all.push_back(*std::move(vocabulary));
  }
  return all;
}

absl::StatusOr<v1::Vocabulary> VocabularyService::Find(const RecordView& view,
                                                       const std::string& name) const {
  if (!view.past()) {
    const v1::Vocabulary* const vocabulary = vocabularies_.Find(name);
    return vocabulary != nullptr ? absl::StatusOr<v1::Vocabulary>(*vocabulary)
                                 : refusals::VocabularyNotFound(name);
  }
  const auto versions = backend_.past.VocabulariesAt(view.revision());
  if (!versions.ok()) return versions.status();
  for (const v1::VocabularyVersion& version : *versions) {
    if (version.name() == name) return backend_.past.ReadVocabulary(version);
  }
  return refusals::VocabularyNotFound(name);
}

absl::StatusOr<v1::ListVocabulariesResponse> VocabularyService::All(
    const v1::ListVocabulariesRequest& request) const {
  absl::StatusOr<PinnedArguments> arguments =
      ReadArguments<v1::Vocabulary>(backend_.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const auto view = RecordView::Open(backend_, request.known_at(), &arguments->pinned);
  if (!view.ok()) return view.status();
  absl::StatusOr<std::vector<v1::Vocabulary>> loaded = Loaded(*view);
  if (!loaded.ok()) return loaded.status();
  PinnedPage<v1::Vocabulary> page(*arguments);
  for (v1::Vocabulary& vocabulary : *loaded) {
    vocabulary.clear_entries();
    page.Add(vocabulary, vocabulary.name());
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
  return PlainRead(context, backend_, request, response,
                   [this](const v1::ListVocabulariesRequest& request) { return All(request); });
}

absl::StatusOr<v1::ListEntriesResponse> VocabularyService::Entries(
    const v1::ListEntriesRequest& request) const {
  absl::StatusOr<PinnedArguments> arguments = ReadArguments<v1::Entry>(backend_.sealer, request);
  if (!arguments.ok()) return arguments.status();
  const auto view = RecordView::Open(backend_, request.known_at(), &arguments->pinned);
  if (!view.ok()) return view.status();
  const absl::StatusOr<v1::Vocabulary> vocabulary = Find(*view, request.parent());
  if (!vocabulary.ok()) return vocabulary.status();
  PinnedPage<v1::Entry> page(*arguments);
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
  return PlainRead(context, backend_, request, response,
                   [this](const v1::ListEntriesRequest& request) { return Entries(request); });
}

}  // namespace vigil::registry
