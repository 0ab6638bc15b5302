// The closed vocabularies of an installation: places, courts, institutions, articles.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vigil/registry/v1/case.pb.h"
#include "vigil/registry/v1/fact.pb.h"
#include "vigil/registry/v1/journal.pb.h"
#include "vigil/registry/v1/vocabulary.pb.h"

namespace vigil::registry {

// What the content of a vocabulary is kept under: its name and digest.
std::string ArchiveKey(const v1::VocabularyVersion& version);

// Immutable; cheap to copy; safe from any thread. Nothing is added to it by being written: what is
// new goes into the files, under a new version.
class Vocabularies {
 public:
  // Reads every *.yaml of a folder (v1::Vocabulary each): exactly places, courts, institutions and
  // articles. INVALID_ARGUMENT or NOT_FOUND naming file, line and key: an unknown or missing
  // vocabulary, a doubled name, a `within` that is no place, a version or scope left out.
  static absl::StatusOr<Vocabularies> Load(const std::string& folder);

  // Refuses what is in no vocabulary with NOT_IN_VOCABULARY, naming the field (below `field`) and
  // the nearest entry: Case.place. Where `before` holds the same place it is let be, so that a case
  // from before a vocabulary lost an entry can still be changed.
  absl::Status Check(std::string_view field, const v1::Case& record, const v1::Case* before) const;
  // The same for a fact: every `place`, `court` and `institutions` that is of a vocabulary, and the
  // article, part and point of every charge that names a code.
  absl::Status Check(std::string_view field, const v1::Fact& fact) const;

  // By name.
  const std::vector<v1::Vocabulary>& all() const;
  // Version and digest of each, by name.
  std::vector<v1::VocabularyVersion> Versions() const;
  // Null where there is none of that name (`vocabularies/places`).
  const v1::Vocabulary* Find(std::string_view name) const;

 private:
  struct Index;
  explicit Vocabularies(std::shared_ptr<const Index> index) : index_(std::move(index)) {}

  std::shared_ptr<const Index> index_;
};

}  // namespace vigil::registry
