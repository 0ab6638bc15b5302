// Files into the casebook: one revision, or nothing.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "common/rpc/errors.h"
#include "registry-svc/casebook/casebook.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/once.h"

namespace vigil::registry {
namespace {

// A dry run runs like the import and is then refused with this, which discards all.
constexpr char kOnlyChecked[] = "only checked";
constexpr size_t kMaxProblems = 100;

struct Running {
  Casebook::Import import;
  v1::ImportFilesResponse response;
};

// `facts.csv:7:3: date: '…' is no day`.
absl::Status RefusalOf(const v1::ImportProblem& problem) {
  std::string message = fmt::format("{}:{}:", problem.file(), problem.line());
  if (problem.column() > 0) message += fmt::format("{}:", problem.column());
  if (!problem.key().empty()) message += fmt::format(" {}:", problem.key());
  return rpc::InvalidArgument(problem.reason(), problem.key().empty() ? "files" : problem.key(),
                              fmt::format("{} {}", message, problem.message()));
}

absl::Status RunImport(Draft& draft, Running& running) {
  const Casebook::Import& import = running.import;
  if (import.only_if_empty && draft.base().file_count() > 0) return absl::OkStatus();
  v1::ImportFilesResponse& response = running.response;
  const size_t told = std::min(import.problems.size(), kMaxProblems);
  response.mutable_problems()->Assign(import.problems.begin(), import.problems.begin() + told);
  response.set_cut_off(told < import.problems.size());
  if (import.problems.empty() || import.dry_run) {
    commands::ImportDocuments(draft, running.import.documents, response);
  }
  if (import.dry_run) return absl::CancelledError(kOnlyChecked);
  return response.problems().empty() ? absl::OkStatus() : RefusalOf(response.problems(0));
}

// What is kept of an answer: nothing of what the files said, which may be erased later.
v1::ImportFilesResponse CountsOf(const v1::ImportFilesResponse& response) {
  v1::ImportFilesResponse counts = response;
  counts.clear_changes();
  counts.clear_moves();
  const bool less = !response.changes().empty() || !response.moves().empty();
  counts.set_cut_off(response.cut_off() || less);
  return counts;
}

// A dry run changes nothing, however often it is made.
absl::Status Run(Draft& draft, Running& running) {
  const Casebook::Import& import = running.import;
  return OnceAnswered(
      draft, import.dry_run ? std::string() : import.request_id, "ImportFiles" + import.request,
      running.response, [&] { return RunImport(draft, running); }, CountsOf);
}

}  // namespace

void Casebook::ImportFiles(Origin origin, Import import, Done<v1::ImportFilesResponse> done) {
  auto running = std::make_shared<Running>();
  running->import = std::move(import);
  const auto answer = [running, done = std::move(done)](const absl::Status& status) {
    const bool checked = running->import.dry_run && absl::IsCancelled(status);
    if (!status.ok() && !checked) return done(status);
    done(std::move(running->response));
  };
  writer_->Submit({.origin = std::move(origin),
                   .apply = [running](Draft& draft) { return Run(draft, *running); },
                   .keep = nullptr,
                   .done = answer,
                   .exclusive = true});
}

}  // namespace vigil::registry
