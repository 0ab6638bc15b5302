#include "common/clock/clock_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <utility>

namespace vigil {
namespace {

constexpr double kMaxRate = 1e7;

std::optional<absl::Time> ParseTime(const std::string& text) {
  absl::Time time;
  std::string error;
  // RFC3339_full also takes "infinite-past" and the like, which no clock can start at.
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return std::nullopt;
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) return std::nullopt;
  return time;
}

std::optional<double> ParseRate(const std::string& text) {
  double rate = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(rate > 0) || rate > kMaxRate) return std::nullopt;
  return rate;
}

std::string Format(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
}

absl::Status Malformed(const std::string& path, int line, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format(
      "{}:{}: {}; a clock file holds `live`, or the lines `start: <RFC 3339 time>`, `rate: "
      "<seconds a second>` and `wall_origin: <RFC 3339 time>` as `vigilctl clock init` writes them",
      path, line, what));
}

struct Lines {
  std::optional<absl::Time> start, origin;
  std::optional<double> rate;
  bool live = false;
};

// Whether the line was understood and not said before.
bool TakeLine(const std::string& line, Lines& lines) {
  const auto once = [](auto& field, auto value) {
    if (field || !value) return false;
    field = value;
    return true;
  };
  if (line == "live") return !std::exchange(lines.live, true);
  const size_t colon = line.find(": ");
  if (colon == std::string::npos) return false;
  const std::string key = line.substr(0, colon), value = line.substr(colon + 2);
  if (key == "start") return once(lines.start, ParseTime(value));
  if (key == "wall_origin") return once(lines.origin, ParseTime(value));
  if (key == "rate") return once(lines.rate, ParseRate(value));
  return false;
}

std::string TextOf(const ClockFile& file) {
  if (file.live) return "live\n";
  return fmt::format("start: {}\nrate: {}\nwall_origin: {}\n", Format(file.start), file.rate,
                     Format(file.wall_origin));
}

absl::StatusOr<ClockFile> Wanted(const ClockRequest& request, absl::Time wall) {
  const bool live = !request.start || *request.start == "live";
  if (request.rate && (!(*request.rate > 0) || *request.rate > kMaxRate)) {
    return absl::InvalidArgumentError(fmt::format(
        "a clock rate of {} cannot be; give calendar seconds a second, above 0 and at most {}",
        *request.rate, kMaxRate));
  }
  if (live && request.rate.value_or(1) != 1 && request.start) {
    return absl::InvalidArgumentError(
        "a live clock runs at rate 1; give a start to run at another rate");
  }
  if (live && request.rate.value_or(1) == 1) return ClockFile();
  ClockFile file{
      .live = false, .start = wall, .rate = request.rate.value_or(1), .wall_origin = wall};
  if (!live) {
    const auto start = ParseTime(*request.start);
    if (!start) {
      return absl::InvalidArgumentError(
          fmt::format("'{}' is no time to start at; write `live` or a time with its zone, such as "
                      "2018-04-28T09:00:00+06:00",
                      *request.start));
    }
    file.start = *start;
  }
  return file;
}

bool Agrees(const ClockFile& file, const ClockRequest& request, const ClockFile& wanted) {
  if (request.start && file.live != wanted.live) return false;
  if (request.start && !file.live && file.start != wanted.start) return false;
  return !request.rate || file.rate == *request.rate;
}

}  // namespace

absl::Time ClockFile::CalendarAt(absl::Time wall) const {
  return live ? wall : start + std::max(absl::ZeroDuration(), wall - wall_origin) * rate;
}

absl::Time ClockFile::WallAt(absl::Time calendar) const {
  return live ? calendar : wall_origin + (calendar - start) / rate;
}

absl::StatusOr<ClockFile> ReadClockFile(const std::string& path) {
  std::ifstream in(path);
  if (!in) {
    return absl::FailedPreconditionError(
        fmt::format("{}: cannot read the clock file: {}; write it with `vigilctl clock init`", path,
                    std::strerror(errno)));
  }
  Lines lines;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    if (!TakeLine(line, lines)) return Malformed(path, number, fmt::format("'{:.80}'", line));
  }
  const bool any = lines.start || lines.rate || lines.origin;
  if (lines.live && !any) return ClockFile();
  if (lines.live || !lines.start || !lines.rate || !lines.origin) {
    return Malformed(path, number, lines.live ? "`live` beside other lines" : "a line is missing");
  }
  return ClockFile{
      .live = false, .start = *lines.start, .rate = *lines.rate, .wall_origin = *lines.origin};
}

absl::StatusOr<ClockFile> InitClockFile(const std::string& path, const ClockRequest& request,
                                        absl::Time wall) {
  const auto wanted = Wanted(request, wall);
  if (!wanted.ok()) return wanted;
  const std::string draft = fmt::format("{}.{}.new", path, getpid());
  std::ofstream out(draft);
  out << TextOf(*wanted);
  out.close();
  if (!out) {
    return absl::FailedPreconditionError(
        fmt::format("{}: cannot be written: {}", draft, std::strerror(errno)));
  }
  // link() makes the file appear whole, and only where there is none.
  const int linked = link(draft.c_str(), path.c_str());
  const int error = errno;
  unlink(draft.c_str());
  if (linked == 0) return wanted;
  if (error != EEXIST) {
    return absl::FailedPreconditionError(
        fmt::format("{}: cannot be created: {}", path, std::strerror(error)));
  }
  const auto file = ReadClockFile(path);
  if (!file.ok() || Agrees(*file, request, *wanted)) return file;
  return absl::FailedPreconditionError(fmt::format(
      "{}: this instance already runs by another clock ({}); start it without clock options, or "
      "use "
      "another data folder",
      path,
      file->live ? "live" : fmt::format("start {}, rate {}", Format(file->start), file->rate)));
}

}  // namespace vigil
