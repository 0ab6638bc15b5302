#include "common/filter/filter.h"

#include <gmock/gmock.h>

#include <string>

#include "common/rpc/errors.h"
#include "tests/testing/status_matchers.h"
#include "vigil/registry/v1/case.pb.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil {
namespace {

using ::absl::StatusCode;
using ::testing::HasSubstr;

registry::v1::Case TheCase() {
  registry::v1::Case one;
  one.set_name("cases/c-1");
  one.set_display_name("Aigul \"A\" Test");
  one.set_country("KZ");
  one.set_situation(registry::v1::SITUATION_IMPRISONED);
  one.add_tags("journalist");
  one.add_tags("land");
  one.mutable_person()->set_sex(registry::v1::SEX_FEMALE);
  one.mutable_person()->add_names()->set_text("First");
  one.mutable_person()->add_names()->set_text("Second");
  one.mutable_mandate()->set_act(true);
  one.mutable_create_time()->set_seconds(1'524'884'400);  // 2018-04-28T03:00:00Z
  return one;
}

bool Matches(const std::string& text) {
  const auto filter = Filter::Parse(text, registry::v1::Case::descriptor());
  EXPECT_THAT(filter, IsOk()) << text;
  return filter.ok() && filter->Matches(TheCase());
}

struct Row {
  const char* text;
  bool matches;
};

class FilterOfCases : public testing::TestWithParam<Row> {};

TEST_P(FilterOfCases, Decides) { EXPECT_EQ(Matches(GetParam().text), GetParam().matches); }

INSTANTIATE_TEST_SUITE_P(
    All, FilterOfCases,
    testing::Values(
        Row{"", true}, Row{"   ", true},
        // Text.
        Row{R"(country = "KZ")", true}, Row{"country = 'KZ'", true}, Row{"country=KZ", true},
        Row{"country = RU", false}, Row{"country != RU", true}, Row{R"(country >= "KA")", true},
        Row{R"(country < "KA")", false}, Row{R"(display_name = "Aigul*")", true},
        Row{R"(display_name = "*Test")", true}, Row{R"(display_name = "*Nobody*")", false},
        Row{R"(display_name = "Aigul \"A\" Test")", true}, Row{"display_name : gul", true},
        Row{"displayName : gul", true}, Row{"name = cases/c-1", true},
        // Enums, truths, times, messages.
        Row{"situation = SITUATION_IMPRISONED", true}, Row{"situation = imprisoned", true},
        Row{R"(situation = "imprisoned")", true}, Row{"situation != free", true},
        Row{"situation:imprisoned", true}, Row{"person.sex = female", true},
        Row{"mandate.act = true", true}, Row{"mandate.publish = true", false},
        Row{"create_time >= 2018-04-28T09:00:00+06:00", true},
        Row{R"(create_time > "2018-04-28T03:00:00Z")", false},
        Row{R"(delete_time > "2018-04-28T03:00:00Z")", false},
        Row{R"(delete_time < "2018-04-28T03:00:00Z")", false}, Row{"delete_time:*", false},
        Row{"person:*", true}, Row{"create_time:*", true}, Row{"place:*", false},
        // Lists: the whole element.
        Row{"tags:journalist", true}, Row{"tags:journal", false}, Row{"tags:journal*", true},
        Row{"tags:*", true}, Row{"flags:*", false}, Row{"person.names.text = Second", true},
        Row{"person.names.text = Third", false},
        // Joins; OR binds tighter than AND.
        Row{"country = KZ AND situation = free", false},
        Row{"country = KZ OR situation = free", true},
        Row{"country = KZ situation = imprisoned", true},
        Row{"country = RU AND country = KZ OR situation = imprisoned", false},
        Row{"(country = RU AND country = KZ) OR situation = imprisoned", true},
        Row{"NOT country = RU", true}, Row{"-country = KZ", false},
        Row{"NOT (country = RU OR country = KZ)", false}));

TEST(Filter, IsoDays_OrderAsText) {
  registry::v1::Deadline deadline;
  deadline.set_latest("2018-05-10");
  deadline.set_step(3);
  const auto matches = [&deadline](const std::string& text) {
    const auto filter = Filter::Parse(text, registry::v1::Deadline::descriptor());
    EXPECT_THAT(filter, IsOk()) << text;
    return filter.ok() && filter->Matches(deadline);
  };
  EXPECT_TRUE(matches(R"(latest >= "2018-05-01" AND latest < "2018-06-01")"));
  EXPECT_FALSE(matches("latest > 2018-05-10"));
  EXPECT_TRUE(matches("step >= 3 step < 3.5 step != -1"));
}

struct Bad {
  const char* text;
  const char* says;
};

class FilterRefuses : public testing::TestWithParam<Bad> {};

TEST_P(FilterRefuses, WithColumnAndRemedy) {
  const auto filter = Filter::Parse(GetParam().text, registry::v1::Case::descriptor());
  EXPECT_THAT(filter, StatusIs(StatusCode::kInvalidArgument, HasSubstr(GetParam().says)));
  EXPECT_EQ(rpc::ReasonOf(filter.status()), "FILTER_INVALID");
}

INSTANTIATE_TEST_SUITE_P(
    All, FilterRefuses,
    testing::Values(Bad{"countri = KZ", "column 1: 'countri' is no field; did you mean `country`?"},
                    Bad{"country", "column 8: an operator is missing"},
                    Bad{"country =", "column 10: a value is missing"},
                    Bad{"country = \"KZ", "column 11: a text is not closed"},
                    Bad{"country = KZ AND", "column 17: a field is missing"},
                    Bad{"(country = KZ", "is not closed"}, Bad{"country = KZ)", "closes nothing"},
                    Bad{"situation = jailed", "SITUATION_IMPRISONED"},
                    Bad{"situation > free", "has no order"},
                    Bad{"mandate.act > true", "has no order"},
                    Bad{"mandate.act = yes", "true or false"}, Bad{"tags = land", "field:value"},
                    Bad{"person = x", "is a message"}, Bad{"country.x = y", "has no fields"},
                    Bad{"create_time > yesterday", "is no time"},
                    Bad{"\"KZ\"", "a field is missing"}, Bad{"NOT NOT country = KZ", "column"},
                    Bad{"country == KZ OR", "column"}));

TEST(Filter, Bombs_AreRefused) {
  const auto* of = registry::v1::Case::descriptor();
  std::string many = "country = KZ";
  for (int i = 0; i < 200; ++i) many += " OR country=A";
  EXPECT_THAT(Filter::Parse(many, of), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(Filter::Parse(std::string(3000, '('), of), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(Filter::Parse(std::string(5000, 'x'), of), StatusIs(StatusCode::kInvalidArgument));
}

TEST(Filter, AnyBytes_AreAnswered) {
  const auto* of = registry::v1::Case::descriptor();
  uint32_t state = 1;
  const std::string alphabet = "()\"'\\-=!<>:*. \tANDORNOTcountry\xff\0x";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int j = 0; j < 12; ++j) {
      state = state * 1664525 + 1013904223;
      text += alphabet[(state >> 16) % alphabet.size()];
    }
    const auto filter = Filter::Parse(text, of);
    if (filter.ok()) filter->Matches(TheCase());
  }
}

}  // namespace
}  // namespace vigil
