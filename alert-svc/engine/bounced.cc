#include "alert-svc/engine/bounced.h"

#include <fmt/format.h>

#include <utility>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

Receipt BounceOf(const Receipt& told, const std::string& status, absl::Time now) {
  Receipt receipt = told;
  receipt.set_kind(Receipt::KIND_DEAD);
  receipt.set_bounced(true);
  // An id of its own: the reminder may have been given up by another attempt as well.
  receipt.set_id(ReceiptId("bounced/" + told.reminder(), Receipt::KIND_DEAD, told.attempts()));
  receipt.set_error(status.empty() ? "bounced" : fmt::format("bounced: {}", status));
  *receipt.mutable_time() = ToProto(now);
  return receipt;
}

}  // namespace

std::vector<Receipt> BounceReceipts(const World& world, const std::string& id,
                                    const std::string& status, absl::Time now) {
  std::vector<Receipt> bounces;
  const auto take = [&](const Receipt& receipt) {
    if (!IsTold(receipt) || (receipt.reminder() != id && receipt.digest() != id)) return;
    bounces.push_back(BounceOf(receipt, status, now));
  };
  for (const auto& [case_name, state] : world.cases()) {
    for (const auto& [name, own] : state.deadlines) {
      for (const Receipt& receipt : own.receipts) take(receipt);
    }
  }
  for (const auto& [digest, week] : world.findings()) {
    for (const Receipt& receipt : week.all()) take(receipt);
  }
  return bounces;
}

Task<void> RecordBounce(Core& core, std::string id, std::string status,
                        std::function<void(absl::Status)> done) {
  registry::v1::RecordReceiptsRequest request;
  for (Receipt& receipt : BounceReceipts(core.world, id, status, core.Now())) {
    *request.add_receipts() = std::move(receipt);
  }
  if (request.receipts().empty()) {
    done(core.world.loaded() ? absl::NotFoundError("no message of that id was told")
                             : absl::UnavailableError("the journal was not read yet"));
    co_return;
  }
  Async<absl::StatusOr<registry::v1::RecordReceiptsResponse>> recorded;
  core.feed.RecordReceipts(std::move(request), recorded.Done());
  absl::StatusOr<registry::v1::RecordReceiptsResponse> response = co_await recorded;
  done(response.status());
}

}  // namespace vigil::alert
