// A change that is durable.
#pragma once

#include <cstdint>
#include <string>

#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

struct Published {
  int64_t revision = 0;
  // Of its entry.
  std::string hash;
  v1::Change change;
};

}  // namespace vigil::registry
