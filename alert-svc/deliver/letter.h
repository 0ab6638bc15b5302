#pragma once

#include <string>

#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// A message in words. `text` and `html` say the same.
struct Letter {
  std::string subject;  // case code and urgency only, for every receiver
  std::string text;
  std::string html;    // one page, nothing loaded from elsewhere
  std::string thread;  // the case code, `digest`, `summary` or `test`
  std::string form;    // `single`, `digest`, `summary` or `test`
};

// Words a message in the language of its receiver: what is due, when, how sure, by which rule, what
// to do, where to read on, why it came. Discreet unless the receiver is private: then kind, dates,
// rule and link, and nothing that is not derived from them, whatever the items hold. `page_url`
// without a slash at its end. Pure.
Letter WriteLetter(const Message& message, const std::string& page_url);

}  // namespace vigil::alert
