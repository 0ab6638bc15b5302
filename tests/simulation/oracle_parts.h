#pragma once

#include <string>

#include "absl/time/time.h"
#include "alert-svc/domain/local_time.h"

namespace vigil::alert::sim {

// Nine in Almaty, so many days before a date.
inline absl::Time DueOf(const std::string& date, int step) {
  return LocalMoment(*civil::ParseDay(date) - std::chrono::days(step), 9, Zone("Asia/Almaty"));
}

// A moment of the calendar, for a violation's text.
inline std::string Text(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M", time, Zone("Asia/Almaty"));
}

}  // namespace vigil::alert::sim
