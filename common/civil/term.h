// Terms (ISO 8601 durations) and exact fractions of them. No floating point anywhere.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/civil/day.h"

namespace vigil::civil {

// A length of time as law counts it: whole months on the calendar, then days.
struct Term {
  int months = 0;
  int days = 0;
  // Hours beyond whole days, for limits such as PT72H; a day-exact count rounds them up to days.
  int hours = 0;

  bool operator==(const Term&) const = default;
  bool empty() const { return months == 0 && days == 0 && hours == 0; }
};

// An exact fraction, numerator and denominator positive.
struct Fraction {
  int numerator = 1;
  int denominator = 1;

  bool operator==(const Fraction&) const = default;
};

// Reads `P5Y`, `P4Y8M`, `P15D`, `P2W`, `PT72H`, at most 999 years. INVALID_ARGUMENT otherwise; the
// empty text and terms of length nothing are refused.
absl::StatusOr<Term> ParseTerm(std::string_view text);

// Reads `1/3`. INVALID_ARGUMENT unless 0 < numerator <= denominator <= 1000.
absl::StatusOr<Fraction> ParseFraction(std::string_view text);

// "5 years", "4 years and 8 months", "15 days", "72 hours".
std::string DescribeTerm(const Term& term);

// As DescribeTerm, but years are written in months ("20 months", "7 months and 15 days").
std::string DescribeInMonths(const Term& term);

// `P5Y`, `P4Y8M`: canonical.
std::string FormatTerm(const Term& term);

// The fraction of a term, in months with exact rationals; a left-over fraction of a month counts 30
// days a month, rounded up: P3Y4M × 1/3 = 13 months and 10 days.
Term FractionOf(const Term& term, const Fraction& fraction);

// Months on the calendar first, then days (hours rounded up to days).
Day Add(Day day, const Term& term);

// Days first taken off, then months: for "30 days before".
Day Subtract(Day day, const Term& term);

// ⌈days × fraction⌉ for a coefficient given as a fraction that may exceed one (3/2 for 1.5 days a
// day).
int ScaleUp(int days, int numerator, int denominator);

}  // namespace vigil::civil
