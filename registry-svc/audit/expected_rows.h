// What the rows of a database must be, by its journal.
#pragma once

#include <google/protobuf/message.h>

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "registry-svc/store/sqlite.h"
#include "vigil/registry/v1/audit.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// Folds the journal, then takes the rows away that are as they must be.
class ExpectedRows {
 public:
  void Fold(const v1::Change& change);

  // Adds a fault for each row that differs, is missing or was never journaled, at most 100. Once.
  absl::Status Compare(Database& database, v1::VerifyAuditResponse& out);

 private:
  using Digest = std::array<unsigned char, 16>;

  static Digest DigestOf(const google::protobuf::Message& message, std::string_view sealed);
  void FoldFact(const v1::FactChanged& change);
  template <class Message>
  absl::Status CompareTable(Database& database, std::string_view sql, v1::VerifyAuditResponse& out);

  // By name; receipts by `receipts/{id}`.
  std::unordered_map<std::string, Digest> rows_;
};

}  // namespace vigil::registry
