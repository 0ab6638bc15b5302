#pragma once

#include <grpcpp/server.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "vigil/alert/v1/alert.grpc.pb.h"
#include "vigil/alert/v1/settings_service.grpc.pb.h"
#include "vigil/registry/v1/journal.grpc.pb.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil::gateway::testing {

/// What a backend saw of a call.
struct SeenCall {
  std::string authorization;
  std::string traceparent;
  std::string on_behalf_of;
};

/// A registry with one case, `cases/c-1`, on a port of its own. Its summary does not know the past:
/// `known_at` is refused. It has no findings, as if it were of an older version. It keeps records.
/// Its watch brings the revisions N+1 to 100 after the token `tN` and ends; the token `old` is
/// refused with COMPACTED, and one message comes after `slow`, then SLOW_WATCHER, and after `odd`,
/// one that has no JSON form.
class FakeRegistry {
 public:
  FakeRegistry();
  ~FakeRegistry();

  int port() const { return port_; }
  SeenCall last_call() const;
  void Stop();

 private:
  class Cases;
  class Facts;
  class Deadlines;
  class Findings;
  class Summaries;
  class Journal;
  struct Seen;

  std::unique_ptr<Seen> seen_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

/// An alert-svc with the alert `alerts/a-1` and the receiver `receivers/anna`. Its watch brings the
/// alerts a-N+1, a-N+2 after the token `tN`, then waits until it is cancelled; the token `bad` is
/// refused with OUT_OF_RANGE.
class FakeAlert {
 public:
  FakeAlert();
  ~FakeAlert();

  int port() const { return port_; }
  /// Answers ListAlerts with UNAUTHENTICATED from now on.
  void RefuseEverybody();
  /// The alert as it stands, to be read and changed while no call is under way.
  alert::v1::Alert& alert();
  /// The receiver, likewise.
  alert::v1::Receiver& receiver();
  /// How often an alert was acknowledged or put off.
  int answers() const;
  /// What it saw of the last of these.
  SeenCall last_answer() const;
  /// Filter of the last ListAlerts.
  std::string last_filter() const;
  /// Blocks until a watch has ended.
  void AwaitWatchEnd();
  void Stop();

 private:
  class Alerts;
  class Settings;

  std::unique_ptr<Alerts> alerts_;
  std::unique_ptr<Settings> settings_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace vigil::gateway::testing
