// Pairs of cases that may be about one person, as lists give them.
#pragma once

#include <fmt/format.h>

#include <string>

#include "registry-svc/casebook/duplicates.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

// Cases compared with one, for each two words of its names.
inline constexpr int kCompared = 1'000;

inline v1::Duplicate MakeDuplicate(const CaseFile& a, const CaseFile& b, const Alike& alike) {
  const CaseFile& first = a.name() < b.name() ? a : b;
  const CaseFile& second = a.name() < b.name() ? b : a;
  v1::Duplicate out;
  out.set_first(first.name());
  out.set_second(second.name());
  out.add_display_names(first.record->display_name());
  out.add_display_names(second.record->display_name());
  out.set_score(alike.score);
  for (const std::string_view reason : alike.reasons) out.add_reasons(std::string(reason));
  return out;
}

// Where a pair stands among all: with its first case, so that it comes once.
inline std::string PlaceAmongAll(const v1::Duplicate& duplicate) {
  return duplicate.first() + ' ' + duplicate.second();
}

// Where it stands among those of one case: the likelier first.
inline std::string PlaceAmongOne(const v1::Duplicate& duplicate) {
  return fmt::format("{:03} {}", 100 - duplicate.score(), PlaceAmongAll(duplicate));
}

}  // namespace vigil::registry
