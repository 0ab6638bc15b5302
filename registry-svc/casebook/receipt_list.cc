#include "registry-svc/casebook/receipt_list.h"

#include <utility>

namespace vigil::registry {

void ReceiptList::Add(const v1::Receipt& receipt) {
  v1::ReceiptsRecorded one;
  *one.add_receipts() = receipt;
  one.AppendToString(&packed_);
  ++size_;
}

void ReceiptList::AppendTo(std::vector<v1::Receipt>& out) const {
  v1::ReceiptsRecorded all;
  all.ParseFromString(packed_);
  for (v1::Receipt& receipt : *all.mutable_receipts()) out.push_back(std::move(receipt));
}

}  // namespace vigil::registry
