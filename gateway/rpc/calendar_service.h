#pragma once

#include "common/rpc/guard.h"
#include "gateway/calendar/calendars.h"
#include "vigil/gateway/v1/calendar.grpc.pb.h"

namespace vigil::gateway {

/// Calendars over gRPC.
class CalendarServiceHandler : public v1::CalendarService::CallbackService {
 public:
  /// Both must outlive this.
  CalendarServiceHandler(Calendars& calendars, const rpc::CallGuard& guard)
      : calendars_(calendars), guard_(guard) {}

  grpc::ServerUnaryReactor* CreateCalendar(grpc::CallbackServerContext* context,
                                           const v1::CreateCalendarRequest* request,
                                           v1::Calendar* response) override;
  grpc::ServerUnaryReactor* ListCalendars(grpc::CallbackServerContext* context,
                                          const v1::ListCalendarsRequest* request,
                                          v1::ListCalendarsResponse* response) override;
  grpc::ServerUnaryReactor* DeleteCalendar(grpc::CallbackServerContext* context,
                                           const v1::DeleteCalendarRequest* request,
                                           v1::DeleteCalendarResponse* response) override;

 private:
  Calendars& calendars_;
  const rpc::CallGuard& guard_;
};

}  // namespace vigil::gateway
