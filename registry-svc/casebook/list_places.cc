#include "registry-svc/casebook/list_places.h"

#include "registry-svc/domain/deadline.h"

namespace vigil::registry {

std::string PlaceOf(const CaseFile& file) { return file.display_name() + '\0' + file.name(); }

std::string PlaceOf(const PackedFile& file) { return file.display_name + '\0' + file.name; }

std::string PlaceOf(const v1::Deadline& deadline) {
  return (deadline.earliest().empty() ? std::string("~") : deadline.earliest()) + ' ' +
         deadline.name();
}

std::string PlaceOf(const v1::Finding& finding) { return FindingKey(finding); }

}  // namespace vigil::registry
