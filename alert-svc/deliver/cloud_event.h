#pragma once

#include <string>

#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// What a webhook receiver gets: a CloudEvent 1.0 in structured JSON (application/cloudevents+json),
// below 20 kB. `type` is `vigil.deadline.due.v1`, `.changed.v1`, `.digest.v1` or `.summary.v1`;
// `id` the reminder's; `time` calendar time; `subject` the case, `digest` or `summary`. `data`
// holds kind, dates, precision, rule and link; a title and a display name only for a private
// receiver. Of a digest that is too large the last items are left out: `count` says how many there
// are. Pure.
std::string WriteCloudEvent(const Message& message, const std::string& page_url);

}  // namespace vigil::alert
