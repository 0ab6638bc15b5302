#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/registry_feed.h"
#include "alert-svc/engine/sender.h"
#include "alert-svc/engine/task.h"
#include "alert-svc/engine/world.h"

namespace vigil::alert {

// Looks after receivers that cannot be reached: notes each one's trouble in its record, so that
// every replica knows it and a person can see it, disables it where that is what it comes to, and
// tells whoever looks after it. Once: who has told is a record as well, `receiver-troubles`, and of
// several replicas the one that gets to write it tells. A second copy, under the same id, comes
// only of a replica that died between telling and saying so. Nobody to tell is said in the log, and
// looked for again.
class TroubleDesk {
 public:
  // Looks every so often (wall). All that is passed outlives the desk; everything, its end too, is
  // on the executor's thread.
  TroubleDesk(Executor& executor, RegistryFeed& feed, Sender& sender, const World& world,
              absl::Duration every);

  // An answer said that something is wrong with a receiver; `tried` is as it was then, and where
  // its way is another by now the answer says nothing. Tried until the registry has it.
  void Report(v1::Receiver tried, v1::Trouble::Kind kind, std::string detail);

  // The mail server does not let us in: no receiver's trouble, and told to those marked `operator`
  // that are reached otherwise, by each replica that meets it, once a day of the calendar (UTC)
  // under one id. Where there is none the log says so.
  void MailRefused(std::string detail);

  // A message came back, and its status says that something is wrong with its receiver: a bad
  // address, where `recipient` is still the receiver's. A message unknown here, or no trouble:
  // nothing.
  void Bounced(const std::string& id, v1::Trouble::Kind kind, const std::string& recipient,
               std::string detail);

 private:
  // What becomes of the record of a receiver; nullopt: it stays.
  using Edit = std::function<std::optional<v1::Receiver>(v1::Receiver)>;

  Task<void> Run();
  Task<void> Look();
  Task<void> LookAfter(v1::Receiver receiver);
  Task<void> NoteUntilDone(v1::Receiver tried, v1::Trouble trouble);
  Task<bool> Rewrite(std::string receiver, Edit edit);
  Task<void> Tell(v1::Receiver receiver);
  Task<absl::Duration> TellAll(v1::Receiver receiver, std::vector<std::string> hearers,
                               v1::TroubleNotice* notice);
  Task<Outcome> TellOne(v1::Receiver receiver, std::string hearer, int attempt);
  Task<void> TellOfMail(v1::Receiver mail, std::string hearer);
  Task<void> Close(registry::v1::Record record, absl::Time until);
  Task<absl::StatusOr<registry::v1::Record>> Read(std::string type, std::string name);
  Task<absl::StatusOr<std::string>> Write(registry::v1::Record record);
  Message MessageFor(const v1::Receiver& receiver, const std::string& hearer) const;

  Executor& executor_;
  RegistryFeed& feed_;
  Sender& sender_;
  const World& world_;
  const absl::Duration every_;
  absl::Time mail_refused_;        // the day of which that is told
  std::set<std::string> settled_;  // ids of troubles of which all is said
  std::set<std::string> unheard_;  // and of those of which nobody can be told
  TaskScope scope_;                // last: its coroutines use all the rest
};

}  // namespace vigil::alert
