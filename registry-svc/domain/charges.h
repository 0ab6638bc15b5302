// How grave charges are and of which class, as sets of what is possible. Internal to the domain.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "vigil/registry/v1/fact.pb.h"
#include "vigil/rules/v1/rule.pb.h"

namespace vigil::registry {

// A bit for each GravityValue.
using GravitySet = uint8_t;
// A bit for each CrimeClass.
using ClassSet = uint16_t;

inline constexpr GravitySet Bit(v1::GravityValue value) { return GravitySet(1u << value); }
inline constexpr ClassSet Bit(rules::v1::CrimeClass value) { return ClassSet(1u << value); }

// Every category from minor up: what is possible where a crime is punished and nothing is known.
inline constexpr GravitySet kAnyCrime =
    Bit(v1::GRAVITY_VALUE_MINOR) | Bit(v1::GRAVITY_VALUE_MEDIUM) | Bit(v1::GRAVITY_VALUE_GRAVE) |
    Bit(v1::GRAVITY_VALUE_ESPECIALLY_GRAVE);

using ChargeList = google::protobuf::RepeatedPtrField<v1::Charge>;

// What is known of an article.
struct ArticleInfo {
  ClassSet classes = 0;
  std::vector<rules::v1::ArticlePart> parts;
  bool parts_complete = false;
  // Words by which descriptions call this crime and no other.
  std::vector<std::string> words;
};

// Articles by code and number.
using ArticleIndex = std::map<std::pair<int, std::string>, ArticleInfo, std::less<>>;

// What several charges together come to.
struct ChargeReading {
  // Categories that the gravest of the crimes can be of.
  GravitySet gravity = 0;
  // A charge states its gravity, and all that do assume it.
  bool gravity_stated = false;
  bool gravity_assumed = false;
  // A stated gravity that neither its article nor, where the term was given for one crime, the term
  // allows.
  bool gravity_contradicted = false;
  // What article and term would leave possible where nothing were stated.
  GravitySet unstated_gravity = 0;
  // Classes that some crime certainly has, and that some crime may have.
  ClassSet certain = 0;
  ClassSet possible = 0;
  bool with_death = false;
  // Gravity or a class hangs on a part that no source names.
  bool part_unknown = false;
  // Some charge names no article.
  bool article_unknown = false;
  // Charges counted at all.
  int count = 0;

  bool CertainlyAtLeast(v1::GravityValue value) const;
};

// The charges of a verdict as the court of appeal left them. What it says of a charge takes the
// place of the one of the same article, part and point, else of one of the same article that it
// does not name itself; what it leaves unsaid stands. A charge of another article is added.
ChargeList OnAppeal(const ChargeList& decided, const ChargeList& on_appeal);

// Some charge is open or ended in a conviction.
bool AnyCounts(const ChargeList& charges);

// Reads the charges that are open or ended in a conviction. `prison_months` is the prison term
// given for them, 0 for none: it tells how grave the crime must be at least.
ChargeReading ReadCharges(const ChargeList& charges, const ArticleIndex& articles,
                          int prison_months);

// "article 174(1) CC 2014": for explanations.
std::string DescribeCharges(const ChargeList& charges);

// "grave", "medium or grave".
std::string DescribeGravity(GravitySet set);

}  // namespace vigil::registry
