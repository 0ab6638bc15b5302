#include "gateway/aggregate/local_caller.h"

#include "common/rpc/status.h"

namespace vigil::gateway {
namespace {

class NoStream : public upstream::ServerStream {
 public:
  void Read() override {}
  void Cancel() override {}
};

template <class Response>
std::function<void(absl::StatusOr<Response>)> ToWire(upstream::UnaryDone done) {
  return [done = std::move(done)](absl::StatusOr<Response> response) {
    if (!response.ok()) return done(rpc::ToGrpcStatus(response.status()), {});
    done(grpc::Status::OK, upstream::ToByteBuffer(response->SerializeAsString()));
  };
}

template <class Request>
bool Parse(const grpc::ByteBuffer& bytes, Request* request, const upstream::UnaryDone& done) {
  if (request->ParseFromString(upstream::ToString(bytes))) return true;
  done(grpc::Status(grpc::StatusCode::INTERNAL, "the request cannot be read"), {});
  return false;
}

}  // namespace

bool LocalCaller::CallCalendars(const std::string& rpc_path, const grpc::ByteBuffer& request,
                                const upstream::CallOptions& options,
                                const upstream::UnaryDone& done) {
  constexpr std::string_view kService = "/vigil.gateway.v1.CalendarService/";
  if (!rpc_path.starts_with(kService)) return false;
  const auto caller = guard_.Admit("Bearer " + options.token, "", config::v1::ROLE_READER);
  if (!caller.ok()) {
    done(rpc::ToGrpcStatus(caller.status()), {});
    return true;
  }
  const std::string_view method = std::string_view(rpc_path).substr(kService.size());
  if (v1::CreateCalendarRequest create; method == "CreateCalendar") {
    if (Parse(request, &create, done)) {
      calendars_.Create(*caller, create, options, ToWire<v1::Calendar>(done));
    }
  } else if (v1::DeleteCalendarRequest gone; method == "DeleteCalendar") {
    if (Parse(request, &gone, done)) {
      calendars_.Delete(*caller, gone, options, ToWire<v1::DeleteCalendarResponse>(done));
    }
  } else if (v1::ListCalendarsRequest list; Parse(request, &list, done)) {
    calendars_.List(*caller, list, options, ToWire<v1::ListCalendarsResponse>(done));
  }
  return true;
}

void LocalCaller::Unary(const std::string& rpc_path, grpc::ByteBuffer request,
                        const upstream::CallOptions& options, upstream::UnaryDone done) {
  if (rpc_path == "/vigil.gateway.v1.GatewayService/GetCaseFile") {
    v1::GetCaseFileRequest parsed;
    if (!Parse(request, &parsed, done)) return;
    return aggregator_.GetCaseFile(parsed, options, ToWire<v1::CaseFile>(std::move(done)));
  }
  if (rpc_path == "/vigil.gateway.v1.GatewayService/GetOverview") {
    v1::GetOverviewRequest parsed;
    if (!Parse(request, &parsed, done)) return;
    return aggregator_.GetOverview(parsed, options, ToWire<v1::Overview>(std::move(done)));
  }
  if (CallCalendars(rpc_path, request, options, done)) return;
  done(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no such RPC"), {});
}

std::shared_ptr<upstream::ServerStream> LocalCaller::Open(const std::string&, grpc::ByteBuffer,
                                                          const upstream::CallOptions&,
                                                          upstream::StreamEvents events) {
  events.on_done(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no such RPC"));
  return std::make_shared<NoStream>();
}

}  // namespace vigil::gateway
