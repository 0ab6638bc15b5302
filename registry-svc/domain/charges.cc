#include "registry-svc/domain/charges.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace vigil::registry {
namespace {

constexpr GravitySet kAnything = kAnyCrime | Bit(v1::GRAVITY_VALUE_MISDEMEANOUR);

struct OneCharge {
  GravitySet gravity = kAnything;
  ClassSet certain = 0;
  ClassSet possible = 0;
  bool part_unknown = false;
};

ClassSet ClassesOf(const rules::v1::ArticlePart& part) {
  ClassSet set = 0;
  for (int c : part.classes()) set |= Bit(static_cast<rules::v1::CrimeClass>(c));
  return set;
}

// The part of the charge is named: what the table says of exactly it.
OneCharge ReadKnownPart(const v1::Charge& charge, const ArticleInfo& article) {
  OneCharge out{kAnything, article.classes, article.classes, false};
  GravitySet gravity = 0;
  for (const rules::v1::ArticlePart& part : article.parts) {
    if (part.number() != charge.part()) continue;
    if (part.gravity() != v1::GRAVITY_VALUE_UNSPECIFIED) gravity |= Bit(part.gravity());
    const ClassSet classes = ClassesOf(part);
    out.possible |= classes;
    if (part.point().empty() || part.point() == charge.point()) {
      out.certain |= classes;
    } else if (charge.point().empty() && classes != 0) {
      out.part_unknown = true;
    }
  }
  if (gravity != 0) out.gravity = gravity;
  return out;
}

// A row of a point says nothing of the gravity where the row of its part does.
bool KnowsGravityOf(const ArticleInfo& article, const std::string& number) {
  return std::any_of(article.parts.begin(), article.parts.end(), [&](const auto& part) {
    return part.number() == number && part.gravity() != v1::GRAVITY_VALUE_UNSPECIFIED;
  });
}

// No part is named: a class counts when every part has it, and every part's gravity is possible.
OneCharge ReadUnknownPart(const ArticleInfo& article) {
  OneCharge out{kAnything, article.classes, article.classes, false};
  GravitySet gravity = 0;
  bool all_known = article.parts_complete && !article.parts.empty();
  for (const rules::v1::ArticlePart& part : article.parts) {
    const ClassSet classes = ClassesOf(part);
    out.possible |= classes;
    if ((classes & ~article.classes) != 0) out.part_unknown = true;
    all_known &= KnowsGravityOf(article, part.number());
    gravity |= part.gravity() == v1::GRAVITY_VALUE_UNSPECIFIED ? 0 : Bit(part.gravity());
  }
  if (all_known) out.gravity = gravity;
  if ((gravity & (gravity - 1)) != 0) out.part_unknown = true;
  return out;
}

OneCharge ReadCharge(const v1::Charge& charge, const ArticleIndex& articles) {
  if (charge.article().empty()) return {};
  const auto found =
      articles.find(std::pair<int, std::string>(charge.code_edition(), charge.article()));
  if (found == articles.end()) return {};
  return charge.part().empty() ? ReadUnknownPart(found->second)
                               : ReadKnownPart(charge, found->second);
}

// Categories that the graver of two crimes can be of.
GravitySet Graver(GravitySet a, GravitySet b) {
  if (a == 0 || b == 0) return a | b;
  GravitySet out = 0;
  for (int i = 0; i < 8; ++i) {
    if ((a & (1u << i)) == 0) continue;
    for (int j = 0; j < 8; ++j) {
      if ((b & (1u << j)) != 0) out |= GravitySet(1u << (i > j ? i : j));
    }
  }
  return out;
}

GravitySet AtLeast(int prison_months) {
  if (prison_months > 12 * 12) return Bit(v1::GRAVITY_VALUE_ESPECIALLY_GRAVE);
  GravitySet set = Bit(v1::GRAVITY_VALUE_ESPECIALLY_GRAVE) | Bit(v1::GRAVITY_VALUE_GRAVE);
  if (prison_months > 5 * 12) return set;
  set |= Bit(v1::GRAVITY_VALUE_MEDIUM);
  if (prison_months > 2 * 12) return set;
  return prison_months > 0 ? kAnyCrime : kAnything;
}

bool Counts(const v1::Charge& charge) {
  return charge.outcome() != v1::CHARGE_OUTCOME_ACQUITTED &&
         charge.outcome() != v1::CHARGE_OUTCOME_DROPPED;
}

bool SameArticle(const v1::Charge& a, const v1::Charge& b) {
  return a.code_edition() == b.code_edition() && a.article() == b.article();
}

bool SameCharge(const v1::Charge& a, const v1::Charge& b) {
  return SameArticle(a, b) && a.part() == b.part() && a.point() == b.point();
}

void Change(v1::Charge& charge, const v1::Charge& now) {
  const bool requalified = !now.part().empty() && now.part() != charge.part();
  // Another part is another crime, of a gravity of its own.
  if (requalified) charge.clear_point();
  if (requalified || now.has_gravity()) charge.clear_gravity();
  charge.MergeFrom(now);
}

}  // namespace

bool ChargeReading::CertainlyAtLeast(v1::GravityValue value) const {
  return gravity != 0 && (gravity & (Bit(value) - 1)) == 0;
}

ChargeList OnAppeal(const ChargeList& decided, const ChargeList& on_appeal) {
  ChargeList out = decided;
  std::vector<bool> taken(static_cast<size_t>(decided.size()));
  const auto put = [&](const v1::Charge& now, auto same) {
    for (int i = 0; i < decided.size(); ++i) {
      if (taken[static_cast<size_t>(i)] || !same(decided[i], now)) continue;
      taken[static_cast<size_t>(i)] = true;
      Change(out[i], now);
      return true;
    }
    return false;
  };
  std::vector<const v1::Charge*> rest;
  for (const v1::Charge& now : on_appeal) {
    if (!put(now, SameCharge)) rest.push_back(&now);
  }
  for (const v1::Charge* now : rest) {
    if (!put(*now, SameArticle)) *out.Add() = *now;
  }
  return out;
}

bool AnyCounts(const ChargeList& charges) {
  return std::any_of(charges.begin(), charges.end(), Counts);
}

ChargeReading ReadCharges(const ChargeList& charges, const ArticleIndex& articles,
                          int prison_months) {
  ChargeReading out;
  GravitySet read = 0;
  GravitySet stated = 0;
  bool all_assumed = true;
  for (const v1::Charge& charge : charges) {
    if (!Counts(charge)) continue;
    ++out.count;
    const OneCharge one = ReadCharge(charge, articles);
    out.certain |= one.certain;
    out.possible |= one.possible;
    out.part_unknown |= one.part_unknown;
    out.article_unknown |= charge.article().empty();
    out.with_death |= charge.with_death();
    read = Graver(read, one.gravity);
    if (charge.gravity().value() != v1::GRAVITY_VALUE_UNSPECIFIED) {
      stated = Graver(stated, Bit(charge.gravity().value()));
      all_assumed &= charge.gravity().assumed();
      out.gravity_contradicted |= (one.gravity & Bit(charge.gravity().value())) == 0;
    }
  }
  if (out.count == 0) out.article_unknown = true;
  if (read == 0) read = kAnything;
  const GravitySet implied = read & AtLeast(prison_months);
  out.unstated_gravity = implied != 0 ? implied : read;
  // The terms of several crimes add up, and say nothing of any one of them.
  if (out.count == 1 && stated != 0) {
    out.gravity_contradicted |= (stated & AtLeast(prison_months)) == 0;
  }
  if (stated != 0) {
    out.gravity = stated;
    out.gravity_stated = true;
    out.gravity_assumed = all_assumed;
    return out;
  }
  out.gravity = out.unstated_gravity;
  return out;
}

std::string DescribeCharges(const ChargeList& charges) {
  std::string out;
  for (const v1::Charge& charge : charges) {
    if (!Counts(charge) || charge.article().empty()) continue;
    out += fmt::format("{}{}{}", out.empty() ? "article " : ", ", charge.article(),
                       charge.part().empty() ? "" : fmt::format("({})", charge.part()));
  }
  return out.empty() ? "no article named" : out;
}

std::string DescribeGravity(GravitySet set) {
  static constexpr std::array<std::string_view, 6> kNames = {
      "", "a misdemeanour", "minor", "medium", "grave", "especially grave"};
  std::string out;
  for (size_t i = 1; i < kNames.size(); ++i) {
    if ((set & (1u << i)) == 0) continue;
    if (!out.empty()) out += " or ";
    out += kNames[i];
  }
  return out;
}

}  // namespace vigil::registry
