#include "gateway/http/exchange.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

namespace vigil::gateway::http {
namespace {

namespace asio = boost::asio;

// Stream calls are posted, so that a callback does not run inside the call that it answers; where
// the connection is gone there is no loop to post to, and it does.
template <class Action>
void Post(const std::shared_ptr<Connection>& connection, Action action) {
  asio::post(connection->loop().context,
             [connection, action = std::move(action)]() mutable { action(*connection); });
}

template <class Action>
void Dispatch(const std::shared_ptr<Connection>& connection, Action action) {
  asio::dispatch(connection->loop().context,
                 [connection, action = std::move(action)]() mutable { action(*connection); });
}

}  // namespace

Exchange::Exchange(std::shared_ptr<Connection> connection)
    : unanswered_(std::move(connection)), connection_(unanswered_) {}

Exchange::~Exchange() {
  if (!answered_) {
    Send(Response{500, {}, {}});
  } else if (streaming_) {
    Finish();
  }
}

void Exchange::Annotate(std::string route, std::string trace_id) {
  const std::lock_guard lock(mutex_);
  route_ = std::move(route);
  trace_id_ = std::move(trace_id);
}

std::pair<std::string, std::string> Exchange::Annotation() {
  const std::lock_guard lock(mutex_);
  return {std::move(route_), std::move(trace_id_)};
}

void Exchange::Send(Response response) {
  if (answered_.exchange(true)) return;
  const std::shared_ptr<Connection> connection = std::move(unanswered_);
  Dispatch(connection,
           [annotation = Annotation(), response = std::move(response)](Connection& to) mutable {
             to.Annotate(std::move(annotation.first), std::move(annotation.second));
             if (response.status == 500 && response.body.empty()) {
               response = to.options().error_response(500, "the request was not answered");
             }
             to.Respond(std::move(response));
           });
}

std::shared_ptr<Stream> Exchange::Start(Response head) {
  if (answered_.exchange(true)) return shared_from_this();
  streaming_ = true;
  const std::shared_ptr<Connection> connection = std::move(unanswered_);
  Post(connection, [annotation = Annotation(), head = std::move(head)](Connection& to) mutable {
    to.Annotate(std::move(annotation.first), std::move(annotation.second));
    to.StartStream(std::move(head));
  });
  return shared_from_this();
}

void Exchange::After(std::chrono::milliseconds wait, std::function<void()> then) {
  if (const std::shared_ptr<Connection> connection = connection_.lock()) {
    Post(connection, [wait, then = std::move(then)](Connection& to) mutable {
      to.After(wait, std::move(then));
    });
  }
}

void Exchange::Write(std::string bytes, std::function<void(bool)> done) {
  const std::shared_ptr<Connection> connection = connection_.lock();
  if (!connection) {
    if (done) done(false);
    return;
  }
  Post(connection, [bytes = std::move(bytes), done = std::move(done)](Connection& to) mutable {
    to.Write(std::move(bytes), std::move(done));
  });
}

void Exchange::Finish() {
  if (const std::shared_ptr<Connection> connection = connection_.lock()) {
    Post(connection, [](Connection& to) { to.Finish(); });
  }
}

void Exchange::OnGone(std::function<void()> gone) {
  const std::shared_ptr<Connection> connection = connection_.lock();
  if (!connection) return gone();
  Post(connection,
       [gone = std::move(gone)](Connection& to) mutable { to.OnGone(std::move(gone)); });
}

}  // namespace vigil::gateway::http
