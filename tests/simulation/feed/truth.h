// What was made durable, and what a watcher may therefore be told.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "registry-svc/journal/entry.h"
#include "registry-svc/journal/topics.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// The shard whose stream brings all receipts without a case.
inline constexpr int kLooseShard = 3;

// The journal as it is on disk, read apart from what is checked.
class Truth {
 public:
  // A receipt as it was recorded.
  struct Recorded {
    std::string parent, bytes;
    friend bool operator==(const Recorded&, const Recorded&) = default;
  };
  // The state that the journal's first `revision` entries make.
  struct State {
    // Bodies of records by name.
    std::map<std::string, std::string> records;
    // By id: of cases, deleted ones too, and without a case.
    std::map<std::string, Recorded> receipts;
    // Display names of live cases by name.
    std::map<std::string, std::string> cases;
    // Of live cases, as they were told last, by name.
    std::map<std::string, std::string> deadlines;
    friend bool operator==(const State&, const State&) = default;
  };

  // What was read after `head()`. Empty, or what is wrong with it.
  std::string Extend(const std::vector<JournalEntry>& entries);
  int64_t head() const { return static_cast<int64_t>(entries_.size()); }
  // Of a revision; empty for 0.
  std::string HashOf(int64_t revision) const;
  // The revision as watchers of these topics get it; nothing where it has none of them.
  std::optional<v1::Change> Told(int64_t revision, TopicMask topics) const;
  // The first revision after this one that has something of these topics; nothing where none has.
  std::optional<int64_t> NextTold(int64_t after, TopicMask topics) const;
  // What watchers of these topics know.
  State StateAt(int64_t revision, TopicMask topics) const;
  // The deadlines and receipts of one shard, of live cases, and receipts without a case.
  State ShardAt(int64_t revision, int shard, int shard_count) const;
  // Whether some record, receipt or case of the journal carries this text.
  bool Holds(const std::string& text) const;

 private:
  struct Entry {
    std::string hash;
    v1::Change change;
  };
  std::vector<Entry> entries_;
};

// Folds one item into a state.
void Fold(const v1::ChangeItem& item, Truth::State& state);

}  // namespace vigil::registry
