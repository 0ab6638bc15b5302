#include "gateway/rpc/calendar_service.h"

#include "common/rpc/unary.h"
#include "gateway/rpc/call_options.h"

namespace vigil::gateway {

using config::v1::ROLE_READER;

grpc::ServerUnaryReactor* CalendarServiceHandler::CreateCalendar(
    grpc::CallbackServerContext* context, const v1::CreateCalendarRequest* request,
    v1::Calendar* response) {
  return rpc::Unary(
      context, guard_, ROLE_READER, request, response,
      [this, context](const rpc::Caller& caller, const v1::CreateCalendarRequest& request,
                      rpc::Done<v1::Calendar> done) {
        calendars_.Create(caller, request, OptionsOf(*context, caller.trace_id), std::move(done));
      });
}

grpc::ServerUnaryReactor* CalendarServiceHandler::ListCalendars(
    grpc::CallbackServerContext* context, const v1::ListCalendarsRequest* request,
    v1::ListCalendarsResponse* response) {
  return rpc::Unary(
      context, guard_, ROLE_READER, request, response,
      [this, context](const rpc::Caller& caller, const v1::ListCalendarsRequest& request,
                      rpc::Done<v1::ListCalendarsResponse> done) {
        calendars_.List(caller, request, OptionsOf(*context, caller.trace_id), std::move(done));
      });
}

grpc::ServerUnaryReactor* CalendarServiceHandler::DeleteCalendar(
    grpc::CallbackServerContext* context, const v1::DeleteCalendarRequest* request,
    v1::DeleteCalendarResponse* response) {
  return rpc::Unary(
      context, guard_, ROLE_READER, request, response,
      [this, context](const rpc::Caller& caller, const v1::DeleteCalendarRequest& request,
                      rpc::Done<v1::DeleteCalendarResponse> done) {
        calendars_.Delete(caller, request, OptionsOf(*context, caller.trace_id), std::move(done));
      });
}

}  // namespace vigil::gateway
