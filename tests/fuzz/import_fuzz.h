#pragma once

#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::fuzz {

// What an import does with a document once it is read: checks the case and each fact, and derives
// what follows from those that were taken. Nothing that is taken may bring the domain down.
void CheckAndDerive(registry::v1::CaseDocument document);

}  // namespace vigil::fuzz
