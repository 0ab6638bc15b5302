// The state as the commands of one transaction see and change it.
//
// Commands run one after the other; each begins a step, changes things, and ends or abandons it. A
// step that ended is one revision (none where nothing is to be told), whose changes later steps
// see; an abandoned one leaves no trace. Used by the writer's thread alone.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"
#include "registry-svc/casebook/deadline_difference.h"
#include "registry-svc/casebook/ids.h"
#include "registry-svc/casebook/search_terms.h"
#include "registry-svc/casebook/snapshot.h"
#include "registry-svc/casebook/store.h"
#include "registry-svc/casebook/vocabularies.h"
#include "registry-svc/domain/rule_book.h"
#include "registry-svc/journal/published.h"

namespace vigil::registry {

// Who causes a change.
struct Origin {
  // Name of the token, or `registry-svc`.
  std::string actor;
  // Trace id of the call.
  std::string request_id;
};

class Draft {
 public:
  Draft(std::shared_ptr<const Snapshot> base, const RuleBook& rules, Store& store,
        const Random& random, const Vocabularies* vocabularies = nullptr)
      : base_(std::move(base)),
        rules_(rules),
        store_(store),
        random_(random),
        vocabularies_(vocabularies),
        accesses_(base_->accesses()) {}

  void BeginStep(Origin origin, absl::Time now);

  absl::Time now() const { return now_; }
  // Who causes the step.
  const std::string& actor() const { return step_.origin.actor; }
  const Random& random() const { return random_; }
  Store& store() { return store_; }
  const Snapshot& base() const { return *base_; }
  const RuleBook& rules() const { return rules_; }
  // Null: anything may be named.
  const Vocabularies* vocabularies() const { return vocabularies_; }

  // The file as the step sees it; null where there is none.
  FilePtr Find(std::string_view name) const;
  // Replaces a file. With `kind` its record changed too. It gets a new etag and is derived anew
  // when the step ends.
  void Change(CaseFile file, std::optional<v1::CaseChanged::Kind> kind = std::nullopt);
  // The file of a name as it was before this transaction; null where there is none, or where this
  // transaction has derived it already.
  PackedPtr FindUntouched(std::string_view name) const;
  // Derives such a file anew for the present day, without a change of its own; it needs no present
  // reading. `told`: what was told of an untold file last.
  void Turn(CaseFile file, std::shared_ptr<const Told> told = nullptr);
  // Gives a file other receipts; nothing is derived anew.
  void ReplaceReceipts(const CaseFile& file, std::shared_ptr<const ReceiptList> receipts);
  // Stores a fact and tells of it, sealed where it is confidential; the files it counts in are
  // changed by the caller.
  void PutFact(const v1::Fact& fact, bool retracted);
  // Adds to the access trail; the number, the time and who it was are set here.
  void PutAccess(v1::Access access) { step_.accesses.push_back(std::move(access)); }
  // Tells that keys are destroyed. The caller destroys them once that is durable.
  void PutErasure(v1::CaseErased erased);

  const Settings& settings() const;
  Settings& ChangeSettings();
  void PutRecord(const v1::Record& record);
  void DeleteRecord(const v1::Record& record);
  // Stores receipts; `receipts` are told as one item.
  void PutReceipts(std::vector<StoredReceipt> receipts);
  // Recorded in an earlier step of this transaction.
  bool HasReceipt(const std::string& id) const { return receipt_ids_.contains(id); }
  void PutPosition(const v1::ShardPosition& position);
  void PutMeta(const std::string& key, std::string value);
  void TellRules(const v1::RulesActivated& rules);
  // Stores the packs and calendars in force, or a vocabulary, for reads of the past; see
  // Batch::rule_archives.
  void KeepArchive(const std::string& version, std::string body);
  void ForgetRequestsBefore(int64_t seconds) { forget_before_ = seconds; }

  // The call answered under this request id, in this transaction or before.
  absl::StatusOr<std::optional<AnsweredRequest>> FindRequest(const std::string& id);
  void PutRequest(AnsweredRequest request);

  void EndStep();
  void AbandonStep();

  // Of the whole transaction, once its steps have ended.
  Batch MakeBatch();
  // The files that changed, packed.
  std::vector<FileChange> PackFiles() const;
  // The state with them.
  std::shared_ptr<const Snapshot> MakeSnapshot(const std::vector<FileChange>& files) const;
  const std::vector<std::shared_ptr<const Published>>& changes() const { return changes_; }
  // The revision reached.
  int64_t revision() const;

 private:
  struct Touched {
    CaseFile file;
    bool changed = false;  // of itself
    bool derive = false;
    std::optional<v1::CaseChanged::Kind> kind;
    std::shared_ptr<const Told> told;
  };
  struct Step {
    Origin origin;
    std::map<std::string, Touched, std::less<>> files;
    std::shared_ptr<Settings> settings;
    std::vector<StoredFact> facts;
    std::vector<v1::CaseErased> erased;
    std::vector<v1::Access> accesses;
    std::vector<StoredReceipt> receipts;
    std::vector<v1::ShardPosition> positions;
    std::vector<AnsweredRequest> requests;
    std::map<std::string, std::optional<v1::Record>> records;
    std::map<std::string, std::string> meta;
    std::map<std::string, std::string> rule_archives;
    // After those of cases, which EndStep makes.
    std::vector<v1::ChangeItem> items;
  };

  // Hash of the entry that the next one follows.
  const std::string& prev_hash() const {
    return changes_.empty() ? base_->hash() : changes_.back()->hash;
  }
  void Stamp(Touched& touched);
  void Settle(Touched& touched, v1::Change& change, std::vector<v1::ChangeItem>& moved);
  void TellDeadlines(const CaseFile& file, const Printed& before, const Printed& after, bool untold,
                     std::vector<v1::ChangeItem>& moved);
  void Journal(v1::Change change);
  void KeepRows();
  void KeepAccesses();

  const std::shared_ptr<const Snapshot> base_;
  const RuleBook& rules_;
  Store& store_;
  const Random& random_;
  const Vocabularies* const vocabularies_;
  absl::Time now_;
  Step step_;

  // Of the steps that ended.
  std::unordered_map<std::string, FilePtr> files_;
  // Of those the ones that were looked at as they are in the snapshot (null: not there).
  std::unordered_map<std::string, FilePtr> bases_;
  std::set<std::string> changed_records_;  // of cases and dossiers
  std::set<std::string> turned_;           // files that only the day turned
  std::shared_ptr<const Settings> settings_;
  std::map<std::string, std::optional<v1::Deadline>> deadlines_;
  std::map<std::string, uint64_t> told_prints_;
  std::map<std::string, std::optional<v1::Record>> records_;
  std::set<std::string> receipt_ids_;
  KeyChanges search_keys_;
  Batch rows_;
  ChainEnd accesses_;
  int64_t forget_before_ = 0;
  std::vector<std::shared_ptr<const Published>> changes_;
};

}  // namespace vigil::registry
