#include "tests/simulation/feed/truth.h"

#include <google/protobuf/wrappers.pb.h>

#include <algorithm>

#include "common/shard/shard.h"
#include "registry-svc/casebook/snapshot.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry {
namespace {

bool Carries(const v1::ChangeItem& item, const std::string& text) {
  google::protobuf::StringValue body;
  if (item.record_changed().record().body().UnpackTo(&body)) return body.value() == text;
  if (item.has_case_changed()) return item.case_changed().case_().display_name() == text;
  const auto& receipts = item.receipts_recorded().receipts();
  return std::any_of(receipts.begin(), receipts.end(),
                     [&](const v1::Receipt& receipt) { return receipt.id() == text; });
}

void EraseDeadlinesOf(const std::string& parent, std::map<std::string, std::string>& deadlines) {
  std::erase_if(deadlines,
                [&](const auto& deadline) { return deadline.first.starts_with(parent + "/"); });
}

void FoldCase(const v1::CaseChanged& changed, Truth::State& state) {
  const std::string& name = changed.case_().name();
  if (changed.case_().has_delete_time()) {
    state.cases.erase(name);
    EraseDeadlinesOf(name, state.deadlines);
  } else {
    state.cases[name] = changed.case_().display_name();
  }
}

}  // namespace

void Fold(const v1::ChangeItem& item, Truth::State& state) {
  if (item.has_record_changed()) {
    const v1::RecordChanged& changed = item.record_changed();
    if (changed.deleted()) {
      state.records.erase(changed.record().name());
    } else {
      state.records[changed.record().name()] = changed.record().body().value();
    }
  } else if (item.has_case_changed()) {
    FoldCase(item.case_changed(), state);
  } else if (item.has_deadlines_changed()) {
    for (const v1::Deadline& gone : item.deadlines_changed().before()) {
      state.deadlines.erase(gone.name());
    }
    for (const v1::Deadline& now : item.deadlines_changed().after()) {
      state.deadlines[now.name()] = now.SerializeAsString();
    }
  }
  for (const v1::Receipt& receipt : item.receipts_recorded().receipts()) {
    state.receipts[receipt.id()] = {.parent = receipt.parent(),
                                    .bytes = receipt.SerializeAsString()};
  }
}

std::string Truth::Extend(const std::vector<JournalEntry>& entries) {
  const absl::Status chain = VerifyChain(head(), HashOf(head()), entries);
  if (!chain.ok()) return std::string(chain.message());
  for (const JournalEntry& entry : entries) {
    Entry& added = entries_.emplace_back();
    added.hash = entry.hash;
    added.change.ParseFromString(entry.payload);
  }
  return "";
}

std::string Truth::HashOf(int64_t revision) const {
  return revision == 0 ? "" : entries_[static_cast<size_t>(revision - 1)].hash;
}

std::optional<v1::Change> Truth::Told(int64_t revision, TopicMask topics) const {
  v1::Change change = entries_[static_cast<size_t>(revision - 1)].change;
  v1::Change told = change;
  told.clear_items();
  for (const v1::ChangeItem& item : change.items()) {
    if (Wants(topics, TopicOf(item))) *told.add_items() = item;
  }
  if (told.items_size() == 0) return std::nullopt;
  return told;
}

std::optional<int64_t> Truth::NextTold(int64_t after, TopicMask topics) const {
  for (int64_t revision = after + 1; revision <= head(); ++revision) {
    const auto& items = entries_[static_cast<size_t>(revision - 1)].change.items();
    if (std::any_of(items.begin(), items.end(),
                    [&](const v1::ChangeItem& item) { return Wants(topics, TopicOf(item)); })) {
      return revision;
    }
  }
  return std::nullopt;
}

Truth::State Truth::StateAt(int64_t revision, TopicMask topics) const {
  State state;
  for (int64_t r = 1; r <= revision; ++r) {
    for (const v1::ChangeItem& item : entries_[static_cast<size_t>(r - 1)].change.items()) {
      Fold(item, state);
    }
  }
  if (!Wants(topics, v1::TOPIC_SETTINGS)) state.records.clear();
  if (!Wants(topics, v1::TOPIC_RECEIPTS)) state.receipts.clear();
  if (!Wants(topics, v1::TOPIC_CASES)) {
    state.cases.clear();
    state.deadlines.clear();
  }
  return state;
}

Truth::State Truth::ShardAt(int64_t revision, int shard, int shard_count) const {
  State state = StateAt(revision, MaskOf(v1::TOPIC_CASES) | MaskOf(v1::TOPIC_RECEIPTS));
  std::erase_if(state.receipts, [&](const auto& receipt) {
    const std::string& parent = receipt.second.parent;
    return !parent.empty() && !state.cases.contains(parent);
  });
  state.cases.clear();
  const auto is_elsewhere = [&](const std::string& parent) {
    return ShardOf(parent, shard_count) != shard;
  };
  std::erase_if(state.deadlines,
                [&](const auto& deadline) { return is_elsewhere(ParentOf(deadline.first)); });
  const bool loose = shard_count == Snapshot::kShards && shard == kLooseShard;
  std::erase_if(state.receipts, [&](const auto& receipt) {
    const std::string& parent = receipt.second.parent;
    return parent.empty() ? !loose : is_elsewhere(parent);
  });
  return state;
}

bool Truth::Holds(const std::string& text) const {
  for (const Entry& entry : entries_) {
    for (const v1::ChangeItem& item : entry.change.items()) {
      if (Carries(item, text)) return true;
    }
  }
  return false;
}

}  // namespace vigil::registry
