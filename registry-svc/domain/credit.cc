#include "registry-svc/domain/credit.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace vigil::registry {
namespace {

using rules::v1::CreditOf;

constexpr CreditOf kNothing = rules::v1::CREDIT_OF_UNSPECIFIED;

// What a fact puts the person under: a stay begins, a stay ends, or nothing changes.
struct Change {
  bool any = false;
  CreditOf begins = kNothing;
};

Change ChangeOf(const CheckedFact& fact) {
  switch (fact.kind()) {
    case v1::Fact::kCustody:
      return {true, fact.fact().custody().kind() == v1::Custody::KIND_EXTRADITION
                        ? rules::v1::CREDIT_OF_EXTRADITION
                        : rules::v1::CREDIT_OF_CUSTODY};
    case v1::Fact::kCommittal:
      return {true, rules::v1::CREDIT_OF_HOSPITAL};
    case v1::Fact::kRelease:
      return {true, kNothing};
    case v1::Fact::kPreventiveMeasure: {
      const auto& measure = fact.fact().preventive_measure();
      const bool house = measure.kind() == v1::PreventiveMeasure::KIND_HOUSE_ARREST;
      if (measure.lifted()) return {house, kNothing};
      return {true, house ? rules::v1::CREDIT_OF_HOUSE_ARREST : kNothing};
    }
    default:
      return {};
  }
}

// An exact sum of days times fractions.
struct Sum {
  int64_t numerator = 0;
  int64_t denominator = 1;

  void Add(int days, const rules::v1::Credit& credit) {
    // Over the least common denominator: the product of many would overflow.
    const int64_t common = std::lcm(denominator, int64_t{credit.denominator()});
    numerator = numerator * (common / denominator) +
                int64_t{days} * credit.numerator() * (common / credit.denominator());
    denominator = common;
  }
  int RoundedUp() const { return static_cast<int>((numerator + denominator - 1) / denominator); }
};

std::string_view NameOf(CreditOf of) {
  switch (of) {
    case rules::v1::CREDIT_OF_HOUSE_ARREST:
      return "House arrest";
    case rules::v1::CREDIT_OF_HOSPITAL:
      return "Hospital stay";
    case rules::v1::CREDIT_OF_EXTRADITION:
      return "Custody for extradition";
    default:
      return "Custody";
  }
}

// A day of `a` is worth less than one of `b`.
bool IsWorthLess(const rules::v1::Credit* a, const rules::v1::Credit* b) {
  if (b == nullptr) return false;
  return a == nullptr ||
         int64_t{a->numerator()} * b->denominator() < int64_t{b->numerator()} * a->denominator();
}

// A stay of that kind, or being free, takes something from the stays that are dated if it fell into
// one of them.
bool MayInterrupt(const Reading& reading, const Sentence& sentence, const Custody& custody,
                  CreditOf begins) {
  const rules::v1::Credit* worth =
      begins == kNothing ? nullptr : BestCredit(reading, sentence, begins);
  return std::any_of(custody.stays.begin(), custody.stays.end(), [&](const Custody::Stay& stay) {
    return IsWorthLess(worth, BestCredit(reading, sentence, stay.of));
  });
}

}  // namespace

const rules::v1::Credit* BestCredit(const Reading& reading, const Sentence& sentence, CreditOf of) {
  const CompiledProcedure* procedure = reading.book().ProcedureOf(reading.view().country());
  if (procedure == nullptr) return nullptr;
  const v1::Penalty penalty = sentence.prison() ? v1::PENALTY_IMPRISONMENT : sentence.penalty;
  const rules::v1::Credit* best = nullptr;
  for (const CompiledCredit& candidate : procedure->credits) {
    const rules::v1::Credit& credit = candidate.credit;
    if (credit.of() != of || credit.penalty() != penalty) continue;
    if (credit.regime() != v1::REGIME_UNSPECIFIED && credit.regime() != sentence.regime) {
      continue;
    }
    // Any law between the act and now will do: the milder one reaches back.
    if (candidate.law.from && !reading.HasCome(*candidate.law.from)) continue;
    const auto act = reading.ActOr(*sentence.verdict);
    if (candidate.law.until && act && *act > *candidate.law.until) continue;
    if (IsWorthLess(best, &credit)) best = &credit;
  }
  return best;
}

Custody CustodyBefore(const Reading& reading, const Sentence& sentence) {
  Custody out;
  const civil::Span& verdict = sentence.verdict->date;
  bool inside = false;
  civil::Day seen_until = civil::Day::min();
  std::vector<CreditOf> undated;
  for (const CheckedFact* fact : reading.facts()) {
    const Change change = ChangeOf(*fact);
    if (!change.any) continue;
    if (!fact->date.closed()) {
      // From prison nobody is let out before the verdict.
      if (fact->fact().release().from() != v1::Release::FROM_PRISON) {
        undated.push_back(change.begins);
      }
      continue;
    }
    if (change.begins != kNothing && verdict.last && *fact->date.first > *verdict.last) continue;
    out.unordered |= *fact->date.first < seen_until;
    seen_until = std::max(seen_until, *fact->date.last);
    if (inside && out.stays.back().of == change.begins) continue;
    const Range when{*fact->date.first, *fact->date.last};
    if (inside) {
      out.stays.back().open = false;
      out.stays.back().end = when;
      inside = false;
    }
    if (change.begins != kNothing) {
      out.unordered |= verdict.first && when.last > *verdict.first;
      out.stays.push_back({change.begins, when, true, when, fact});
      inside = true;
    }
  }
  out.known = !out.stays.empty();
  // Free when the verdict was given: whether taken into custody then and there is not known.
  out.gaps = out.known && sentence.prison() && !out.stays.back().open && verdict.first &&
             out.stays.back().end.last < *verdict.first;
  for (const CreditOf begins : undated) {
    out.gaps |= begins != kNothing;
    out.interrupted |= MayInterrupt(reading, sentence, out, begins);
  }
  return out;
}

CreditedDays CreditFor(const Reading& reading, const Sentence& sentence, const Custody& custody,
                       civil::Day entry) {
  CreditedDays out;
  Sum fewest, most;
  for (const Custody::Stay& stay : custody.stays) {
    const rules::v1::Credit* credit = BestCredit(reading, sentence, stay.of);
    if (credit == nullptr) continue;
    const bool open = stay.open || stay.end.first >= entry;
    out.grows |= open && credit->numerator() >= credit->denominator();
    // The first day counts, and the day of release does too; the day of entry into force belongs to
    // the term.
    const civil::Day late_end = open ? entry : stay.end.last + std::chrono::days(1);
    const civil::Day early_end = open ? entry : stay.end.first + std::chrono::days(1);
    const int long_days = std::max(0, civil::DaysBetween(stay.start.first, late_end));
    const int short_days = std::max(0, civil::DaysBetween(stay.start.last, early_end));
    out.fewest_held += short_days;
    out.most_held += long_days;
    most.Add(long_days, *credit);
    fewest.Add(short_days, *credit);
    out.steps.push_back(
        fmt::format("{} from {} to {}: {} days, each worth {}{} ({}).", NameOf(stay.of),
                    DescribeRange(stay.start),
                    open ? fmt::format("entry into force on {}", civil::FormatDay(entry))
                         : DescribeRange(stay.end),
                    short_days == long_days ? fmt::format("{}", long_days)
                                            : fmt::format("{} to {}", short_days, long_days),
                    credit->numerator(),
                    credit->denominator() == 1 ? "" : fmt::format("/{}", credit->denominator()),
                    credit->citation()));
  }
  out.fewest = fewest.RoundedUp();
  out.most = most.RoundedUp();
  return out;
}

}  // namespace vigil::registry
