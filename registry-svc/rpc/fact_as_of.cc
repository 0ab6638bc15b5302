#include "registry-svc/rpc/fact_as_of.h"

#include "common/civil/span.h"
#include "registry-svc/domain/reading.h"

namespace vigil::registry {

bool IsAsOf(const v1::Fact& shown, std::optional<civil::Day> day) {
  if (!day || KnownAhead(shown.what_case())) return true;
  const absl::StatusOr<civil::Span> date = civil::ParseSpan(shown.date());
  return !date.ok() || !date->known_from() || *date->known_from() <= *day;
}

}  // namespace vigil::registry
