#include "tests/unit/domain/altered_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "common/civil/span.h"
#include "registry-svc/domain/references.h"

namespace vigil::registry {
namespace {

using civil::Day;
using std::chrono::days;

// By how much a date can move and keep the order of the facts.
constexpr int kSway = kGap / 2 - 1;

class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}

  int Pick(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  bool Chance(int percent) { return Pick(1, 100) <= percent; }

 private:
  std::mt19937_64 random_;
};

std::string Month(Day day) { return civil::FormatDay(day).substr(0, 7); }
std::string Year(Day day) { return civil::FormatDay(day).substr(0, 4); }

// The day, as a source that knows it badly gives it.
std::string Vaguely(Day day, Dice& dice) {
  switch (dice.Pick(0, 5)) {
    case 0:
      return Month(day);
    case 1:
      return Year(day);
    case 2:
      return fmt::format("{}/{}", Month(day - days(dice.Pick(0, 60))),
                         Month(day + days(dice.Pick(0, 60))));
    default:
      return fmt::format("{}/{}", civil::FormatDay(day - days(dice.Pick(0, 15))),
                         civil::FormatDay(day + days(dice.Pick(0, 15))));
  }
}

// A duty that begins on an unknown day has no reports of its own, but one in each period.
bool IsRecurring(const v1::Fact& fact) { return !fact.reporting_duty().every().empty(); }

// Without its day a total has fewer readings, each with a name of its own.
bool IsTotal(const v1::Fact& fact) { return fact.verdict().total_with_size() > 0; }

// By less than the fortnight that a period lasts at least.
std::string WithinAPeriod(Day day, Dice& dice) {
  return fmt::format("{}/{}", civil::FormatDay(day - days(dice.Pick(0, 6))),
                     civil::FormatDay(day + days(dice.Pick(0, 6))));
}

// The day the copy of a court's decision was given; null for what is none.
std::string* Served(v1::Fact& fact) {
  switch (fact.what_case()) {
    case v1::Fact::kVerdict:
      return fact.mutable_verdict()->mutable_served();
    case v1::Fact::kAppealDecision:
      return fact.mutable_appeal_decision()->mutable_served();
    case v1::Fact::kReplacement:
      return fact.mutable_replacement()->mutable_served();
    case v1::Fact::kParole:
      return fact.mutable_parole()->mutable_served();
    case v1::Fact::kDeferral:
      return fact.mutable_deferral()->mutable_served();
    case v1::Fact::kExtraditionStep:
      return fact.mutable_extradition_step()->mutable_served();
    default:
      return nullptr;
  }
}

// The further date of some kinds of facts, `served`; null for others.
std::string* FurtherDate(v1::Fact& fact) {
  switch (fact.what_case()) {
    case v1::Fact::kCommittal:
      return fact.mutable_committal()->mutable_placed();
    case v1::Fact::kBodyDecision:
      return fact.mutable_body_decision()->mutable_transmitted();
    case v1::Fact::kAsylumStep:
      return fact.mutable_asylum_step()->mutable_served();
    case v1::Fact::kCommunication:
      return fact.mutable_communication()->mutable_running_since();
    case v1::Fact::kCustodyExtension:
      return fact.mutable_custody_extension()->mutable_until();
    case v1::Fact::kIntervention:
      return fact.mutable_intervention()->mutable_reply_due();
    default:
      return Served(fact);
  }
}

// Its date is that of no other fact.
bool IsAlone(const Facts& facts, size_t i) {
  return (i == 0 || facts[i - 1].date() != facts[i].date()) &&
         (i + 1 == facts.size() || facts[i + 1].date() != facts[i].date());
}

const v1::Fact* Named(const Facts& facts, std::string_view name) {
  for (const v1::Fact& fact : facts) {
    if (fact.name() == name) return &fact;
  }
  return nullptr;
}

// Every date is one day: nothing comes before what it is about, nor before the fact it is of.
bool IsPossible(Facts facts) {
  std::string paroled, held, replaced;
  for (v1::Fact& fact : facts) {
    bool after = true;
    ForEachReference(fact, [&](std::string_view, const std::string& to, Order order) {
      const v1::Fact* ground = Named(facts, to);
      after &= order != Order::kAfter || ground == nullptr || ground->date() <= fact.date();
    });
    const std::string* further = FurtherDate(fact);
    after &= further == nullptr || further->empty() || *further >= fact.date();
    // Nobody was held since a verdict in absence.
    if (fact.has_custody()) held = std::max(held, fact.date());
    after &= !fact.verdict().in_absentia() || held < fact.date();
    // Prison for evading what took the place of prison.
    if (fact.has_replacement()) {
      after &= replaced <= fact.date();
      replaced = fact.date();
    }
    // Out on parole, and back.
    if (fact.has_parole() || fact.has_release() || fact.has_parole_revocation()) {
      after &= paroled <= fact.date();
      paroled = fact.date();
    }
    if (!after) return false;
  }
  return true;
}

std::string OneDayOf(const std::string& date, Dice& dice) {
  const civil::Span span = *civil::ParseSpan(date);
  if (dice.Chance(30)) return civil::FormatDay(*span.first);
  if (dice.Chance(40)) return civil::FormatDay(*span.last);
  return civil::FormatDay(*span.first +
                          days(dice.Pick(0, civil::DaysBetween(*span.first, *span.last))));
}

bool TellsWhereHeld(const v1::Fact& fact) {
  return fact.has_custody() || fact.has_preventive_measure() || fact.has_committal() ||
         fact.release().from() == v1::Release::FROM_REMAND ||
         fact.release().from() == v1::Release::FROM_EXTRADITION_CUSTODY;
}

// An appeal after which the verdict stands as it was.
bool LeavesTheVerdict(const v1::Fact& fact) {
  return fact.appeal_decision().result() == v1::AppealDecision::RESULT_UPHELD;
}

// It must have a first day, though it lies ahead.
bool IsPlan(const v1::Fact& fact) { return fact.has_manual_date() || fact.has_planned_event(); }

using Unrelate = void (*)(v1::Fact&);
constexpr Unrelate kUnrelated[] = {
    [](v1::Fact& f) { f.mutable_search()->set_what("w"); },
    [](v1::Fact& f) { f.mutable_surveillance()->set_how("w"); },
    [](v1::Fact& f) { f.mutable_complaint()->set_about("w"); },
    [](v1::Fact& f) { f.mutable_visit()->set_by("w"); },
    [](v1::Fact& f) { f.mutable_pressure()->set_what("w"); },
    [](v1::Fact& f) { f.mutable_official_statement()->set_what("w"); },
    [](v1::Fact& f) { f.mutable_public_action()->set_what("w"); },
    [](v1::Fact& f) { f.mutable_ill_treatment()->set_what("w"); },
    [](v1::Fact& f) { f.mutable_recognition()->set_by("w"); },
    [](v1::Fact& f) { f.mutable_other()->set_what("w"); },
    [](v1::Fact& f) { f.mutable_denial()->set_of(v1::Denial::OF_CARE); },
    [](v1::Fact& f) { f.mutable_forced_statement()->set_what("w"); },
    [](v1::Fact& f) { f.mutable_breach()->set_what("w"); },
    [](v1::Fact& f) { f.mutable_whereabouts()->set_country("KZ"); },
    [](v1::Fact& f) { f.mutable_relation()->set_kind(v1::Relation::KIND_COUNSEL); },
    [](v1::Fact& f) { f.mutable_contact()->set_role(v1::Contact::ROLE_COUNSEL); },
    [](v1::Fact& f) { f.mutable_interpol_notice()->set_requesting_state("KZ"); },
    [](v1::Fact& f) { f.mutable_health()->set_what("w"); },
    [](v1::Fact& f) { f.mutable_discipline()->set_what("w"); },
    [](v1::Fact& f) { f.mutable_personal()->set_note("w"); },
    [](v1::Fact& f) { f.mutable_taken_to_police()->set_place("w"); },
    [](v1::Fact& f) { f.mutable_transfer()->set_to("w"); },
    [](v1::Fact& f) {
      f.mutable_deadline_mark()->set_deadline("0123456789abcdef");
      f.mutable_deadline_mark()->set_mark(v1::DeadlineMark::MARK_MET);
      f.mutable_deadline_mark()->set_reason("w");
    },
};

}  // namespace

v1::Fact Unrelated(uint64_t seed) {
  Dice dice(seed);
  v1::Fact fact;
  fact.set_name("unrelated");
  kUnrelated[seed % std::size(kUnrelated)](fact);
  const Day day = civil::MakeDay(2014, 1, 1) + days(dice.Pick(0, 3000));
  const std::string on = civil::FormatDay(day);
  switch (dice.Pick(0, 5)) {
    case 0:
      break;
    case 1:
      fact.set_date("../" + on);
      break;
    case 2:
      fact.set_date(on + "/..");
      break;
    case 3:
      fact.set_date(Vaguely(day, dice));
      break;
    default:
      fact.set_date(on);
  }
  return fact;
}

Facts Blurred(const GeneratedCase& exact, uint64_t seed) {
  Dice dice(seed);
  Facts facts = exact.facts;
  for (size_t i = 0; i < facts.size(); ++i) {
    std::string* further = FurtherDate(facts[i]);
    if (further != nullptr && !further->empty() && dice.Chance(20)) {
      *further = Vaguely(*civil::ParseDay(*further), dice);
    }
    if (!IsAlone(exact.facts, i) || !dice.Chance(33)) continue;
    const Day day = *civil::ParseDay(exact.facts[i].date());
    facts[i].set_date(IsRecurring(facts[i]) ? WithinAPeriod(day, dice) : Vaguely(day, dice));
  }
  return facts;
}

Facts Completed(const GeneratedCase& exact, const Facts& blurred, uint64_t seed) {
  constexpr int kTries = 50;
  Dice dice(seed);
  for (int i = 0; i < kTries; ++i) {
    Facts facts = blurred;
    for (v1::Fact& fact : facts) {
      fact.set_date(OneDayOf(fact.date(), dice));
      std::string* further = FurtherDate(fact);
      if (further != nullptr && !further->empty()) *further = OneDayOf(*further, dice);
    }
    if (IsPossible(facts)) return facts;
  }
  return exact.facts;
}

Facts WithGaps(const GeneratedCase& exact, uint64_t seed) {
  std::mt19937_64 random(seed);
  const bool prison = std::any_of(exact.facts.begin(), exact.facts.end(), [](const v1::Fact& fact) {
    return fact.verdict().penalty() == v1::PENALTY_IMPRISONMENT &&
           fact.verdict().suspended_for().empty() && !fact.verdict().in_absentia();
  });
  // Custody that nobody reports is presumed before imprisonment alone. House arrest or a hospital
  // without it would say that the person was free for the rest, so they go too.
  const bool no_custody = prison && random() % 2 == 0;
  const bool no_appeal = random() % 2 == 0, no_regime = random() % 2 == 0;
  const bool no_copy = random() % 2 == 0;
  Facts facts;
  for (v1::Fact fact : exact.facts) {
    if (no_custody && TellsWhereHeld(fact)) continue;
    if (no_appeal && LeavesTheVerdict(fact)) continue;
    if (no_regime && fact.has_verdict()) fact.mutable_verdict()->clear_regime();
    if (std::string* served = Served(fact); no_copy && served != nullptr) served->clear();
    facts.push_back(std::move(fact));
  }
  return facts;
}

Facts Refilled(const GeneratedCase& exact, const Facts& gaps, uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto pick = [&](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random);
  };
  const auto move = [&](v1::Fact& fact) {
    fact.set_date(civil::FormatDay(*civil::ParseDay(fact.date()) + days(pick(-kSway, kSway))));
  };
  Facts facts = exact.facts;
  for (v1::Fact& fact : facts) {
    const auto kept = std::find_if(gaps.begin(), gaps.end(), [&](const v1::Fact& other) {
      return other.name() == fact.name();
    });
    if (kept == gaps.end()) {
      // On the day of the verdict it stays there: a release from remand.
      if (!fact.has_release()) move(fact);
      if (fact.has_appeal_decision() && pick(0, 2) == 0) {
        fact.mutable_appeal_decision()->set_result(v1::AppealDecision::RESULT_NOT_APPEALED);
      }
      continue;
    }
    if (fact.verdict().regime() != kept->verdict().regime()) {
      fact.mutable_verdict()->set_regime(
          static_cast<v1::Regime>(pick(v1::REGIME_MINIMUM, v1::REGIME_EXTRA)));
    }
    v1::Fact known = *kept;
    if (std::string* served = Served(fact); served != nullptr && *served != *Served(known)) {
      *served = civil::FormatDay(*civil::ParseDay(fact.date()) + days(pick(0, kSway)));
    }
  }
  return facts;
}

Facts Opened(const GeneratedCase& exact, uint64_t seed) {
  Dice dice(seed);
  Facts facts = exact.facts;
  for (size_t i = 0; i < facts.size(); ++i) {
    if (!IsAlone(exact.facts, i) || IsRecurring(facts[i]) || IsTotal(facts[i])) continue;
    if (!dice.Chance(25)) continue;
    const Day day = *civil::ParseDay(facts[i].date());
    switch (IsPlan(facts[i]) ? 1 : dice.Pick(0, 2)) {
      case 0:
        facts[i].set_date(fmt::format("../{}", civil::FormatDay(day + days(dice.Pick(0, kSway)))));
        break;
      case 1:
        facts[i].set_date(fmt::format("{}/..", civil::FormatDay(day - days(dice.Pick(0, kSway)))));
        break;
      default:
        facts[i].clear_date();
    }
  }
  return facts;
}

Facts Closed(const GeneratedCase& exact, const Facts& opened, uint64_t seed) {
  Dice dice(seed);
  Facts facts = exact.facts;
  for (size_t i = 0; i < facts.size(); ++i) {
    const civil::Span known = *civil::ParseSpan(opened[i].date());
    if (known.closed()) continue;
    const Day day = *civil::ParseDay(facts[i].date());
    Day least = day - days(kSway), most = day + days(kSway);
    if (known.first) least = std::max(least, *known.first);
    if (known.last) most = std::min(most, *known.last);
    facts[i].set_date(
        civil::FormatDay(least + days(dice.Pick(0, civil::DaysBetween(least, most)))));
  }
  return IsPossible(facts) ? facts : exact.facts;
}

}  // namespace vigil::registry
