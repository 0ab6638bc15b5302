#include "alert-svc/engine/test_send.h"

#include <utility>

#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/engine/send.h"
#include "common/rpc/errors.h"

namespace vigil::alert {
Task<void> SendTest(Core& core, std::string receiver,
                    std::function<void(absl::StatusOr<Outcome>)> done) {
  const v1::Receiver* own = core.world.settings().FindReceiver(receiver);
  if (!own) {
    done(rpc::NotFound("SETTING_NOT_FOUND", {{"name", receiver}},
                       "there is no such receiver; the list shows those there are"));
    co_return;
  }
  Message message;
  message.id = "test-" + core.options.draw_epoch();
  message.form = Message::Form::kTest;
  const v1::Receiver tried = *own;
  message.receiver = tried;
  message.time = core.Now();
  message.revision = core.world.revision();
  message.time_zone = ZoneOf(core.world.settings(), receiver);
  message.today = LocalDay(message.time, Zone(message.time_zone));
  Async<Outcome> sent;
  core.sender.Send(std::move(message), sent.Done());
  Outcome outcome = co_await sent;
  NoteAttempt(core, tried, outcome);
  done(std::move(outcome));
}

}  // namespace vigil::alert
