#include "gateway/aggregate/aggregator.h"

#include <algorithm>

#include "common/rpc/errors.h"
#include "fmt/format.h"
#include "gateway/aggregate/gather.h"
#include "vigil/alert/v1/alert.pb.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::gateway {
namespace {

namespace alert_v1 = ::vigil::alert::v1;
namespace registry_v1 = ::vigil::registry::v1;

constexpr int kPageSize = 1000;
// What alert-svc's own metric counts: fired, and neither acknowledged nor put off.
constexpr char kUnacknowledged[] =
    "state = ALERT_STATE_SENT OR state = ALERT_STATE_ESCALATED OR state = ALERT_STATE_DEAD";

// A part gets less than the whole has, so that an answer without it still arrives in time.
upstream::CallOptions Share(const upstream::CallOptions& whole, int percent) {
  upstream::CallOptions part = whole;
  part.timeout = whole.timeout * percent / 100;
  return part;
}
constexpr int kMainShare = 90;
constexpr int kPartShare = 30;

bool IsCaseName(const std::string& name) {
  constexpr std::string_view kPrefix = "cases/";
  if (name.compare(0, kPrefix.size(), kPrefix) != 0 || name.size() == kPrefix.size()) return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-", kPrefix.size()) ==
         std::string::npos;
}

// Alerts are another service's: where it does not admit a caller whom the registry admits, the rest
// is still theirs.
bool CannotBeHad(const absl::Status& status, const std::string& part) {
  const bool refused = status.code() == absl::StatusCode::kUnauthenticated ||
                       status.code() == absl::StatusCode::kPermissionDenied;
  return IsOutage(status) || (refused && part == "alerts");
}

// Takes one list of a part's response into the answer, or notes that it is missing.
template <class Response, class Whole, class Fill>
std::function<void(absl::StatusOr<Response>)> Part(std::shared_ptr<Gather<Whole>> gather,
                                                   std::string name, Fill fill) {
  return [gather, name = std::move(name), fill](absl::StatusOr<Response> response) {
    if (response.ok()) {
      gather->Have([&](Whole& whole) { fill(whole, *response); });
    } else if (CannotBeHad(response.status(), name)) {
      gather->Miss(name);
    } else {
      gather->Fail(response.status());
    }
  };
}

template <class Request>
Request ListRequest(const v1::GetCaseFileRequest& request) {
  Request list;
  list.set_parent(request.name());
  list.set_page_size(kPageSize);
  return list;
}

constexpr std::string_view kParts[] = {"facts", "deadlines", "alerts", "findings"};

// In the order of the fields, whichever call failed first.
void SortMissing(v1::CaseFile* file) {
  std::sort(file->mutable_missing()->begin(), file->mutable_missing()->end(),
            [](const std::string& a, const std::string& b) {
              return std::find(std::begin(kParts), std::end(kParts), a) <
                     std::find(std::begin(kParts), std::end(kParts), b);
            });
}

}  // namespace

void Aggregator::GetCaseFile(const v1::GetCaseFileRequest& request,
                             const upstream::CallOptions& options, Done<v1::CaseFile> done) {
  if (!IsCaseName(request.name())) {
    return done(rpc::InvalidArgument("BAD_NAME", "name",
                                     "name: expected cases/{case}, an id of a-z, 0-9 and '-'"));
  }
  auto gather = std::make_shared<Gather<v1::CaseFile>>(
      5, [done = std::move(done)](absl::StatusOr<v1::CaseFile> file) {
        if (file.ok()) SortMissing(&*file);
        done(std::move(file));
      });

  registry_v1::GetCaseRequest get;
  get.set_name(request.name());
  get.set_as_of(request.as_of());
  get.set_known_at(request.known_at());
  CallRpc<registry_v1::Case>(
      backends_, "/vigil.registry.v1.CaseService/GetCase", get, Share(options, kMainShare),
      [gather](absl::StatusOr<registry_v1::Case> response) {
        if (!response.ok()) return gather->Fail(response.status());
        gather->Have([&](v1::CaseFile& file) { *file.mutable_case_() = *std::move(response); });
      });

  const upstream::CallOptions part = Share(options, kPartShare);
  auto facts = ListRequest<registry_v1::ListFactsRequest>(request);
  facts.set_show_retracted(true);
  facts.set_as_of(request.as_of());
  facts.set_known_at(request.known_at());
  CallAllPages<registry_v1::ListFactsResponse>(
      backends_, "/vigil.registry.v1.FactService/ListFacts", facts, part,
      Part<registry_v1::ListFactsResponse>(gather, "facts", [](v1::CaseFile& file, auto& list) {
        file.mutable_facts()->Swap(list.mutable_facts());
      }));

  auto deadlines = ListRequest<registry_v1::ListDeadlinesRequest>(request);
  deadlines.set_as_of(request.as_of());
  deadlines.set_known_at(request.known_at());
  CallAllPages<registry_v1::ListDeadlinesResponse>(
      backends_, "/vigil.registry.v1.DeadlineService/ListDeadlines", deadlines, part,
      Part<registry_v1::ListDeadlinesResponse>(
          gather, "deadlines", [](v1::CaseFile& file, auto& list) {
            file.mutable_deadlines()->Swap(list.mutable_deadlines());
          }));

  auto findings = ListRequest<registry_v1::ListFindingsRequest>(request);
  findings.set_as_of(request.as_of());
  findings.set_known_at(request.known_at());
  CallAllPages<registry_v1::ListFindingsResponse>(
      backends_, "/vigil.registry.v1.FindingService/ListFindings", findings, part,
      Part<registry_v1::ListFindingsResponse>(
          gather, "findings", [](v1::CaseFile& file, auto& list) {
            file.mutable_findings()->Swap(list.mutable_findings());
          }));

  alert_v1::ListAlertsRequest alerts;
  alerts.set_filter(fmt::format("case = \"{}\"", request.name()));
  alerts.set_page_size(kPageSize);
  CallAllPages<alert_v1::ListAlertsResponse>(
      backends_, "/vigil.alert.v1.AlertService/ListAlerts", alerts, part,
      Part<alert_v1::ListAlertsResponse>(gather, "alerts", [](v1::CaseFile& file, auto& list) {
        file.mutable_alerts()->Swap(list.mutable_alerts());
      }));
}

void Aggregator::GetOverview(const v1::GetOverviewRequest& request,
                             const upstream::CallOptions& options, Done<v1::Overview> done) {
  auto gather = std::make_shared<Gather<v1::Overview>>(
      2, [done = std::move(done), as_of = request.as_of()](absl::StatusOr<v1::Overview> overview) {
        if (overview.ok() && overview->missing_size() == 2) {
          return done(rpc::Unavailable("BACKENDS_AWAY", {},
                                       "neither backend answers; try again in a moment"));
        }
        if (overview.ok() && overview->as_of().empty()) overview->set_as_of(as_of);
        done(std::move(overview));
      });

  const upstream::CallOptions part = Share(options, kPartShare);
  registry_v1::GetSummaryRequest summary;
  summary.set_as_of(request.as_of());
  summary.set_known_at(request.known_at());
  CallRpc<registry_v1::Summary>(
      backends_, "/vigil.registry.v1.SummaryService/GetSummary", summary, part,
      Part<registry_v1::Summary>(gather, "registry", [](v1::Overview& overview, auto& counts) {
        overview.set_as_of(counts.as_of());
        overview.mutable_situation_counts()->Swap(counts.mutable_situation_counts());
        overview.set_headline_count(counts.headline_count());
        overview.mutable_deadline_counts()->Swap(counts.mutable_deadline_counts());
        overview.set_case_count(counts.case_count());
      }));

  alert_v1::ListAlertsRequest alerts;
  alerts.set_filter(kUnacknowledged);
  alerts.set_page_size(1);
  CallRpc<alert_v1::ListAlertsResponse>(
      backends_, "/vigil.alert.v1.AlertService/ListAlerts", alerts, part,
      Part<alert_v1::ListAlertsResponse>(gather, "alerts", [](v1::Overview& overview, auto& list) {
        overview.set_unacknowledged_alert_count(list.total_size());
      }));
}

}  // namespace vigil::gateway
