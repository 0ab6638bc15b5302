#include "registry-svc/casebook/past.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/replay.h"
#include "registry-svc/journal/touched.h"

namespace vigil::registry {
namespace {

// Compiled books that are kept.
constexpr size_t kMaxBooks = 4;

bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// False where the text is no time, or one of the endless ones that Abseil knows.
bool ReadTime(std::string_view text, absl::Time& time) {
  return absl::ParseTime(absl::RFC3339_full, std::string(text), &time, nullptr) &&
         time != absl::InfiniteFuture() && time != absl::InfinitePast();
}

}  // namespace

Past::Past(Store& store, const Casebook& book)
    : store_(store),
      book_(book),
      read_([&store](int64_t after, int limit, int64_t bytes) {
        return store.ReadJournal(after, limit, bytes);
      }),
      entries_(read_) {}

absl::StatusOr<Past::Moment> Past::MomentOf(std::string_view known_at) const {
  const int64_t head = book_.Present()->revision();
  Moment moment;
  if (IsNumber(known_at)) {
    const auto read =
        std::from_chars(known_at.data(), known_at.data() + known_at.size(), moment.revision);
    if (read.ec != std::errc() || moment.revision > head) return refusals::KnownAtAhead();
    const absl::StatusOr<absl::Time> time = TimeOf(std::max<int64_t>(1, moment.revision), read_);
    if (!time.ok()) return refusals::FromStore(time.status());
    moment.time = *time;
    return moment;
  }
  if (!ReadTime(known_at, moment.time)) return refusals::BadKnownAt(known_at);
  if (moment.time > book_.clock().Now()) return refusals::KnownAtAhead();
  // Entries bear whole nanoseconds: before the next one is at or before this one.
  const absl::Time next =
      absl::FromUnixNanos(absl::ToUnixNanos(moment.time)) + absl::Nanoseconds(1);
  const absl::StatusOr<int64_t> revision = LastBefore(next, 0, head, read_);
  if (!revision.ok()) return refusals::FromStore(revision.status());
  moment.revision = *revision;
  return moment;
}

absl::StatusOr<FilePtr> Past::Find(const Snapshot& present, std::string_view name,
                                   int64_t revision) {
  const PackedPtr now = present.FindPacked(name);
  if (!now) return nullptr;  // nothing is ever taken out of the record
  const absl::StatusOr<std::vector<int64_t>> revisions = store_.ReadRevisions(now->name);
  if (!revisions.ok()) return refusals::FromStore(revisions.status());
  const auto later = std::upper_bound(revisions->begin(), revisions->end(), revision);
  if (later == revisions->begin()) return FilePtr();
  if (later == revisions->end() || *later > present.revision()) return present.Scan(now);
  Replay replay(now->name, present, store_.vault());
  for (auto at = revisions->begin(); at != later; ++at) {
    const absl::StatusOr<ParsedEntries::EntryPtr> entry = entries_.Read(*at);
    if (!entry.ok()) return refusals::FromStore(entry.status());
    replay.Apply(**entry);
  }
  absl::StatusOr<FilePtr> file = replay.Finish();
  if (!file.ok()) return refusals::FromStore(file.status());
  return file;
}

absl::StatusOr<Past::Made> Past::FilesAt(const Snapshot& present, std::string_view collection,
                                         int64_t revision) {
  Made made;
  absl::Status status;
  present.ForEachPacked([&](const PackedPtr& file) {
    if (!status.ok() || !file->name.starts_with(collection)) return;
    const absl::StatusOr<std::vector<int64_t>> revisions = store_.ReadRevisions(file->name);
    status = revisions.status();
    if (!status.ok() || revisions->empty() || revisions->front() > revision) return;
    made.emplace_back(revisions->front(), file->name);
  });
  if (!status.ok()) return refusals::FromStore(status);
  std::sort(made.begin(), made.end());
  return made;
}

absl::Status Past::ForEach(const Snapshot& present, std::string_view collection, int64_t revision,
                           const std::function<bool()>& gone,
                           const std::function<absl::Status(const FilePtr&)>& visit) {
  // In the order in which they were made: an import is one entry, read once for all its cases.
  const absl::StatusOr<Made> made = FilesAt(present, collection, revision);
  if (!made.ok()) return made.status();
  for (const auto& [first, name] : *made) {
    if (gone()) return absl::CancelledError("the caller has gone");
    const absl::StatusOr<FilePtr> file = Find(present, name, revision);
    if (!file.ok()) return file.status();
    if (!*file) continue;
    if (absl::Status s = visit(*file); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Past::NamesAt(const Snapshot& present, int64_t revision) {
  absl::StatusOr<Made> made = FilesAt(present, "", revision);
  if (!made.ok()) return made.status();
  std::vector<std::string> names;
  names.reserve(made->size());
  for (auto& [first, name] : *made) names.push_back(std::move(name));
  return names;
}

absl::StatusOr<v1::RulesActivated> Past::ActivatedAt(int64_t revision) {
  const absl::StatusOr<std::vector<int64_t>> revisions = store_.ReadRevisions(kRulesFile);
  if (!revisions.ok()) return refusals::FromStore(revisions.status());
  const auto later = std::upper_bound(revisions->begin(), revisions->end(), revision);
  if (later == revisions->begin()) return v1::RulesActivated();
  const absl::StatusOr<ParsedEntries::EntryPtr> entry = entries_.Read(*std::prev(later));
  if (!entry.ok()) return refusals::FromStore(entry.status());
  return (*entry)->items.at(kRulesFile).back()->rules_activated();
}

absl::StatusOr<RuleBook> Past::RulesAt(int64_t revision) {
  const absl::StatusOr<v1::RulesActivated> activated = ActivatedAt(revision);
  if (!activated.ok()) return activated.status();
  return RulesOf(activated->rules_version());
}

absl::StatusOr<RuleBook> Past::RulesOf(const std::string& version) {
  if (version.empty()) return refusals::RulesNotKept("");
  if (version == book_.rules().version()) return book_.rules();
  {
    absl::MutexLock lock(&mutex_);
    if (const auto at = books_.find(version); at != books_.end()) return at->second;
  }
  const absl::StatusOr<std::optional<std::string>> body = store_.FindRules(version);
  if (!body.ok()) return refusals::FromStore(body.status());
  rules::v1::RuleArchive archive;
  if (!*body || !archive.ParseFromString(**body)) return refusals::RulesNotKept(version);
  absl::StatusOr<RuleBook> book = RuleBook::Compile(std::move(archive));
  // The version, which the journal holds, is a hash of their content: others were slipped in.
  if (!book.ok() || book->version() != version) return refusals::RulesNotKept(version);
  absl::MutexLock lock(&mutex_);
  if (books_.size() >= kMaxBooks) books_.clear();
  books_.emplace(version, *book);
  return book;
}

}  // namespace vigil::registry
