#pragma once

#include <string_view>
#include <vector>

#include "vigil/registry/v1/deadline.pb.h"

namespace vigil {

// What a kind of deadline is called wherever people read of it: in mails, on the page behind an
// action link, in calendars.
struct KindWords {
  std::string_view title;  // "Custody limit"
  std::string_view what;   // what is due, one sentence: "Custody must be extended or end."
};

// The languages that people are written to in, BCP 47, English first: those that have a table here.
// A test for each of the other tables of words (alert-svc/deliver/wording.cc, the pages of
// gateway/act/action_words.cc) says where one of them is missing.
std::vector<std::string_view> Languages();

// The words in a language; English for one that has no table. "Date" for a kind that this version
// does not know.
const KindWords& KindWordsFor(registry::v1::DeadlineKind kind, std::string_view language);

}  // namespace vigil
