#include "gateway/transcode/transcoder.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "common/rpc/errors.h"
#include "gateway/transcode/error.h"
#include "gateway/transcode/field_path.h"
#include "gateway/transcode/json.h"
#include "gateway/transcode/openapi.h"
#include "gateway/transcode/query.h"
#include "gmock/gmock.h"
#include "google/api/annotations.pb.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "vigil/registry/v1/journal.pb.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::gateway::transcode {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const RouteTable& Table() {
  static const auto& table = *new RouteTable(*RouteTable::Build(VigilServices()));
  return table;
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Transcode(const std::string& method,
                                                                     const std::string& path,
                                                                     const std::string& query,
                                                                     const std::string& body) {
  http::Request request;
  request.method = method;
  request.path = path;
  request.query = query;
  request.body = body;
  const auto match = Table().Find(method, path);
  if (!match || match->route == nullptr) return absl::NotFoundError("no route");
  return MakeRpcRequest(*match, request);
}

// The request's text form, or the code and the field at fault.
std::string TextOf(const std::string& method, const std::string& path,
                   const std::string& query = "", const std::string& body = "") {
  const auto message = Transcode(method, path, query, body);
  if (message.ok()) return (*message)->ShortDebugString();
  std::string out(CodeName(message.status().code()));
  message.status().ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    google::rpc::BadRequest bad;
    if (std::string(url).find("BadRequest") == std::string::npos) return;
    if (bad.ParseFromString(std::string(payload)) && bad.field_violations_size() == 1) {
      out += " " + bad.field_violations(0).field();
    }
  });
  return out;
}

std::string RpcOf(const std::string& method, const std::string& path) {
  const auto match = Table().Find(method, path);
  if (!match) return "unknown path";
  if (match->route == nullptr) {
    std::string allowed = "allowed:";
    for (const std::string& one : match->allowed) allowed += " " + one;
    return allowed;
  }
  return match->route->rpc_path;
}

TEST(RouteTable, Requests_LeadToTheirRpcs) {
  const std::string registry = "/vigil.registry.v1.";
  EXPECT_EQ(RpcOf("GET", "/v1/cases"), registry + "CaseService/ListCases");
  EXPECT_EQ(RpcOf("HEAD", "/v1/cases"), registry + "CaseService/ListCases");
  EXPECT_EQ(RpcOf("POST", "/v1/cases"), registry + "CaseService/CreateCase");
  EXPECT_EQ(RpcOf("GET", "/v1/cases/c-1"), registry + "CaseService/GetCase");
  EXPECT_EQ(RpcOf("PATCH", "/v1/cases/c-1"), registry + "CaseService/UpdateCase");
  EXPECT_EQ(RpcOf("GET", "/v1/cases:search"), registry + "CaseService/SearchCases");
  EXPECT_EQ(RpcOf("POST", "/v1/cases:search"), registry + "CaseService/SearchCases");
  EXPECT_EQ(RpcOf("GET", "/v1/deadlines"), registry + "DeadlineService/ListDeadlines");
  EXPECT_EQ(RpcOf("GET", "/v1/dossiers/d-1/facts"), registry + "FactService/ListFacts");
  EXPECT_EQ(RpcOf("GET", "/v1/cases/c-1:file"), "/vigil.gateway.v1.GatewayService/GetCaseFile");
  EXPECT_EQ(RpcOf("GET", "/v1/overview"), "/vigil.gateway.v1.GatewayService/GetOverview");
  EXPECT_EQ(RpcOf("GET", "/v1/alerts:watch"), "/vigil.alert.v1.AlertService/WatchAlerts");
  EXPECT_EQ(RpcOf("GET", "/v1/changes:watch"), registry + "JournalService/WatchChanges");
  EXPECT_EQ(RpcOf("POST", "/v1/alerts/a-1:acknowledge"),
            "/vigil.alert.v1.AlertService/AcknowledgeAlert");
  EXPECT_EQ(RpcOf("GET", "/v1/cases:unwatched"),
            "/vigil.alert.v1.AssuranceService/ListUnwatchedCases");
  EXPECT_EQ(RpcOf("POST", "/v1/receivers/r-1:test"),
            "/vigil.alert.v1.AssuranceService/TestReceiver");
  EXPECT_EQ(RpcOf("DELETE", "/v1/cases"), "allowed: POST GET");
  EXPECT_EQ(RpcOf("GET", "/v1/alerts/a-1:snooze"), "allowed: POST");
  EXPECT_EQ(RpcOf("GET", "/v1/nothing"), "unknown path");
  EXPECT_EQ(RpcOf("GET", "/v1/cases/c-1:nothing"), "unknown path");
}

TEST(RouteTable, EveryBindingOfEveryRpc_IsARoute) {
  std::size_t bindings = 0;
  for (const auto* service : VigilServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto& options = service->method(i)->options();
      if (!options.HasExtension(google::api::http)) continue;
      const auto& rule = options.GetExtension(google::api::http);
      bindings += 1 + static_cast<std::size_t>(rule.additional_bindings_size());
    }
  }
  EXPECT_GT(bindings, 20u);
  EXPECT_EQ(Table().routes().size(), bindings);
}

TEST(Transcoder, Query_SetsFields) {
  EXPECT_EQ(TextOf("GET", "/v1/cases", "page_size=5&as_of=2018-04-28"),
            "page_size: 5 as_of: \"2018-04-28\"");
  EXPECT_EQ(TextOf("GET", "/v1/cases", "pageSize=5&showDeleted=true"),
            "page_size: 5 show_deleted: true");
  EXPECT_EQ(TextOf("GET", "/v1/cases:search", "query=%D0%90+b"), "query: \"\\320\\220 b\"");
  EXPECT_EQ(TextOf("GET", "/v1/cases/c-1", "as_of=2018-04-28"),
            "name: \"cases/c-1\" as_of: \"2018-04-28\"");
  EXPECT_EQ(TextOf("PATCH", "/v1/cases/c-1", "update_mask=display_name,person.born",
                   R"({"place": "Atyrau"})"),
            "case { name: \"cases/c-1\" place: \"Atyrau\" } update_mask { paths: \"display_name\" "
            "paths: \"person.born\" }");
  EXPECT_EQ(TextOf("PATCH", "/v1/cases/c-1", "updateMask=displayName"),
            "case { name: \"cases/c-1\" } update_mask { paths: \"display_name\" }");
  EXPECT_EQ(TextOf("PATCH", "/v1/cases/c-1", "updateMask=*"),
            "case { name: \"cases/c-1\" } update_mask { paths: \"*\" }");
  EXPECT_EQ(TextOf("POST", "/v1/cases", "case_id=c-9", R"({"displayName": "X"})"),
            "case { display_name: \"X\" } case_id: \"c-9\"");
}

TEST(Transcoder, BadQuery_NamesTheParameter) {
  EXPECT_EQ(TextOf("GET", "/v1/cases", "bogus=1"), "INVALID_ARGUMENT bogus");
  EXPECT_EQ(TextOf("GET", "/v1/cases", "page_size=x"), "INVALID_ARGUMENT page_size");
  EXPECT_EQ(TextOf("GET", "/v1/cases", "page_size=99999999999"), "INVALID_ARGUMENT page_size");
  EXPECT_EQ(TextOf("GET", "/v1/cases", "page_size="), "INVALID_ARGUMENT page_size");
  EXPECT_EQ(TextOf("GET", "/v1/cases", "page_size=1&pageSize=2"), "INVALID_ARGUMENT page_size");
  EXPECT_EQ(TextOf("GET", "/v1/cases", "show_deleted=1"), "INVALID_ARGUMENT show_deleted");
  EXPECT_EQ(TextOf("GET", "/v1/cases", "filter=%ZZ"), "INVALID_ARGUMENT query");
  EXPECT_EQ(TextOf("GET", "/v1/cases", "filter=%FF"), "INVALID_ARGUMENT query");
  EXPECT_EQ(TextOf("GET", "/v1/cases/c-1", "name=cases/c-2"), "INVALID_ARGUMENT name");
  EXPECT_EQ(TextOf("POST", "/v1/cases", "case.country=KZ", "{}"), "INVALID_ARGUMENT case.country");
  EXPECT_EQ(TextOf("POST", "/v1/cases:search", "query=x", "{}"), "INVALID_ARGUMENT query");
}

TEST(Transcoder, Body_IsReadStrictly) {
  EXPECT_EQ(TextOf("POST", "/v1/alerts/a-1:acknowledge"), "name: \"alerts/a-1\"");
  EXPECT_EQ(TextOf("POST", "/v1/alerts/a-1:acknowledge", "", R"({"note":"n","name":"alerts/b"})"),
            "name: \"alerts/a-1\" note: \"n\"");
  EXPECT_EQ(TextOf("POST", "/v1/alerts/a-1:snooze", "", R"({"until":"2018-05-01T00:00:00Z"})"),
            "name: \"alerts/a-1\" until { seconds: 1525132800 }");
  EXPECT_EQ(TextOf("POST", "/v1/cases", "", R"({"bogus": 1})"), "INVALID_ARGUMENT case.bogus");
  EXPECT_EQ(TextOf("POST", "/v1/cases", "", R"({"person": {"bogus": 1}})"),
            "INVALID_ARGUMENT case.person.bogus");
  EXPECT_EQ(TextOf("POST", "/v1/cases", "", R"({"person": {"sex": "SEX_OTHER"}})"),
            "INVALID_ARGUMENT case.person.sex");
  EXPECT_EQ(TextOf("POST", "/v1/cases", "", R"({"displayName": )"), "INVALID_ARGUMENT case");
  EXPECT_EQ(TextOf("POST", "/v1/cases", "", "[]"), "INVALID_ARGUMENT case");
  EXPECT_EQ(TextOf("POST", "/v1/cases:search", "", R"({"bogus": 1})"), "INVALID_ARGUMENT bogus");
  EXPECT_EQ(TextOf("GET", "/v1/cases", "", "{}"), "INVALID_ARGUMENT body");
  EXPECT_EQ(TextOf("POST", "/v1/cases", "", std::string(100000, '[')), "INVALID_ARGUMENT case");
}

TEST(Query, Texts_BecomeFieldsOfEveryType) {
  // Values of a query also reach repeated fields, enums and times.
  registry::v1::Receipt receipt;
  const auto set = [&](const char* field, const char* text) {
    const auto path = ResolveFieldPath(*receipt.GetDescriptor(), field);
    return path.ok() && SetFromText(*path, text, &receipt).ok();
  };
  EXPECT_TRUE(set("kind", "KIND_SENT"));
  EXPECT_TRUE(set("deadline_kind", "3"));
  EXPECT_FALSE(set("kind", "KIND_NONE"));
  EXPECT_TRUE(set("time", "2018-04-28T09:00:00+06:00"));
  EXPECT_FALSE(set("time", "yesterday"));
  EXPECT_TRUE(set("policy_revision", "-9223372036854775808"));
  EXPECT_FALSE(set("policy_revision", "9223372036854775808"));
  EXPECT_TRUE(set("time.seconds", "5"));
  EXPECT_FALSE(set("time.bogus", "5"));
  EXPECT_EQ(receipt.kind(), registry::v1::Receipt::KIND_SENT);
  EXPECT_EQ(receipt.time().seconds(), 5);
  registry::v1::WatchChangesRequest watch;
  const auto topics = ResolveFieldPath(*watch.GetDescriptor(), "topics");
  ASSERT_TRUE(topics.ok());
  EXPECT_TRUE(SetFromText(*topics, "TOPIC_CASES", &watch).ok());
  EXPECT_TRUE(SetFromText(*topics, "TOPIC_RULES", &watch).ok());
  EXPECT_EQ(watch.topics_size(), 2);
  registry::v1::Change change;
  const auto hash = ResolveFieldPath(*change.GetDescriptor(), "prevHash");
  ASSERT_TRUE(hash.ok());
  EXPECT_TRUE(SetFromText(*hash, "_-8=", &change).ok());
  EXPECT_EQ(change.prev_hash(), "\xff\xef");
  EXPECT_FALSE(SetFromText(*hash, "!", &change).ok());
}

TEST(Transcode, PathThatIsNoValueOfItsField_IsRefusedByField) {
  // Every path of ours gives texts, which can always be read: this one gives a number.
  const Route route{.http_method = "GET",
                    .path = *PathTemplate::Parse("/v1/pages/{page_size}"),
                    .body = "",
                    .rpc = Table().Find("GET", "/v1/cases")->route->rpc,
                    .rpc_path = ""};
  const RouteMatch match{.route = &route, .bindings = {{"page_size", "many"}}, .allowed = {}};
  const auto message = MakeRpcRequest(match, http::Request());
  EXPECT_EQ(rpc::ReasonOf(message.status()), "BAD_PATH");
  EXPECT_EQ(rpc::MetadataOf(message.status())["field"], "page_size");
}

TEST(Json, MessageThatHasNoJson_IsAnErrorOfOurs) {
  registry::v1::Receipt receipt;
  receipt.mutable_time()->set_seconds(int64_t{1} << 50);  // JSON's times end with the year 9999
  const auto json = ToJson(receipt);
  EXPECT_EQ(json.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(rpc::ReasonOf(json.status()), "BAD_MESSAGE");
}

TEST(Json, Message_PrintsZerosAndCamelCase) {
  registry::v1::Summary summary;
  summary.set_revision(9007199254740993);
  summary.add_situation_counts()->set_situation(registry::v1::SITUATION_IMPRISONED);
  EXPECT_EQ(
      *ToJson(summary),
      R"({"asOf":"","situationCounts":[{"situation":"SITUATION_IMPRISONED","count":0}],)"
      R"("headlineCount":0,"deadlineCounts":[],"caseCount":0,"revision":"9007199254740993"})");
}

TEST(Error, Details_ArePrintedWithTheirTypes) {
  const http::Response response =
      ErrorResponse(rpc::NotFound("CASE_NOT_FOUND", {{"case", "c-1"}}, "there is no \"c-1\""));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.Get("content-type"), "application/json");
  const boost::json::value body = boost::json::parse(response.body);
  const boost::json::value& error = body.at("error");
  EXPECT_EQ(error.at("code").as_int64(), 404);
  EXPECT_EQ(error.at("status").as_string(), "NOT_FOUND");
  EXPECT_EQ(error.at("message").as_string(), "there is no \"c-1\"");
  const boost::json::value& info = error.at("details").at(0);
  EXPECT_EQ(info.at("@type").as_string(), "type.googleapis.com/google.rpc.ErrorInfo");
  EXPECT_EQ(info.at("reason").as_string(), "CASE_NOT_FOUND");
  EXPECT_EQ(info.at("domain").as_string(), "vigil");
  EXPECT_EQ(info.at("metadata").at("case").as_string(), "c-1");
}

TEST(Error, ErrorInfo_ComesFirst) {
  for (int i = 0; i < 20; ++i) {
    const boost::json::value body =
        boost::json::parse(ErrorBody(400, rpc::InvalidArgument("BAD_DATE", "as_of", "no date")));
    const boost::json::value& details = body.at("error").at("details");
    EXPECT_EQ(details.at(0).at("reason").as_string(), "BAD_DATE");
    EXPECT_EQ(details.at(1).at("fieldViolations").at(0).at("field").as_string(), "as_of");
  }
}

TEST(Error, UnknownDetail_IsLeftOut) {
  absl::Status status = absl::AbortedError("x");
  status.SetPayload("type.googleapis.com/nobody.Knows", absl::Cord("\xff"));
  EXPECT_EQ(ErrorBody(409, status),
            R"({"error":{"code":409,"message":"x","status":"ABORTED","details":[]}})");
}

TEST(Error, LongMessage_IsCutAtACharacter) {
  std::string text(1023, 'a');
  text += "é and more";
  const boost::json::value body =
      boost::json::parse(ErrorBody(400, absl::InvalidArgumentError(text)));
  EXPECT_EQ(body.at("error").at("message").as_string().size(), 1023u);
}

TEST(Error, Codes_BecomeHttpCodes) {
  const std::pair<absl::StatusCode, int> cases[] = {{absl::StatusCode::kOk, 200},
                                                    {absl::StatusCode::kInvalidArgument, 400},
                                                    {absl::StatusCode::kFailedPrecondition, 400},
                                                    {absl::StatusCode::kOutOfRange, 400},
                                                    {absl::StatusCode::kUnauthenticated, 401},
                                                    {absl::StatusCode::kPermissionDenied, 403},
                                                    {absl::StatusCode::kNotFound, 404},
                                                    {absl::StatusCode::kAborted, 409},
                                                    {absl::StatusCode::kAlreadyExists, 409},
                                                    {absl::StatusCode::kResourceExhausted, 429},
                                                    {absl::StatusCode::kCancelled, 499},
                                                    {absl::StatusCode::kUnimplemented, 501},
                                                    {absl::StatusCode::kUnavailable, 503},
                                                    {absl::StatusCode::kDeadlineExceeded, 504},
                                                    {absl::StatusCode::kUnknown, 500},
                                                    {absl::StatusCode::kInternal, 500},
                                                    {absl::StatusCode::kDataLoss, 500}};
  for (const auto& [code, status] : cases) EXPECT_EQ(ToHttpStatus(code), status) << CodeName(code);
}

TEST(OpenApi, Document_DescribesTheRoutes) {
  const boost::json::value document = boost::json::parse(MakeOpenApi(Table()));
  EXPECT_EQ(document.at("openapi").as_string(), "3.0.3");
  const boost::json::value& paths = document.at("paths");
  ASSERT_TRUE(paths.as_object().contains("/v1/cases/{case}:file"));
  ASSERT_TRUE(paths.as_object().contains("/v1/cases/{case}/facts/{fact}"));
  ASSERT_TRUE(paths.as_object().contains("/v1/vocabularies/{vocabulary}/entries"));
  const boost::json::value& list = paths.at("/v1/cases").at("get");
  EXPECT_EQ(list.at("operationId").as_string(), "CaseService_ListCases");
  std::vector<std::string> names;
  for (const boost::json::value& parameter : list.at("parameters").as_array()) {
    names.emplace_back(parameter.at("name").as_string().c_str());
  }
  EXPECT_THAT(names, UnorderedElementsAre("pageSize", "pageToken", "filter", "asOf", "showDeleted",
                                          "knownAt", "orderBy"));
  const boost::json::value& stream =
      paths.at("/v1/changes:watch").at("get").at("responses").at("200").at("content");
  EXPECT_EQ(stream.as_object().size(), 2U);
  EXPECT_TRUE(stream.as_object().contains("text/event-stream"));
  EXPECT_EQ(stream.at("application/x-ndjson").at("schema").at("$ref").as_string(),
            "#/components/schemas/vigil.registry.v1.WatchChangesResponse");
  // Every reference leads somewhere.
  const std::string text = MakeOpenApi(Table());
  const std::string mark = "\"#/components/schemas/";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const std::size_t begin = at + mark.size();
    const std::string name = text.substr(begin, text.find('"', begin) - begin);
    EXPECT_TRUE(document.at("components").at("schemas").as_object().contains(name)) << name;
  }
}

}  // namespace
}  // namespace vigil::gateway::transcode
