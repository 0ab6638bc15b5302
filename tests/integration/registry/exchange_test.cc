// Import and export over the API: who may, and what the access trail has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "common/rpc/errors.h"
#include "tests/integration/registry/registry_fixture.h"
#include "vigil/registry/v1/audit.grpc.pb.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr char kCase[] = R"(case: {name: cases/c-test, display_name: Somebody}
facts:
  - {name: open, date: 2018-04-20, source: {title: court file}, search: {what: papers}}
  - name: secret
    date: 2018-04-20
    source: {title: court file}
    confidential: true
    note: told by a guard
    custody: {kind: remand}
)";

class ExchangeTest : public RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    audit_ = v1::AuditService::NewStub(channel_);
    ASSERT_THAT(Import("c-test.yaml", kCase), IsOk());
  }

  absl::StatusOr<v1::ImportFilesResponse> Import(const std::string& name,
                                                 const std::string& content, bool dry_run = false) {
    v1::ImportFilesRequest request;
    request.set_dry_run(dry_run);
    auto& file = *request.add_files();
    file.set_file(name);
    file.set_content(content);
    return Call(*exchange_, &v1::ExchangeService::Stub::ImportFiles, request);
  }

  // All bytes of an export.
  absl::StatusOr<std::string> Export(const v1::ExportFilesRequest& request,
                                     const char* token = kAdmin) {
    grpc::ClientContext context;
    Admit(context, token);
    const auto reader = exchange_->ExportFiles(&context, request);
    v1::ExportFilesResponse part;
    std::string bytes;
    while (reader->Read(&part)) bytes += part.data();
    const absl::Status status = rpc::FromGrpcStatus(reader->Finish());
    if (!status.ok()) return status;
    return bytes;
  }

  std::vector<v1::Access> Accesses() {
    const auto page =
        Call(*audit_, &v1::AuditService::Stub::ListAccesses, v1::ListAccessesRequest());
    EXPECT_THAT(page, IsOk());
    return {page->accesses().begin(), page->accesses().end()};
  }

  std::unique_ptr<v1::AuditService::Stub> audit_;
};

TEST_F(ExchangeTest, WholeExport_IsForAdministratorsAndInTheTrail) {
  v1::ExportFilesRequest request;
  request.set_format(v1::FILE_FORMAT_YAML);
  for (const char* token : {kReader, kStaff}) {
    EXPECT_THAT(Export(request, token), StatusIs(absl::StatusCode::kPermissionDenied));
  }
  EXPECT_THAT(Export(request, nullptr), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(Accesses(), SizeIs(0));
  ASSERT_OK_AND_ASSIGN(const std::string bytes, Export(request));
  EXPECT_THAT(bytes, HasSubstr("told by a guard"));
  const auto trail = Accesses();
  ASSERT_THAT(trail, SizeIs(1));
  EXPECT_EQ(trail[0].method(), "vigil.registry.v1.ExchangeService/ExportFiles");
  EXPECT_EQ(trail[0].facts(0), "cases/c-test/facts/secret");
}

TEST_F(ExchangeTest, RedactedExport_IsForReadersAndShowsNothing) {
  v1::ExportFilesRequest request;
  request.set_redacted(true);
  for (const v1::FileFormat format :
       {v1::FILE_FORMAT_YAML, v1::FILE_FORMAT_JSON, v1::FILE_FORMAT_CSV}) {
    request.set_format(format);
    ASSERT_OK_AND_ASSIGN(const std::string bytes, Export(request, kReader));
    EXPECT_THAT(bytes, HasSubstr("papers"));
    EXPECT_THAT(bytes, Not(HasSubstr("guard")));
  }
  EXPECT_THAT(Accesses(), SizeIs(0));
}

TEST_F(ExchangeTest, ExportThatCannotBe_IsRefusedBeforeItBegins) {
  v1::ExportFilesRequest request;
  EXPECT_EQ(rpc::ReasonOf(Export(request).status()), "REQUIRED");
  request.set_format(v1::FILE_FORMAT_CSV);
  request.add_names("cases/c-nobody");
  EXPECT_EQ(rpc::ReasonOf(Export(request).status()), "CASE_NOT_FOUND");
  request.set_names(0, "people/x");
  EXPECT_EQ(rpc::ReasonOf(Export(request).status()), "BAD_NAME");
  v1::DeleteCaseRequest deletion;
  deletion.set_name("cases/c-test");
  ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::DeleteCase, deletion), IsOk());
  request.set_names(0, "cases/c-test");
  EXPECT_EQ(rpc::ReasonOf(Export(request).status()), "CASE_DELETED");
  for (int i = 0; i < 1000; ++i) request.add_names("cases/c-test");
  EXPECT_EQ(rpc::ReasonOf(Export(request).status()), "TOO_MANY");
}

TEST_F(ExchangeTest, ExportOfWhatWasKnownThen_HasCasesAndFactsAsTheyWere) {
  v1::ExportFilesRequest then;
  then.set_known_at(std::to_string(app_->book().Present()->revision()));
  std::map<v1::FileFormat, std::string> before;
  for (const v1::FileFormat format :
       {v1::FILE_FORMAT_YAML, v1::FILE_FORMAT_JSON, v1::FILE_FORMAT_CSV}) {
    then.set_format(format);
    ASSERT_OK_AND_ASSIGN(before[format], Export(then));
    EXPECT_THAT(before[format], HasSubstr("told by a guard"));
  }
  ASSERT_THAT(CreateCase("c-later", "Somebody later"), IsOk());
  v1::DeleteCaseRequest deletion;
  deletion.set_name("cases/c-test");
  ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::DeleteCase, deletion), IsOk());
  for (const auto& [format, bytes] : before) {
    then.set_format(format);
    EXPECT_EQ(*Export(then), bytes) << v1::FileFormat_Name(format);
    v1::ExportFilesRequest now;
    now.set_format(format);
    EXPECT_THAT(*Export(now), AllOf(HasSubstr("later"), Not(HasSubstr("guard"))));
  }
  then.add_names("cases/c-later");
  EXPECT_EQ(rpc::ReasonOf(Export(then).status()), "CASE_NOT_FOUND");
  then.set_known_at("yesterday");
  EXPECT_EQ(rpc::ReasonOf(Export(then).status()), "BAD_KNOWN_AT");
}

TEST_F(ExchangeTest, ExportAsOfADay_HasWhatHadHappenedAndWhatIsKnownAhead) {
  const std::string facts =
      "case,fact,kind,date,source.title,planned_event.what\n"
      "c-test,f3,death,2018-04-25,letter,\nc-test,f4,planned_event,2018-06-01,letter,a mission\n";
  ASSERT_THAT(Import("f.csv", facts), IsOk());
  v1::ExportFilesRequest request;
  for (const v1::FileFormat format :
       {v1::FILE_FORMAT_YAML, v1::FILE_FORMAT_JSON, v1::FILE_FORMAT_CSV}) {
    request.set_format(format);
    request.set_as_of("2018-04-24");
    ASSERT_OK_AND_ASSIGN(const std::string before, Export(request));
    EXPECT_THAT(before, AllOf(HasSubstr("papers"), HasSubstr("guard"), HasSubstr("a mission"),
                              Not(HasSubstr("2018-04-25"))));
    request.set_as_of("2018-04-25");
    EXPECT_THAT(*Export(request), HasSubstr("2018-04-25"));
    request.set_as_of("2018-04-19");
    EXPECT_THAT(*Export(request), Not(HasSubstr("guard")));
  }
  request.set_as_of("in spring");
  EXPECT_EQ(rpc::ReasonOf(Export(request).status()), "BAD_DATE");
}

TEST_F(ExchangeTest, MovesThatRestOnAConfidentialFact_AreInTheTrail) {
  const std::string death = "case,fact,kind,date,source.title\nc-test,f3,death,2018-04-25,letter\n";
  ASSERT_OK_AND_ASSIGN(const auto answer, Import("f.csv", death, /*dry_run=*/true));
  EXPECT_GT(answer.moves_size(), 0);
  const auto trail = Accesses();
  ASSERT_THAT(trail, SizeIs(1));
  EXPECT_EQ(trail[0].method(), "vigil.registry.v1.ExchangeService/ImportFiles");
}

TEST_F(ExchangeTest, AFileThatCannotBeRead_IsRefusedByItsPlace) {
  const absl::Status refused = Import("f.csv", "case,fact\n\"c-test,f1\n").status();
  EXPECT_EQ(rpc::ReasonOf(refused), "BAD_FILE");
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument,
                                HasSubstr("f.csv:2:1: a quote begins and never ends")));
}

TEST_F(ExchangeTest, AClientThatGoes_EndsTheExport) {
  v1::ExportFilesRequest request;
  request.set_format(v1::FILE_FORMAT_YAML);
  for (int i = 0; i < 200; ++i) {
    ASSERT_THAT(CreateCase("c-more" + std::to_string(i), std::string(4000, 'x')), IsOk());
  }
  {
    grpc::ClientContext context;
    Admit(context, kAdmin);
    const auto reader = exchange_->ExportFiles(&context, request);
    v1::ExportFilesResponse part;
    ASSERT_TRUE(reader->Read(&part));
    context.TryCancel();
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_THAT(Export(request), IsOk()) << "and the next one is served";
}

}  // namespace
}  // namespace vigil::registry
