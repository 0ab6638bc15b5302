#pragma once

#include <cstddef>
#include <string_view>

namespace vigil::gateway {

/// Every word of the pages behind action links, but for those of the kinds (common/words). `{}` is
/// where a value goes.
struct ActionWords {
  const char* language;  ///< BCP 47.
  const char* title;     ///< Of the window, and so in the browser's history.
  const char* one_day;   ///< "Date: {}"; the alert does not say which moment of the day
  const char* window;    ///< "Between {} and {}"
  const char* ask;
  const char* acknowledge;
  const char* acknowledge_does;
  const char* put_off;  ///< The heading of its buttons.
  const char* put_off_does;
  const char* put_off_held;     ///< That about who is held it is a day at most.
  const char* put_off_no_more;  ///< That it cannot be, so near to the limit of who is held.
  const char* days;             ///< "{} days, until {}"
  const char* one;              ///< The same of one day.
  const char* acknowledged_by_you;
  const char* acknowledged_by;  ///< Who, when.
  const char* snoozed;          ///< Until when.
  const char* read_on;
  const char* sorry_title;
  const char* sorry[7];  ///< By Sorry.
};

/// English where there are none in this language.
const ActionWords& ActionWordsFor(std::string_view language);

}  // namespace vigil::gateway
