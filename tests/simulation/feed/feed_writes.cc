#include <fmt/format.h>
#include <google/protobuf/wrappers.pb.h>

#include "absl/synchronization/notification.h"
#include "tests/simulation/feed/feed_simulation.h"

// The commands of a run, and what must be true of their answers.
namespace vigil::registry {

std::shared_ptr<FeedSimulation::Command> FeedSimulation::Submit(bool record) {
  auto command = std::make_shared<Command>();
  const std::string mark = fmt::format("w{}", ++marks_);
  const auto answer = [command](const auto& response) {
    command->answered = true;
    command->ok = response.ok();
  };
  Casebook& book = core_->book();
  const uint64_t dice = record ? 0 : Draw(10);
  const std::string name = fmt::format("records/test/r{}", Draw(5));
  command->mark = mark;
  if (dice < 4) {
    v1::PutRecordRequest request;
    request.mutable_record()->set_name(name);
    google::protobuf::StringValue body;
    body.set_value(mark);
    request.mutable_record()->mutable_body()->PackFrom(body);
    book.PutRecord({}, request, answer);
  } else if (dice < 5) {
    command->mark.clear();
    v1::DeleteRecordRequest request;
    request.set_name(name);
    book.DeleteRecord({}, request, answer);
  } else if (dice < 7) {
    v1::RecordReceiptsRequest request;
    v1::Receipt& receipt = *request.add_receipts();
    receipt.set_id(mark);
    receipt.set_kind(v1::Receipt::KIND_SENT);
    if (!cases_.empty() && Chance(75)) receipt.set_parent(cases_[Draw(cases_.size())]);
    if (receipt.parent().empty()) request.mutable_position()->set_shard(kLooseShard);
    book.RecordReceipts({}, request, answer);
  } else if (dice < 8 || cases_.empty()) {
    v1::CreateCaseRequest request;
    request.set_case_id("case-" + mark);
    request.mutable_case_()->set_display_name(mark);
    book.CreateCase({}, request, answer);
  } else if (dice < 9 && Chance(40)) {
    command->mark.clear();
    SubmitDeletion(answer);
  } else {
    command->mark.clear();
    v1::CreateFactRequest request;
    request.set_parent(cases_[Draw(cases_.size())]);
    request.mutable_fact()->set_date("2018-04-20");
    request.mutable_fact()->mutable_source()->set_title(mark);
    request.mutable_fact()->mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    for (const std::string& other : cases_) {
      if (other != request.parent() && Chance(70)) request.mutable_fact()->add_concerns(other);
    }
    book.CreateFact({}, request, answer);
  }
  return command;
}

void FeedSimulation::SubmitDeletion(
    const std::function<void(const absl::StatusOr<v1::Case>&)>& answer) {
  if (deleted_.empty() || Chance(50)) {
    deleted_.push_back(cases_[Draw(cases_.size())]);
    v1::DeleteCaseRequest request;
    request.set_name(deleted_.back());
    return core_->book().DeleteCase({}, request, answer);
  }
  v1::UndeleteCaseRequest request;
  request.set_name(deleted_[Draw(deleted_.size())]);
  core_->book().UndeleteCase({}, request, answer);
}

void FeedSimulation::AwaitWriter() {
  absl::Notification done;
  core_->book().TurnDay([&](const absl::Status&) { done.Notify(); });
  done.WaitForNotification();
}

// Several commands; the first is held in its commit while watchers go on, the rest share another.
void FeedSimulation::WriteTogether() {
  core_->store().Hold(true);
  std::vector<std::shared_ptr<Command>> commands = {Submit(true)};
  core_->store().AwaitHeldCommit();
  for (uint64_t i = Draw(4); i > 0; --i) commands.push_back(Submit(false));
  core_->hub().Wake(false);
  for (const auto& client : clients_) {
    if (Chance(50)) Go(*client, 2);
  }
  Require(shards_->Go(1));
  core_->store().Hold(false);
  AwaitWriter();
  CheckAnswers(commands, false);
}

// The disk refuses; or the process dies between the commit and what follows it.
void FeedSimulation::WriteAndFail() {
  const bool lost = Chance(50);
  const absl::Status failure = absl::UnavailableError("failing");
  core_->store().Hold(true);
  std::vector<std::shared_ptr<Command>> commands = {Submit(true)};
  core_->store().AwaitHeldCommit();
  commands.push_back(Submit(false));
  lost ? core_->store().LoseAnswers(failure) : core_->store().FailCommits(failure);
  core_->store().Hold(false);
  AwaitWriter();
  core_->hub().Wake(false);
  for (const auto& client : clients_) Go(*client, 1);
  core_->store().FailCommits(absl::OkStatus());
  if (lost) Kill();
  CheckAnswers(commands, lost);
}

void FeedSimulation::CheckAnswers(const std::vector<std::shared_ptr<Command>>& commands,
                                  bool lost) {
  Learn();
  for (const auto& command : commands) {
    Require(command->answered, "a command was never answered");
    if (command->mark.empty()) continue;
    const bool held = truth_.Holds(command->mark);
    Require(!command->ok || held, "a write that was answered OK is not in the journal");
    Require(command->ok || lost || !held, "a write that was refused is in the journal");
  }
}

}  // namespace vigil::registry
