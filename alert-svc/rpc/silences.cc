#include "alert-svc/rpc/silences.h"

#include <string>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/settings.h"
#include "common/rpc/errors.h"
#include "common/rpc/times.h"
#include "common/rpc/update_mask.h"

namespace vigil::alert {
namespace {

constexpr std::string_view kMutable[] = {"cases", "kinds", "receivers", "reason", "end_time"};

absl::Status CheckEnd(const v1::Silence& silence, absl::Time now) {
  if (absl::Status s = rpc::CheckTime(silence.end_time(), "silence.end_time"); !s.ok()) return s;
  const absl::Time end = TimeOf(silence.end_time());
  if (silence.has_end_time() && end > now && end <= now + kLongestSilence) return absl::OkStatus();
  return rpc::InvalidArgument("BAD_SETTING", "silence.end_time",
                              "silence.end_time: must be ahead of now, and within 90 days");
}

}  // namespace

absl::Status OpenSilence(std::string_view caller, absl::Time now, v1::Silence& silence) {
  if (absl::Status s = CheckEnd(silence, now); !s.ok()) return s;
  silence.set_owner(std::string(caller));
  silence.clear_approved_by();
  *silence.mutable_create_time() = ToProto(now);
  return absl::OkStatus();
}

absl::StatusOr<v1::Silence> ChangeSilence(v1::Silence silence,
                                          const v1::UpdateSilenceRequest& request,
                                          std::string_view caller, absl::Time now) {
  const auto mask = rpc::MaskOf(request.silence(), request.update_mask(), kMutable);
  if (!mask.ok()) return mask.status();
  const v1::Silence before = silence;
  rpc::Merge(request.silence(), *mask, silence);
  if (TimeOf(silence.end_time()) != TimeOf(before.end_time()) || !silence.has_end_time()) {
    if (absl::Status s = CheckEnd(silence, now); !s.ok()) return s;
  }
  if (IsWider(before, silence)) {
    silence.set_owner(std::string(caller));
    silence.clear_approved_by();
  }
  return silence;
}

}  // namespace vigil::alert
