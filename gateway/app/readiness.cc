#include "gateway/app/readiness.h"

#include <memory>
#include <mutex>

#include "fmt/format.h"

namespace vigil::gateway {
namespace {

constexpr char kCheck[] = "/grpc.health.v1.Health/Check";

struct Answers {
  std::mutex mutex;
  int left = 2;           // Under mutex.
  bool registry = false;  // Under mutex.
  bool alert = false;     // Under mutex.
  Readiness::Done done;
};

// A HealthCheckResponse holds one field, the status: number 1, where 1 is SERVING. gRPC's package
// has the service, but not the generated messages.
bool IsServing(const grpc::Status& status, const grpc::ByteBuffer& response) {
  return status.ok() && upstream::ToString(response) == std::string("\x08\x01", 2);
}

void Tell(const Answers& answers) {
  std::string missing;
  if (!answers.registry) missing += R"("registry")";
  if (!answers.alert) missing += missing.empty() ? R"("alerts")" : R"(,"alerts")";
  answers.done(answers.registry, fmt::format(R"({{"status":"{}","missing":[{}]}})",
                                             answers.registry ? "ready" : "not ready", missing));
}

}  // namespace

void Readiness::Check(Done done) {
  auto answers = std::make_shared<Answers>();
  answers->done = std::move(done);
  const auto ask = [answers](upstream::Caller& backend, bool Answers::*answer) {
    upstream::CallOptions options;
    options.timeout = absl::Seconds(1);
    backend.Unary(kCheck, upstream::ToByteBuffer(""), options,
                  [answers, answer](grpc::Status status, grpc::ByteBuffer response) {
                    std::unique_lock lock(answers->mutex);
                    (*answers).*answer = IsServing(status, response);
                    if (--answers->left > 0) return;
                    lock.unlock();
                    Tell(*answers);
                  });
  };
  ask(registry_, &Answers::registry);
  ask(alert_, &Answers::alert);
}

}  // namespace vigil::gateway
