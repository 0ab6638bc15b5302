#include "registry-svc/journal/touched.h"

#include <set>

namespace vigil::registry {

std::vector<std::string> FilesOf(const v1::ChangeItem& item) {
  switch (item.item_case()) {
    case v1::ChangeItem::kCaseChanged:
      return {item.case_changed().case_().name()};
    case v1::ChangeItem::kDossierChanged:
      return {item.dossier_changed().dossier().name()};
    case v1::ChangeItem::kFactChanged: {
      const v1::Fact& fact = item.fact_changed().fact();
      std::vector<std::string> files(fact.concerns().begin(), fact.concerns().end());
      files.push_back(fact.name().substr(0, fact.name().find("/facts/")));
      return files;
    }
    case v1::ChangeItem::kCaseErased:
      return {item.case_erased().parent()};
    case v1::ChangeItem::kRulesActivated:
      return {kRulesFile};
    case v1::ChangeItem::kRecordChanged:
      return {item.record_changed().record().name()};
    case v1::ChangeItem::kReceiptsRecorded:
      return {kReceiptsFile};
    case v1::ChangeItem::kDeadlinesChanged:
    case v1::ChangeItem::ITEM_NOT_SET:
      return {};
  }
  return {};
}

std::vector<std::string> FilesOf(const v1::Change& change) {
  std::set<std::string> files;
  for (const v1::ChangeItem& item : change.items()) {
    for (std::string& file : FilesOf(item)) files.insert(std::move(file));
  }
  return {files.begin(), files.end()};
}

bool IsOfService(std::string_view file) {
  return file.starts_with("records/") || file == kReceiptsFile;
}

}  // namespace vigil::registry
