// Runs the program itself, against a registry that answers what a test wants.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "common/rpc/errors.h"
#include "common/rpc/server.h"
#include "common/rpc/status.h"
#include "tests/testing/status_matchers.h"
#include "tests/unit/vigilctl/program.h"
#include "vigil/alert/v1/alert.grpc.pb.h"
#include "vigil/registry/v1/exchange.grpc.pb.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil {
namespace {

namespace pb = registry::v1;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Answers imports and exports with what a test wants.
class Exchange final : public pb::ExchangeService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ImportFiles(grpc::CallbackServerContext* context,
                                        const pb::ImportFilesRequest* request,
                                        pb::ImportFilesResponse* response) override {
    got = *request;
    *response = answer;
    auto* reactor = context->DefaultReactor();
    reactor->Finish(rpc::ToGrpcStatus(refusal));
    return reactor;
  }

  grpc::ServerWriteReactor<pb::ExportFilesResponse>* ExportFiles(
      grpc::CallbackServerContext*, const pb::ExportFilesRequest* request) override {
    asked = *request;
    return new Parts(*this);
  }

  absl::Status refusal;
  pb::ImportFilesRequest got;
  pb::ImportFilesResponse answer;
  pb::ExportFilesRequest asked;
  std::vector<pb::ExportFilesResponse> parts;

 private:
  class Parts final : public grpc::ServerWriteReactor<pb::ExportFilesResponse> {
   public:
    explicit Parts(const Exchange& exchange) : exchange_(exchange) { Next(); }
    void OnWriteDone(bool) override { Next(); }
    void OnDone() override { delete this; }

   private:
    void Next() {
      if (next_ == exchange_.parts.size()) return Finish(rpc::ToGrpcStatus(exchange_.refusal));
      StartWrite(&exchange_.parts[next_++]);
    }

    const Exchange& exchange_;
    size_t next_ = 0;
  };
};

class Lists final : public pb::FactService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ListFacts(grpc::CallbackServerContext* context,
                                      const pb::ListFactsRequest* request,
                                      pb::ListFactsResponse* response) override {
    got = *request;
    response->add_facts()->set_name("cases/c-a/facts/f1");
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  pb::ListFactsRequest got;
};

class Alerts final : public alert::v1::AlertService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ListAlerts(grpc::CallbackServerContext* context,
                                       const alert::v1::ListAlertsRequest* request,
                                       alert::v1::ListAlertsResponse*) override {
    got = *request;
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  alert::v1::ListAlertsRequest got;
};

// Two pages of hits, and a pair.
class Searches final : public pb::CaseService::CallbackService {
 public:
  grpc::ServerUnaryReactor* SearchCases(grpc::CallbackServerContext* context,
                                        const pb::SearchCasesRequest* request,
                                        pb::SearchCasesResponse* response) override {
    got = *request;
    auto& result = *response->add_results();
    result.mutable_case_()->set_name(request->page_token().empty() ? "cases/c-a" : "cases/c-b");
    result.mutable_case_()->set_display_name("Maks");
    result.set_matched_name("Макс");
    result.add_matched_fields(pb::SEARCH_FIELD_NAME);
    if (request->page_token().empty()) response->set_next_page_token("next");
    response->set_cut_off(true);
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  grpc::ServerUnaryReactor* ListDuplicates(grpc::CallbackServerContext* context,
                                           const pb::ListDuplicatesRequest* request,
                                           pb::ListDuplicatesResponse* response) override {
    auto& pair = *response->add_duplicates();
    pair.set_first(request->parent());
    pair.set_second("cases/c-b");
    pair.add_display_names("Maks");
    pair.add_display_names("Max");
    pair.set_score(40);
    pair.add_reasons("SIMILAR_NAME");
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  pb::SearchCasesRequest got;
};

class Vigilctl : public ProgramTest {
 protected:
  Vigilctl()
      : server_(*rpc::RpcServer::Builder("127.0.0.1:0")
                     .Add<pb::ExchangeService>(&exchange_)
                     .Add<pb::FactService>(&facts_)
                     .Add<alert::v1::AlertService>(&alerts_)
                     .Add<pb::CaseService>(&searches_)
                     .Start()) {
    dir_.Write("cases/a.yaml", "case: {name: cases/c-a, display_name: A}\n");
    dir_.Write("cases/b.yaml",
               "case: {name: cases/c-b, display_name: B}\n"
               "facts:\n"
               "  - name: f1\n"
               "    death: {}\n"
               "    date: 2018-13-01\n");
  }

  Ran Run(const std::string& arguments) const {
    return ProgramTest::Run(server_->Port(), arguments);
  }

  Exchange exchange_;
  Lists facts_;
  Alerts alerts_;
  Searches searches_;
  std::unique_ptr<rpc::RpcServer> server_;
};

TEST_F(Vigilctl, ImportOfAFolder_SendsEveryFileByName) {
  dir_.Write("cases/c.csv", "case,country\n");
  dir_.Write("cases/README.md", "not a case");
  exchange_.answer.set_created_cases(2);
  const auto ran = Run("import --if-empty " + dir_.File("cases"));
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, StartsWith("imported 2 cases"));
  ASSERT_EQ(exchange_.got.files_size(), 3);
  EXPECT_EQ(exchange_.got.files(1).file(), dir_.File("cases/b.yaml"));
  EXPECT_EQ(exchange_.got.files(2).content(), "case,country\n");
  EXPECT_EQ(exchange_.got.files(2).format(), pb::FILE_FORMAT_UNSPECIFIED);
  EXPECT_TRUE(exchange_.got.only_if_empty());
  EXPECT_FALSE(exchange_.got.dry_run());
}

TEST_F(Vigilctl, RefusedImport_SaysWhereAndFails) {
  exchange_.refusal = rpc::InvalidArgument("BAD_DATE", "date", "b.yaml:5: date: no such day");
  const auto ran = Run("import " + dir_.File("cases"));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, HasSubstr("b.yaml:5: date: no such day"));
}

TEST_F(Vigilctl, DryRun_PrintsChangesMovesAndProblems) {
  auto& change = *exchange_.answer.add_changes();
  change.set_kind(pb::ImportChange::KIND_UPDATED);
  change.set_name("cases/c-a");
  change.set_file("a.yaml");
  change.set_line(1);
  change.add_fields()->set_path("place");
  change.mutable_fields(0)->set_after("Aktau");
  auto& move = *exchange_.answer.add_moves();
  move.set_kind(pb::DeadlineMove::KIND_MOVED);
  move.mutable_before()->set_earliest("2018-06-20");
  move.mutable_before()->set_latest("2018-06-20");
  move.mutable_after()->set_earliest("2018-06-23");
  move.mutable_after()->set_latest("2018-06-23");
  move.set_earliest_shift_days(3);
  move.set_latest_shift_days(3);
  auto& problem = *exchange_.answer.add_problems();
  problem.set_file("f.csv");
  problem.set_line(7);
  problem.set_column(3);
  problem.set_key("date");
  problem.set_message("no such day");
  const auto ran = Run("import --dry-run --format csv " + dir_.File("cases/a.yaml"));
  EXPECT_EQ(ran.code, 1) << "there is something wrong";
  EXPECT_THAT(ran.output, AllOf(HasSubstr("updated   cases/c-a  a.yaml:1"),
                                HasSubstr("place: (not set) -> Aktau"), HasSubstr("2018-06-23"),
                                HasSubstr("+3 days"), HasSubstr("f.csv:7:3: date: no such day"),
                                HasSubstr("would import")));
  EXPECT_TRUE(exchange_.got.dry_run());
  EXPECT_EQ(exchange_.got.files(0).format(), pb::FILE_FORMAT_CSV);
}

TEST_F(Vigilctl, TooLargeAnImport_IsRefusedWithTheLimitAndNotSent) {
  dir_.Write("big.csv", std::string(9 << 20, 'x'));
  const auto ran = Run("import " + dir_.File("big.csv"));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, AllOf(HasSubstr("8388608"), HasSubstr("in parts")));
  EXPECT_EQ(exchange_.got.files_size(), 0);
}

TEST_F(Vigilctl, Export_WritesTheFilesForTheirOwnerAlone) {
  for (const auto& [file, data] :
       {std::pair("a.yaml", "one"), std::pair("a.yaml", " two"), std::pair("../b.yaml", "three")}) {
    auto& part = exchange_.parts.emplace_back();
    part.set_file(file);
    part.set_data(data);
    part.set_revision(7);
  }
  const auto ran =
      Run("export --redacted --known-at 7 --as-of 2018-04-28 --name cases/c-a " + dir_.File("out"));
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("exported 2 files as of revision 7"));
  EXPECT_EQ(ReadFile(dir_.File("out/a.yaml")), "one two");
  EXPECT_EQ(ReadFile(dir_.File("out/b.yaml")), "three") << "never outside of the folder";
  struct stat info {};
  ASSERT_EQ(stat(dir_.File("out/a.yaml").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(exchange_.asked.format(), pb::FILE_FORMAT_YAML);
  EXPECT_TRUE(exchange_.asked.redacted());
  EXPECT_EQ(exchange_.asked.known_at(), "7");
  EXPECT_EQ(exchange_.asked.as_of(), "2018-04-28");
  EXPECT_EQ(exchange_.asked.names(0), "cases/c-a");
  EXPECT_THAT(Run("export " + dir_.File("out")).output, HasSubstr("is there already"));
}

TEST_F(Vigilctl, ExportOfJson_IsOneFileAndABreakIsSaid) {
  auto& part = exchange_.parts.emplace_back();
  part.set_file("cases.json");
  part.set_data("[");
  exchange_.refusal = rpc::Unavailable("SHUTTING_DOWN", {}, "the service goes down");
  const auto ran = Run("export --format json " + dir_.File("all.json"));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, HasSubstr("the export is not whole"));
  EXPECT_EQ(ReadFile(dir_.File("all.json")), "[");
}

TEST_F(Vigilctl, List_AsksForWhatItsOptionsSay) {
  const auto ran = Run("list facts cases/c-a --filter custody:*");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("cases/c-a/facts/f1"));
  EXPECT_EQ(facts_.got.parent(), "cases/c-a");
  EXPECT_EQ(facts_.got.filter(), "custody:*");
  EXPECT_EQ(Run("list alerts cases/c-a --filter 'step = 1'").code, 0);
  EXPECT_EQ(alerts_.got.filter(), "case = \"cases/c-a\" AND (step = 1)");
}

TEST_F(Vigilctl, WhatIsNotReadSo_IsRefused) {
  for (const char* arguments : {"cases cases/c-a", "dossiers dossiers/d-a"}) {
    const auto ran = Run(fmt::format("list {}", arguments));
    EXPECT_EQ(ran.code, 1) << arguments;
    EXPECT_THAT(ran.output, HasSubstr("takes no PARENT"));
  }
  EXPECT_EQ(Run("get alerts/a-1 --as-of 2018-04-28").code, 1);
}

TEST_F(Vigilctl, TokenNew_IsRandomPrivateAndKept) {
  const std::string file = dir_.File("new-token");
  ASSERT_EQ(Run("token new " + file).code, 0);
  const std::string token = ReadFile(file);
  EXPECT_EQ(token.size(), 65u);
  struct stat info {};
  ASSERT_EQ(stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(Run("token new " + file).code, 0);
  EXPECT_EQ(ReadFile(file), token);
}

TEST_F(Vigilctl, ClockInit_IsKeptAndNotChanged) {
  const std::string file = dir_.File("clock");
  ASSERT_EQ(
      Run(fmt::format("clock init {} --start 2018-04-28T09:00:00+06:00 --rate 60", file)).code, 0);
  const std::string clock = ReadFile(file);
  EXPECT_EQ(Run("clock init " + file).code, 0);
  const auto other = Run(fmt::format("clock init {} --start live", file));
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.output, HasSubstr("another clock"));
  EXPECT_EQ(ReadFile(file), clock);
}

TEST_F(Vigilctl, Search_SendsWordsAndNarrowing_AndPrintsAllPages) {
  const auto ran = Run(
      "search Макс 174 --situation imprisoned --deadline-kind custody_limit --article 174 "
      "--place Almaty --deadline-from 2018-05-01 --deadline-until 2018-06-01 --as-of 2018-04-28");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output,
              AllOf(HasSubstr("cases/c-a"), HasSubstr("cases/c-b"),
                    HasSubstr("Maks, also Макс; found in name"), HasSubstr("There are more")));
  const pb::SearchCasesRequest& got = searches_.got;
  EXPECT_EQ(got.query(), "Макс 174");
  ASSERT_EQ(got.situations_size(), 1);
  EXPECT_EQ(got.situations(0), pb::SITUATION_IMPRISONED);
  ASSERT_EQ(got.deadline_kinds_size(), 1);
  EXPECT_EQ(got.deadline_kinds(0), pb::DEADLINE_KIND_CUSTODY_LIMIT);
  EXPECT_EQ(got.article() + got.place(), "174Almaty");
  EXPECT_EQ(got.deadline_from() + got.deadline_until(), "2018-05-012018-06-01");
  EXPECT_EQ(got.as_of(), "2018-04-28");
  EXPECT_THAT(Run("search --situation nowhere").output, HasSubstr("there is no 'nowhere'"));
}

TEST_F(Vigilctl, Duplicates_PrintsBothAndWhy) {
  EXPECT_THAT(Run("duplicates cases/c-a").output,
              HasSubstr(" 40  cases/c-a Maks; cases/c-b Max; SIMILAR_NAME"));
}

TEST_F(Vigilctl, UnknownCommand_IsRefused) {
  EXPECT_NE(Run("frobnicate").code, 0);
  EXPECT_NE(Run("list nonsense").code, 0);
  EXPECT_EQ(Run("get nonsense").code, 1);
}

}  // namespace
}  // namespace vigil
