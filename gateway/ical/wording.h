#pragma once

#include <cstddef>
#include <string>

#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::gateway::ical {

// The words of a feed's events, in English. All but what `names` asks for is discreet, and all of
// it pure.

/// What is due: its kind, or with `names` its title where it has one.
std::string WhatText(const registry::v1::Deadline& deadline, bool names);

/// What a day alone cannot say, in a few words: "done; before this day; no later than". Empty where
/// the day is all there is to say.
std::string NotesText(const registry::v1::Deadline& deadline);

/// When in full, how sure, by which rule; with `names` also what was assumed, which can tell a
/// verdict.
std::string DescriptionText(const registry::v1::Deadline& deadline, bool names);

/// Said where a feed holds the first `most` dates of more.
std::string LeftOutText(std::size_t most);

}  // namespace vigil::gateway::ical
