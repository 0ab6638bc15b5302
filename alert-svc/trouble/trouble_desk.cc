#include "alert-svc/trouble/trouble_desk.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/engine/bounced.h"
#include "alert-svc/engine/dead_letter.h"
#include "alert-svc/trouble/trouble.h"
#include "common/log/log.h"
#include "common/seal/action_link.h"

namespace vigil::alert {
namespace {

using registry::v1::Record;
using v1::Trouble;

constexpr absl::Duration kRetry = absl::Seconds(1);
// So long whoever tells has it to itself (wall).
constexpr absl::Duration kClaim = absl::Minutes(2);
constexpr char kNotices[] = "receiver-troubles";
// Stands for the receiver where it is about all that goes by mail.
constexpr char kMail[] = "mail";

std::string IdOf(const v1::Receiver& receiver, std::string_view hearer) {
  const Trouble& trouble = receiver.trouble();
  return TroubleId(receiver.name(), trouble.kind(), trouble.start_time().seconds(), hearer);
}

bool Ended(const Outcome& outcome) {
  return outcome.kind == Outcome::Kind::kSent || outcome.kind == Outcome::Kind::kPermanent;
}

// How long to wait (wall) before it is tried again.
absl::Duration Pause(const Clock& clock, const Outcome& outcome) {
  return std::max(clock.WallAt(clock.Now() + outcome.retry_after) - clock.Wall(),
                  absl::Milliseconds(1));
}

// The notice of a trouble; of another one, a new one.
v1::TroubleNotice NoticeIn(const Record& record, const Trouble& trouble) {
  v1::TroubleNotice notice;
  const bool same = record.body().UnpackTo(&notice) && notice.kind() == trouble.kind() &&
                    TimeOf(notice.start_time()) == TimeOf(trouble.start_time());
  if (same) return notice;
  notice.Clear();
  notice.set_kind(trouble.kind());
  *notice.mutable_start_time() = trouble.start_time();
  return notice;
}

}  // namespace

TroubleDesk::TroubleDesk(Executor& executor, RegistryFeed& feed, Sender& sender, const World& world,
                         absl::Duration every)
    : executor_(executor), feed_(feed), sender_(sender), world_(world), every_(every) {
  scope_.Spawn(Run());
}

void TroubleDesk::Report(v1::Receiver tried, Trouble::Kind kind, std::string detail) {
  Trouble trouble;
  trouble.set_kind(kind);
  *trouble.mutable_start_time() = ToProto(executor_.clock().Now());
  trouble.set_detail(std::move(detail));
  scope_.Spawn(NoteUntilDone(std::move(tried), std::move(trouble)));
}

void TroubleDesk::MailRefused(std::string detail) {
  const absl::Time now = executor_.clock().Now();
  const absl::Time day = absl::UnixEpoch() + absl::Floor(now - absl::UnixEpoch(), absl::Hours(24));
  if (day == mail_refused_) return;
  mail_refused_ = day;
  v1::Receiver mail;
  mail.set_name(kMail);
  mail.mutable_trouble()->set_kind(Trouble::KIND_REFUSED);
  *mail.mutable_trouble()->mutable_start_time() = ToProto(day);
  mail.mutable_trouble()->set_detail(std::move(detail));
  const std::vector<std::string> hearers = HearersOfMail(world_.settings());
  for (const std::string& hearer : hearers) scope_.Spawn(TellOfMail(mail, hearer));
  Log(LogLevel::kError,
      hearers.empty() ? "the mail server refuses us, and no operator is there to be told otherwise "
                        "than by mail: mark one as `operator`"
                      : "the mail server refuses us",
      {{"detail", mail.trouble().detail()}});
}

void TroubleDesk::Bounced(const std::string& id, Trouble::Kind kind, const std::string& recipient,
                          std::string detail) {
  if (kind == Trouble::KIND_UNSPECIFIED) return;
  const std::vector<registry::v1::Receipt> bounces =
      BounceReceipts(world_, id, "", executor_.clock().Now());
  if (bounces.empty()) return;
  const v1::Receiver* receiver = world_.settings().FindReceiver(bounces.front().receiver());
  if (!receiver || !receiver->has_email()) return;
  const bool same = absl::EqualsIgnoreCase(recipient, receiver->email().address());
  if (kind == Trouble::KIND_BAD_ADDRESS && !same) return;
  Report(*receiver, kind, std::move(detail));
}

Task<void> TroubleDesk::Run() {
  for (;;) {
    auto nap = Sleep(executor_, every_);
    co_await nap;
    auto look = Look();
    co_await look;
  }
}

Task<void> TroubleDesk::Look() {
  if (!world_.loaded()) co_return;
  std::vector<v1::Receiver> receivers;
  for (const auto& [name, receiver] : world_.settings().receivers()) receivers.push_back(receiver);
  for (v1::Receiver& receiver : receivers) {
    auto look = LookAfter(std::move(receiver));
    co_await look;
  }
}

Task<void> TroubleDesk::LookAfter(v1::Receiver receiver) {
  if (IsOver(world_, receiver)) {
    auto clear = Rewrite(receiver.name(), [was = receiver.trouble()](v1::Receiver now) {
      const bool same = now.trouble().kind() == was.kind();
      now.clear_trouble();
      return same ? std::optional(std::move(now)) : std::nullopt;
    });
    co_await clear;
    co_return;
  }
  if (const std::optional<Trouble> found = FoundTrouble(world_, receiver)) {
    auto note = Rewrite(receiver.name(),
                        [found](v1::Receiver now) { return WithTrouble(std::move(now), *found); });
    co_await note;
    co_return;  // told once the journal tells it
  }
  const bool any = receiver.trouble().kind() != Trouble::KIND_UNSPECIFIED;
  if (!any || settled_.contains(IdOf(receiver, ""))) co_return;
  auto tell = Tell(std::move(receiver));
  co_await tell;
}

Task<void> TroubleDesk::NoteUntilDone(v1::Receiver tried, Trouble trouble) {
  const std::string name = tried.name();
  const Edit edit = [way = WayOf(tried), trouble](v1::Receiver now) -> std::optional<v1::Receiver> {
    if (WayOf(now) != way) return std::nullopt;
    return WithTrouble(std::move(now), trouble);
  };
  for (;;) {
    auto note = Rewrite(name, edit);
    const bool done = co_await note;
    if (done) co_return;
    auto nap = Sleep(executor_, kRetry);
    co_await nap;
  }
}

// False where that failed; true too where there was nothing to write. With the record's etag: no
// edit of a person is lost.
Task<bool> TroubleDesk::Rewrite(std::string receiver, Edit edit) {
  auto read = Read("receivers", receiver);
  absl::StatusOr<Record> record = co_await read;
  if (!record.ok()) co_return absl::IsNotFound(record.status());
  v1::Receiver present;
  if (!record->body().UnpackTo(&present)) co_return true;
  const std::optional<v1::Receiver> changed = edit(std::move(present));
  if (!changed) co_return true;
  record->mutable_body()->PackFrom(*changed);
  auto write = Write(*std::move(record));
  const absl::StatusOr<std::string> written = co_await write;
  if (!written.ok()) co_return false;
  if (!changed->has_trouble()) {
    Log(LogLevel::kInfo, "a receiver is reached again", {{"receiver", receiver}});
    co_return true;
  }
  Log(LogLevel::kWarning, "a receiver's trouble is noted",
      {{"receiver", receiver},
       {"trouble", Trouble::Kind_Name(changed->trouble().kind())},
       {"detail", changed->trouble().detail()},
       {"disabled", changed->disabled()}});
  co_return true;
}

Task<void> TroubleDesk::Tell(v1::Receiver receiver) {
  const std::string id = IdOf(receiver, "");
  std::vector<std::string> hearers = HearersOf(world_.settings(), receiver);
  if (hearers.empty()) {
    if (!unheard_.insert(id).second) co_return;
    Log(LogLevel::kError,
        "a receiver is in trouble, and nobody is there to be told: give it an owner",
        {{"receiver", receiver.name()}});
    co_return;
  }
  const std::string name = receiver.name().substr(receiver.name().find('/') + 1);
  auto read = Read(kNotices, std::string(kNotices) + "/" + name);
  absl::StatusOr<Record> record = co_await read;
  if (!record.ok() && !absl::IsNotFound(record.status())) co_return;
  Record written = record.ok() ? *std::move(record) : Record();
  written.set_name("records/" + std::string(kNotices) + "/" + name);
  v1::TroubleNotice notice = NoticeIn(written, receiver.trouble());
  if (notice.over()) {
    settled_.insert(id);
    co_return;
  }
  const absl::Time wall = executor_.clock().Wall();
  if (notice.has_next_time() && TimeOf(notice.next_time()) > wall) co_return;
  notice.set_attempts(notice.attempts() + 1);
  *notice.mutable_next_time() = ToProto(wall + kClaim);
  written.mutable_body()->PackFrom(notice);
  auto claim = Write(written);
  const absl::StatusOr<std::string> claimed = co_await claim;
  if (!claimed.ok()) co_return;  // another replica is at it, or the registry is away
  auto tell = TellAll(std::move(receiver), std::move(hearers), &notice);
  const absl::Duration wait = co_await tell;
  notice.set_over(wait == absl::ZeroDuration());
  *notice.mutable_next_time() = ToProto(executor_.clock().Wall() + wait);
  written.set_etag(*claimed);
  written.mutable_body()->PackFrom(notice);
  auto close = Close(std::move(written), wall + kClaim);
  co_await close;
}

// Says what came of telling, for as long as nobody else tries.
Task<void> TroubleDesk::Close(Record record, absl::Time until) {
  for (;;) {
    auto write = Write(record);
    const absl::StatusOr<std::string> written = co_await write;
    if (!absl::IsUnavailable(written.status()) || executor_.clock().Wall() >= until) co_return;
    auto nap = Sleep(executor_, kRetry);
    co_await nap;
  }
}

// Tells those that were not told yet. Returns how long to wait (wall) until the rest is tried
// again; 0: there is no rest.
Task<absl::Duration> TroubleDesk::TellAll(v1::Receiver receiver, std::vector<std::string> hearers,
                                          v1::TroubleNotice* notice) {
  absl::Duration wait;
  for (const std::string& hearer : hearers) {
    const auto& done = notice->done();
    if (std::find(done.begin(), done.end(), hearer) != done.end()) continue;
    if (!world_.settings().FindReceiver(hearer)) continue;  // taken away while others were told
    auto tell = TellOne(receiver, hearer, notice->attempts());
    const Outcome outcome = co_await tell;
    if (Ended(outcome)) {
      notice->add_done(hearer);
    } else {
      wait = std::max(wait, Pause(executor_.clock(), outcome));
    }
  }
  co_return wait;
}

Task<Outcome> TroubleDesk::TellOne(v1::Receiver receiver, std::string hearer, int attempt) {
  Message message = MessageFor(receiver, hearer);
  message.attempt = attempt;
  Async<Outcome> sent;
  sender_.Send(std::move(message), sent.Done());
  Outcome outcome = co_await sent;
  Log(LogLevel::kInfo, "a receiver's trouble is told",
      {{"receiver", receiver.name()},
       {"to", hearer},
       {"accepted", outcome.kind == Outcome::Kind::kSent},
       {"error", outcome.error}});
  co_return outcome;
}

Task<void> TroubleDesk::TellOfMail(v1::Receiver mail, std::string hearer) {
  for (int attempt = 1; world_.settings().FindReceiver(hearer);) {
    auto tell = TellOne(mail, hearer, attempt);
    const Outcome outcome = co_await tell;
    if (Ended(outcome)) co_return;
    attempt += outcome.kind != Outcome::Kind::kNotNow;
    auto nap = Sleep(executor_, Pause(executor_.clock(), outcome));
    co_await nap;
  }
}

Message TroubleDesk::MessageFor(const v1::Receiver& receiver, const std::string& hearer) const {
  Message message;
  message.id = IdOf(receiver, hearer);
  message.form = Message::Form::kTrouble;
  message.receiver = *world_.settings().FindReceiver(hearer);
  message.time = executor_.clock().Now();
  message.revision = world_.revision();
  message.time_zone = ZoneOf(world_.settings(), hearer);
  message.today = LocalDay(message.time, Zone(message.time_zone));
  message.troubled = receiver.name();
  message.trouble = receiver.trouble();
  for (const auto& [id, letter] : DeadLettersOf(world_)) {
    message.given_up += letter.receiver == receiver.name();
  }
  return message;
}

// NOT_FOUND where there is no such record.
Task<absl::StatusOr<Record>> TroubleDesk::Read(std::string type, std::string name) {
  registry::v1::ListRecordsRequest request;
  request.set_type(std::move(type));
  Async<absl::StatusOr<registry::v1::ListRecordsResponse>> listed;
  feed_.ListRecords(std::move(request), listed.Done());
  absl::StatusOr<registry::v1::ListRecordsResponse> response = co_await listed;
  if (!response.ok()) co_return response.status();
  for (Record& record : *response->mutable_records()) {
    if (record.name() == "records/" + name) co_return std::move(record);
  }
  co_return absl::NotFoundError(name);
}

// The new etag.
Task<absl::StatusOr<std::string>> TroubleDesk::Write(Record record) {
  registry::v1::PutRecordRequest request;
  request.set_create_only(record.etag().empty());
  *request.mutable_record() = std::move(record);
  Async<absl::StatusOr<Record>> put;
  feed_.PutRecord(std::move(request), put.Done());
  absl::StatusOr<Record> written = co_await put;
  if (!written.ok()) co_return written.status();
  co_return written->etag();
}

}  // namespace vigil::alert
