#include "alert-svc/app/seeding.h"

#include <fmt/format.h>
#include <google/protobuf/timestamp.pb.h>

#include <utility>
#include <vector>

#include "alert-svc/domain/settings.h"
#include "common/log/log.h"
#include "common/yaml/yaml.h"

namespace vigil::alert {
namespace {

constexpr absl::Duration kRetry = absl::Milliseconds(100);

// Written last: where it is missing, a seeding never started or was cut short.
constexpr char kSeededRecord[] = "records/alert-engine/seeded";

registry::v1::PutRecordRequest SeededMark() {
  registry::v1::PutRecordRequest request;
  request.set_create_only(true);
  request.mutable_record()->set_name(kSeededRecord);
  request.mutable_record()->mutable_body()->PackFrom(google::protobuf::Timestamp());
  return request;
}

template <class Setting>
void Append(const google::protobuf::RepeatedPtrField<Setting>& settings,
            std::vector<registry::v1::PutRecordRequest>& out) {
  for (const Setting& setting : settings) {
    registry::v1::PutRecordRequest& request = out.emplace_back();
    request.set_create_only(true);
    request.mutable_record()->set_name("records/" + setting.name());
    request.mutable_record()->mutable_body()->PackFrom(setting);
  }
}

Task<absl::StatusOr<bool>> IsSeeded(RegistryFeed& feed) {
  registry::v1::ListRecordsRequest all;
  Async<absl::StatusOr<registry::v1::ListRecordsResponse>> listed;
  feed.ListRecords(all, listed.Done());
  absl::StatusOr<registry::v1::ListRecordsResponse> records = co_await listed;
  if (!records.ok()) co_return records.status();
  for (const registry::v1::Record& record : records->records()) {
    if (record.name() == kSeededRecord) co_return true;
  }
  co_return false;
}

// Puts one record, for as long as it takes.
Task<void> PutOne(RegistryFeed& feed, Executor& executor, registry::v1::PutRecordRequest request) {
  for (;;) {
    Async<absl::StatusOr<registry::v1::Record>> put;
    registry::v1::PutRecordRequest copy = request;
    feed.PutRecord(std::move(copy), put.Done());
    absl::StatusOr<registry::v1::Record> record = co_await put;
    if (record.ok() || absl::IsAlreadyExists(record.status())) co_return;
    Log(LogLevel::kWarning, "a seed waits for the registry",
        {{"record", request.record().name()}, {"error", record.status().ToString()}});
    auto nap = Sleep(executor, kRetry);
    co_await nap;
  }
}

}  // namespace

absl::StatusOr<v1::AlertSeeds> ReadSeeds(const std::string& file) {
  v1::AlertSeeds seeds;
  if (file.empty()) return seeds;
  if (absl::Status read = LoadYaml(file, &seeds); !read.ok()) return read;
  if (absl::Status checked = CheckSeeds(seeds); !checked.ok()) {
    return absl::Status(checked.code(),
                        fmt::format("{}: {}", file, std::string(checked.message())));
  }
  return seeds;
}

Task<void> Seed(RegistryFeed& feed, Executor& executor, v1::AlertSeeds seeds) {
  for (;;) {
    auto ask = IsSeeded(feed);
    absl::StatusOr<bool> has = co_await ask;
    if (has.ok() && *has) co_return;
    if (has.ok()) break;
    auto nap = Sleep(executor, kRetry);
    co_await nap;
  }
  // Subscriptions last: nobody is told anything before all else is there.
  std::vector<registry::v1::PutRecordRequest> requests;
  Append(seeds.policies(), requests);
  Append(seeds.receivers(), requests);
  Append(seeds.subscriptions(), requests);
  if (requests.empty()) co_return;
  // Where it is cut short, all is put again: what is there by then stays as it is.
  requests.push_back(SeededMark());
  for (registry::v1::PutRecordRequest& request : requests) {
    auto put = PutOne(feed, executor, std::move(request));
    co_await put;
  }
  Log(LogLevel::kInfo, "settings seeded",
      {{"records", static_cast<std::int64_t>(requests.size()) - 1}});
}

}  // namespace vigil::alert
