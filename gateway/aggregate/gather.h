#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/errors.h"
#include "gateway/upstream/caller.h"
#include "gateway/upstream/explain.h"

namespace vigil::gateway {

/// Calls a unary RPC with messages in place of bytes; an error is one for the client.
template <class Response, class Request>
void CallRpc(upstream::Caller& caller, const std::string& rpc_path, const Request& request,
             const upstream::CallOptions& options,
             std::function<void(absl::StatusOr<Response>)> done) {
  caller.Unary(rpc_path, upstream::ToByteBuffer(request.SerializeAsString()), options,
               [done = std::move(done)](grpc::Status status, grpc::ByteBuffer bytes) {
                 if (!status.ok()) return done(upstream::Explain(status));
                 Response response;
                 if (!response.ParseFromString(upstream::ToString(bytes))) {
                   return done(absl::InternalError("a backend's answer cannot be read"));
                 }
                 done(std::move(response));
               });
}

/// Calls a list RPC page after page, as long as it names a next one and what is there is not
/// `enough`; without `enough` all are wanted. A list that goes on for ever is cut off with
/// INTERNAL; an error on any page is the error of the whole.
template <class Response, class Request>
void CallAllPages(upstream::Caller& caller, const std::string& rpc_path, Request request,
                  const upstream::CallOptions& options,
                  std::function<void(absl::StatusOr<Response>)> done,
                  std::function<bool(const Response&)> enough = nullptr, int pages_left = 50,
                  Response sum = {}) {
  CallRpc<Response>(
      caller, rpc_path, request, options,
      [&caller, rpc_path, request, options, done = std::move(done), enough = std::move(enough),
       pages_left, sum = std::move(sum)](absl::StatusOr<Response> page) mutable {
        if (!page.ok()) return done(page.status());
        const std::string next = page->next_page_token();
        sum.MergeFrom(*page);
        if (next.empty() || (enough && enough(sum))) return done(std::move(sum));
        if (pages_left == 0) return done(absl::InternalError("a backend's list has no end"));
        request.set_page_token(next);
        CallAllPages<Response>(caller, rpc_path, std::move(request), options, std::move(done),
                               std::move(enough), pages_left - 1, std::move(sum));
      });
}

/// True where an error says that the part cannot be had for now, and not that the request is at
/// fault. A service that does not do what the request asks for says so; one that has no such RPC at
/// all is of another version.
inline bool IsOutage(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kCancelled:
      return true;
    case absl::StatusCode::kUnimplemented:
      return rpc::ReasonOf(status) == "NOT_SERVED";
    default:
      return false;
  }
}

/// Collects the parts of one answer from calls under way at the same time, and answers once: when
/// the last part is in, or at the first error that settles the answer.
template <class Response>
class Gather : public std::enable_shared_from_this<Gather<Response>> {
 public:
  Gather(int parts, std::function<void(absl::StatusOr<Response>)> done)
      : parts_left_(parts), done_(std::move(done)) {}

  /// One part is in; `fill` puts it into the answer.
  template <class Fill>
  void Have(Fill fill) {
    const std::unique_lock lock(mutex_);
    if (!done_) return;
    fill(response_);
    PartDone();
  }

  /// One part cannot be had for now.
  void Miss(const std::string& part) {
    const std::unique_lock lock(mutex_);
    if (!done_) return;
    response_.add_missing(part);
    PartDone();
  }

  /// The answer is this error, whatever else comes.
  void Fail(const absl::Status& status) {
    std::unique_lock lock(mutex_);
    if (!done_) return;
    const auto done = std::exchange(done_, nullptr);
    lock.unlock();
    done(status);
  }

 private:
  // The last part answers with the lock held: nobody else is left who could want it.
  void PartDone() {
    if (--parts_left_ > 0) return;
    const auto done = std::exchange(done_, nullptr);
    done(std::move(response_));
  }

  std::mutex mutex_;
  int parts_left_;                                      // Under mutex_.
  std::function<void(absl::StatusOr<Response>)> done_;  // Under mutex_; empty once answered.
  Response response_;                                   // Under mutex_.
};

}  // namespace vigil::gateway
