#include "common/log/log.h"

#include <gmock/gmock.h>

#include <limits>

#include "tests/testing/status_matchers.h"

namespace vigil {
namespace {

std::string Line(std::string_view message, std::initializer_list<LogField> fields = {}) {
  return LogLine(LogLevel::kInfo, "T", "svc", message, fields);
}

TEST(LogLine, KeysComeInOrder) {
  EXPECT_EQ(Line("hello", {{"trace_id", "ab"}, {"count", 3}, {"ok", true}, {"s", 0.5}}),
            R"({"ts":"T","level":"info","service":"svc","msg":"hello","trace_id":"ab","count":3,)"
            R"("ok":true,"s":0.5})");
}

TEST(LogLine, TextIsEscaped) {
  EXPECT_THAT(Line("a\"b\\c\nd\te\x01"), testing::HasSubstr(R"("msg":"a\"b\\c\nd\u0009e\u0001"})"));
}

TEST(LogLine, KeysAreEscapedToo) {
  EXPECT_THAT(Line("m", {{"a\"b", 1}}), testing::HasSubstr(R"("a\"b":1)"));
}

TEST(LogLine, BytesThatAreNoUtf8_BecomeTheReplacementCharacter) {
  // A lone continuation, an overlong slash, a surrogate, a cut sequence.
  EXPECT_THAT(Line("a\x80z"), testing::HasSubstr("a\xEF\xBF\xBDz"));
  EXPECT_THAT(Line("\xC0\xAF"), testing::HasSubstr("\"\xEF\xBF\xBD\xEF\xBF\xBD\""));
  EXPECT_THAT(Line("\xED\xA0\x80"), testing::Not(testing::HasSubstr("\xED\xA0\x80")));
  EXPECT_THAT(Line("\xE2\x82"), testing::Not(testing::HasSubstr("\xE2\x82\"")));
}

TEST(LogLine, OtherScripts_StayAsTheyAre) {
  EXPECT_THAT(Line("Қазақ 名 🙂"), testing::HasSubstr("Қазақ 名 🙂"));
}

TEST(LogLine, NumbersWithoutAJsonForm_AreNull) {
  EXPECT_THAT(Line("m", {{"x", std::numeric_limits<double>::infinity()}}),
              testing::HasSubstr(R"("x":null)"));
}

TEST(Log, BelowTheLevel_IsNotWritten) {
  std::vector<std::string> lines;
  SetLogSink([&lines](std::string_view line) { lines.emplace_back(line); });
  InitLog("svc", LogLevel::kWarning);
  Log(LogLevel::kInfo, "quiet");
  Log(LogLevel::kError, "loud");
  SetLogSink({});
  InitLog("test", LogLevel::kInfo);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], testing::HasSubstr(R"("level":"error","service":"svc","msg":"loud"})"));
}

TEST(LogLevels, UnknownName_IsRefused) {
  EXPECT_THAT(ParseLogLevel("loud"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseLogLevel(""), IsOkAndHolds(LogLevel::kInfo));
  EXPECT_THAT(ParseLogLevel("trace"), IsOkAndHolds(LogLevel::kTrace));
}

}  // namespace
}  // namespace vigil
