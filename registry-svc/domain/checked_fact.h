// A fact whose every date and term has been read once, at the door.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/civil/span.h"
#include "common/civil/term.h"
#include "vigil/registry/v1/fact.pb.h"

namespace vigil::registry {

// A fact and what its texts mean. Cheap to copy (the message is shared); immutable; safe from any
// thread.
struct CheckedFact {
  std::shared_ptr<const v1::Fact> message;
  // When it happened.
  civil::Span date;
  // When it became known; empty: when it was recorded.
  civil::Span known_date;
  // The further date of some kinds: `served` of what a court or an authority decided,
  // committal.placed, body_decision.transmitted, intervention.reply_due,
  // communication.running_since, custody_extension.until.
  civil::Span other_date;
  // The term of some kinds: verdict.term, appeal_decision.new_term, replacement.term,
  // custody.length, committal.term, reporting_duty.every, deferral.term. Empty where none is
  // stated.
  civil::Term term;
  // verdict.suspended_for.
  civil::Term probation;
  // Minute of the day, local time, where `time` states it.
  std::optional<int> minute;
  // Terms of verdict.bans, in their order; empty where a ban states none.
  std::vector<civil::Term> ban_terms;
  // Name of the first fact of its line: `lineage`, else its own name.
  std::string line;
  // Bytes of memory that `message` takes.
  size_t memory = 0;

  const v1::Fact& fact() const { return *message; }
  v1::Fact::WhatCase kind() const { return message->what_case(); }
};

// Checks a fact and reads its dates and terms. INVALID_ARGUMENT where one cannot be read, where
// `what` or the source is missing, or where a mark is incomplete; the message begins with the path
// of the field (`verdict.term: …`), which FieldOf gives back. An erased fact has nothing to read.
absl::StatusOr<CheckedFact> CheckFact(std::shared_ptr<const v1::Fact> fact);
absl::StatusOr<CheckedFact> CheckFact(const v1::Fact& fact);

// The path of the field that a refusal of CheckFact is about; empty for any other status.
std::string FieldOf(const absl::Status& status);

// The last segment of a resource name; a bare id as it is.
std::string_view IdOf(std::string_view name);

}  // namespace vigil::registry
