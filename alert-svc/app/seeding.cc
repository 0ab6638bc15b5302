#include "alert-svc/app/seeding.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "alert-svc/domain/settings.h"
#include "common/log/log.h"
#include "common/yaml/yaml.h"

namespace vigil::alert {
namespace {

constexpr absl::Duration kRetry = absl::Milliseconds(100);

bool IsSetting(std::string_view record) {
  for (std::string_view type :
       {"records/policies/", "records/receivers/", "records/subscriptions/"}) {
    if (record.starts_with(type)) return true;
  }
  return false;
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

Task<absl::StatusOr<bool>> HasSettings(RegistryFeed& feed) {
  registry::v1::ListRecordsRequest all;
  Async<absl::StatusOr<registry::v1::ListRecordsResponse>> listed;
  feed.ListRecords(all, listed.Done());
  absl::StatusOr<registry::v1::ListRecordsResponse> records = co_await listed;
  if (!records.ok()) co_return records.status();
  for (const registry::v1::Record& record : records->records()) {
    if (IsSetting(record.name())) co_return true;
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
    auto ask = HasSettings(feed);
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
  for (registry::v1::PutRecordRequest& request : requests) {
    auto put = PutOne(feed, executor, std::move(request));
    co_await put;
  }
  Log(LogLevel::kInfo, "settings seeded",
      {{"records", static_cast<std::int64_t>(requests.size())}});
}

}  // namespace vigil::alert
