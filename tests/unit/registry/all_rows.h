// Everything that a store holds, in vectors, for tests that look at it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "registry-svc/casebook/store.h"

namespace vigil::registry {

struct AllRows final : Rows {
  absl::Status TakeCase(v1::Case record) override {
    cases.push_back(std::move(record));
    return absl::OkStatus();
  }
  absl::Status TakeDossier(v1::Dossier dossier) override {
    dossiers.push_back(std::move(dossier));
    return absl::OkStatus();
  }
  absl::Status TakeFact(v1::Fact fact) override {
    facts.push_back(std::move(fact));
    return absl::OkStatus();
  }
  absl::Status TakeReceipt(StoredReceipt receipt) override {
    receipts.push_back(std::move(receipt));
    return absl::OkStatus();
  }
  absl::Status TakeToldPrint(std::string_view name, uint64_t print) override {
    told_prints[std::string(name)] = print;
    return absl::OkStatus();
  }

  std::vector<v1::Case> cases;
  std::vector<v1::Dossier> dossiers;
  std::vector<v1::Fact> facts;
  std::vector<StoredReceipt> receipts;
  std::map<std::string, uint64_t> told_prints;
};

}  // namespace vigil::registry
