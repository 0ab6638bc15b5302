#include "alert-svc/rpc/silences.h"

#include <gtest/gtest.h>

#include "alert-svc/domain/history.h"
#include "common/rpc/errors.h"

namespace vigil::alert {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'525'000'000);

class Silences : public ::testing::Test {
 protected:
  Silences() {
    silence_.set_name("silences/hearing");
    silence_.add_cases("cases/c-1");
    silence_.set_reason("the hearing is prepared");
    *silence_.mutable_end_time() = ToProto(kNow + absl::Hours(48));
    silence_.set_owner("anna");
    silence_.set_approved_by("boris");
  }
  absl::StatusOr<v1::Silence> Change(const v1::Silence& wanted, const std::string& caller,
                                     std::vector<std::string> fields = {}) {
    v1::UpdateSilenceRequest request;
    *request.mutable_silence() = wanted;
    for (std::string& field : fields) request.mutable_update_mask()->add_paths(field);
    return ChangeSilence(silence_, request, caller, kNow);
  }

  v1::Silence silence_;
};

TEST_F(Silences, NarrowedOrWordedAnew_StaysApproved) {
  v1::Silence wanted;
  wanted.set_reason("moved");
  *wanted.mutable_end_time() = ToProto(kNow + absl::Hours(24));
  const v1::Silence changed = *Change(wanted, "boris");
  EXPECT_EQ(changed.reason(), "moved");
  EXPECT_EQ(TimeOf(changed.end_time()), kNow + absl::Hours(24));
  EXPECT_EQ(changed.owner(), "anna");
  EXPECT_EQ(changed.approved_by(), "boris");
  EXPECT_EQ(changed.cases_size(), 1) << "not in the mask";
}

TEST_F(Silences, Widened_IsNotApprovedAndBelongsToWhoWidenedIt) {
  v1::Silence wanted;
  *wanted.mutable_end_time() = ToProto(kNow + absl::Hours(72));
  const v1::Silence changed = *Change(wanted, "boris");
  EXPECT_EQ(changed.owner(), "boris");
  EXPECT_EQ(changed.approved_by(), "");
}

TEST_F(Silences, WhatTheServiceSets_IsNotForTheCaller) {
  v1::Silence wanted;
  wanted.set_approved_by("anna");
  EXPECT_EQ(rpc::ReasonOf(Change(wanted, "anna", {"approved_by"}).status()), "BAD_MASK");
}

TEST_F(Silences, EndThatJsonCannotSay_IsRefusedByField) {
  v1::Silence wanted;
  *wanted.mutable_end_time() = ToProto(kNow + absl::Hours(24));
  for (const int nanos : {-1, 1'000'000'000}) {
    wanted.mutable_end_time()->set_nanos(nanos);
    for (const absl::Status& refused :
         {Change(wanted, "anna").status(), OpenSilence("anna", kNow, wanted)}) {
      EXPECT_EQ(rpc::ReasonOf(refused), "BAD_TIME");
      EXPECT_EQ(rpc::MetadataOf(refused)["field"], "silence.end_time");
    }
  }
}

TEST_F(Silences, EndPastOrTooFar_IsRefusedByField) {
  for (const absl::Duration end : {absl::Hours(-1), absl::Hours(24 * 91)}) {
    v1::Silence wanted;
    *wanted.mutable_end_time() = ToProto(kNow + end);
    const absl::Status refused = Change(wanted, "anna").status();
    EXPECT_EQ(rpc::ReasonOf(refused), "BAD_SETTING");
    EXPECT_EQ(rpc::MetadataOf(refused)["field"], "silence.end_time");
  }
}

}  // namespace
}  // namespace vigil::alert
