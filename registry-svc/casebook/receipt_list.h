#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// Receipts in the order of recording, held as bytes: they are many, and are read by sweeps alone.
// Not changed once it is shared.
class ReceiptList {
 public:
  void Add(const v1::Receipt& receipt);

  size_t size() const { return size_; }
  // Puts all of them at the end of `out`.
  void AppendTo(std::vector<v1::Receipt>& out) const;

 private:
  // A serialized ReceiptsRecorded: two of them in a row are one with the receipts of both.
  std::string packed_;
  size_t size_ = 0;
};

}  // namespace vigil::registry
