#include "alert-svc/rpc/acts.h"

#include <gtest/gtest.h>

#include <set>

#include "alert-svc/domain/history.h"
#include "common/rpc/errors.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

const absl::Time kNow = absl::FromUnixSeconds(1'525'000'000);

class Acts : public ::testing::Test {
 protected:
  Acts() {
    alert_.set_name("alerts/a-1");
    alert_.set_case_("cases/c-1");
    alert_.set_deadline("cases/c-1/deadlines/d-1");
    alert_.set_earliest("2018-06-05");
    alert_.set_latest("2018-06-05");
    alert_.set_step(10);
    alert_.set_state(v1::ALERT_STATE_SENT);
  }
  // As the service does.
  template <class Request>
  ActReceipt Act(const Request& request, ActReceipt (*make)(const v1::Alert&, const Request&)) {
    if (absl::Status s = CheckAct(request, kNow); !s.ok()) return s;
    return make(alert_, request);
  }
  ActReceipt Answer(const std::string& note, std::optional<absl::Time> expires = {}) {
    v1::AcknowledgeAlertRequest request;
    request.set_note(note);
    if (expires) *request.mutable_expire_time() = ToProto(*expires);
    return Act(request, Acknowledge);
  }
  ActReceipt Give(const std::string& receiver, const std::string& note = "") {
    v1::HandOverAlertRequest request;
    request.set_receiver(receiver);
    request.set_note(note);
    return Act(request, HandOver);
  }
  ActReceipt PutOff(absl::Time until) {
    v1::SnoozeAlertRequest request;
    *request.mutable_until() = ToProto(until);
    if (absl::Status s = CheckAct(request, kNow); !s.ok()) return s;
    return Snooze(alert_, request, kNow);
  }
  // The alert as it is once the receipt is journaled.
  void Take(const Receipt& receipt) {
    alert_.set_state(v1::ALERT_STATE_ACKNOWLEDGED);
    *alert_.mutable_acknowledge_time() = ToProto(kNow);
    alert_.set_acknowledge_note(receipt.note());
    alert_.clear_acknowledge_expire_time();
    if (receipt.has_until()) *alert_.mutable_acknowledge_expire_time() = receipt.until();
  }

  v1::Alert alert_;
};

TEST_F(Acts, Acknowledgement_KeepsNoteAndExpiry) {
  const Receipt receipt = **Answer("motion filed", kNow + absl::Hours(48));
  EXPECT_EQ(receipt.kind(), Receipt::KIND_ACKNOWLEDGED);
  EXPECT_EQ(receipt.alert(), "a-1");
  EXPECT_EQ(receipt.parent(), "cases/c-1");
  EXPECT_EQ(receipt.step(), 10);
  EXPECT_EQ(receipt.note(), "motion filed");
  EXPECT_EQ(TimeOf(receipt.until()), kNow + absl::Hours(48));
  EXPECT_FALSE((**Answer("")).has_until());
}

TEST_F(Acts, SaidTwice_IsOneReceipt) {
  EXPECT_EQ((**Answer("x")).id(), (**Answer("x")).id()) << "two at one time";
  Take(**Answer("x", kNow + absl::Hours(48)));
  EXPECT_FALSE(Answer("x", kNow + absl::Hours(48))->has_value());
  EXPECT_FALSE(Answer("", kNow + absl::Hours(48))->has_value());
}

TEST_F(Acts, AcknowledgedAnew_WithAnotherEndOrNote_IsAnotherReceipt) {
  const Receipt first = **Answer("x");
  Take(first);
  EXPECT_NE((**Answer("x", kNow + absl::Hours(48))).id(), first.id());
  EXPECT_NE((**Answer("y")).id(), first.id());
}

TEST_F(Acts, AcknowledgedForGoodAgainAfterAnEnd_IsAnotherReceipt) {
  const Receipt first = **Answer("");
  Take(first);
  alert_.set_state(v1::ALERT_STATE_SENT);
  EXPECT_NE((**Answer("")).id(), first.id()) << "or the journal would take it for known";
}

TEST_F(Acts, PutOffToAnotherTimeAndBack_IsAReceiptEachTime) {
  std::set<std::string> ids;
  for (const int hours : {24, 72, 24}) {
    const absl::Time until = kNow + absl::Hours(hours);
    ids.insert((**PutOff(until)).id());
    alert_.set_state(v1::ALERT_STATE_SNOOZED);
    *alert_.mutable_snooze_until() = ToProto(until);
    EXPECT_EQ(*PutOff(until), std::nullopt) << "said twice it is so already";
  }
  EXPECT_EQ(ids.size(), 3) << "or the journal would take the last for known";
}

TEST_F(Acts, ExpiryThatIsNotAhead_IsRefused) {
  for (const absl::Time end : {kNow, kNow - absl::Hours(1)}) {
    const ActReceipt refused = Answer("", end);
    EXPECT_EQ(rpc::ReasonOf(refused.status()), "EXPIRY_NOT_AHEAD");
    EXPECT_EQ(rpc::ReasonOf(PutOff(end).status()), "SNOOZE_NOT_AHEAD");
  }
}

TEST_F(Acts, TimeThatJsonCannotSay_IsRefusedByField) {
  const auto refused = [](const auto& request) {
    const absl::Status status = CheckAct(request, kNow);
    return rpc::ReasonOf(status) + " " + rpc::MetadataOf(status)["field"];
  };
  v1::AcknowledgeAlertRequest acknowledge;
  v1::SnoozeAlertRequest snooze;
  for (const int nanos : {-1, 1'000'000'000, 2'000'000'000}) {
    acknowledge.mutable_expire_time()->set_nanos(nanos);
    snooze.mutable_until()->set_nanos(nanos);
    for (const std::int64_t seconds : {1'525'100'000LL, 253'402'300'800LL}) {
      acknowledge.mutable_expire_time()->set_seconds(seconds);
      snooze.mutable_until()->set_seconds(seconds);
      EXPECT_EQ(refused(acknowledge), "BAD_TIME expire_time") << seconds << " " << nanos;
      EXPECT_EQ(refused(snooze), "BAD_TIME until") << seconds << " " << nanos;
    }
  }
  EXPECT_EQ(rpc::ReasonOf(PutOff(absl::FromUnixSeconds(253'402'300'800)).status()), "BAD_TIME");
}

TEST_F(Acts, NoteThatIsTooLong_IsRefused) {
  EXPECT_TRUE(Answer(std::string(1000, 'x')).ok());
  EXPECT_EQ(rpc::ReasonOf(Answer(std::string(1001, 'x')).status()), "TEXT_TOO_LONG");
  EXPECT_EQ(rpc::ReasonOf(Give("receivers/b", std::string(1001, 'x')).status()), "TEXT_TOO_LONG");
}

TEST_F(Acts, HandOver_NamesTheReceiverAndKeepsTheNote) {
  const Receipt receipt = **Give("receivers/b", "I am away");
  EXPECT_EQ(receipt.kind(), Receipt::KIND_HANDED_OVER);
  EXPECT_EQ(receipt.receiver(), "receivers/b");
  EXPECT_EQ(receipt.note(), "I am away");
  EXPECT_EQ(receipt.id(), (**Give("receivers/b")).id()) << "two at one time are one";
}

TEST_F(Acts, HandOverToWhoHasIt_IsDoneAlready) {
  alert_.set_handed_over_to("receivers/b");
  *alert_.mutable_hand_over_time() = ToProto(kNow);
  EXPECT_FALSE(Give("receivers/b")->has_value());
  EXPECT_TRUE(Give("receivers/c")->has_value());
}

TEST_F(Acts, HandOverThereAndBackAndThere_IsThreeReceipts) {
  const std::string first = (**Give("receivers/b")).id();
  alert_.set_handed_over_to("receivers/a");
  *alert_.mutable_hand_over_time() = ToProto(kNow);
  EXPECT_NE((**Give("receivers/b")).id(), first);
}

TEST_F(Acts, HandOverOfWhatIsOverOrNotTold_IsRefused) {
  for (const v1::AlertState over : {v1::ALERT_STATE_ACKNOWLEDGED, v1::ALERT_STATE_CLOSED}) {
    alert_.set_state(over);
    EXPECT_EQ(rpc::ReasonOf(Give("receivers/b").status()), "ALERT_OVER");
    EXPECT_EQ(rpc::ReasonOf(PutOff(kNow + absl::Hours(1)).status()), "ALERT_OVER");
  }
  alert_.set_state(v1::ALERT_STATE_SCHEDULED);
  EXPECT_EQ(rpc::ReasonOf(Give("receivers/b").status()), "ALERT_NOT_TOLD");
}

TEST_F(Acts, HandOverToWhatIsNoReceiversName_IsRefused) {
  for (const char* name : {"", "b", "receivers/", "subscriptions/b", "receivers/B c"}) {
    EXPECT_EQ(rpc::ReasonOf(Give(name).status()), "BAD_NAME") << name;
  }
}

TEST_F(Acts, Snooze_EndsWithin90Days) {
  EXPECT_TRUE(PutOff(kNow + absl::Hours(24 * 90)).ok());
  const absl::Status refused = PutOff(kNow + absl::Hours(24 * 90) + absl::Seconds(1)).status();
  EXPECT_EQ(rpc::ReasonOf(refused), "SNOOZE_TOO_LONG");
  EXPECT_EQ(rpc::MetadataOf(refused)["field"], "until");
}

// kNow is 2018-04-29 11:06 UTC.
TEST_F(Acts, SnoozeOfACustodyLimit_EndsWithinADay) {
  EXPECT_TRUE(PutOff(kNow + absl::Hours(24 * 30)).ok()) << "not about who is held";
  alert_.set_kind(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
  EXPECT_TRUE(PutOff(kNow + absl::Hours(24)).ok());
  const absl::Status refused = PutOff(kNow + absl::Hours(25)).status();
  EXPECT_EQ(rpc::ReasonOf(refused), "SNOOZE_TOO_LONG");
  EXPECT_EQ(rpc::MetadataOf(refused)["field"], "until");
}

TEST_F(Acts, SnoozeOfACustodyLimit_EndsBeforeTheDayOfTheLimitAnywhere) {
  alert_.set_kind(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
  alert_.set_earliest("2018-04-30");
  EXPECT_EQ(rpc::ReasonOf(PutOff(kNow + absl::Hours(1)).status()), "SNOOZE_TOO_LONG");
  alert_.set_earliest("2018-05-01");
  EXPECT_TRUE(PutOff(kNow + absl::Hours(22)).ok());
  EXPECT_EQ(rpc::ReasonOf(PutOff(kNow + absl::Hours(23)).status()), "SNOOZE_TOO_LONG");
}

}  // namespace
}  // namespace vigil::alert
