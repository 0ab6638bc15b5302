// The closed vocabularies over gRPC.
#pragma once

#include <string>
#include <vector>

#include "registry-svc/casebook/vocabularies.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/record_view.h"
#include "vigil/registry/v1/vocabulary.grpc.pb.h"

namespace vigil::registry {

class VocabularyService final : public v1::VocabularyService::CallbackService {
 public:
  VocabularyService(const Backend& backend, const Vocabularies& vocabularies)
      : backend_(backend), vocabularies_(vocabularies) {}

  grpc::ServerUnaryReactor* ListVocabularies(grpc::CallbackServerContext* context,
                                             const v1::ListVocabulariesRequest* request,
                                             v1::ListVocabulariesResponse* response) override;
  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* context,
                                        const v1::ListEntriesRequest* request,
                                        v1::ListEntriesResponse* response) override;

 private:
  absl::StatusOr<v1::ListVocabulariesResponse> All(
      const v1::ListVocabulariesRequest& request) const;
  absl::StatusOr<v1::ListEntriesResponse> Entries(const v1::ListEntriesRequest& request) const;
  // Of the record as a view sees it; with their entries.
  absl::StatusOr<std::vector<v1::Vocabulary>> Loaded(const RecordView& view) const;
  absl::StatusOr<v1::Vocabulary> Find(const RecordView& view, const std::string& name) const;

  const Backend& backend_;
  const Vocabularies& vocabularies_;
};

}  // namespace vigil::registry
