#pragma once

#include <string>

#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// What a webhook receiver gets: a CloudEvent 1.0 in structured JSON (application/cloudevents+json),
// below 20 kB. `source` is `/registry/` and the host of the page; `dataschema` the JSON Schema of
// `data`, which the page serves; `sequence` the revision of the registry that it tells things as
// of, in twenty digits; `traceparent` of a trace for each message, whose id is that of the message,
// with a span for each attempt. `type` is `vigil.deadline.due.v1`, `.changed.v1`, `.digest.v1` or
// `.summary.v1`, of a test `vigil.receiver.test.v1`, of a receiver's trouble
// `vigil.receiver.trouble.v1`; `id` the reminder's; `time` calendar time; `subject` the case,
// `digest`, `summary`, `test` or the receiver in trouble. `data` of a single is one item, of a
// digest or summary all of them: see event_items.h; of a test it is empty. Pure.
std::string WriteCloudEvent(const Message& message, const std::string& page_url);

}  // namespace vigil::alert
