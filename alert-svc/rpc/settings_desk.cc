#include "alert-svc/rpc/settings_desk.h"

#include "alert-svc/domain/secret_path.h"
#include "alert-svc/domain/workable.h"

namespace vigil::alert {
namespace {

using google::protobuf::Any;
using registry::v1::Record;

constexpr std::string_view kRecords = "records/";
constexpr absl::Duration kTurn = absl::Milliseconds(2);

}  // namespace

void SettingsDesk::List(std::string type, Done<std::vector<Record>> done) {
  executor_.Post([this, type = std::move(type), done = std::move(done)]() mutable {
    scope_.Spawn(Answer(std::move(type), std::move(done)));
  });
}

void SettingsDesk::Change(std::string setting, Edit edit, Done<Record> done) {
  executor_.Post([this, setting = std::move(setting), edit = std::move(edit),
                  done = std::move(done)]() mutable {
    scope_.Spawn(TakeTurn(std::move(setting), std::move(edit), std::move(done)));
  });
}

Task<absl::StatusOr<std::vector<Record>>> SettingsDesk::Read(std::string type) {
  registry::v1::ListRecordsRequest request;
  request.set_type(std::move(type));
  Async<absl::StatusOr<registry::v1::ListRecordsResponse>> listed;
  feed_.ListRecords(std::move(request), listed.Done());
  absl::StatusOr<registry::v1::ListRecordsResponse> response = co_await listed;
  if (!response.ok()) co_return response.status();
  co_return std::vector<Record>(response->records().begin(), response->records().end());
}

Task<void> SettingsDesk::Answer(std::string type, Done<std::vector<Record>> done) {
  auto read = Read(std::move(type));
  absl::StatusOr<std::vector<Record>> records = co_await read;
  done(std::move(records));
}

Task<void> SettingsDesk::TakeTurn(std::string setting, Edit edit, Done<Record> done) {
  while (busy_) {
    auto nap = Sleep(executor_, kTurn);
    co_await nap;
  }
  busy_ = true;
  auto apply = Apply(std::move(setting), std::move(edit));
  absl::StatusOr<Record> record = co_await apply;
  busy_ = false;
  done(std::move(record));
}

Task<absl::StatusOr<Record>> SettingsDesk::Apply(std::string setting, Edit edit) {
  auto read = Read(setting.substr(0, setting.find('/')));
  absl::StatusOr<std::vector<Record>> records = co_await read;
  if (!records.ok()) co_return records.status();
  const std::string name = std::string(kRecords) + setting;
  std::optional<Record> present;
  for (Record& record : *records) {
    if (record.name() == name) present = std::move(record);
  }
  absl::StatusOr<std::optional<Any>> body = edit(present ? &*present : nullptr);
  if (!body.ok()) co_return body.status();
  if (absl::Status s = Check(setting, *body); !s.ok()) co_return s;
  auto write = Write(name, std::move(present), *std::move(body));
  absl::StatusOr<Record> written = co_await write;
  if (!written.ok()) co_return written.status();
  auto follow = Follow();
  co_await follow;
  co_return written;
}

absl::Status SettingsDesk::Check(const std::string& setting, const std::optional<Any>& body) const {
  const Settings& before = lent_.settings();
  Settings after = before;
  if (body) {
    if (absl::Status put = after.PutBody(*body).status(); !put.ok()) return put;
    if (absl::Status s = CheckWorkable(*body); !s.ok()) return s;
    v1::Receiver receiver;
    if (body->UnpackTo(&receiver)) {
      if (absl::Status s = CheckSecretPath(receiver, lent_.secrets_dir); !s.ok()) return s;
    }
    v1::Subscription subscription;
    if (body->UnpackTo(&subscription)) {
      if (absl::Status s = CheckCalendar(subscription, *lent_.calendars); !s.ok()) return s;
    }
  } else {
    after.Remove(setting);
  }
  if (absl::Status s = CheckWatched(before, after); !s.ok()) return s;
  if (absl::Status s = CheckHeld(before, after); !s.ok()) return s;
  // What does not hold together already stands in the way of nothing.
  return CheckReferences(before).ok() ? CheckReferences(after) : absl::OkStatus();
}

Task<absl::StatusOr<Record>> SettingsDesk::Write(std::string name, std::optional<Record> present,
                                                 std::optional<Any> body) {
  if (!body) {
    registry::v1::DeleteRecordRequest request;
    request.set_name(name);
    request.set_etag(present->etag());
    Async<absl::StatusOr<registry::v1::DeleteRecordResponse>> deleted;
    feed_.DeleteRecord(std::move(request), deleted.Done());
    absl::StatusOr<registry::v1::DeleteRecordResponse> response = co_await deleted;
    if (!response.ok()) co_return response.status();
    co_return Record();
  }
  registry::v1::PutRecordRequest request;
  request.set_create_only(!present);
  request.mutable_record()->set_name(name);
  if (present) request.mutable_record()->set_etag(present->etag());
  *request.mutable_record()->mutable_body() = *std::move(body);
  Async<absl::StatusOr<Record>> put;
  feed_.PutRecord(std::move(request), put.Done());
  absl::StatusOr<Record> record = co_await put;
  co_return record;
}

// The journal's head is at or behind what was written: asked for without receipts, it is told.
Task<void> SettingsDesk::Follow() {
  Async<absl::StatusOr<registry::v1::RecordReceiptsResponse>> asked;
  feed_.RecordReceipts(registry::v1::RecordReceiptsRequest(), asked.Done());
  absl::StatusOr<registry::v1::RecordReceiptsResponse> head = co_await asked;
  if (!head.ok()) co_return;
  Async<bool> followed;
  lent_.when_followed(head->revision(), [done = followed.Done()] { done(true); });
  co_await followed;
}

}  // namespace vigil::alert
