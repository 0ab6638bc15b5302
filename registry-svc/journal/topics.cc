#include "registry-svc/journal/topics.h"

namespace vigil::registry {

v1::Topic TopicOf(const v1::ChangeItem& item) {
  switch (item.item_case()) {
    case v1::ChangeItem::kCaseChanged:
    case v1::ChangeItem::kFactChanged:
    case v1::ChangeItem::kDeadlinesChanged:
    case v1::ChangeItem::kDossierChanged:
    case v1::ChangeItem::kCaseErased:
      return v1::TOPIC_CASES;
    case v1::ChangeItem::kRecordChanged:
      return v1::TOPIC_SETTINGS;
    case v1::ChangeItem::kReceiptsRecorded:
      return v1::TOPIC_RECEIPTS;
    case v1::ChangeItem::kRulesActivated:
      return v1::TOPIC_RULES;
    case v1::ChangeItem::ITEM_NOT_SET:
      return v1::TOPIC_UNSPECIFIED;
  }
  return v1::TOPIC_UNSPECIFIED;
}

}  // namespace vigil::registry
