// Where elements stand in their lists, by bytes. A place names its element in page tokens, and
// stays when the element goes.
#pragma once

#include <string>

#include "registry-svc/casebook/packed_file.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::registry {

// By display name, then name.
std::string PlaceOf(const CaseFile& file);
std::string PlaceOf(const PackedFile& file);
// By earliest day, none last; then by name.
std::string PlaceOf(const v1::Deadline& deadline);
// The most important first, see domain/deadline.h; then by name.
std::string PlaceOf(const v1::Finding& finding);

}  // namespace vigil::registry
