#pragma once

#include <string_view>

#include "vigil/registry/v1/deadline.pb.h"

namespace vigil {

// What a kind of deadline is called wherever people read of it: in mails, on the page behind an
// action link, in calendars.
struct KindWords {
  std::string_view title;  // "Custody limit"
  std::string_view what;   // what is due, one sentence: "Custody must be extended or end."
};

// The words in a language, `en` or `ru`; English for another. "Date" for a kind that this version
// does not know.
const KindWords& KindWordsFor(registry::v1::DeadlineKind kind, std::string_view language);

}  // namespace vigil
