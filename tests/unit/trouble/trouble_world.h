#pragma once

#include <string>

#include "alert-svc/domain/history.h"
#include "alert-svc/engine/world.h"

namespace vigil::alert {

// A world of one webhook, written at `kWritten`, to which attempts are made.
class TroubleWorld {
 public:
  static constexpr char kHook[] = "receivers/hook";

  TroubleWorld() {
    hook_.set_name(kHook);
    hook_.mutable_webhook()->set_url("https://hook.example");
    Write(hook_);
  }

  // A setting as a person or the service writes it at an hour.
  template <class Setting>
  void Write(const Setting& setting, int hour = 0) {
    registry::v1::Change change;
    auto& record = *change.add_items()->mutable_record_changed()->mutable_record();
    record.set_name("records/" + setting.name());
    record.mutable_body()->PackFrom(setting);
    *record.mutable_update_time() = ToProto(At(hour));
    Fold(std::move(change));
  }

  // What came of an attempt at an hour; of a digest where `deadline` is empty.
  void Attempt(int hour, registry::v1::Receipt::Kind kind,
               const std::string& deadline = "cases/c-1/deadlines/d-1") {
    registry::v1::Change change;
    auto& receipt = *change.add_items()->mutable_receipts_recorded()->add_receipts();
    receipt.set_id(std::to_string(hour) + "/" + std::to_string(kind) + deadline);
    receipt.set_kind(kind);
    receipt.set_deadline(deadline);
    receipt.set_reminder("r-" + std::to_string(hour));
    receipt.set_receiver(kHook);
    receipt.set_error("HTTP 503");
    *receipt.mutable_time() = ToProto(At(hour));
    Fold(std::move(change));
  }

  static absl::Time At(int hour) {
    return absl::FromUnixSeconds(1'524'916'800) + absl::Hours(hour);
  }
  const World& world() const { return world_; }
  const v1::Receiver& hook() const { return *world_.settings().FindReceiver(kHook); }

 private:
  void Fold(registry::v1::Change change) {
    change.set_revision(world_.revision() + 1);
    world_.Fold(change, false);
  }

  World world_;
  v1::Receiver hook_;
};

}  // namespace vigil::alert
