// Made-up cases by the million.
#pragma once

#include <cstdint>
#include <string>

#include "registry-svc/casebook/store.h"
#include "registry-svc/domain/rule_book.h"

namespace vigil::bench {

// `cases/{case}` of a number; as scattered as random codes are.
std::string NameOf(uint32_t number);
// The display name of a number, of two words; two syllables that its last word begins with, as
// those of many do.
std::string DisplayNameOf(uint32_t number);
std::string BeginningOf(uint32_t number);

// The rows of a case with three to eight facts, as its writing would leave them, but for the
// journal and the rows of its deadlines. The same number, the same case.
void AddCase(uint32_t number, const registry::RuleBook& rules, registry::Batch& batch);

}  // namespace vigil::bench
