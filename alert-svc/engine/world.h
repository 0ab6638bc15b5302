#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "alert-svc/domain/plan.h"
#include "alert-svc/domain/settings.h"
#include "alert-svc/engine/findings_state.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::alert {

// The fold of the journal in memory: what a replica knows. Beside the journal it holds the receipts
// that this replica made and the journal does not have yet: their second home.
class World {
 public:
  struct DeadlineState {
    registry::v1::Deadline deadline;
    bool gone = false;
    absl::Time known_since = absl::InfinitePast();  // these dates, or that it is gone
    std::vector<registry::v1::Receipt> receipts;
  };
  struct CaseState {
    registry::v1::Case about;  // name, display name, tags, situation; no facts
    bool deleted = false;
    std::map<std::string, DeadlineState> deadlines;
    std::int64_t changed = 0;  // the last revision that says anything of it, as far as folded
  };
  // A receipt that this replica made, and the shard whose stream is its other home.
  struct Own {
    registry::v1::Receipt receipt;
    int shard = 0;
  };
  // What is known of the delivery of a digest or a summary.
  struct DigestState {
    bool closed = false;  // accepted, given up, or there was nothing to tell
    int attempts = 0;
    absl::Time retry = absl::InfinitePast();
    std::string error;  // of the last attempt
  };

  // How well one receiver was reached, of all attempts that the journal tells.
  struct Contact {
    absl::Time told = absl::InfinitePast();  // when a message came through last
    // Since then, and since the receiver was last written: the first attempt to fail, and the last.
    absl::Time first_failed = absl::InfiniteFuture();
    absl::Time last_failed = absl::InfinitePast();
    std::string error;  // of the last

    // What failed up to a moment counts no more.
    void Forgive(absl::Time until);
  };

  // Forgets everything but the unjournaled receipts; a snapshot follows.
  void Reset();
  // Folds one change, or a part of a snapshot.
  void Fold(const registry::v1::Change& change, bool snapshot);
  // All up to `revision` was folded. `mark`: see RevisionMark; empty: not told.
  void Reach(std::int64_t revision, std::string mark);
  // The hash of a revision's entry, as a stream or the entry after it told it.
  void NoteHash(std::int64_t revision, const std::string& hash);
  // Takes in a receipt of this replica that the journal does not have yet.
  // `shard` is the one whose stream is its other home.
  void AddOwn(const registry::v1::Receipt& receipt, int shard = 0);

  // One more with each change that may be about any case.
  std::int64_t wide_changes() const { return wide_changes_; }
  // One more with each Reset.
  std::int64_t life() const { return life_; }
  // The snapshot is complete.
  bool loaded() const { return loaded_; }
  std::int64_t revision() const { return revision_; }
  // Names a revision of this journal, as every replica that follows it does; empty where the stream
  // did not stop there, or long ago.
  std::string MarkAt(std::int64_t revision) const;
  // The hash of a revision's entry; empty where it was not told, or long ago.
  std::string HashOf(std::int64_t revision) const;
  const Settings& settings() const { return settings_; }
  const std::set<std::string, std::less<>>& delivered() const { return delivered_; }
  // Ids of digests that were tried and are not out.
  const std::set<std::string, std::less<>>& tried() const { return tried_; }
  // That it failed with such a digest, of each of its items, and of the week's findings where it
  // told them.
  const std::vector<registry::v1::Receipt>& FailedIn(std::string_view digest) const;
  const std::map<std::string, Own>& unjournaled() const { return unjournaled_; }
  const std::map<std::string, CaseState>& cases() const { return cases_; }
  // Deadlines about which a message was given up or came back, whatever became of it later.
  const std::set<std::string, std::less<>>& given_up() const { return given_up_; }
  // By the ids of their digests; those of weeks in which there was nothing to tell are not there.
  const std::map<std::string, FindingsState, std::less<>>& findings() const { return findings_; }
  // Some replica has opened shards before: a lost one may have had senders.
  bool ever_opened() const { return ever_opened_; }

  // How many messages were to come due on a day (`2018-04-28`, UTC) in each shard, as planned the
  // day before; null where that is not known.
  const std::vector<int>* DueOn(std::string_view day) const;

  const CaseState* FindCase(std::string_view name) const;
  // The case and deadline of a number of a member; null where it is not known.
  std::pair<const CaseState*, const DeadlineState*> FindDeadline(std::uint64_t number) const;
  DigestState DigestOf(std::string_view id) const;
  Contact ContactOf(std::string_view receiver) const;
  CaseView ViewOf(const CaseState& state) const;
  bool HasReceipt(const registry::v1::Receipt& receipt) const;

  // Cases whose plan may be another than when this was last asked. All of them after a change of
  // settings.
  std::set<std::string> TakeDirty();
  void MarkDirty(const std::string& case_name) { dirty_.insert(case_name); }
  // Also where what changed is no part of the journal: the time-zone data.
  void MarkAllDirty();
  // Receivers of digests that were tried, or came out, since this was last asked: what is meant for
  // a digest of theirs may belong into another one now.
  std::set<std::string> TakeDigested();

 private:
  CaseState& CaseOf(const std::string& name);
  void FoldCase(const registry::v1::CaseChanged& change);
  void FoldDossier(const registry::v1::Dossier& dossier);
  void FoldDeadlines(const registry::v1::DeadlinesChanged& change, absl::Time time);
  void FoldForecast(const registry::v1::Record& record);
  void FoldRecord(const registry::v1::RecordChanged& change);
  void AddReceipt(const registry::v1::Receipt& receipt);
  void AddDigestReceipt(const registry::v1::Receipt& receipt);
  void NoteFailedIn(const registry::v1::Receipt& receipt);
  void NoteContact(const registry::v1::Receipt& receipt);

  std::int64_t life_ = 0;
  std::int64_t wide_changes_ = 0;
  std::map<std::string, std::vector<int>, std::less<>> due_on_;  // by day
  bool loaded_ = false;
  bool ever_opened_ = false;
  std::int64_t revision_ = 0;
  std::map<std::int64_t, std::string> marks_;   // of the last revisions
  std::map<std::int64_t, std::string> hashes_;  // the same
  Settings settings_;
  std::map<std::string, CaseState> cases_;
  std::unordered_map<std::uint64_t, std::pair<std::string, std::string>> by_number_;
  std::set<std::string, std::less<>> delivered_;
  std::set<std::string, std::less<>> tried_;
  std::map<std::string, std::vector<registry::v1::Receipt>, std::less<>> failed_in_;  // by digest
  std::map<std::string, DigestState, std::less<>> digests_;
  std::map<std::string, Contact, std::less<>> contacts_;  // by receiver
  std::set<std::string> digest_receipts_;
  std::set<std::string, std::less<>> given_up_;
  std::map<std::string, FindingsState, std::less<>> findings_;
  std::map<std::string, Own> unjournaled_;
  std::set<std::string> dirty_;
  std::set<std::string> digested_;
};

// `cases/x/deadlines/y` → `cases/x`.
std::string ParentOf(std::string_view deadline_name);

// Name of the record that says that shards were opened before.
inline constexpr char kOpenedRecord[] = "records/alert-engine/opened";

// Name of the record that says how many messages come due today and tomorrow: a DueForecast.
inline constexpr char kForecastRecord[] = "records/alert-engine/forecast";

}  // namespace vigil::alert
