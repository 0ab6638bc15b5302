// What the handlers share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/civil/day.h"
#include "common/metrics/metrics.h"
#include "common/rpc/guard.h"
#include "common/seal/sealer.h"
#include "registry-svc/casebook/casebook.h"
#include "registry-svc/casebook/past.h"
#include "registry-svc/casebook/store.h"
#include "registry-svc/journal/history.h"
#include "registry-svc/journal/hub.h"
#include "registry-svc/journal/read_pool.h"
#include "registry-svc/journal/token.h"

namespace vigil::registry {

// Borrowed by every service; all of it outlives the server.
struct Backend {
  Casebook& book;
  Store& store;
  Hub& hub;
  // For reads from disk.
  ReadPool& pool;
  // For reads that look at very many files.
  ReadPool& scans;
  Past& past;
  // For searches, which may take longer.
  ReadPool& searches;
  const rpc::CallGuard& guard;
  const Sealer& sealer;
  const TokenSealer& tokens;
  const WatchHistory& history;
  // Watch streams that are open.
  prometheus::Gauge& watchers;
};

// Who is written into the journal.
Origin OriginOf(const rpc::Caller& caller);

// The day of `as_of`; absent where it is empty: each case's local day. INVALID_ARGUMENT BAD_DATE.
absl::StatusOr<std::optional<civil::Day>> ReadAsOf(std::string_view as_of);

// The case or dossier of `name`, a deleted case too. INVALID_ARGUMENT naming `field`, NOT_FOUND.
absl::StatusOr<FilePtr> FindFile(const Snapshot& snapshot, std::string_view field,
                                 std::string_view name);

// Whether `parent` of a list stands for all cases and dossiers.
bool IsOfAll(std::string_view parent);

// Between one and a thousand in one call: REQUIRED, TOO_MANY.
absl::Status CheckBatch(std::string_view field, int size);

// Whether a read may look at very many files: all but a read of files that it names, or a page of
// today's list in its own order.
template <class Request>
bool IsScan(const Request& request) {
  if constexpr (requires { request.name(); }) return false;
  if constexpr (requires { request.names(); }) return false;
  if constexpr (requires { request.parent(); }) {
    if (!IsOfAll(request.parent())) return false;
  }
  bool scan = !request.known_at().empty();
  if constexpr (requires { request.as_of(); }) scan = scan || !request.as_of().empty();
  if constexpr (requires { request.filter(); }) scan = scan || !request.filter().empty();
  if constexpr (requires { request.order_by(); }) scan = scan || !request.order_by().empty();
  return scan;
}

// The threads that a read runs on: those of scans, or those of disk reads where it is of the past.
// Null: it is answered at once, on the thread of the call.
template <class Request>
ReadPool* PoolOf(const Backend& backend, const Request& request) {
  if (IsScan(request)) return &backend.scans;
  return request.known_at().empty() ? nullptr : &backend.pool;
}

// Whether the caller sees what confidential facts say; disclosure.h, where it is shown.
bool SeesConfidential(const rpc::Caller& caller);

}  // namespace vigil::registry
