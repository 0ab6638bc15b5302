#include "registry-svc/casebook/casebook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST_F(BookTest, CreateCase_IsServedAndJournaled) {
  ASSERT_OK_AND_ASSIGN(const v1::Case created, CreateCase("c-test", "Somebody"));
  EXPECT_EQ(created.name(), "cases/c-test");
  EXPECT_THAT(created.etag(), Not(IsEmpty()));
  EXPECT_EQ(created.situation(), v1::SITUATION_NOT_STATED);
  const FilePtr file = book_->Present()->Find("cases/c-test");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->present->rendered.etag(), created.etag());
  const v1::Change& change = ChangeOf(revision());
  EXPECT_EQ(change.actor(), "tester");
  ASSERT_GE(change.items_size(), 1);
  EXPECT_EQ(change.items(0).case_changed().kind(), v1::CaseChanged::KIND_CREATED);
}

TEST_F(BookTest, CreateCaseWithoutId_DrawsACodeThatIsNoName) {
  ASSERT_OK_AND_ASSIGN(const v1::Case created, CreateCase("", "Somebody"));
  EXPECT_THAT(created.name(), testing::MatchesRegex("cases/c-[a-z0-9]+"));
}

TEST_F(BookTest, BadInput_NamesTheFieldAndChangesNothing) {
  const int64_t before = revision();
  v1::CreateCaseRequest request;
  const auto refused = [&](const std::string& field) {
    const auto answer = Call(&Casebook::CreateCase, request);
    EXPECT_THAT(answer, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(field)));
    EXPECT_THAT(rpc::ReasonOf(answer.status()), Not(IsEmpty()));
    request = v1::CreateCaseRequest();
    request.mutable_case_()->set_display_name("Somebody");
  };
  refused("case.display_name");
  request.set_case_id("UPPER");
  refused("case_id");
  request.set_request_id("no uuid");
  refused("request_id");
  request.mutable_case_()->set_country("Kazakhstan");
  refused("case.country");
  request.mutable_case_()->set_time_zone("Asia/Nowhere");
  refused("case.time_zone");
  request.mutable_case_()->add_tags("Two Words");
  refused("case.tags");
  request.mutable_case_()->mutable_person()->set_born("yesterday");
  refused("case.person.born");
  request.mutable_case_()->mutable_person()->add_names();
  refused("case.person.names[0].text");
  request.mutable_case_()->set_display_name(std::string("Some\0body", 9));
  refused("case.display_name");
  request.mutable_case_()->set_display_name("Some\nbody");
  refused("case.display_name");
  request.mutable_case_()->mutable_person()->add_names()->set_text("Some\x7f");
  refused("case.person.names[0].text");
  request.mutable_case_()->set_place("Almaty\t");
  refused("case.place");
  v1::Mandate& mandate = *request.mutable_case_()->mutable_mandate();
  mandate.set_given_by(v1::CONSENT_PERSON);
  mandate.set_since("2018-04-01");
  mandate.set_limits("not\nthe\1press");
  EXPECT_EQ(rpc::ReasonOf(Call(&Casebook::CreateCase, request).status()), "BAD_TEXT");
  refused("case.mandate.limits");
  EXPECT_EQ(revision(), before);
}

TEST_F(BookTest, NameInMixedScript_IsFlagged) {
  v1::CreateCaseRequest request;
  request.mutable_case_()->set_display_name("Mukhtar");
  request.mutable_case_()->mutable_person()->add_names()->set_text("Мukhtar");
  ASSERT_OK_AND_ASSIGN(const v1::Case created, Call(&Casebook::CreateCase, request));
  EXPECT_EQ(created.person().names(0).script(), v1::SCRIPT_MIXED);
  EXPECT_THAT(created.flags(), testing::Contains("MIXED_SCRIPT_NAME"));
}

TEST_F(BookTest, SameRequestIdTwice_MakesOneCaseAlsoAfterARestart) {
  v1::CreateCaseRequest request;
  request.mutable_case_()->set_display_name("Somebody");
  request.set_request_id("8f14e45f-ceea-467f-9a1b-0242ac120002");
  ASSERT_OK_AND_ASSIGN(const v1::Case first, Call(&Casebook::CreateCase, request));
  ASSERT_OK_AND_ASSIGN(const v1::Case second, Call(&Casebook::CreateCase, request));
  EXPECT_EQ(second.name(), first.name());
  Open();
  ASSERT_OK_AND_ASSIGN(const v1::Case third, Call(&Casebook::CreateCase, request));
  EXPECT_EQ(third.name(), first.name());
  request.mutable_case_()->set_display_name("Somebody else");
  EXPECT_THAT(Call(&Casebook::CreateCase, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("request_id")));
  EXPECT_EQ(book_->Present()->file_count(), 1);
}

TEST_F(BookTest, UpdateWithMask_ChangesOnlyWhatItNames) {
  ASSERT_OK_AND_ASSIGN(v1::Case record, CreateCase("c-test", "Somebody"));
  v1::UpdateCaseRequest request;
  request.mutable_case_()->set_name(record.name());
  request.mutable_case_()->set_place("Atyrau");
  request.mutable_case_()->set_country("UA");
  request.mutable_update_mask()->add_paths("place");
  ASSERT_OK_AND_ASSIGN(const v1::Case updated, Call(&Casebook::UpdateCase, request));
  EXPECT_EQ(updated.place(), "Atyrau");
  EXPECT_EQ(updated.country(), "");
  EXPECT_EQ(updated.display_name(), "Somebody");
  EXPECT_NE(updated.etag(), record.etag());
}

TEST_F(BookTest, UpdateWithoutMask_ChangesWhatIsSetAndStarClearsTheRest) {
  ASSERT_OK_AND_ASSIGN(v1::Case record, CreateCase("c-test", "Somebody"));
  v1::UpdateCaseRequest request;
  request.mutable_case_()->set_name(record.name());
  request.mutable_case_()->set_place("Atyrau");
  ASSERT_OK_AND_ASSIGN(const v1::Case updated, Call(&Casebook::UpdateCase, request));
  EXPECT_EQ(updated.display_name(), "Somebody");
  request.mutable_case_()->clear_place();
  request.mutable_case_()->set_display_name("Somebody");
  request.mutable_update_mask()->add_paths("*");
  ASSERT_OK_AND_ASSIGN(const v1::Case cleared, Call(&Casebook::UpdateCase, request));
  EXPECT_EQ(cleared.place(), "");
}

TEST_F(BookTest, UpdateOfWhatMayNotChange_IsRefused) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  for (const std::string path : {"uid", "situation", "no_such_field", "name"}) {
    v1::UpdateCaseRequest request;
    request.mutable_case_()->set_name("cases/c-test");
    request.mutable_update_mask()->add_paths(path);
    EXPECT_THAT(Call(&Casebook::UpdateCase, request),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("update_mask")))
        << path;
  }
}

TEST_F(BookTest, EtagOfYesterday_IsAborted) {
  ASSERT_OK_AND_ASSIGN(v1::Case record, CreateCase("c-test", "Somebody"));
  ASSERT_THAT(CreateFact("cases/c-test", Custody("2018-04-20")), IsOk());
  v1::UpdateCaseRequest request;
  *request.mutable_case_() = record;
  request.mutable_case_()->set_place("Atyrau");
  EXPECT_THAT(Call(&Casebook::UpdateCase, request), StatusIs(absl::StatusCode::kAborted));
  v1::DeleteCaseRequest deletion;
  deletion.set_name(record.name());
  deletion.set_etag(record.etag());
  EXPECT_THAT(Call(&Casebook::DeleteCase, deletion), StatusIs(absl::StatusCode::kAborted));
}

TEST_F(BookTest, DeleteAndUndelete_TakeTheDeadlinesAwayAndBringThemBack) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Custody("2018-04-20")), IsOk());
  const size_t deadlines =
      book_->Present()->Find("cases/c-test")->present->derived.deadlines.size();
  ASSERT_GT(deadlines, 0u);

  v1::DeleteCaseRequest deletion;
  deletion.set_name("cases/c-test");
  ASSERT_OK_AND_ASSIGN(const v1::Case deleted, Call(&Casebook::DeleteCase, deletion));
  EXPECT_TRUE(deleted.has_delete_time());
  const v1::Change& change = ChangeOf(revision());
  ASSERT_EQ(change.items_size(), 2);
  EXPECT_EQ(change.items(1).deadlines_changed().before_size(), static_cast<int>(deadlines));
  EXPECT_THAT(CreateFact("cases/c-test", Custody("2018-04-21")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Call(&Casebook::DeleteCase, deletion),
              StatusIs(absl::StatusCode::kFailedPrecondition));

  v1::UndeleteCaseRequest undeletion;
  undeletion.set_name("cases/c-test");
  ASSERT_OK_AND_ASSIGN(const v1::Case back, Call(&Casebook::UndeleteCase, undeletion));
  EXPECT_FALSE(back.has_delete_time());
  EXPECT_EQ(book_->Present()->Find("cases/c-test")->present->derived.deadlines.size(), deadlines);
}

TEST_F(BookTest, FactMovesDeadlines_TheDifferenceIsInTheSameRevision) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_OK_AND_ASSIGN(const v1::Fact fact,
                       CreateFact("cases/c-test", Custody("2018-04-20"), "f1"));
  EXPECT_EQ(fact.name(), "cases/c-test/facts/f1");
  const v1::Change first = ChangeOf(revision());
  EXPECT_EQ(first.items(0).case_changed().case_().situation(), v1::SITUATION_IN_DETENTION);

  v1::Fact correction = Custody("2018-04-19");
  correction.set_lineage("f1");
  ASSERT_OK_AND_ASSIGN(const v1::Fact corrected, CreateFact("cases/c-test", correction));
  EXPECT_EQ(corrected.lineage(), "cases/c-test/facts/f1");
  const v1::Change& change = ChangeOf(revision());
  const v1::DeadlinesChanged* moved = nullptr;
  for (const auto& item : change.items()) {
    if (item.has_deadlines_changed()) moved = &item.deadlines_changed();
  }
  ASSERT_NE(moved, nullptr);
  const auto limit = [](const auto& deadlines) -> const v1::Deadline* {
    for (const auto& deadline : deadlines) {
      if (deadline.kind() == v1::DEADLINE_KIND_CUSTODY_LIMIT) return &deadline;
    }
    return nullptr;
  };
  const v1::Deadline* before = limit(moved->before());
  const v1::Deadline* after = limit(moved->after());
  ASSERT_TRUE(before != nullptr && after != nullptr);
  EXPECT_EQ(before->name(), after->name()) << "a corrected fact keeps the names";
  EXPECT_GT(before->earliest(), after->earliest());
}

TEST_F(BookTest, BadFacts_NameTheField) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  const int64_t before = revision();
  v1::Fact fact = Custody("2018-02-30");
  EXPECT_THAT(CreateFact("cases/c-test", fact),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fact.date")));
  fact = Custody("2018-02-20");
  fact.clear_custody();
  EXPECT_THAT(CreateFact("cases/c-test", fact),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fact.what")));
  fact = Custody("2018-02-20");
  fact.set_lineage("f9");
  EXPECT_THAT(CreateFact("cases/c-test", fact),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fact.lineage")));
  fact = Custody("2018-02-20");
  fact.add_concerns("cases/c-nobody");
  EXPECT_THAT(CreateFact("cases/c-test", fact),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fact.concerns")));
  EXPECT_THAT(CreateFact("cases/c-nobody", Custody("2018-02-20")),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(revision(), before);
}

TEST_F(BookTest, RetractedFact_NoLongerCountsAndStaysInTheRecord) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_OK_AND_ASSIGN(const v1::Fact fact, CreateFact("cases/c-test", Custody("2018-04-20")));
  v1::RetractFactRequest request;
  request.set_name(fact.name());
  EXPECT_THAT(Call(&Casebook::RetractFact, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("reason")));
  request.set_reason("another person");
  ASSERT_OK_AND_ASSIGN(const v1::Fact retracted, Call(&Casebook::RetractFact, request));
  EXPECT_TRUE(retracted.has_retract_time());
  EXPECT_THAT(Call(&Casebook::RetractFact, request),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  Open();
  const FilePtr file = book_->Present()->Find("cases/c-test");
  EXPECT_EQ(file->present->rendered.situation(), v1::SITUATION_NOT_STATED);
  ASSERT_THAT(*file->own, SizeIs(1));
  EXPECT_EQ(file->own->front()->message->retract_reason(), "another person");
}

TEST_F(BookTest, Retraction_TakesAnEtagAndIsMadeOnceForARequestId) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Custody("2018-04-20"), "f1"), IsOk());
  v1::RetractFactRequest request;
  request.set_name("cases/c-test/facts/f1");
  request.set_reason("typo");
  request.set_etag("of another time");
  request.set_request_id("8f14e45f-ceea-467f-9a1b-0242ac120002");
  EXPECT_THAT(Call(&Casebook::RetractFact, request), StatusIs(absl::StatusCode::kAborted));
  request.set_etag(book_->Present()->Find("cases/c-test")->etag());
  ASSERT_THAT(Call(&Casebook::RetractFact, request), IsOk());
  const int64_t made = revision();
  EXPECT_THAT(Call(&Casebook::RetractFact, request), IsOk()) << "as it was answered before";
  EXPECT_EQ(revision(), made);
}

TEST_F(BookTest, Deletion_IsMadeOnceForARequestId) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::DeleteCaseRequest request;
  request.set_name("cases/c-test");
  request.set_request_id("8f14e45f-ceea-467f-9a1b-0242ac120003");
  ASSERT_THAT(Call(&Casebook::DeleteCase, request), IsOk());
  EXPECT_THAT(Call(&Casebook::DeleteCase, request), IsOk()) << "as it was answered before";
}

TEST_F(BookTest, Fact_SaysWhoRecordedItAndWhoRetractedIt) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::Fact fact = Custody("2018-04-20");
  fact.set_author("somebody else");
  fact.set_retract_author("somebody else");
  ASSERT_OK_AND_ASSIGN(const v1::Fact created, CreateFact("cases/c-test", fact));
  EXPECT_EQ(created.author(), "tester") << "the caller, whatever the fact says";
  EXPECT_EQ(created.retract_author(), "");
  v1::RetractFactRequest request;
  request.set_name(created.name());
  request.set_reason("another person");
  ASSERT_OK_AND_ASSIGN(const v1::Fact retracted, Call(&Casebook::RetractFact, request));
  EXPECT_EQ(retracted.author(), "tester");
  EXPECT_EQ(retracted.retract_author(), "tester");
}

TEST_F(BookTest, FactThatConcernsAnotherCase_CountsThereToo) {
  ASSERT_THAT(CreateCase("c-one1", "One"), IsOk());
  ASSERT_THAT(CreateCase("c-two2", "Two"), IsOk());
  v1::Fact fact = Custody("2018-04-20");
  fact.add_concerns("cases/c-two2");
  ASSERT_OK_AND_ASSIGN(const v1::Fact created, CreateFact("cases/c-one1", fact));
  const auto situation = [this] {
    return book_->Present()->Find("cases/c-two2")->present->rendered.situation();
  };
  EXPECT_EQ(situation(), v1::SITUATION_IN_DETENTION);
  Open();
  EXPECT_EQ(situation(), v1::SITUATION_IN_DETENTION) << "after a restart";
  v1::RetractFactRequest request;
  request.set_name(created.name());
  request.set_reason("typo");
  ASSERT_THAT(Call(&Casebook::RetractFact, request), IsOk());
  EXPECT_EQ(situation(), v1::SITUATION_NOT_STATED);
}

TEST_F(BookTest, ConfidentialFact_IsJournaledWithoutItsContent) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::Fact fact = Custody("2018-04-20");
  fact.set_confidential(true);
  fact.set_note("the source is a guard");
  ASSERT_THAT(CreateFact("cases/c-test", fact), IsOk());
  for (const auto& item : ChangeOf(revision()).items()) {
    if (!item.has_fact_changed()) continue;
    EXPECT_EQ(item.fact_changed().fact().note(), "");
    EXPECT_FALSE(item.fact_changed().fact().has_custody());
  }
  ASSERT_OK_AND_ASSIGN(const auto entries, store_->ReadJournal(revision() - 1, 1, 1 << 20));
  EXPECT_THAT(entries.front().payload, Not(HasSubstr("guard")));
}

TEST_F(BookTest, Restart_ServesTheSameAndJournalsNothing) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Custody("2018-04-20")), IsOk());
  const int64_t before = revision();
  const v1::Case shown = book_->Present()->Find("cases/c-test")->present->rendered;
  Open();
  EXPECT_EQ(revision(), before);
  EXPECT_EQ(book_->Present()->Find("cases/c-test")->present->rendered.SerializeAsString(),
            shown.SerializeAsString());
}

TEST_F(BookTest, ManyCommandsWaiting_ShareOneCommitAndARefusedOneHarmsNone) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  store_->Hold(true);
  std::vector<Waiter<v1::Fact>> waiters(50);
  std::vector<Waiter<v1::Fact>> refused(1);
  const auto submit = [this](const std::string& date, Waiter<v1::Fact>& waiter) {
    v1::CreateFactRequest request;
    request.set_parent("cases/c-test");
    *request.mutable_fact() = Custody(date);
    book_->CreateFact({.actor = "tester", .request_id = ""}, request, waiter.Take());
  };
  submit("2018-04-01", waiters[0]);
  store_->AwaitHeldCommit();  // the others wait behind it
  for (size_t i = 1; i < waiters.size(); ++i) {
    submit("2018-04-02", waiters[i]);
    if (i == 25) submit("no date", refused[0]);
  }
  const int commits = store_->commits();
  const int64_t before = revision();
  store_->Hold(false);
  for (auto& waiter : waiters) EXPECT_THAT(waiter.Wait(), IsOk());
  EXPECT_THAT(refused[0].Wait(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(store_->commits() - commits, 2);
  EXPECT_EQ(revision() - before, 50) << "each is a revision of its own";
}

TEST_F(BookTest, NothingIsShownBeforeItIsDurable) {
  store_->Hold(true);
  v1::CreateCaseRequest request;
  request.set_case_id("c-test");
  request.mutable_case_()->set_display_name("Somebody");
  Waiter<v1::Case> waiter;
  const size_t told = changes_.size();
  book_->CreateCase({.actor = "tester", .request_id = ""}, request, waiter.Take());
  store_->AwaitHeldCommit();
  EXPECT_EQ(book_->Present()->Find("cases/c-test"), nullptr);
  EXPECT_EQ(changes_.size(), told);
  store_->Hold(false);
  EXPECT_THAT(waiter.Wait(), IsOk());
  EXPECT_NE(book_->Present()->Find("cases/c-test"), nullptr);
}

TEST_F(BookTest, FullDisk_IsRefusedInClearWordsAndServedOn) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  const int64_t before = revision();
  store_->FailCommits(absl::ResourceExhaustedError("disk full"));
  const auto refused = CreateCase("c-other", "Somebody else");
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("full")));
  EXPECT_EQ(rpc::ReasonOf(refused.status()), "STORE_FULL");
  EXPECT_EQ(revision(), before);
  EXPECT_EQ(book_->Present()->Find("cases/c-other"), nullptr);
  store_->FailCommits(absl::OkStatus());
  EXPECT_THAT(CreateCase("c-other", "Somebody else"), IsOk());
  EXPECT_EQ(revision(), before + 1) << "no revision was lost";
}

TEST_F(BookTest, JournalOfManyKindsOfChanges_HoldsTogether) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-test", Custody("2018-04-20")), IsOk());
  Open();
  ASSERT_THAT(CreateFact("cases/c-test", Custody("2018-04-21")), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto entries, store_->ReadJournal(0, 1000, 1 << 30));
  EXPECT_THAT(entries, SizeIs(revision()));
  EXPECT_THAT(VerifyChain(0, "", entries), IsOk());
  v1::Change first;
  ASSERT_TRUE(first.ParseFromString(entries[0].payload));
  EXPECT_TRUE(first.items(0).has_rules_activated());
}

}  // namespace
}  // namespace vigil::registry
