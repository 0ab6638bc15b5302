// The options that commands share which list or read: each takes those that its RPC has.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <memory>

#include "common/rpc/server.h"
#include "tests/unit/vigilctl/program.h"
#include "vigil/alert/v1/alert.grpc.pb.h"
#include "vigil/alert/v1/assurance.grpc.pb.h"
#include "vigil/alert/v1/settings.pb.h"
#include "vigil/registry/v1/audit.grpc.pb.h"
#include "vigil/registry/v1/journal.grpc.pb.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"
#include "vigil/registry/v1/what_if.grpc.pb.h"

namespace vigil {
namespace {

using namespace registry::v1;
using alert::v1::AlertService;
using alert::v1::AssuranceService;
using ::testing::HasSubstr;
using Context = grpc::CallbackServerContext*;
using Reactor = grpc::ServerUnaryReactor*;

// Answers every list with nothing, and keeps what was asked.
class Asked {
 public:
  Reactor Take(Context context, const google::protobuf::Message& request) {
    text = request.ShortDebugString();
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  std::string text;
};

class Cases final : public CaseService::CallbackService {
 public:
  explicit Cases(Asked& asked) : asked_(asked) {}
  Reactor ListCases(Context context, const ListCasesRequest* request, ListCasesResponse*) override {
    return asked_.Take(context, *request);
  }
  Reactor ListDossiers(Context context, const ListDossiersRequest* request,
                       ListDossiersResponse*) override {
    return asked_.Take(context, *request);
  }
  Reactor SearchCases(Context context, const SearchCasesRequest* request,
                      SearchCasesResponse*) override {
    return asked_.Take(context, *request);
  }
  Reactor ListDuplicates(Context context, const ListDuplicatesRequest* request,
                         ListDuplicatesResponse*) override {
    return asked_.Take(context, *request);
  }

 private:
  Asked& asked_;
};

class Facts final : public FactService::CallbackService {
 public:
  explicit Facts(Asked& asked) : asked_(asked) {}
  Reactor ListFacts(Context context, const ListFactsRequest* request, ListFactsResponse*) override {
    return asked_.Take(context, *request);
  }

 private:
  Asked& asked_;
};

class Deadlines final : public DeadlineService::CallbackService {
 public:
  explicit Deadlines(Asked& asked) : asked_(asked) {}
  Reactor ListDeadlines(Context context, const ListDeadlinesRequest* request,
                        ListDeadlinesResponse*) override {
    return asked_.Take(context, *request);
  }

 private:
  Asked& asked_;
};

class Findings final : public FindingService::CallbackService {
 public:
  explicit Findings(Asked& asked) : asked_(asked) {}
  Reactor ListFindings(Context context, const ListFindingsRequest* request,
                       ListFindingsResponse*) override {
    return asked_.Take(context, *request);
  }

 private:
  Asked& asked_;
};

class Audit final : public AuditService::CallbackService {
 public:
  explicit Audit(Asked& asked) : asked_(asked) {}
  Reactor ListAccesses(Context context, const ListAccessesRequest* request,
                       ListAccessesResponse*) override {
    return asked_.Take(context, *request);
  }

 private:
  Asked& asked_;
};

class Journal final : public JournalService::CallbackService {
 public:
  explicit Journal(Asked& asked) : asked_(asked) {}
  Reactor ListRecords(Context context, const ListRecordsRequest* request,
                      ListRecordsResponse* response) override {
    Record& record = *response->add_records();
    record.set_name("records/receivers/desk");
    record.mutable_body()->PackFrom(alert::v1::Receiver());
    record.mutable_update_time()->set_seconds(1524906000);
    return asked_.Take(context, *request);
  }
  Reactor GetRecord(Context context, const GetRecordRequest* request, Record* response) override {
    alert::v1::Receiver receiver;
    receiver.set_name("receivers/desk");
    response->mutable_body()->PackFrom(receiver);
    return asked_.Take(context, *request);
  }
  Reactor ListReceipts(Context context, const ListReceiptsRequest* request,
                       ListReceiptsResponse* response) override {
    Receipt& receipt = *response->add_receipts();
    receipt.set_id("r-1");
    receipt.set_kind(Receipt::KIND_IN_DIGEST);
    receipt.set_receiver("receivers/desk");
    receipt.set_deadline("cases/c-a/deadlines/d");
    receipt.mutable_time()->set_seconds(1524906000);
    return asked_.Take(context, *request);
  }

 private:
  Asked& asked_;
};

class Alerts final : public AlertService::CallbackService {
 public:
  explicit Alerts(Asked& asked) : asked_(asked) {}
  Reactor ListAlerts(Context context, const alert::v1::ListAlertsRequest* request,
                     alert::v1::ListAlertsResponse*) override {
    return asked_.Take(context, *request);
  }

 private:
  Asked& asked_;
};

class Assurance final : public AssuranceService::CallbackService {
 public:
  explicit Assurance(Asked& asked) : asked_(asked) {}
  Reactor ListUnwatchedCases(Context context, const alert::v1::ListUnwatchedCasesRequest* request,
                             alert::v1::ListUnwatchedCasesResponse*) override {
    return asked_.Take(context, *request);
  }
  Reactor ListDeadLetters(Context context, const alert::v1::ListDeadLettersRequest* request,
                          alert::v1::ListDeadLettersResponse*) override {
    return asked_.Take(context, *request);
  }
  Reactor ForecastMessages(Context context, const alert::v1::ForecastMessagesRequest* request,
                           alert::v1::ForecastMessagesResponse*) override {
    return asked_.Take(context, *request);
  }
  Reactor ListHeldShards(Context context, const alert::v1::ListHeldShardsRequest* request,
                         alert::v1::ListHeldShardsResponse*) override {
    return asked_.Take(context, *request);
  }
  Reactor ListHeldMessages(Context context, const alert::v1::ListHeldMessagesRequest* request,
                           alert::v1::ListHeldMessagesResponse*) override {
    return asked_.Take(context, *request);
  }

 private:
  Asked& asked_;
};

class WhatIfs final : public WhatIfService::CallbackService {
 public:
  explicit WhatIfs(Asked& asked) : asked_(asked) {}
  Reactor WhatIf(Context context, const WhatIfRequest* request, WhatIfResponse*) override {
    return asked_.Take(context, *request);
  }

 private:
  Asked& asked_;
};

class ListOptions : public ProgramTest {
 protected:
  ListOptions()
      : server_(*rpc::RpcServer::Builder("127.0.0.1:0")
                     .Add<CaseService>(&cases_)
                     .Add<FactService>(&facts_)
                     .Add<DeadlineService>(&deadlines_)
                     .Add<FindingService>(&findings_)
                     .Add<AuditService>(&audit_)
                     .Add<JournalService>(&journal_)
                     .Add<AlertService>(&alerts_)
                     .Add<AssuranceService>(&assurance_)
                     .Add<WhatIfService>(&what_ifs_)
                     .Start()) {}

  Ran Run(const std::string& arguments) {
    asked_.text.clear();
    return ProgramTest::Run(server_->Port(), arguments);
  }

  Asked asked_;
  Cases cases_{asked_};
  Facts facts_{asked_};
  Deadlines deadlines_{asked_};
  Findings findings_{asked_};
  Audit audit_{asked_};
  Journal journal_{asked_};
  Alerts alerts_{asked_};
  Assurance assurance_{asked_};
  WhatIfs what_ifs_{asked_};
  std::unique_ptr<rpc::RpcServer> server_;
};

struct Option {
  const char *name, *value, *field;
};

constexpr Option kFilter = {"--filter", "kind=x", "filter"};
constexpr Option kOrder = {"--order-by", "kind", "order_by"};
constexpr Option kAsOf = {"--as-of", "2018-04-28", "as_of"};
constexpr Option kKnownAt = {"--known-at", "7", "known_at"};

TEST_F(ListOptions, EachCommand_TakesThoseOfItsRpcAndRefusesTheOthers) {
  const std::pair<const char*, std::string> commands[] = {
      {"list cases", "filter order_by as_of known_at"},
      {"list dossiers", "filter order_by known_at"},
      {"list facts cases/c-a", "filter order_by as_of known_at"},
      {"list deadlines", "filter order_by as_of known_at"},
      {"list findings", "filter order_by as_of known_at"},
      {"list alerts", "filter order_by"},
      {"list records records/receivers", "filter order_by known_at"},
      {"list receipts cases/c-a", "filter order_by known_at"},
      {"get records/receivers/desk", "known_at"},
      {"search Maks", "as_of known_at"},
      {"duplicates", "filter order_by known_at"},
      {"audit list", "filter order_by"},
      {"alerts unwatched", "filter order_by"},
      {"alerts dead-letters", "filter order_by"},
      {"alerts held", "filter order_by"},
      {"alerts held-messages", "filter order_by"},
      {"alerts forecast 2018-05-01", "filter order_by"},
      {"what-if cases/c-a", "as_of known_at"}};
  for (const auto& [command, fields] : commands) {
    for (const Option& option : {kFilter, kOrder, kAsOf, kKnownAt}) {
      const std::string arguments = fmt::format("{} {} {}", command, option.name, option.value);
      const Ran ran = Run(arguments);
      if (fields.find(option.field) == std::string::npos) {
        EXPECT_NE(ran.code, 0) << arguments;
        EXPECT_THAT(ran.output, HasSubstr(option.name)) << arguments;
        EXPECT_EQ(asked_.text, "") << arguments;
      } else {
        EXPECT_EQ(ran.code, 0) << arguments << ran.output;
        EXPECT_THAT(asked_.text, HasSubstr(fmt::format("{}: \"{}\"", option.field, option.value)))
            << arguments;
      }
    }
  }
}

TEST_F(ListOptions, Search_NarrowsByKindsOfFactsAndStatesOfDeadlines) {
  const Ran ran = Run("search --fact-kind verdict --deadline-state met --deadline-state passed");
  EXPECT_EQ(ran.code, 0) << ran.output;
  for (const char* part :
       {"fact_kind: \"verdict\"", "DEADLINE_STATE_MET", "DEADLINE_STATE_PASSED"}) {
    EXPECT_THAT(asked_.text, HasSubstr(part));
  }
  EXPECT_NE(Run("search --deadline-state sometimes").code, 0);
  EXPECT_EQ(asked_.text, "");
}

TEST_F(ListOptions, RecordsAndReceipts_AreALineEachAndOneRecordIsJson) {
  EXPECT_EQ(Run("list records records/receivers").output,
            "2018-04-28T09:00:00Z records/receivers/desk; vigil.alert.v1.Receiver\n");
  EXPECT_THAT(asked_.text, HasSubstr("type: \"receivers\""));
  EXPECT_NE(Run("list records receivers").code, 0);
  EXPECT_EQ(asked_.text, "");
  EXPECT_EQ(Run("list receipts cases/c-a").output,
            "2018-04-28T09:00:00Z in digest    receivers/desk; cases/c-a/deadlines/d; r-1\n");
  EXPECT_THAT(asked_.text, HasSubstr("parent: \"cases/c-a\""));
  EXPECT_THAT(Run("get records/receivers/desk").output, HasSubstr("\"name\": \"receivers/desk\""));
  EXPECT_THAT(asked_.text, HasSubstr("name: \"records/receivers/desk\""));
}

}  // namespace
}  // namespace vigil
