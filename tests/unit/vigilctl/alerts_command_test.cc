// vigilctl alerts, against an alert-svc that answers what a test wants.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <memory>

#include "common/rpc/server.h"
#include "tests/unit/vigilctl/program.h"
#include "vigil/alert/v1/assurance.grpc.pb.h"

namespace vigil {
namespace {

using namespace alert::v1;
using ::testing::AllOf;
using ::testing::HasSubstr;

template <class Response>
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const Response& answer,
                                 Response* response) {
  *response = answer;
  auto* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

class Assurance final : public AssuranceService::CallbackService {
 public:
  // Two pages.
  grpc::ServerUnaryReactor* ForecastMessages(grpc::CallbackServerContext* context,
                                             const ForecastMessagesRequest* request,
                                             ForecastMessagesResponse* response) override {
    forecast = *request;
    ForecastMessagesResponse page = messages;
    page.set_next_page_token(request->page_token().empty() ? "more" : "");
    return Answer(context, page, response);
  }
  grpc::ServerUnaryReactor* ExplainMessages(grpc::CallbackServerContext* context,
                                            const ExplainMessagesRequest* request,
                                            ExplainMessagesResponse* response) override {
    explain = *request;
    return Answer(context, explanations, response);
  }
  grpc::ServerUnaryReactor* ListUnwatchedCases(grpc::CallbackServerContext* context,
                                               const ListUnwatchedCasesRequest* request,
                                               ListUnwatchedCasesResponse* response) override {
    filter = request->filter();
    return Answer(context, unwatched, response);
  }
  grpc::ServerUnaryReactor* ListDeadLetters(grpc::CallbackServerContext* context,
                                            const ListDeadLettersRequest* request,
                                            ListDeadLettersResponse* response) override {
    filter = request->filter();
    return Answer(context, letters, response);
  }
  grpc::ServerUnaryReactor* ResendDeadLetter(grpc::CallbackServerContext* context,
                                             const ResendDeadLetterRequest* request,
                                             Delivery* response) override {
    name = request->name();
    return Answer(context, delivery, response);
  }
  // As many calls as `answers` says.
  grpc::ServerUnaryReactor* ResendDeadLetters(grpc::CallbackServerContext* context,
                                              const ResendDeadLettersRequest* request,
                                              ResendDeadLettersResponse* response) override {
    range = *request;
    ResendDeadLettersResponse answer = answers.front();
    answers.erase(answers.begin());
    return Answer(context, answer, response);
  }
  grpc::ServerUnaryReactor* TestReceiver(grpc::CallbackServerContext* context,
                                         const TestReceiverRequest* request,
                                         Delivery* response) override {
    name = request->name();
    return Answer(context, delivery, response);
  }
  grpc::ServerUnaryReactor* ListHeldShards(grpc::CallbackServerContext* context,
                                           const ListHeldShardsRequest*,
                                           ListHeldShardsResponse* response) override {
    return Answer(context, held, response);
  }
  grpc::ServerUnaryReactor* ReleaseHeldShards(grpc::CallbackServerContext* context,
                                              const ReleaseHeldShardsRequest* request,
                                              ReleaseHeldShardsResponse* response) override {
    ReleaseHeldShardsResponse answer;
    *answer.mutable_shards() = request->shards();
    return Answer(context, answer, response);
  }

  ForecastMessagesRequest forecast;
  ForecastMessagesResponse messages;
  ExplainMessagesRequest explain;
  ExplainMessagesResponse explanations;
  ListUnwatchedCasesResponse unwatched;
  ListDeadLettersResponse letters;
  ListHeldShardsResponse held;
  Delivery delivery;
  ResendDeadLettersRequest range;
  std::vector<ResendDeadLettersResponse> answers;
  std::string filter, name;
};

class VigilctlAlerts : public ProgramTest {
 protected:
  VigilctlAlerts()
      : server_(*rpc::RpcServer::Builder("127.0.0.1:0").Add<AssuranceService>(&service_).Start()) {}

  Ran Run(const std::string& arguments) const {
    return ProgramTest::Run(server_->Port(), "alerts " + arguments);
  }

  Assurance service_;
  std::unique_ptr<rpc::RpcServer> server_;
};

TEST_F(VigilctlAlerts, Forecast_AsksForWhatItsOptionsSay_AndPrintsAllPages) {
  PlannedMessage& message = *service_.messages.add_messages();
  message.set_day("2018-05-28");
  message.mutable_due_time()->set_seconds(1527476400);
  message.set_form(PlannedMessage::FORM_DIGEST);
  message.set_receiver("receivers/desk");
  message.add_items()->set_title("Custody limit");
  const Ran ran = Run("forecast 2018-06-01 --receiver receivers/desk --case cases/c-a");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("2018-05-28  2018-05-28 03:00Z  digest"),
                                HasSubstr("receivers/desk"), HasSubstr("Custody limit")));
  EXPECT_EQ(service_.forecast.until(), "2018-06-01");
  EXPECT_EQ(service_.forecast.receiver(), "receivers/desk");
  EXPECT_EQ(service_.forecast.case_(), "cases/c-a");
  EXPECT_EQ(service_.forecast.page_token(), "more") << "the second page was asked for";
}

TEST_F(VigilctlAlerts, Explain_PrintsTheReasonsInTheirOrder) {
  Explanation& explanation = *service_.explanations.add_explanations();
  explanation.set_verdict(Explanation::VERDICT_WILL_BE_TOLD);
  explanation.add_reasons()->set_text("subscriptions/desk matches");
  const Ran ran = Run("explain cases/c-a receivers/desk");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output,
              AllOf(HasSubstr("will be told"), HasSubstr("- subscriptions/desk matches")));
  EXPECT_EQ(service_.explain.about(), "cases/c-a");
  EXPECT_EQ(service_.explain.receiver(), "receivers/desk");
}

TEST_F(VigilctlAlerts, Unwatched_PrintsTheCaseAndWhy) {
  UnwatchedCase& row = *service_.unwatched.add_cases();
  row.set_case_("cases/c-a");
  row.set_text("no subscription is about any of them");
  EXPECT_THAT(Run("unwatched --filter 'deadlines_ahead > 1'").output,
              AllOf(HasSubstr("cases/c-a"), HasSubstr("no subscription")));
  EXPECT_EQ(service_.filter, "deadlines_ahead > 1");
}

TEST_F(VigilctlAlerts, DeadLetters_AreListedAndSentAgain) {
  DeadLetter& letter = *service_.letters.add_dead_letters();
  letter.set_name("deadLetters/d-1");
  letter.set_receiver("receivers/desk");
  letter.set_bounced(true);
  letter.set_over("its receiver is gone");
  EXPECT_THAT(Run("dead-letters --filter 'bounced = true'").output,
              AllOf(HasSubstr("deadLetters/d-1 to receivers/desk"), HasSubstr("came back"),
                    HasSubstr("over: its receiver is gone")));
  EXPECT_EQ(service_.filter, "bounced = true");
  service_.delivery.set_outcome(Delivery::OUTCOME_ACCEPTED);
  const Ran ran = Run("resend deadLetters/d-1");
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.output, HasSubstr("accepted"));
  EXPECT_EQ(service_.name, "deadLetters/d-1");
}

// An answer to a call that sends a range again.
ResendDeadLettersResponse Resent(const std::string& id, Delivery::Outcome outcome, int left) {
  ResendDeadLettersResponse answer;
  auto& letter = *answer.add_letters();
  letter.set_name("deadLetters/" + id);
  letter.mutable_delivery()->set_outcome(outcome);
  answer.set_left(left);
  answer.set_over(1);
  return answer;
}

TEST_F(VigilctlAlerts, ARangeOfDeadLetters_IsSentAgainUntilNoneIsLeft) {
  service_.answers = {Resent("d-1", Delivery::OUTCOME_ACCEPTED, 1),
                      Resent("d-2", Delivery::OUTCOME_ACCEPTED, 0)};
  const Ran ran =
      Run("resend --receiver receivers/desk --since 2018-04-28 --until 2018-04-29T09:00:00Z");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output,
              AllOf(HasSubstr("deadLetters/d-1  accepted"), HasSubstr("deadLetters/d-2"),
                    HasSubstr("2 were accepted, 0 are left, of 1 nothing")));
  EXPECT_EQ(service_.range.receiver(), "receivers/desk");
  EXPECT_EQ(service_.range.start_time().seconds(), 1524873600);
  EXPECT_EQ(service_.range.end_time().seconds(), 1524992400);
  EXPECT_TRUE(service_.answers.empty());
}

TEST_F(VigilctlAlerts, ARangeOfDeadLetters_EndsAtTheFirstThatIsNotAccepted) {
  service_.answers = {Resent("d-1", Delivery::OUTCOME_FAILED, 3)};
  const Ran ran = Run("resend --receiver receivers/desk --since 2018-04-28");
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, AllOf(HasSubstr("d-1  failed"), HasSubstr("3 are left")));
  EXPECT_FALSE(service_.range.has_end_time());
}

TEST_F(VigilctlAlerts, ResendOfNothing_SaysWhatToName) {
  EXPECT_THAT(Run("resend").output, HasSubstr("--receiver and --since"));
  EXPECT_THAT(Run("resend --receiver receivers/desk").output, HasSubstr("--since"));
  EXPECT_THAT(Run("resend --receiver receivers/desk --since soon").output,
              HasSubstr("--since: write a day"));
  EXPECT_NE(Run("resend deadLetters/d-1 --receiver receivers/desk").code, 0);
}

TEST_F(VigilctlAlerts, TestThatIsNotAccepted_SaysWhyAndFails) {
  service_.delivery.set_outcome(Delivery::OUTCOME_REFUSED);
  service_.delivery.set_error("550 no such mailbox");
  const Ran ran = Run("test receivers/desk");
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, AllOf(HasSubstr("refused"), HasSubstr("550 no such mailbox")));
  EXPECT_EQ(service_.name, "receivers/desk");
}

TEST_F(VigilctlAlerts, HeldShards_AreListedAndLetGo) {
  HeldShard& shard = *service_.held.add_shards();
  shard.set_shard(17);
  shard.set_why(HeldShard::WHY_TOO_MANY);
  shard.set_due(600);
  shard.set_allowed(50);
  EXPECT_THAT(Run("held").output, HasSubstr("shard 17  too many"));
  EXPECT_THAT(Run("held --json").output, HasSubstr("WHY_TOO_MANY"));
  EXPECT_THAT(Run("release 17 3").output, HasSubstr("2 shards were let go: 17, 3"));
}

TEST_F(VigilctlAlerts, WithoutACommand_IsRefused) {
  EXPECT_NE(Run("").code, 0);
  EXPECT_NE(Run("forecast").code, 0);
}

}  // namespace
}  // namespace vigil
