#include "registry-svc/domain/eligibility.h"

namespace vigil::registry {
namespace {

// Everything but the classes.
bool RestHolds(const rules::v1::Bar& bar, const Sentence& sentence) {
  if (bar.at_least() != v1::GRAVITY_VALUE_UNSPECIFIED &&
      !sentence.charges.CertainlyAtLeast(bar.at_least())) {
    return false;
  }
  if (bar.with_death() && !sentence.charges.with_death) return false;
  return !bar.replaced() || sentence.replacement != nullptr || sentence.evasion != nullptr;
}

}  // namespace

EligibilityReading EligibilityOf(const CompiledRule& rule, const Sentence& sentence) {
  EligibilityReading out;
  for (int i = 0; i < rule.rule.bars_size(); ++i) {
    const rules::v1::Bar& bar = rule.rule.bars(i);
    const ClassSet classes = rule.bar_classes[i];
    if (!RestHolds(bar, sentence)) continue;
    if (classes != 0 && (sentence.charges.certain & classes) == 0) {
      out.hangs_on_part |= (sentence.charges.possible & classes) != 0;
      out.hangs_on_article |= sentence.charges.article_unknown;
      continue;
    }
    out.value = bar.result();
    out.reason = bar.reason();
    return out;
  }
  return out;
}

}  // namespace vigil::registry
