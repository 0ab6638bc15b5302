#include "registry-svc/rpc/record_view.h"

#include <algorithm>

#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry {

absl::StatusOr<RecordView> RecordView::Open(const Backend& backend, const std::string& known_at,
                                            std::optional<int64_t>* pinned) {
  if (known_at.empty()) return RecordView(backend);
  absl::StatusOr<Past::Moment> moment = backend.past.MomentOf(known_at);
  if (!moment.ok()) return moment.status();
  if (pinned != nullptr) moment->revision = pinned->emplace(pinned->value_or(moment->revision));
  RecordView view(backend);  // after the moment, so that it holds all of it
  view.moment_ = *moment;
  return view;
}

absl::StatusOr<FilePtr> RecordView::Find(std::string_view name) const {
  if (!past()) return snapshot_->Find(name);
  return backend_->past.Find(*snapshot_, name, moment_->revision);
}

absl::StatusOr<FilePtr> RecordView::FindFile(std::string_view field, std::string_view name) const {
  const bool dossier = IsDossierName(name);
  if (!dossier && !IsCaseName(name)) {
    return refusals::BadName(field, "cases/{case} or dossiers/{dossier}");
  }
  absl::StatusOr<FilePtr> file = Find(name);
  if (!file.ok() || *file) return file;
  return dossier ? refusals::DossierNotFound(name) : refusals::CaseNotFound(name);
}

absl::StatusOr<FilePtr> RecordView::Scan(std::string_view name) const {
  if (past()) return Find(name);
  const PackedPtr packed = snapshot_->FindPacked(name);
  return packed ? snapshot_->Scan(packed) : nullptr;
}

absl::StatusOr<std::vector<std::string>> RecordView::Names() const {
  std::vector<std::string> names;
  if (past()) {
    auto made = backend_->past.NamesAt(*snapshot_, moment_->revision);
    if (!made.ok()) return made.status();
    names = *std::move(made);
  } else {
    snapshot_->ForEachPacked([&](const PackedPtr& file) { names.push_back(file->name); });
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<v1::Record> RecordView::FindRecord(const std::string& name) const {
  if (past()) return backend_->past.FindRecord(name, moment_->revision);
  const RecordMap& records = snapshot_->settings().records;
  const auto at = records.find(name);
  if (at == records.end()) return refusals::RecordNotFound(name);
  return *at->second;
}

absl::Status RecordView::ForEachRecord(const std::string& folder, const Gone& gone,
                                       const std::function<void(const v1::Record&)>& visit) const {
  if (past()) return backend_->past.ForEachRecord(folder, moment_->revision, gone, visit);
  const RecordMap& records = snapshot_->settings().records;
  for (auto at = records.lower_bound(folder); at != records.end() && at->first.starts_with(folder);
       ++at) {
    visit(*at->second);
  }
  return absl::OkStatus();
}

absl::StatusOr<const RuleBook*> RecordView::Rules() {
  if (!past()) return &backend_->book.rules();
  if (!rules_) {
    absl::StatusOr<RuleBook> rules = backend_->past.RulesAt(moment_->revision);
    if (!rules.ok()) return rules.status();
    rules_ = *std::move(rules);
  }
  return &*rules_;
}

absl::StatusOr<std::shared_ptr<const DayReading>> RecordView::Read(const FilePtr& file,
                                                                   std::optional<civil::Day> day) {
  if (!past()) return backend_->book.Read(file, day);
  const absl::StatusOr<const RuleBook*> rules = Rules();
  if (!rules.ok()) return rules.status();
  return std::make_shared<const DayReading>(ReadOn(*file, **rules, day ? *day : DayIn(file->zone)));
}

}  // namespace vigil::registry
