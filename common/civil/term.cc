#include "common/civil/term.h"

#include <fmt/format.h>

#include <charconv>

namespace vigil::civil {
namespace {

absl::Status Malformed(std::string_view text) {
  return absl::InvalidArgumentError(fmt::format(
      "'{}' is no term: write an ISO 8601 duration such as P5Y, P4Y8M, P15D or PT72H", text));
}

// Adds `count` of the unit to the term; false where the unit is unknown or out of order.
bool Take(char unit, bool in_time, int count, int& last_rank, Term& term) {
  int rank = 0;
  if (!in_time && unit == 'Y') {
    rank = 1;
    term.months += count * 12;
  } else if (!in_time && unit == 'M') {
    rank = 2;
    term.months += count;
  } else if (!in_time && unit == 'W') {
    rank = 3;
    term.days += count * 7;
  } else if (!in_time && unit == 'D') {
    rank = 4;
    term.days += count;
  } else if (in_time && unit == 'H') {
    rank = 5;
    term.hours += count;
  }
  if (rank <= last_rank) return false;
  last_rank = rank;
  return true;
}

// Appends "2 years" with what joins it to the parts before: ", " or, for the last part, " and ".
class Words {
 public:
  explicit Words(int parts) : left_(parts), parts_(parts) { out_.reserve(32); }

  void Add(int n, std::string_view unit) {
    if (n == 0) return;
    if (left_ != parts_) out_ += left_ == 1 ? " and " : ", ";
    --left_;
    char digits[12];
    out_.append(digits, std::to_chars(digits, digits + sizeof(digits), n).ptr);
    out_ += ' ';
    out_ += unit;
    if (n != 1) out_ += 's';
  }

  std::string Take() { return out_.empty() ? "no time" : std::move(out_); }

 private:
  int left_;
  int parts_;
  std::string out_;
};

}  // namespace

absl::StatusOr<Term> ParseTerm(std::string_view text) {
  if (text.size() < 3 || text[0] != 'P') return Malformed(text);
  Term term;
  bool in_time = false;
  int rank = 0;
  const char* at = text.data() + 1;
  const char* end = text.data() + text.size();
  while (at != end) {
    if (*at == 'T' && !in_time) {
      in_time = true;
      if (++at == end) return Malformed(text);
      continue;
    }
    if (*at < '0' || *at > '9') return Malformed(text);
    int count = 0;
    const auto [rest, error] = std::from_chars(at, end, count);
    if (error != std::errc() || rest == end || count > 99999) return Malformed(text);
    if (!Take(*rest, in_time, count, rank, term)) return Malformed(text);
    at = rest + 1;
  }
  if (term.empty() || term.months > 999 * 12) return Malformed(text);
  return term;
}

absl::StatusOr<Fraction> ParseFraction(std::string_view text) {
  Fraction fraction;
  const size_t slash = text.find('/');
  const char* end = text.data() + text.size();
  if (slash != std::string_view::npos) {
    const auto top = std::from_chars(text.data(), text.data() + slash, fraction.numerator);
    const auto bottom = std::from_chars(text.data() + slash + 1, end, fraction.denominator);
    if (top.ec == std::errc() && top.ptr == text.data() + slash && bottom.ec == std::errc() &&
        bottom.ptr == end && fraction.numerator > 0 && fraction.denominator <= 1000 &&
        fraction.numerator <= fraction.denominator) {
      return fraction;
    }
  }
  return absl::InvalidArgumentError(fmt::format("'{}' is no fraction: write 1/3", text));
}

std::string DescribeTerm(const Term& term) {
  const int years = term.months / 12, months = term.months % 12;
  Words words((years != 0) + (months != 0) + (term.days != 0) + (term.hours != 0));
  words.Add(years, "year");
  words.Add(months, "month");
  words.Add(term.days, "day");
  words.Add(term.hours, "hour");
  return words.Take();
}

std::string DescribeInMonths(const Term& term) {
  Words words((term.months != 0) + (term.days != 0));
  words.Add(term.months, "month");
  words.Add(term.days, "day");
  return words.Take();
}

std::string FormatTerm(const Term& term) {
  std::string out = "P";
  if (term.months >= 12) out += fmt::format("{}Y", term.months / 12);
  if (term.months % 12 != 0) out += fmt::format("{}M", term.months % 12);
  if (term.days != 0) out += fmt::format("{}D", term.days);
  if (term.hours != 0) out += fmt::format("T{}H", term.hours);
  return out;
}

Term FractionOf(const Term& term, const Fraction& fraction) {
  // Everything over the denominator: months, then 30 days for each left-over part of a month.
  const int64_t months = int64_t{term.months} * fraction.numerator;
  const int64_t whole = months / fraction.denominator;
  const int64_t rest_days = (months % fraction.denominator) * 30;
  const int64_t days = rest_days + int64_t{term.days} * fraction.numerator;
  Term out;
  out.months = static_cast<int>(whole);
  out.days = static_cast<int>((days + fraction.denominator - 1) / fraction.denominator);
  return out;
}

Day Add(Day day, const Term& term) {
  return AddMonths(day, term.months) + std::chrono::days(term.days + (term.hours + 23) / 24);
}

Day Subtract(Day day, const Term& term) {
  return AddMonths(day - std::chrono::days(term.days + (term.hours + 23) / 24), -term.months);
}

int ScaleUp(int days, int numerator, int denominator) {
  return static_cast<int>((int64_t{days} * numerator + denominator - 1) / denominator);
}

}  // namespace vigil::civil
