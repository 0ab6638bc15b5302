// vigilctl public-list diff, against a registry that knows two cases.
#include <gmock/gmock.h>

#include <mutex>

#include "common/rpc/server.h"
#include "tests/unit/vigilctl/program.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil {
namespace {

namespace pb = registry::v1;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kHeader[] = "num,lname,fname,mname,birthdate,iin,note\n";

// Finds a case by two words of a name, and another whose facts alone hold them.
class Cases final : public pb::CaseService::CallbackService {
 public:
  grpc::ServerUnaryReactor* SearchCases(grpc::CallbackServerContext* context,
                                        const pb::SearchCasesRequest* request,
                                        pb::SearchCasesResponse* response) override {
    {
      const std::lock_guard lock(mutex_);
      queries_.push_back(request->query());
    }
    if (request->query() == "ИВАНОВ ИВАН") {
      auto& result = *response->add_results();
      result.mutable_case_()->set_name("cases/c-ivan");
      result.mutable_case_()->mutable_person()->set_born("1980");
      result.set_matched_name("Ivan Ivanov");
      result.add_matched_fields(pb::SEARCH_FIELD_NAME);
      result.add_matched_fields(pb::SEARCH_FIELD_FACT);
      auto& mention = *response->add_results();
      mention.mutable_case_()->set_name("cases/c-mention");
      mention.add_matched_fields(pb::SEARCH_FIELD_FACT);
    }
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  std::vector<std::string> queries() {
    const std::lock_guard lock(mutex_);
    return queries_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> queries_;
};

class PublicList : public ProgramTest {
 protected:
  PublicList()
      : server_(*rpc::RpcServer::Builder("127.0.0.1:0").Add<pb::CaseService>(&cases_).Start()) {}

  // Compares two snapshots, given without their header.
  Ran Diff(const std::string& before, const std::string& after) {
    return DiffFiles(kHeader + before, kHeader + after);
  }

  Ran DiffFiles(const std::string& before, const std::string& after) {
    return Run(server_->Port(), "public-list diff " + dir_.Write("old.csv", before) + " " +
                                    dir_.Write("new.csv", after));
  }

  Cases cases_;
  std::unique_ptr<rpc::RpcServer> server_;
};

TEST_F(PublicList, SameSnapshot_EndsWellAndAsksNobody) {
  const std::string row = "1,ИВАНОВ,ИВАН,ПЕТРОВИЧ,01.02.1980,,\n";
  const Ran ran = Diff(row, "7,  ИВАНОВ ,ИВАН,ПЕТРОВИЧ,01.02.1980,,\n");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("nothing changed; 1 are listed"));
  EXPECT_THAT(cases_.queries(), IsEmpty());
}

TEST_F(PublicList, AddedName_TellsTheCaseAndTheFactToRecord) {
  const Ran ran =
      Diff("1,СЕРИКОВ,СЕРИК,,,,\n", "1,СЕРИКОВ,СЕРИК,,,,\n2,ИВАНОВ,ИВАН,ПЕТРОВИЧ,01.02.1980,,\n");
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output,
              AllOf(HasSubstr("added    ИВАНОВ ИВАН ПЕТРОВИЧ, born 01.02.1980, line 3"),
                    HasSubstr("cases/c-ivan Ivan Ivanov, born 1980: if it is this person, record "
                              "`listing: {list: kz_terrorism_financing}`"),
                    HasSubstr("1 added, 0 removed, 0 changed; 2 are listed")));
  EXPECT_THAT(ran.output, Not(HasSubstr("c-mention"))) << "a mention in a fact is no name";
  EXPECT_THAT(ran.output, Not(HasSubstr("СЕРИКОВ")));
  // The patronymic, which the case does not know, is left out the second time.
  EXPECT_THAT(cases_.queries(), ElementsAre("ИВАНОВ ИВАН ПЕТРОВИЧ", "ИВАНОВ ИВАН"));
}

TEST_F(PublicList, RemovedName_TellsTheDelistingToRecord) {
  const Ran ran = Diff("1,СЕРИКОВ,СЕРИК,,,,\n2,ИВАНОВ,ИВАН,,,,\n", "1,СЕРИКОВ,СЕРИК,,,,\n");
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, AllOf(HasSubstr("removed  ИВАНОВ ИВАН, line 3"),
                                HasSubstr("record `delisting: {list: kz_terrorism_financing}`"),
                                HasSubstr("0 added, 1 removed, 0 changed")));
}

TEST_F(PublicList, NobodysName_SaysThatNoCaseBearsIt) {
  const Ran ran = Diff("1,ИВАНОВ,ИВАН,,,,\n", "1,ИВАНОВ,ИВАН,,,,\n2,СЕРИКОВ,СЕРИК,,,,\n");
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, HasSubstr("no case bears the name"));
}

TEST_F(PublicList, SameNumber_IsOnePersonUnderAnotherName) {
  const Ran ran =
      Diff("1,ИВАНОВ,ИВАН,,,800201300123,x\n", "1,ИВАНОВ,ИВАН,ПЕТРОВИЧ,,800201300123,y\n");
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, AllOf(HasSubstr("changed  ИВАНОВ ИВАН ПЕТРОВИЧ, line 2"),
                                HasSubstr("mname: nothing before, ПЕТРОВИЧ now"),
                                HasSubstr("note: x before, y now"),
                                HasSubstr("0 added, 0 removed, 1 changed")));
}

TEST_F(PublicList, NumberThatIsNewOnTheList_IsAChangeOfOnePerson) {
  const Ran ran = Diff("1,ИВАНОВ,ИВАН,,,,\n", "1,ИВАНОВ,ИВАН,,,800201300123,\n");
  EXPECT_THAT(ran.output, HasSubstr("0 added, 0 removed, 1 changed"));
}

TEST_F(PublicList, TwoNumbers_AreTwoPeopleOfOneName) {
  const Ran ran = Diff("1,ИВАНОВ,ИВАН,,,800201300123,\n", "1,ИВАНОВ,ИВАН,,,900201300123,\n");
  EXPECT_THAT(ran.output, HasSubstr("1 added, 1 removed, 0 changed"));
}

TEST_F(PublicList, NamesakesWithoutANumber_AreCounted) {
  const Ran ran = Diff("1,ИВАНОВ,ИВАН,,,,\n", "1,ИВАНОВ,ИВАН,,,,\n2,ИВАНОВ,ИВАН,,,,\n");
  EXPECT_THAT(ran.output, HasSubstr("1 added, 0 removed, 0 changed; 2 are listed"));
}

TEST_F(PublicList, OneColumnOfNames_WillDo) {
  const Ran ran = DiffFiles("name\nСЕРИКОВ СЕРИК\n", "name\nСЕРИКОВ СЕРИК\n\"ИВАНОВ\nИВАН\"\n");
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output,
              AllOf(HasSubstr("added    ИВАНОВ ИВАН, line 3"), HasSubstr("cases/c-ivan")));
}

struct Refused {
  const char* text;
  const char* why;
};

TEST_F(PublicList, FileThatIsNoSnapshot_SaysWhereAndIsNoEmptyList) {
  const Refused rows[] = {
      {"", "new.csv:1: a column `name` is missing"},
      {"<html>not found</html>\n", "new.csv:1: a column `name` is missing"},
      {"name,iin\n", "new.csv:1: there is no row; was it downloaded whole?"},
      {"name,iin\nA,1,2\n", "new.csv:2: the row has more cells"},
      {"name,iin\nA,1\n,2\n", "new.csv:3: the row names nobody"},
      {"name,iin\nA,\"1\n", "new.csv:2: "},
  };
  for (const Refused& row : rows) {
    const Ran ran = DiffFiles("name\nA\n", row.text);
    EXPECT_EQ(ran.code, 1) << row.text;
    EXPECT_THAT(ran.output, AllOf(HasSubstr("vigilctl: "), HasSubstr(row.why)));
    EXPECT_THAT(ran.output, Not(HasSubstr("removed")));
  }
}

}  // namespace
}  // namespace vigil
