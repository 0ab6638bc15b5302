// Whether two cases may be about one person. Pure.
//
// What is alike adds up, and nothing is taken off: that two births differ or that a relation says
// they are two people is for those to weigh who look at both files.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "registry-svc/casebook/case_file.h"

namespace vigil::registry {

// What of a case is compared. Nothing confidential is in it.
struct Likeness {
  // Folded words of each name.
  std::vector<std::vector<std::string>> names;
  // As the case has it, `1963-05-17`, `1963`.
  std::string born;
  // Folded words of where the person is tied to.
  std::set<std::string> place;
  // Folded articles of charges.
  std::set<std::string> articles;
};

Likeness LikenessOf(const CaseFile& file);

struct Alike {
  // From 1 to 100; 0 where no name is alike, whatever else is.
  int score = 0;
  // `SAME_NAME` (the same words in any order and spelling that folding undoes) or `SIMILAR_NAME`
  // (each word of the shorter one has one in the other with the same sounds, or one letter off),
  // `SAME_BIRTH`, `SAME_PLACE`, `SAME_ARTICLE`.
  std::vector<std::string_view> reasons;
};

Alike Compare(const Likeness& a, const Likeness& b);

}  // namespace vigil::registry
