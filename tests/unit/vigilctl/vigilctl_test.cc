// Runs the program itself, against a registry that answers what a test wants.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cstdio>

#include "common/rpc/errors.h"
#include "common/rpc/server.h"
#include "common/rpc/status.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil {
namespace {

namespace pb = registry::v1;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Imports final : public pb::ImportService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ImportCases(grpc::CallbackServerContext* context,
                                        const pb::ImportCasesRequest* request,
                                        pb::ImportCasesResponse* response) override {
    got = *request;
    response->set_created_cases(request->documents_size());
    auto* reactor = context->DefaultReactor();
    reactor->Finish(rpc::ToGrpcStatus(answer));
    return reactor;
  }

  absl::Status answer;
  pb::ImportCasesRequest got;
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

struct Ran {
  int code = -1;
  std::string output;  // stdout and stderr
};

class Vigilctl : public testing::Test {
 protected:
  Vigilctl()
      : server_(*rpc::RpcServer::Builder("127.0.0.1:0")
                     .Add<pb::ImportService>(&imports_)
                     .Add<pb::CaseService>(&searches_)
                     .Start()) {
    dir_.Write("token", "0123456789abcdef0123456789abcdef");
    dir_.Write("cases/a.yaml", "case: {name: cases/c-a, display_name: A}\n");
    dir_.Write("cases/b.yaml",
               "case: {name: cases/c-b, display_name: B}\n"
               "facts:\n"
               "  - name: f1\n"
               "    death: {}\n"
               "    date: 2018-13-01\n");
  }

  Ran Run(const std::string& arguments) {
    const std::string command =
        fmt::format("{}/vigilctl --address 127.0.0.1:{} --token-file {} {} 2>&1", VIGIL_BIN_DIR,
                    server_->Port(), dir_.File("token"), arguments);
    Ran ran;
    FILE* pipe = popen(command.c_str(), "r");
    char buffer[512];
    while (std::fgets(buffer, sizeof(buffer), pipe) != nullptr) ran.output += buffer;
    ran.code = WEXITSTATUS(pclose(pipe));
    return ran;
  }

  const TempDir dir_;
  Imports imports_;
  Searches searches_;
  std::unique_ptr<rpc::RpcServer> server_;
};

TEST_F(Vigilctl, ImportOfAFolder_SendsEveryFileByName) {
  const auto ran = Run("import --if-empty " + dir_.File("cases"));
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, StartsWith("imported 2 cases"));
  ASSERT_EQ(imports_.got.documents_size(), 2);
  EXPECT_EQ(imports_.got.documents(1).case_().name(), "cases/c-b");
  EXPECT_TRUE(imports_.got.only_if_empty());
  EXPECT_FALSE(imports_.got.validate_only());
}

TEST_F(Vigilctl, RefusedImport_NamesFileAndLine) {
  imports_.answer = rpc::InvalidArgument("BAD_DATE", "documents[1].facts[0].date", "no such day");
  const auto ran = Run("import " + dir_.File("cases"));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, HasSubstr(dir_.File("cases/b.yaml:5: no such day")));
}

TEST_F(Vigilctl, RefusedFieldThatIsNotWritten_NamesTheLineAroundIt) {
  imports_.answer = rpc::InvalidArgument("REQUIRED", "documents[1].facts[0].source", "missing");
  EXPECT_THAT(Run("import " + dir_.File("cases")).output,
              HasSubstr(dir_.File("cases/b.yaml:3: missing")));
}

TEST_F(Vigilctl, MalformedFiles_AreAllNamedAndNothingIsSent) {
  dir_.Write("cases/c.yaml", "case:\n  nam: x\n");
  dir_.Write("cases/d.yaml", "case:\n  name: [x]\n");
  const auto ran = Run("import " + dir_.File("cases"));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, AllOf(HasSubstr("c.yaml:2: case.nam"), HasSubstr("d.yaml:2: case.name")));
  EXPECT_EQ(imports_.got.documents_size(), 0);
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

TEST_F(Vigilctl, RulesCheck_RunsTheExamplesOfTheTree) {
  const auto ran = Run("rules check " VIGIL_SOURCE_DIR "/data");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("examples: all hold"));
}

TEST_F(Vigilctl, RulesCheck_NamesEveryProblemByFileAndLine) {
  dir_.Write("data/calendars/kz.yaml", "country: KZ\n");
  const std::string file = dir_.Write("data/rules/p.yaml",
                                      "id: p\n"
                                      "rules:\n"
                                      "  - id: X.1\n"
                                      "    amount: {term: ten days}\n");
  const auto ran = Run("rules check " + dir_.File("data"));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, AllOf(HasSubstr(file + ":3: pack p: rule X.1: citation: missing"),
                                HasSubstr(file + ":4: pack p: rule X.1: amount.term")));
}

TEST_F(Vigilctl, RulesExplain_TellsARuleWithItsExamples) {
  const auto ran = Run("rules explain KZ.CC.72.7 --data " VIGIL_SOURCE_DIR "/data");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("KZ.CC.72.7@1: "), HasSubstr("article 72(7)(1)"),
                                HasSubstr("working days"), HasSubstr("2018-05-05")));
  EXPECT_EQ(Run("rules explain X.1 --data " VIGIL_SOURCE_DIR "/data").code, 1);
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
