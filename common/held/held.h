#pragma once

#include <string_view>

#include "absl/time/time.h"
#include "vigil/registry/v1/deadline.pb.h"

// What is special about deadlines until which somebody is held. Pure.
namespace vigil {

// Kinds whose first date alerts, whatever else may be true: custody, committal, extradition.
bool IsHeld(registry::v1::DeadlineKind kind);

// Until when at most an alert may be put off, asked at `now`; InfiniteFuture: as long as one likes.
// One person alone does not mute what is said about who is held: it speaks again within a day, and
// before `earliest`, the first day of the limit, has begun anywhere.
absl::Time LatestSnooze(registry::v1::DeadlineKind kind, std::string_view earliest, absl::Time now);

}  // namespace vigil
