#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "common/rpc/errors.h"
#include "registry-svc/casebook/validate.h"
#include "tests/testing/status_matchers.h"

namespace vigil::registry {
namespace {

// A fact of `what`, with a source and the rest in text form.
v1::Fact Parse(const std::string& text) {
  v1::Fact fact;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &fact)) << text;
  if (!fact.has_source()) fact.mutable_source()->set_title("court file");
  fact.set_name("cases/c-test/facts/f1");
  return fact;
}

struct Refused {
  const char* fact;
  const char* reason_and_field;
};

class FactsThatAreRefused : public testing::TestWithParam<Refused> {};

TEST_P(FactsThatAreRefused, NameReasonAndField) {
  const absl::Status status = CheckInput("fact", Parse(GetParam().fact)).status();
  auto metadata = rpc::MetadataOf(status);
  EXPECT_EQ(rpc::ReasonOf(status) + " " + metadata["field"], GetParam().reason_and_field)
      << status.message();
}

INSTANTIATE_TEST_SUITE_P(
    All, FactsThatAreRefused,
    testing::Values(
        Refused{"other {what: 'a\\x01b'}", "BAD_FACT fact.other.what"},
        Refused{"custody {kind: 99}", "BAD_FACT fact.custody.kind"},
        Refused{"verdict {charges {} charges {outcome: 9}}",
                "BAD_FACT fact.verdict.charges[1].outcome"},
        Refused{"source {title: 'x' reliability: 7} other {what: 'y'}",
                "BAD_FACT fact.source.reliability"},
        Refused{"source {title: 'x' date: 'soon'} other {what: 'y'}", "BAD_FACT fact.source.date"},
        Refused{"source {title: 'x' documents {sha256: 'ABC' location: 'urn:x'}} other {}",
                "BAD_FACT fact.source.documents[0].sha256"},
        Refused{"whereabouts {country: 'XX'}", "BAD_COUNTRY fact.whereabouts.country"},
        Refused{"whereabouts {country: 'kz'}", "BAD_COUNTRY fact.whereabouts.country"},
        Refused{"whereabouts {}", "BAD_FACT fact.whereabouts.country"},
        Refused{"extradition_step {requesting_state: 'KZ' requested_state: 'KZ'}",
                "BAD_FACT fact.extradition_step.requested_state"},
        Refused{"custody {holding_state: 'Ukraine'}", "BAD_COUNTRY fact.custody.holding_state"},
        Refused{"accusation {}", "BAD_FACT fact.accusation.charges"},
        Refused{"date: '2018-06-02' manual_date {reason: 'r'}", "BAD_FACT fact.manual_date.what"},
        Refused{"date: '2018-06-02' manual_date {what: 'w'}", "BAD_FACT fact.manual_date.reason"},
        Refused{"personal {age: -1}", "BAD_FACT fact.personal.age"},
        Refused{"personal {age: 200}", "BAD_FACT fact.personal.age"},
        Refused{"date: '1018-04-13' other {what: 'x'}", "BAD_FACT fact.date"},
        Refused{"date: '2018-04-13' known_date: '2018-04-12' other {what: 'x'}",
                "BAD_FACT fact.known_date"},
        Refused{"verdict {penalty: PENALTY_LIFE term: 'P5Y'}", "BAD_FACT fact.verdict.term"},
        Refused{"verdict {penalty: PENALTY_FINE charges {outcome: CHARGE_OUTCOME_ACQUITTED}}",
                "BAD_FACT fact.verdict.penalty"},
        Refused{"verdict {bans {term: 'P3Y'}}", "BAD_FACT fact.verdict.bans[0].what"},
        Refused{"relation {people: 'Somebody'}", "BAD_FACT fact.relation.kind"},
        Refused{"relation {kind: KIND_RELATIVE}", "BAD_FACT fact.relation.people"},
        Refused{"contact {name: 'Counsel'}", "BAD_FACT fact.confidential"},
        Refused{"confidential: true contact {}", "BAD_FACT fact.contact.name"},
        Refused{"confidential: true contact {name: 'x' email: 'a@'}",
                "BAD_FACT fact.contact.email"},
        Refused{"confidential: true contact {name: 'x' phone: '123456'}",
                "BAD_FACT fact.contact.phone"}));

TEST(FactsThatAreTaken, SayNoMoreThanTheyKnow) {
  for (const char* text : {
           "custody {}",
           "verdict {penalty: PENALTY_IMPRISONMENT}",
           "date: '../2018-04-28' listing {list: LIST_KIND_KZ_TERRORISM_FINANCING}",
           "date: '2018' known_date: '2018-02' transfer {to: 'elsewhere'}",
           "date: '2018-05-10/2018-05-11' known_date: '2018-04-24' planned_event {what: 'mission'}",
           "relation {kind: KIND_RELATIVE people: 'Somebody' as: 'her brother'}",
           "concerns: 'cases/c-other' relation {kind: KIND_CO_DEFENDANT}",
           "confidential: true contact {name: 'Адвокат' phone: '+77012345678'}",
           "verdict {penalty: PENALTY_RESTRICTION_OF_LIBERTY charges {outcome: "
           "CHARGE_OUTCOME_ACQUITTED} charges {outcome: CHARGE_OUTCOME_CONVICTED}}",
       }) {
    EXPECT_THAT(CheckInput("fact", Parse(text)), IsOk()) << text;
  }
}

TEST(FactsThatAreTaken, TextMayBeLongAndNotLongerThanIsKept) {
  v1::Fact fact = Parse("other {}");
  fact.mutable_other()->set_what(std::string(4096, 'x'));
  EXPECT_THAT(CheckInput("fact", fact), IsOk());
  fact.mutable_other()->set_what(std::string(4097, 'x'));
  EXPECT_EQ(rpc::ReasonOf(CheckInput("fact", fact).status()), "TEXT_TOO_LONG");
}

TEST(References, WhatIsNotThere_IsNamed) {
  const auto only_f1 = [](const std::string& to) { return to == "f1"; };
  EXPECT_THAT(CheckReferences("fact", Parse("parole {of: 'f1'}"), only_f1), IsOk());
  EXPECT_THAT(CheckReferences("fact", Parse("other {what: 'x'}"), only_f1), IsOk());
  const absl::Status status =
      CheckReferences("fact", Parse("verdict {replaces: 'f1' replaces: 'f2'}"), only_f1);
  EXPECT_EQ(rpc::ReasonOf(status), "UNKNOWN_REFERENCE");
  EXPECT_EQ(rpc::MetadataOf(status).at("field"), "fact.verdict.replaces");
}

TEST(Countries, CodesOfIso_AreKnown) {
  EXPECT_TRUE(IsCountry("KZ"));
  EXPECT_FALSE(IsCountry("ZZ"));
  EXPECT_FALSE(IsCountry("KAZ"));
  EXPECT_FALSE(IsCountry(""));
}

}  // namespace
}  // namespace vigil::registry
