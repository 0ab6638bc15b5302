#include "alert-svc/app/receiver_switch.h"

#include <optional>
#include <utility>

#include "common/log/log.h"
#include "vigil/alert/v1/settings.pb.h"

namespace vigil::alert {
namespace {

constexpr absl::Duration kRetry = absl::Seconds(1);

// The record of a receiver that is not disabled yet, with `disabled` set in it.
std::optional<registry::v1::Record> Disabled(const registry::v1::ListRecordsResponse& records,
                                             const std::string& receiver,
                                             const std::string& reason) {
  for (const registry::v1::Record& record : records.records()) {
    v1::Receiver body;
    if (record.name() != "records/" + receiver || !record.body().UnpackTo(&body)) continue;
    if (body.disabled()) return std::nullopt;
    body.set_disabled(true);
    body.set_disabled_reason(reason);
    registry::v1::Record changed = record;
    changed.mutable_body()->PackFrom(body);
    return changed;
  }
  return std::nullopt;
}

}  // namespace

Task<void> DisableReceiver(RegistryFeed& feed, Executor& executor, std::string receiver,
                           std::string reason) {
  for (;;) {
    registry::v1::ListRecordsRequest all;
    Async<absl::StatusOr<registry::v1::ListRecordsResponse>> listed;
    feed.ListRecords(all, listed.Done());
    absl::StatusOr<registry::v1::ListRecordsResponse> records = co_await listed;
    if (records.ok()) {
      std::optional<registry::v1::Record> record = Disabled(*records, receiver, reason);
      if (!record) co_return;
      registry::v1::PutRecordRequest request;
      *request.mutable_record() = *std::move(record);  // with its etag: no edit of a person is lost
      Async<absl::StatusOr<registry::v1::Record>> put;
      feed.PutRecord(std::move(request), put.Done());
      absl::StatusOr<registry::v1::Record> done = co_await put;
      if (done.ok()) {
        Log(LogLevel::kWarning, "a receiver is disabled",
            {{"receiver", receiver}, {"reason", reason}});
        co_return;
      }
    }
    auto nap = Sleep(executor, kRetry);
    co_await nap;
  }
}

}  // namespace vigil::alert
