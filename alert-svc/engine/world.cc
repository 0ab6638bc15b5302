#include "alert-svc/engine/world.h"

#include <algorithm>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "vigil/alert/v1/assurance.pb.h"

namespace vigil::alert {

using registry::v1::Change;
using registry::v1::ChangeItem;
using registry::v1::Deadline;
using registry::v1::Receipt;

namespace {

constexpr std::string_view kRecords = "records/";
// Enough for what a shard may be behind, or another replica ahead.
constexpr std::size_t kMarksKept = 4096;

// Of something that a digest holds, not of the digest itself.
bool IsInDigest(const Receipt& receipt) {
  return !receipt.digest().empty() && receipt.digest() != receipt.reminder();
}

bool Has(const Settings& settings, std::string_view name) {
  return settings.policies().contains(name) || settings.receivers().contains(name) ||
         settings.subscriptions().contains(name) || settings.silences().contains(name);
}

}  // namespace

std::string ParentOf(std::string_view deadline_name) {
  return std::string(deadline_name.substr(0, deadline_name.find("/deadlines/")));
}

void World::Reset() {
  std::map<std::string, Own> own = std::move(unjournaled_);
  const std::int64_t life = life_ + 1;
  *this = World();
  life_ = life;
  for (const auto& [id, one] : own) AddOwn(one.receipt, one.shard);
}

void World::Reach(std::int64_t revision, std::string mark) {
  revision_ = std::max(revision_, revision);
  loaded_ = true;
  if (mark.empty()) return;
  marks_[revision] = std::move(mark);
  if (marks_.size() > kMarksKept) marks_.erase(marks_.begin());
}

void World::NoteHash(std::int64_t revision, const std::string& hash) {
  hashes_[revision] = hash;
  if (hashes_.size() > kMarksKept) hashes_.erase(hashes_.begin());
}

std::string World::HashOf(std::int64_t revision) const {
  auto it = hashes_.find(revision);
  return it == hashes_.end() ? std::string() : it->second;
}

std::string World::MarkAt(std::int64_t revision) const {
  auto it = marks_.find(revision);
  return it == marks_.end() ? std::string() : it->second;
}

void World::MarkAllDirty() {
  ++wide_changes_;
  for (const auto& [name, state] : cases_) dirty_.insert(name);
}

std::set<std::string> World::TakeDirty() { return std::exchange(dirty_, {}); }

std::set<std::string> World::TakeDigested() { return std::exchange(digested_, {}); }

World::CaseState& World::CaseOf(const std::string& name) {
  CaseState& state = cases_[name];
  if (state.about.name().empty()) state.about.set_name(name);
  return state;
}

void World::Fold(const Change& change, bool snapshot) {
  const absl::Time time = snapshot ? absl::InfinitePast() : TimeOf(change.time());
  const auto note = [&](const std::string& name) { CaseOf(name).changed = change.revision(); };
  for (const ChangeItem& item : change.items()) {
    switch (item.item_case()) {
      case ChangeItem::kCaseChanged:
        FoldCase(item.case_changed());
        note(item.case_changed().case_().name());
        break;
      case ChangeItem::kDossierChanged:
        FoldDossier(item.dossier_changed().dossier());
        note(item.dossier_changed().dossier().name());
        break;
      case ChangeItem::kDeadlinesChanged:
        FoldDeadlines(item.deadlines_changed(), time);
        note(item.deadlines_changed().parent());
        break;
      case ChangeItem::kRecordChanged:
        FoldRecord(item.record_changed());
        break;
      case ChangeItem::kReceiptsRecorded:
        for (const Receipt& receipt : item.receipts_recorded().receipts()) {
          unjournaled_.erase(receipt.id());
          AddReceipt(receipt);
          if (!receipt.deadline().empty()) note(ParentOf(receipt.deadline()));
        }
        break;
      default:
        break;
    }
  }
  if (snapshot) return;
  revision_ = std::max(revision_, change.revision());
  NoteHash(change.revision() - 1, change.prev_hash());
}

void World::FoldCase(const registry::v1::CaseChanged& change) {
  CaseState& state = CaseOf(change.case_().name());
  state.about = change.case_();
  state.about.clear_person();
  state.deleted =
      change.kind() == registry::v1::CaseChanged::KIND_DELETED || change.case_().has_delete_time();
  dirty_.insert(change.case_().name());
}

void World::FoldDossier(const registry::v1::Dossier& dossier) {
  CaseState& state = CaseOf(dossier.name());
  state.about.set_display_name(dossier.display_name());
  *state.about.mutable_create_time() = dossier.create_time();
  state.deleted = dossier.has_delete_time();
  dirty_.insert(dossier.name());
}

void World::FoldDeadlines(const registry::v1::DeadlinesChanged& change, absl::Time time) {
  CaseState& state = CaseOf(change.parent());
  for (const Deadline& before : change.before()) {
    auto it = state.deadlines.find(before.name());
    if (it == state.deadlines.end()) continue;
    const bool stays =
        std::any_of(change.after().begin(), change.after().end(),
                    [&](const Deadline& after) { return after.name() == before.name(); });
    if (stays) continue;
    it->second.gone = true;
    it->second.known_since = time;
  }
  for (const Deadline& after : change.after()) {
    DeadlineState& own = state.deadlines[after.name()];
    // Not the change's time: a replica that began with a snapshot must plan the same.
    own.known_since = after.has_known_time() ? TimeOf(after.known_time()) : absl::InfinitePast();
    own.deadline = after;
    own.gone = false;
    by_number_[DeadlineNumber(after.name())] = {change.parent(), after.name()};
  }
  dirty_.insert(change.parent());
}

void World::FoldRecord(const registry::v1::RecordChanged& change) {
  const std::string& name = change.record().name();
  if (name == kOpenedRecord) ever_opened_ = !change.deleted();
  if (name == kForecastRecord) FoldForecast(change.record());
  if (!name.starts_with(kRecords)) return;
  const std::string_view setting = std::string_view(name).substr(kRecords.size());
  if (change.deleted()) {
    // Others keep records too: what was no setting of ours changes no plan.
    if (Has(settings_, setting)) MarkAllDirty();
    return settings_.Remove(setting);
  }
  if (change.record().has_update_time()) {
    const absl::Time written = TimeOf(change.record().update_time());
    settings_.SetSince(setting, written);
    if (auto it = contacts_.find(setting); it != contacts_.end()) it->second.Forgive(written);
  }
  // What the service itself wrote was checked; what somebody else wrote wrongly matches nothing.
  const absl::StatusOr<bool> put = settings_.PutBody(change.record().body());
  if (put.ok() && *put) MarkAllDirty();
}

void World::FoldForecast(const registry::v1::Record& record) {
  v1::DueForecast forecast;
  if (!record.body().UnpackTo(&forecast)) return;
  due_on_.clear();
  for (const v1::DueForecast::Day& day : forecast.days()) {
    due_on_[day.day()].assign(day.due().begin(), day.due().end());
  }
}

const std::vector<int>* World::DueOn(std::string_view day) const {
  auto it = due_on_.find(day);
  return it == due_on_.end() ? nullptr : &it->second;
}

void World::AddOwn(const Receipt& receipt, int shard) {
  if (HasReceipt(receipt)) return;  // another replica made it, too
  unjournaled_[receipt.id()] = {receipt, shard};
  AddReceipt(receipt);
}

bool World::HasReceipt(const Receipt& receipt) const {
  if (receipt.deadline().empty()) return digest_receipts_.contains(receipt.id());
  const CaseState* state = FindCase(ParentOf(receipt.deadline()));
  if (!state) return false;
  auto it = state->deadlines.find(receipt.deadline());
  if (it == state->deadlines.end()) return false;
  const auto& receipts = it->second.receipts;
  return std::any_of(receipts.begin(), receipts.end(),
                     [&](const Receipt& r) { return r.id() == receipt.id(); });
}

void World::AddReceipt(const Receipt& receipt) {
  if (HasReceipt(receipt)) return;
  NoteContact(receipt);
  NoteFailedIn(receipt);
  if (receipt.deadline().empty()) return AddDigestReceipt(receipt);
  const std::string parent = ParentOf(receipt.deadline());
  DeadlineState& own = CaseOf(parent).deadlines[receipt.deadline()];
  if (own.deadline.name().empty()) {
    // Told once, and taken away while nobody here was looking.
    own.gone = true;
    own.deadline.set_name(receipt.deadline());
    own.deadline.set_kind(receipt.deadline_kind());
    own.deadline.set_earliest(receipt.earliest());
    own.deadline.set_latest(receipt.latest());
    by_number_[DeadlineNumber(receipt.deadline())] = {parent, receipt.deadline()};
  }
  own.receipts.push_back(receipt);
  dirty_.insert(parent);
  if (receipt.kind() == Receipt::KIND_DEAD) given_up_.insert(receipt.deadline());
  // That a digest is out shows in its items too.
  if (receipt.kind() == Receipt::KIND_IN_DIGEST) delivered_.insert(receipt.digest());
}

// Of attempts that are heard of in another order than they were made only the last is known to have
// come after the moment.
void World::Contact::Forgive(absl::Time until) {
  if (first_failed > until) return;
  const bool all = last_failed <= until;
  first_failed = all ? absl::InfiniteFuture() : last_failed;
  if (all) last_failed = absl::InfinitePast();
}

void World::NoteContact(const Receipt& receipt) {
  const bool told = IsTold(receipt);
  const bool failed = receipt.kind() == Receipt::KIND_FAILED ||
                      (receipt.kind() == Receipt::KIND_DEAD && !receipt.bounced());
  if (!told && !failed) return;
  Contact& contact = contacts_[receipt.receiver()];
  const absl::Time time = TimeOf(receipt.time());
  if (told) {
    contact.told = std::max(contact.told, time);
    return contact.Forgive(contact.told);
  }
  const absl::Time written = settings_.Since(receipt.receiver());
  if (time <= contact.told || (written < absl::InfiniteFuture() && time <= written)) return;
  contact.first_failed = std::min(contact.first_failed, time);
  if (time >= contact.last_failed) contact.error = receipt.error();
  contact.last_failed = std::max(contact.last_failed, time);
}

void World::AddDigestReceipt(const Receipt& receipt) {
  digest_receipts_.insert(receipt.id());
  digested_.insert(receipt.receiver());
  // That findings failed in a digest of dates is no attempt of a message of their own.
  if (IsOfFindings(receipt) && receipt.kind() == Receipt::KIND_FAILED && IsInDigest(receipt)) {
    return;
  }
  DigestState& digest = digests_[receipt.reminder()];
  digest.attempts = std::max(digest.attempts, receipt.attempts());
  digest.error = receipt.error();
  if (receipt.kind() == Receipt::KIND_FAILED) digest.retry = TimeOf(receipt.until());
  if (!digest.closed && !IsFinal(receipt)) tried_.insert(receipt.reminder());
  if (!IsFinal(receipt)) return;
  digest.closed = true;
  // That there was nothing to tell may be said by who did not hear that another told it.
  if (IsOfFindings(receipt) && receipt.kind() != Receipt::KIND_SKIPPED) {
    findings_[receipt.reminder()].Add(receipt);
  }
  tried_.erase(receipt.reminder());
  failed_in_.erase(receipt.reminder());
  // What was meant for it and came too late goes to the next one.
  delivered_.insert(receipt.reminder());
}

void World::NoteFailedIn(const Receipt& receipt) {
  if (receipt.kind() != Receipt::KIND_FAILED || !IsInDigest(receipt)) return;
  auto digest = digests_.find(receipt.digest());
  if (digest != digests_.end() && digest->second.closed) return;
  failed_in_[receipt.digest()].push_back(receipt);
}

const std::vector<Receipt>& World::FailedIn(std::string_view digest) const {
  static const auto& kNothing = *new std::vector<Receipt>();
  auto it = failed_in_.find(digest);
  return it == failed_in_.end() ? kNothing : it->second;
}

const World::CaseState* World::FindCase(std::string_view name) const {
  auto it = cases_.find(std::string(name));
  return it == cases_.end() ? nullptr : &it->second;
}

std::pair<const World::CaseState*, const World::DeadlineState*> World::FindDeadline(
    std::uint64_t number) const {
  auto it = by_number_.find(number);
  if (it == by_number_.end()) return {nullptr, nullptr};
  const CaseState& state = cases_.at(it->second.first);
  return {&state, &state.deadlines.at(it->second.second)};
}

World::DigestState World::DigestOf(std::string_view id) const {
  auto it = digests_.find(id);
  return it == digests_.end() ? DigestState{} : it->second;
}

World::Contact World::ContactOf(std::string_view receiver) const {
  auto it = contacts_.find(receiver);
  return it == contacts_.end() ? Contact{} : it->second;
}

CaseView World::ViewOf(const CaseState& state) const {
  CaseView view;
  view.name = state.about.name();
  view.country = state.about.country();
  view.tags.assign(state.about.tags().begin(), state.about.tags().end());
  view.situation = state.about.situation();
  if (state.about.has_create_time()) view.came_in = TimeOf(state.about.create_time());
  for (const auto& [name, own] : state.deadlines) {
    view.deadlines.push_back(
        {&own.deadline, own.gone || state.deleted, own.known_since, &own.receipts});
  }
  return view;
}

}  // namespace vigil::alert
