#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

using google::protobuf::util::TimeUtil;
using testing::ElementsAre;

google::protobuf::Timestamp At(const char* time) {
  google::protobuf::Timestamp out;
  EXPECT_TRUE(TimeUtil::FromString(time, &out)) << time;
  return out;
}

// A case recorded, and changed last, at these times.
v1::Case Recorded(const char* created, const char* updated) {
  v1::Case record;
  *record.mutable_create_time() = At(created);
  *record.mutable_update_time() = At(updated);
  return record;
}

v1::Fact Search(const char* date, const char* created) {
  v1::Fact fact;
  fact.set_date(date);
  fact.mutable_search();
  *fact.mutable_create_time() = At(created);
  return fact;
}

std::vector<std::string> Reviews(const TestCase& one, std::string_view as_of) {
  std::vector<std::string> days;
  for (const v1::Deadline& deadline : Of(one.Derive(as_of), v1::DEADLINE_KIND_CASE_REVIEW)) {
    days.push_back(deadline.latest());
  }
  return days;
}

TEST(CaseReview, OldNewsRecordedLate_CountsFromTheRecord) {
  TestCase one(Recorded("2018-01-10T06:00:00Z", "2018-03-01T06:00:00Z"));
  one.Add(Search("2012-05-05", "2018-03-01T06:00:00Z"));
  EXPECT_THAT(Reviews(one, "2018-04-28"), ElementsAre("2018-05-30"));
}

TEST(CaseReview, Import_IsAsOldAsItsLastFact) {
  TestCase one(Recorded("2018-04-28T03:00:00Z", "2018-04-28T03:00:00Z"));
  one.Add(Search("2018-01-05", "2018-04-28T03:00:00Z"));
  EXPECT_THAT(Reviews(one, "2018-04-28"), ElementsAre("2018-04-05"));
}

TEST(CaseReview, NoDatedFact_CountsFromTheDayOfRecord) {
  TestCase one(Recorded("2018-04-01T20:00:00Z", "2018-04-01T20:00:00Z"));
  // 2 April in Almaty.
  EXPECT_THAT(Reviews(one, "2018-04-28"), ElementsAre("2018-07-01"));
  EXPECT_THAT(Reviews(one, "2018-04-01"), ElementsAre()) << "the case is not on record yet";
  EXPECT_EQ(FindingsOf(one.Derive("2018-07-02"), kCaseReview).size(), 1u);
}

TEST(CaseReview, AsOfAPastDay_CountsWhatWasOnRecordByThen) {
  TestCase one(Recorded("2018-01-10T06:00:00Z", "2019-09-09T06:00:00Z"));
  one.Add(Search("2018-01-05", "2018-01-10T06:00:00Z"));
  one.Add(Search("2018-02-01", "2018-02-20T06:00:00Z"));
  EXPECT_THAT(Reviews(one, "2018-01-01"), ElementsAre()) << "no fact is dated by then";
  EXPECT_THAT(Reviews(one, "2018-01-07"), ElementsAre("2018-04-05")) << "before the record began";
  EXPECT_THAT(Reviews(one, "2018-02-10"), ElementsAre("2018-04-05")) << "not on record yet";
  EXPECT_THAT(Reviews(one, "2018-02-20"), ElementsAre("2018-05-21"));
  EXPECT_THAT(Reviews(one, "2019-09-09"), ElementsAre("2019-12-08")) << "the case was changed";
}

TEST(CaseReview, Retraction_IsATouch) {
  TestCase one(Recorded("2018-01-10T06:00:00Z", "2018-01-10T06:00:00Z"));
  v1::Fact fact = Search("2018-01-05", "2018-01-10T06:00:00Z");
  *fact.mutable_retract_time() = At("2018-04-20T06:00:00Z");
  one.Add(fact);
  EXPECT_THAT(Reviews(one, "2018-04-28"), ElementsAre("2018-07-19"));
}

TEST(CaseReview, ReportAsOfItsDay_DoesNotHangOnTheImport) {
  for (const TestCase& made : ReportCases()) {
    if (!made.is_case()) continue;
    v1::Case record = *made.View().record;
    *record.mutable_create_time() = *record.mutable_update_time() = At("2026-11-29T06:00:00Z");
    TestCase imported(record);
    for (const CheckedFact* fact : made.View().facts) {
      v1::Fact message = fact->fact();
      const bool own = message.name().starts_with(made.name());
      message.set_name(std::string(IdOf(message.name())) + (own ? "" : "-elsewhere"));
      *message.mutable_create_time() = record.create_time();
      imported.Add(message);
    }
    EXPECT_EQ(Reviews(imported, "2018-04-28"), Reviews(made, "2018-04-28")) << made.display_name();
  }
}

}  // namespace
}  // namespace vigil::registry
