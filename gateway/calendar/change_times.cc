#include "gateway/calendar/change_times.h"

#include <memory>
#include <utility>
#include <vector>

#include "gateway/aggregate/gather.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::gateway {
namespace {

namespace registry_v1 = ::vigil::registry::v1;

constexpr char kBatchGetCases[] = "/vigil.registry.v1.CaseService/BatchGetCases";
constexpr char kBatchGetDossiers[] = "/vigil.registry.v1.CaseService/BatchGetDossiers";
constexpr int kMostNames = 1000;  // In one call.

// What is still to be asked, and what is known.
struct Reading {
  upstream::Caller& backends;
  upstream::CallOptions options;
  std::vector<std::string> cases;
  std::vector<std::string> dossiers;
  std::function<void(absl::StatusOr<ical::ChangeTimes>)> done;
  ical::ChangeTimes found;
};
using ReadingPtr = std::shared_ptr<Reading>;

const auto& ListOf(const registry_v1::BatchGetCasesResponse& answer) { return answer.cases(); }
const auto& ListOf(const registry_v1::BatchGetDossiersResponse& answer) {
  return answer.dossiers();
}

void GoOn(const ReadingPtr& reading);

template <class Request, class Response>
void Ask(const ReadingPtr& reading, const char* rpc_path, std::vector<std::string>& names) {
  Request request;
  for (; !names.empty() && request.names_size() < kMostNames; names.pop_back()) {
    request.add_names(std::move(names.back()));
  }
  CallRpc<Response>(reading->backends, rpc_path, request, reading->options,
                    [reading](const absl::StatusOr<Response>& answer) {
                      if (!answer.ok()) return reading->done(answer.status());
                      for (const auto& one : ListOf(*answer)) {
                        const auto& time =
                            one.has_update_time() ? one.update_time() : one.create_time();
                        reading->found[one.name()] = absl::FromUnixSeconds(time.seconds());
                      }
                      GoOn(reading);
                    });
}

void GoOn(const ReadingPtr& reading) {
  if (!reading->cases.empty()) {
    return Ask<registry_v1::BatchGetCasesRequest, registry_v1::BatchGetCasesResponse>(
        reading, kBatchGetCases, reading->cases);
  }
  if (!reading->dossiers.empty()) {
    return Ask<registry_v1::BatchGetDossiersRequest, registry_v1::BatchGetDossiersResponse>(
        reading, kBatchGetDossiers, reading->dossiers);
  }
  reading->done(std::move(reading->found));
}

}  // namespace

void ReadChangeTimes(upstream::Caller& backends, const std::set<std::string>& names,
                     const upstream::CallOptions& options,
                     std::function<void(absl::StatusOr<ical::ChangeTimes>)> done) {
  auto reading = std::make_shared<Reading>(Reading{backends, options, {}, {}, std::move(done), {}});
  for (const std::string& name : names) {
    (name.starts_with("dossiers/") ? reading->dossiers : reading->cases).push_back(name);
  }
  GoOn(reading);
}

}  // namespace vigil::gateway
