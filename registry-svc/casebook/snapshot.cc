#include "registry-svc/casebook/snapshot.h"

namespace vigil::registry {

FilePtr Snapshot::Find(std::string_view name) const {
  const PackedPtr packed = files_.Find(name);
  return packed ? cache_->Get(packed) : nullptr;
}

void Snapshot::SetHead(int64_t revision, std::string hash) {
  revision_ = revision;
  hash_ = std::move(hash);
}

}  // namespace vigil::registry
