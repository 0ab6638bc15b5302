#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "alert-svc/domain/settings.h"
#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/registry_feed.h"
#include "alert-svc/engine/task.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::alert {

// Reads and writes settings where they lie, as records of the registry. A write is checked against
// all the settings that the engine plans by, journaled, and answered once the engine plans by it
// too (or has not for two seconds: what counts is the journal). One write at a time, so that each
// is checked against what the one before left; between replicas the etag decides.
//
// Every call may come from any thread; answers come on the engine's. Errors are those of the
// registry, and SETTING_NOT_FOUND, ALREADY_EXISTS, ETAG_MISMATCH, BAD_SETTING, RECEIVER_MISSING,
// KIND_UNWATCHED, HELD_UNTOLD; what is refused has changed nothing.
class SettingsDesk {
 public:
  using Record = registry::v1::Record;
  template <class Result>
  using Done = std::function<void(absl::StatusOr<Result>)>;
  // From the record as it is (null: there is none) to its new body; nullopt: it is to be deleted.
  using Edit =
      std::function<absl::StatusOr<std::optional<google::protobuf::Any>>(const Record* present)>;

  // What the engine lends; called on its thread.
  struct Lent {
    std::function<const Settings&()> settings;
    std::function<void(std::int64_t revision, std::function<void()> done)> when_followed;
    const civil::Calendars* calendars;  // that a subscription may name; outlives the desk
    std::string secrets_dir;            // of the files that receivers may name
  };

  // Feed and executor outlive the desk, which dies on the engine's thread.
  SettingsDesk(Executor& executor, RegistryFeed& feed, Lent lent)
      : executor_(executor), feed_(feed), lent_(std::move(lent)) {}

  // The records of one type, `policies`, by name.
  void List(std::string type, Done<std::vector<Record>> done);
  // Changes the setting `policies/held`; answers with its record, without a body where it is gone.
  void Change(std::string setting, Edit edit, Done<Record> done);

 private:
  Task<absl::StatusOr<std::vector<Record>>> Read(std::string type);
  Task<void> Answer(std::string type, Done<std::vector<Record>> done);
  Task<void> TakeTurn(std::string setting, Edit edit, Done<Record> done);
  Task<absl::StatusOr<Record>> Apply(std::string setting, Edit edit);
  Task<absl::StatusOr<Record>> Write(std::string name, std::optional<Record> present,
                                     std::optional<google::protobuf::Any> body);
  absl::Status Check(const std::string& setting,
                     const std::optional<google::protobuf::Any>& body) const;
  Task<void> Follow();

  Executor& executor_;
  RegistryFeed& feed_;
  const Lent lent_;
  bool busy_ = false;
  TaskScope scope_;  // last: its coroutines use all the rest
};

}  // namespace vigil::alert
