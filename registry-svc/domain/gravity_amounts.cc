#include "registry-svc/domain/gravity_amounts.h"

#include <fmt/format.h>

#include <algorithm>

namespace vigil::registry {
namespace {

using civil::Day;

// A term to add, and for which categories of gravity.
struct Piece {
  civil::Term term;
  GravitySet gravity = 0;
  std::string step;
};

// The pieces by gravity: each different term once.
std::vector<Piece> PiecesByGravity(const Counted& counted) {
  const CompiledRule& rule = *counted.rule;
  std::vector<Piece> out;
  for (int value = 1; value < v1::GravityValue_ARRAYSIZE; ++value) {
    const GravitySet bit = GravitySet(1u << value);
    if ((counted.crimes->gravity & bit) == 0) continue;
    Piece piece{{}, bit, ""};
    if (rule.has_fraction()) {
      const auto& fraction = rule.fraction[value];
      if (!fraction) continue;
      piece.term = civil::FractionOf(counted.sentence->term, *fraction);
      piece.step = fmt::format("{}/{} of {} = {}", fraction->numerator, fraction->denominator,
                               civil::DescribeTerm(counted.sentence->term),
                               civil::DescribeInMonths(piece.term));
    } else {
      if (!rule.gravity_term[value]) continue;
      piece.term = *rule.gravity_term[value];
      piece.step = civil::DescribeTerm(piece.term);
    }
    const auto same = std::find_if(out.begin(), out.end(),
                                   [&](const Piece& other) { return other.term == piece.term; });
    if (same != out.end()) {
      same->gravity |= bit;
    } else {
      out.push_back(std::move(piece));
    }
  }
  return out;
}

Range ByGravity(const Counted& counted, const Start& start, const std::vector<Piece>& pieces,
                Occurrence& out) {
  Range range{Day::max(), Day::min()};
  Count count;
  const ChargeReading& crimes = *counted.crimes;
  for (const Piece& piece : pieces) {
    out.steps.push_back(fmt::format("{}{}: {}.", crimes.gravity_assumed ? "Assumed to be " : "If ",
                                    DescribeGravity(piece.gravity), piece.step));
    const Range sum = AddTerm(start, piece.term, counted.rule->has_fraction(), out);
    if (sum.first < range.first) {
      range.first = sum.first;
      count.first = out.count.first;
    }
    if (sum.last > range.last) {
      range.last = sum.last;
      count.last = out.count.last.empty() ? out.count.first : out.count.last;
    }
  }
  if (pieces.size() > 1) out.count = std::move(count);
  if (crimes.gravity_assumed) out.assumptions |= kGravityAssumed;
  if (pieces.size() > 1) {
    out.assumptions |= crimes.part_unknown ? kAssumePartUnknown : kGravityUnknown;
    out.steps.push_back("How grave the crime is, is not known: the window holds every case.");
  }
  return range;
}

// The term that the rule adds for a category of gravity; nothing where there is none.
std::optional<civil::Term> TermFor(const Counted& counted, int gravity) {
  const CompiledRule& rule = *counted.rule;
  if (!rule.has_fraction()) return rule.gravity_term[gravity];
  const auto& fraction = rule.fraction[gravity];
  if (!fraction) return std::nullopt;
  return civil::FractionOf(counted.sentence->term, *fraction);
}

// What the date can come to where the person hid, which no kind of fact says (CC 2014 article
// 71(4)).
void SupposeHidden(const Counted& counted, const Start& start, Occurrence& out) {
  const CompiledRule& rule = *counted.rule;
  Day latest = Day::min();
  civil::Term longest;
  bool stands_still = false;
  for (int value = 1; value < v1::GravityValue_ARRAYSIZE; ++value) {
    if ((counted.crimes->gravity & GravitySet(1u << value)) == 0) continue;
    const auto& hidden = rule.term_if_hidden[value];
    const auto& term = hidden ? hidden : rule.gravity_term[value];
    stands_still |= hidden.has_value();
    if (!term || After(start, *term).last <= latest) continue;
    latest = After(start, *term).last;
    longest = *term;
  }
  if (!stands_still) return;
  out.later = true;
  out.assumptions |= kDidNotHide;
  out.steps.push_back(
      fmt::format("Assumes that the person did not hide; if they did, the term stood still "
                  "meanwhile, but it is over after {} at the latest, no later than {}.",
                  civil::DescribeTerm(longest), civil::FormatDay(latest)));
}

}  // namespace

bool AddByGravity(const Counted& counted, const Start& start, Occurrence& out) {
  const std::vector<Piece> pieces = PiecesByGravity(counted);
  if (pieces.empty()) return false;
  out.range = ByGravity(counted, start, pieces, out);
  SupposeHidden(counted, start, out);
  return true;
}

int GravityShift(const Counted& counted, const Start& start) {
  if (!counted.rule->has_fraction() && !counted.rule->by_gravity) return 0;
  Range all{Day::max(), Day::min()}, assumed = all;
  for (int value = 1; value < v1::GravityValue_ARRAYSIZE; ++value) {
    const auto bit = GravitySet(1u << value);
    if (((counted.crimes->unstated_gravity | counted.crimes->gravity) & bit) == 0) continue;
    const auto term = TermFor(counted, value);
    if (!term) continue;
    const Range sum = After(start, *term);
    all = {std::min(all.first, sum.first), std::max(all.last, sum.last)};
    if ((counted.crimes->gravity & bit) != 0) {
      assumed = {std::min(assumed.first, sum.first), std::max(assumed.last, sum.last)};
    }
  }
  if (assumed.first > assumed.last) return 0;
  return std::max(civil::DaysBetween(all.first, assumed.first),
                  civil::DaysBetween(assumed.last, all.last));
}

}  // namespace vigil::registry
