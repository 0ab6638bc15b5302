#include "tests/simulation/feed/ledger.h"

#include <fmt/format.h>

namespace vigil::registry {

bool Ledger::Write(const Position& from, const Entry& entry, bool dies) {
  const bool is_there = from.life == position_.life && from.revision == position_.revision;
  if (!is_there && !bugs_.no_fence) return false;
  position_ = entry.to;
  if (bugs_.torn && dies) return true;
  if (entry.begins) {
    begun_ = entry.to.revision;
    acted_.clear();
  }
  acted_.insert(acted_.end(), entry.revisions.begin(), entry.revisions.end());
  return true;
}

std::string Ledger::Judge(const Truth& truth) const {
  int64_t last = begun_;
  for (const int64_t revision : acted_) {
    if (revision <= last) return fmt::format("revision {} was acted upon after {}", revision, last);
    const auto next = truth.NextTold(last, topics_);
    if (!next || *next != revision) {
      return fmt::format("revision {} was acted upon after {}, {} was due", revision, last,
                         next.value_or(0));
    }
    last = revision;
  }
  const auto next = truth.NextTold(last, topics_);
  if (!next || *next > position_.revision) return "";
  return fmt::format("revision {} was never acted upon, and the token is of {}", *next,
                     position_.revision);
}

}  // namespace vigil::registry
