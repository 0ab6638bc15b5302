// What was made durable, and what a watcher may therefore be told.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "registry-svc/journal/entry.h"
#include "registry-svc/journal/topics.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// The journal as it is on disk, read apart from what is checked.
class Truth {
 public:
  // The state that the journal's first `revision` entries make.
  struct State {
    // Bodies of records by name.
    std::map<std::string, std::string> records;
    std::set<std::string> receipts;
    // Display names of live cases by name.
    std::map<std::string, std::string> cases;
    // Names of deadlines of live cases.
    std::set<std::string> deadlines;
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
  State StateAt(int64_t revision, TopicMask topics) const;
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
