// The record as a read sees it: as it is, or as it was known at an earlier moment.
#pragma once

#include <grpcpp/server_context.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/civil/day.h"
#include "registry-svc/casebook/past.h"
#include "registry-svc/domain/rule_book.h"
#include "registry-svc/rpc/backend.h"

namespace vigil::registry {

// Whether the caller of a read has gone: who looks at many files asks now and then.
using Gone = std::function<bool()>;
inline Gone GoneOf(const grpc::CallbackServerContext* context) {
  return [context] { return context->IsCancelled(); };
}

// One state throughout. Belongs to one call, and is used by one thread at a time. One of the past
// goes to disk: not on a reactor's thread.
class RecordView {
 public:
  // `known_at` of a request; empty: the record as it is. `pinned` is kept in the page tokens of a
  // list, so that all its pages are of one revision: where it is set it goes before what `known_at`
  // comes to now, else it is set. Errors of Past::MomentOf.
  static absl::StatusOr<RecordView> Open(const Backend& backend, const std::string& known_at,
                                         std::optional<int64_t>* pinned = nullptr);

  // Whether it is of the past.
  bool past() const { return moment_.has_value(); }
  int64_t revision() const { return past() ? moment_->revision : snapshot_->revision(); }

  // The file of a name; null where there is none.
  absl::StatusOr<FilePtr> Find(std::string_view name) const;
  // The case or dossier of `name`, a deleted case too. INVALID_ARGUMENT naming `field`, NOT_FOUND.
  absl::StatusOr<FilePtr> FindFile(std::string_view field, std::string_view name) const;
  // As Find, for who looks at very many files.
  absl::StatusOr<FilePtr> Scan(std::string_view name) const;
  // The names of all files that were there, deleted ones too, sorted by bytes.
  absl::StatusOr<std::vector<std::string>> Names() const;

  // A file of this view as of a day; `day` absent: the file's local day at the view's moment. By
  // the rules in force then: errors of Past::RulesAt.
  absl::StatusOr<std::shared_ptr<const DayReading>> Read(const FilePtr& file,
                                                         std::optional<civil::Day> day);
  // The packs and calendars in force then, valid as long as this. Errors of Past::RulesAt.
  absl::StatusOr<const RuleBook*> Rules();
  // Of a view of the past: hands over each file of a collection (`cases/`, `dossiers/`; empty:
  // both) that was there, see Past::ForEach.
  absl::Status ForEach(std::string_view collection, const Gone& gone,
                       const std::function<absl::Status(const FilePtr&)>& visit) const {
    return backend_->past.ForEach(*snapshot_, collection, moment_->revision, gone, visit);
  }
  // A record of another service. NOT_FOUND.
  absl::StatusOr<v1::Record> FindRecord(const std::string& name) const;
  // Hands over each record below `folder` (`records/{type}/`) that was there, by name. CANCELLED
  // once `gone` says so.
  absl::Status ForEachRecord(const std::string& folder, const Gone& gone,
                             const std::function<void(const v1::Record&)>& visit) const;

  // The view's moment, and the local day then.
  absl::Time time() const { return past() ? moment_->time : backend_->book.clock().Now(); }
  civil::Day DayIn(absl::TimeZone zone) const { return LocalDay(time(), zone); }

 private:
  explicit RecordView(const Backend& backend)
      : backend_(&backend), snapshot_(backend.book.Present()) {}

  const Backend* backend_;
  std::shared_ptr<const Snapshot> snapshot_;
  // Of a past one.
  std::optional<Past::Moment> moment_;
  // In force then, once they were needed.
  std::optional<RuleBook> rules_;
};

}  // namespace vigil::registry
