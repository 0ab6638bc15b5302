#pragma once

#include <string>

#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// What a made-up message is to be like. The sample's day is 4 June 2018, a Monday, in Almaty.
struct SampleOptions {
  std::string language = "en";
  std::string form =
      "single";  // or digest, summary, findings (a digest of them alone), test, trouble
  bool is_private = false;
  bool lags = false;   // what is known is an hour old
  bool links = false;  // each item can be answered by a link
  // Of a single: the deadline that it is about.
  registry::v1::DeadlineNature nature = registry::v1::DEADLINE_NATURE_LIMIT;
  registry::v1::DeadlinePrecision precision = registry::v1::DEADLINE_PRECISION_EXACT;
  MessageItem::Doubt doubt = MessageItem::Doubt::kSomeFact;
  bool past = false;
  bool hour = false;  // exact to the hour
  MessageItem::Change change = MessageItem::Change::kNone;
  // Of a single: why it came.
  Message::Why why = Message::Why::kPlanned;
  int again = 0;
  int hours_left = 5;
  int step = 3;
  int level = 0;
  bool undelivered = false;
  v1::Trouble::Kind trouble = v1::Trouble::KIND_GONE;
};

// Pure.
Message SampleMessage(const SampleOptions& options);

}  // namespace vigil::alert
