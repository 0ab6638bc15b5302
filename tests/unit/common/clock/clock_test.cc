#include "common/clock/clock.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "common/clock/clock_file.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace vigil {
namespace {

using ::absl::StatusCode;
using ::testing::HasSubstr;

constexpr const char* kStart = "2018-04-28T09:00:00+06:00";
const absl::Time kWall = absl::FromUnixSeconds(1'800'000'000);
const absl::Time kStartTime = absl::FromUnixSeconds(1'524'884'400);

class ClockFiles : public testing::Test {
 protected:
  absl::StatusOr<ClockFile> Init(const ClockRequest& request, absl::Time wall = kWall) {
    return InitClockFile(path_, request, wall);
  }
  const TempDir dir_;
  const std::string path_ = dir_.File("clock");
};

TEST_F(ClockFiles, CalendarRunsFromStartAtRate) {
  ASSERT_OK_AND_ASSIGN(const auto clock, Init({.start = kStart, .rate = 86400}));
  EXPECT_EQ(clock.CalendarAt(kWall), kStartTime);
  EXPECT_EQ(clock.CalendarAt(kWall + absl::Seconds(2)), kStartTime + absl::Hours(48));
  EXPECT_EQ(clock.WallAt(kStartTime + absl::Hours(48)), kWall + absl::Seconds(2));
}

TEST_F(ClockFiles, BeforeTheOrigin_CalendarStandsAtStart) {
  ASSERT_OK_AND_ASSIGN(const auto clock, Init({.start = kStart, .rate = 86400}));
  EXPECT_EQ(clock.CalendarAt(kWall - absl::Hours(1)), kStartTime);
}

TEST_F(ClockFiles, WithoutStart_RateRunsFromTheWall) {
  ASSERT_OK_AND_ASSIGN(const auto clock, Init({.start = {}, .rate = 2}));
  EXPECT_EQ(clock.CalendarAt(kWall + absl::Seconds(5)), kWall + absl::Seconds(10));
}

TEST_F(ClockFiles, WithoutAnything_IsLive) {
  ASSERT_OK_AND_ASSIGN(const auto clock, Init({}));
  EXPECT_TRUE(clock.live);
  EXPECT_EQ(ReadFile(path_), "live\n");
}

TEST_F(ClockFiles, WrittenClock_ReadsBackTheSame) {
  ASSERT_OK_AND_ASSIGN(const auto written, Init({.start = kStart, .rate = 0.25}));
  ASSERT_OK_AND_ASSIGN(const auto read, ReadClockFile(path_));
  EXPECT_EQ(read.start, written.start);
  EXPECT_EQ(read.rate, written.rate);
  EXPECT_EQ(read.wall_origin, written.wall_origin);
}

TEST_F(ClockFiles, SameOrNoRequest_KeepsTheOrigin) {
  ASSERT_THAT(Init({.start = kStart, .rate = 5}), IsOk());
  for (const ClockRequest& request :
       {ClockRequest{}, ClockRequest{.start = "2018-04-28T03:00:00Z", .rate = {}},
        ClockRequest{.start = kStart, .rate = 5}}) {
    ASSERT_OK_AND_ASSIGN(const auto kept, Init(request, kWall + absl::Hours(1)));
    EXPECT_EQ(kept.wall_origin, kWall);
  }
}

TEST_F(ClockFiles, OtherRequest_IsRefusedAndChangesNothing) {
  ASSERT_THAT(Init({.start = kStart, .rate = 5}), IsOk());
  const std::string before = ReadFile(path_);
  for (const ClockRequest& request :
       {ClockRequest{.start = "live", .rate = {}}, ClockRequest{.start = kStart, .rate = 6},
        ClockRequest{.start = "2018-04-29T09:00:00+06:00", .rate = {}}}) {
    EXPECT_THAT(Init(request), StatusIs(StatusCode::kFailedPrecondition, HasSubstr(path_)));
  }
  EXPECT_EQ(ReadFile(path_), before);
}

TEST_F(ClockFiles, BadRequests_AreRefused) {
  for (const ClockRequest& request :
       {ClockRequest{.start = "tomorrow", .rate = {}},
        ClockRequest{.start = "2018-04-28", .rate = {}}, ClockRequest{.start = kStart, .rate = 0},
        ClockRequest{.start = kStart, .rate = -1}, ClockRequest{.start = kStart, .rate = 1e9},
        ClockRequest{.start = "live", .rate = 2},
        ClockRequest{.start = "infinite-future", .rate = {}}}) {
    EXPECT_THAT(Init(request), StatusIs(StatusCode::kInvalidArgument));
  }
}

TEST_F(ClockFiles, MalformedFile_IsRefusedWithTheLine) {
  dir_.Write("clock", "start: 2018-04-28T09:00:00+06:00\nrate: fast\n");
  EXPECT_THAT(ReadClockFile(path_),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr(path_ + ":2")));
  dir_.Write("clock", "start: 2018-04-28T09:00:00+06:00\nrate: 1\n");
  EXPECT_THAT(ReadClockFile(path_), StatusIs(StatusCode::kInvalidArgument, HasSubstr("missing")));
}

TEST_F(ClockFiles, MissingFile_IsRefused) {
  EXPECT_THAT(OpenClock(path_), StatusIs(StatusCode::kFailedPrecondition, HasSubstr(path_)));
}

TEST(Clock, Live_AgreesWithTheWall) {
  ASSERT_OK_AND_ASSIGN(const auto clock, OpenClock(""));
  const absl::Time before = clock->Wall();
  const absl::Time now = clock->Now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, clock->Wall());
  EXPECT_EQ(clock->WallAt(now), now);
}

// What a suspended machine slept is in it: no test can suspend one, but the clock can be named.
TEST(Clock, Monotonic_IsTheTimeSinceBootWithSleep) {
  ASSERT_OK_AND_ASSIGN(const auto clock, OpenClock(""));
  const auto since_boot = [] {
    timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return absl::DurationFromTimespec(now);
  };
  const absl::Duration before = since_boot();
  const absl::Duration monotonic = clock->Monotonic();
  EXPECT_LE(before, monotonic);
  EXPECT_LE(monotonic, since_boot());
}

}  // namespace
}  // namespace vigil
