// Where elements stand in their lists, by bytes. A place names its element in page tokens.
#pragma once

#include <string>

#include "registry-svc/casebook/case_file.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::registry {

// By display name, then name.
std::string PlaceOf(const CaseFile& file);
// By earliest day, none last; then by name.
std::string PlaceOf(const v1::Deadline& deadline);
// The most important first, see domain/deadline.h; then by name.
std::string PlaceOf(const v1::Finding& finding);

}  // namespace vigil::registry
