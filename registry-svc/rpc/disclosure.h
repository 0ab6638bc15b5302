// What an answer shows of confidential facts, and how it gets into the access trail.
//
// Every handler whose answer can show such facts, or what rests on them, notes them here while it
// makes the answer, and then gives the answer through Disclose.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "common/rpc/unary.h"
#include "registry-svc/casebook/case_file.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/rpc/backend.h"

namespace vigil::registry {

class Disclosure {
 public:
  explicit Disclosure(const rpc::Caller& caller) : sees_(SeesConfidential(caller)) {}

  // Whether the caller sees confidential facts.
  bool sees() const { return sees_; }

  // The fact as the caller may see it, noted where it is confidential and shown.
  v1::Fact Show(const v1::Fact& fact);
  // The case of a reading of the file as the caller may see it. Where confidential facts make it
  // what it is, all of the file are noted.
  const v1::Case& Show(const CaseFile& file, const DayReading& reading);
  // A deadline of a reading of the file as the caller may see it; the confidential facts that it
  // rests on are noted, or all of the file where they changed it otherwise.
  v1::Deadline Show(const CaseFile& file, const DayReading& reading, size_t deadline);

  // What the caller may see, for filters and orders: nothing is noted.
  const v1::Case& CaseOf(const DayReading& reading) const;
  const std::vector<v1::Finding>& FindingsOf(const DayReading& reading) const;
  // Notes that a finding of a reading of the file is shown, as above.
  void NoteFinding(const CaseFile& file, const DayReading& reading, const v1::Finding& finding);

  // Notes the confidential facts that a deadline of the file rests on, for one that is not shown
  // from a reading.
  void NoteDeadline(const CaseFile& file, const v1::Deadline& deadline);
  // Notes every confidential fact of the file.
  void NoteFile(const CaseFile& file);

  // Nothing confidential was shown.
  bool empty() const { return facts_.empty(); }
  // For the trail; `method` is the full name of the RPC.
  v1::Access Entry(std::string_view method) const;

 private:
  bool NoteFacts(const CaseFile& file, const v1::Deadline& shown);

  const bool sees_;
  std::set<std::string> facts_;
};

// Gives the answer to a `Request`, once what it shows is in the trail: durable. Where that fails
// the answer is not given.
template <class Request, class Response>
void Disclose(const Backend& backend, const rpc::Caller& caller, const Disclosure& disclosure,
              absl::StatusOr<Response> answer, rpc::Done<Response> done) {
  if (!answer.ok() || disclosure.empty()) return done(std::move(answer));
  const std::string& method = backend.guard.metrics().MethodOf(Request::descriptor()).method();
  auto kept = std::make_shared<Response>(*std::move(answer));
  backend.book.RecordAccess(OriginOf(caller), disclosure.Entry(method),
                            [kept, done = std::move(done)](const absl::Status& status) {
                              if (!status.ok()) return done(status);
                              done(std::move(*kept));
                            });
}

// Serves a read that every reader may make: rpc::Unary with a handler
//   absl::StatusOr<Response>(Disclosure&, const Request&)
// which runs where PoolOf says.
template <class Request, class Response, class Read>
grpc::ServerUnaryReactor* DisclosingRead(grpc::CallbackServerContext* context,
                                         const Backend& backend, const Request* request,
                                         Response* response, Read read) {
  return rpc::Unary(
      context, backend.guard, config::v1::ROLE_READER, request, response,
      [&](const rpc::Caller& caller, const Request& request, rpc::Done<Response> done) {
        const auto answer = [&backend, &caller, &request, read, done] {
          Disclosure disclosure(caller);
          absl::StatusOr<Response> response = read(disclosure, request);
          Disclose<Request>(backend, caller, disclosure, std::move(response), done);
        };
        ReadPool* const pool = PoolOf(backend, request);
        if (pool == nullptr) return answer();
        const auto waited = [context, answer, done] {
          if (context->IsCancelled()) return done(absl::CancelledError("the caller has gone"));
          answer();
        };
        if (!pool->Post(waited)) done(refusals::Overloaded());
      });
}

// Likewise where nothing confidential can be shown, with a handler
//   absl::StatusOr<Response>(const Request&)
template <class Request, class Response, class Read>
grpc::ServerUnaryReactor* PlainRead(grpc::CallbackServerContext* context, const Backend& backend,
                                    const Request* request, Response* response, Read read) {
  return DisclosingRead(context, backend, request, response,
                        [read](Disclosure&, const Request& request) { return read(request); });
}

}  // namespace vigil::registry
