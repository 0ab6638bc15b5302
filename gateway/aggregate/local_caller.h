#pragma once

#include <memory>
#include <string>

#include "common/rpc/guard.h"
#include "gateway/aggregate/aggregator.h"
#include "gateway/calendar/calendars.h"
#include "gateway/upstream/caller.h"

namespace vigil::gateway {

/// The gateway's own RPCs behind the same face as those of the backends, so that HTTP needs no
/// second way.
class LocalCaller : public upstream::Caller {
 public:
  /// All must outlive this. `guard` says whose calendars are meant.
  LocalCaller(Aggregator& aggregator, Calendars& calendars, const rpc::CallGuard& guard)
      : aggregator_(aggregator), calendars_(calendars), guard_(guard) {}

  void Unary(const std::string& rpc_path, grpc::ByteBuffer request,
             const upstream::CallOptions& options, upstream::UnaryDone done) override;
  /// UNIMPLEMENTED: the gateway has no streams of its own.
  std::shared_ptr<upstream::ServerStream> Open(const std::string& rpc_path,
                                               grpc::ByteBuffer request,
                                               const upstream::CallOptions& options,
                                               upstream::StreamEvents events) override;

 private:
  // False where the path is none of theirs.
  bool CallCalendars(const std::string& rpc_path, const grpc::ByteBuffer& request,
                     const upstream::CallOptions& options, const upstream::UnaryDone& done);

  Aggregator& aggregator_;
  Calendars& calendars_;
  const rpc::CallGuard& guard_;
};

}  // namespace vigil::gateway
