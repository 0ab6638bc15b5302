#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <string>

#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// One deadline as a webhook's receiver gets it: kind, dates, precision, rule, link and the action
// link where there is one; a title and a display name only for a private receiver. Long texts are
// cut. Pure.
boost::json::object EventItem(const Message& message, const MessageItem& item,
                              const std::string& page_url);

// The `data` of a digest or summary, at most `max_bytes` written out, with every item told in one
// form or another, each once, in the message's order:
//   count        how many items the message has
//   items        the first of them in full, as EventItem
//   more         only where there is no room for all in full:
//     columns    names of what a row holds: alert, deadline, kind, earliest, latest
//     rows       the next items
//     alerts     the ids of the alerts of the items after those, `alerts/{id}`
//     unlisted   how many have no room even for that; 0 below some 500 items
//     link       where the API lists all items in full, from a moment after this event was
//                answered with 2xx
// Pure.
boost::json::object EventItems(const Message& message, const std::string& page_url,
                               std::size_t max_bytes);

// `text` as JSON, cut to 500 bytes at the start of a character.
boost::json::string CutText(const std::string& text);

}  // namespace vigil::alert
