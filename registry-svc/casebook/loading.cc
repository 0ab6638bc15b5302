#include "registry-svc/casebook/loading.h"

#include <fmt/format.h>

#include <fstream>
#include <utility>

#include "registry-svc/casebook/deadline_difference.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry {
namespace {

struct Loading {
  CaseFile file;
  v1::Case told;  // with the situation that was told last
  FactList own, foreign;
  ReceiptList receipts;
  std::vector<v1::Deadline> deadlines;
};
using Files = std::map<std::string, Loading, std::less<>>;

absl::Status Damaged(const std::string& name, std::string_view what) {
  return absl::DataLossError(fmt::format("{} {}: restore the database from a backup", name, what));
}

Files LoadRecords(Contents& contents) {
  Files files;
  for (v1::Case& record : contents.cases) {
    Loading& loading = files[record.name()];
    loading.told = record;
    ClearDerived(record);
    loading.file = NewCaseFile(std::make_shared<const v1::Case>(std::move(record)), nullptr);
  }
  for (v1::Dossier& dossier : contents.dossiers) {
    auto shared = std::make_shared<const v1::Dossier>(std::move(dossier));
    files[shared->name()].file = NewCaseFile(nullptr, shared);
  }
  return files;
}

absl::Status LoadFacts(Contents& contents, Files& files) {
  for (v1::Fact& message : contents.facts) {
    auto shared = std::make_shared<const v1::Fact>(std::move(message));
    absl::StatusOr<CheckedFact> checked = CheckFact(shared);
    if (!checked.ok()) {
      return Damaged(shared->name(),
                     fmt::format("cannot be read ({})", std::string(checked.status().message())));
    }
    const auto fact = std::make_shared<const CheckedFact>(*std::move(checked));
    const auto parent = files.find(ParentOf(shared->name()));
    if (parent == files.end()) return Damaged(shared->name(), "has no case");
    parent->second.own.push_back(fact);
    for (const std::string& name : shared->concerns()) {
      if (const auto other = files.find(name); other != files.end()) {
        // Older databases may hold facts that name a case twice.
        FactList& foreign = other->second.foreign;
        if (foreign.empty() || foreign.back() != fact) foreign.push_back(fact);
      }
    }
  }
  return absl::OkStatus();
}

std::shared_ptr<const Settings> LoadSettings(Contents& contents, Files& files) {
  auto settings = std::make_shared<Settings>();
  for (v1::Record& record : contents.records) {
    auto shared = std::make_shared<const v1::Record>(std::move(record));
    settings->records[shared->name()] = shared;
  }
  for (v1::ShardPosition& position : contents.positions) {
    settings->positions[position.shard()] = position;
  }
  std::map<int, ReceiptList> loose;
  for (StoredReceipt& stored : contents.receipts) {
    auto receipt = std::make_shared<const v1::Receipt>(std::move(stored.receipt));
    if (receipt->parent().empty()) {
      if (stored.shard >= 0) loose[stored.shard].push_back(receipt);
    } else if (const auto file = files.find(receipt->parent()); file != files.end()) {
      file->second.receipts.push_back(receipt);
    }
  }
  for (auto& [shard, list] : loose) {
    settings->loose_receipts[shard] = std::make_shared<const ReceiptList>(std::move(list));
  }
  settings->rules.set_rules_version(contents.meta[kMetaRules]);
  settings->rules.set_calendar_version(contents.meta[kMetaCalendars]);
  return settings;
}

FilePtr Finish(Loading& loading) {
  CaseFile file = std::move(loading.file);
  file.own = std::make_shared<const FactList>(std::move(loading.own));
  file.foreign = std::make_shared<const FactList>(std::move(loading.foreign));
  file.receipts = std::make_shared<const ReceiptList>(std::move(loading.receipts));
  auto stored = std::make_shared<DayReading>();
  stored->from = stored->until = absl::InfinitePast();
  stored->rendered = std::move(loading.told);
  stored->derived.deadlines = std::move(loading.deadlines);
  stored->prints = PrintsOf(*stored);
  file.present = std::move(stored);
  return std::make_shared<const CaseFile>(std::move(file));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Snapshot>> MakeFirstSnapshot(Contents contents) {
  Files files = LoadRecords(contents);
  if (absl::Status s = LoadFacts(contents, files); !s.ok()) return s;
  for (v1::Deadline& deadline : contents.deadlines) {
    const auto file = files.find(ParentOf(deadline.name()));
    if (file == files.end()) return Damaged(deadline.name(), "has no case");
    file->second.deadlines.push_back(std::move(deadline));
  }
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->SetSettings(LoadSettings(contents, files));
  std::vector<FilePtr> finished;
  finished.reserve(files.size());
  for (auto& [name, loading] : files) finished.push_back(Finish(loading));
  snapshot->Put(finished);
  snapshot->SetHead(contents.revision, contents.hash);
  snapshot->SetAccesses(contents.accesses);
  return snapshot;
}

std::string CalendarVersion(const RuleBook& rules) {
  // The packs' version covers the calendars; what it does not cover is the machine's zone data.
  std::ifstream zones("/usr/share/zoneinfo/tzdata.zi");
  std::string line;
  std::getline(zones, line);
  return fmt::format("{} {}", rules.version(), line.empty() ? "# version unknown" : line);
}

}  // namespace vigil::registry
