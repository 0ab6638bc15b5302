#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "registry-svc/exchange/read_files.h"
#include "registry-svc/rpc/export_parts.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr v1::FileFormat kFormats[] = {v1::FILE_FORMAT_YAML, v1::FILE_FORMAT_JSON,
                                       v1::FILE_FORMAT_CSV};

class ExportTest : public BookTest {
 protected:
  using Files = std::map<std::string, std::string>;

  static rpc::Caller CallerOf(config::v1::Role role) {
    return {.name = "somebody", .role = role, .trace_id = "t1"};
  }

  ExportParts PartsOf(const v1::ExportFilesRequest& request) {
    const std::shared_ptr<const Snapshot> present = book_->Present();
    const auto names = [present]() -> absl::StatusOr<std::vector<std::string>> {
      std::vector<std::string> names;
      present->ForEachPacked([&](const PackedPtr& file) { names.push_back(file->name); });
      std::sort(names.begin(), names.end());
      return names;
    };
    const auto read = [present](const std::string& name) -> absl::StatusOr<FilePtr> {
      return present->Find(name);
    };
    return ExportParts({.revision = present->revision(), .names = names, .read = read}, request);
  }

  Files Export(const v1::ExportFilesRequest& request, int* noted = nullptr) {
    ExportParts parts = PartsOf(request);
    Files files;
    v1::ExportFilesResponse part;
    std::string last;
    while (true) {
      Disclosure disclosure(
          CallerOf(request.redacted() ? config::v1::ROLE_READER : config::v1::ROLE_ADMIN));
      if (!parts.Next(disclosure, part)) break;
      if (noted != nullptr) *noted += disclosure.Entry("x").facts_size();
      EXPECT_TRUE(part.file() == last || !files.contains(part.file())) << "parts follow each other";
      EXPECT_EQ(part.revision(), revision());
      files[last = part.file()] += part.data();
    }
    return files;
  }

  Files Export(v1::FileFormat format, bool redacted = false) {
    v1::ExportFilesRequest request;
    request.set_format(format);
    request.set_redacted(redacted);
    return Export(request);
  }

  absl::StatusOr<v1::ImportFilesResponse> Import(const Files& files) {
    v1::ImportFilesRequest request;
    for (const auto& [name, content] : files) {
      auto& file = *request.add_files();
      file.set_file(name);
      file.set_content(content);
    }
    FilesRead read = ReadFiles(request.files());
    for (const auto& problem : read.problems) ADD_FAILURE() << problem.DebugString();
    return Call(&Casebook::ImportFiles,
                Casebook::Import{.documents = std::move(read.documents), .problems = {}});
  }

  void ImportTheReport() {
    Files files;
    for (const auto& entry : std::filesystem::directory_iterator(VIGIL_SOURCE_DIR "/data/cases")) {
      if (entry.path().extension() == ".yaml") files[entry.path()] = ReadFile(entry.path());
    }
    ASSERT_THAT(Import(files), IsOk());
  }

  // Of every file, all that follows from it.
  std::map<std::string, std::string> Derived() const {
    std::map<std::string, std::string> out;
    book_->Present()->ForEach([&](const FilePtr& file) {
      for (v1::Deadline deadline : file->present->derived.deadlines) {
        deadline.clear_known_time();
        out[deadline.name()] = deadline.SerializeAsString();
      }
    });
    return out;
  }

  void AddSecret() {
    ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
    ASSERT_THAT(CreateFact("cases/c-test", Custody("2018-04-20"), "open"), IsOk());
    v1::Fact secret = Custody("2018-04-19");
    secret.set_confidential(true);
    secret.set_note("told by a guard");
    ASSERT_THAT(CreateFact("cases/c-test", secret, "secret"), IsOk());
  }
};

TEST_F(ExportTest, ImportedAgain_ChangesNothing) {
  ImportTheReport();
  v1::RetractFactRequest retraction;
  retraction.set_name(
      (*book_->Open(book_->index().Cases("", 1, false).front())->own)[0]->message->name());
  retraction.set_reason("another person; \"not\" this one");
  ASSERT_THAT(Call(&Casebook::RetractFact, retraction), IsOk());
  AddSecret();
  const int64_t before = revision();
  for (const v1::FileFormat format : kFormats) {
    ASSERT_OK_AND_ASSIGN(const auto answer, Import(Export(format)));
    EXPECT_EQ(revision(), before) << v1::FileFormat_Name(format) << answer.ShortDebugString();
    EXPECT_GT(answer.unchanged(), 300);
    ASSERT_THAT(Import(Export(format, /*redacted=*/true)), IsOk());
    EXPECT_EQ(revision(), before);
  }
}

TEST_F(ExportTest, IntoAnEmptyRegistry_GivesTheSameDates) {
  ImportTheReport();
  const auto derived = Derived();
  ASSERT_GT(derived.size(), 100u);
  std::vector<Files> exports;
  for (const v1::FileFormat format : kFormats) exports.push_back(Export(format));
  for (const Files& files : exports) {
    book_.reset();
    store_.reset();
    std::filesystem::remove(dir_.File("registry.db"));
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
      std::filesystem::remove_all(entry);
    }
    Open();
    ASSERT_EQ(book_->Present()->file_count(), 0);
    ASSERT_THAT(Import(files), IsOk());
    EXPECT_EQ(Derived(), derived);
  }
}

TEST_F(ExportTest, Redacted_HoldsNoWordOfAConfidentialFact) {
  AddSecret();
  for (const v1::FileFormat format : kFormats) {
    std::string whole, redacted;
    for (const auto& [name, text] : Export(format)) whole += text;
    for (const auto& [name, text] : Export(format, true)) redacted += text;
    EXPECT_THAT(whole, HasSubstr("told by a guard"));
    EXPECT_THAT(redacted, Not(HasSubstr("told by a guard")));
    EXPECT_THAT(redacted, Not(HasSubstr("secret")));
    EXPECT_THAT(redacted, HasSubstr("open"));
  }
}

TEST_F(ExportTest, ConfidentialFacts_AreNotedWithThePartThatShowsThem) {
  AddSecret();
  for (const v1::FileFormat format : kFormats) {
    v1::ExportFilesRequest request;
    request.set_format(format);
    int noted = 0;
    Export(request, &noted);
    EXPECT_EQ(noted, 1) << v1::FileFormat_Name(format);
    request.set_redacted(true);
    Export(request, &noted);
    EXPECT_EQ(noted, 1);
  }
}

TEST_F(ExportTest, DeletedAndErased_AreLeftOut) {
  AddSecret();
  ASSERT_THAT(CreateCase("c-gone", "Nobody"), IsOk());
  v1::DeleteCaseRequest deletion;
  deletion.set_name("cases/c-gone");
  ASSERT_THAT(Call(&Casebook::DeleteCase, deletion), IsOk());
  v1::EraseCaseRequest erasure;
  erasure.set_name("cases/c-test");
  erasure.set_reason("asked for");
  ASSERT_THAT(Call(&Casebook::EraseCase, erasure), IsOk());
  const Files files = Export(v1::FILE_FORMAT_YAML);
  ASSERT_THAT(files, SizeIs(1));
  EXPECT_THAT(files.at("c-test.yaml"), Not(HasSubstr("secret")));
}

TEST_F(ExportTest, Names_AreExportedAlone) {
  AddSecret();
  ASSERT_THAT(CreateCase("c-other", "Another"), IsOk());
  v1::ExportFilesRequest request;
  request.set_format(v1::FILE_FORMAT_JSON);
  request.add_names("cases/c-other");
  const Files files = Export(request);
  EXPECT_THAT(files.at("cases.json"), HasSubstr("Another"));
  EXPECT_THAT(files.at("cases.json"), Not(HasSubstr("Somebody")));
}

TEST_F(ExportTest, AnEmptyRegistry_HasAnEmptyExport) {
  EXPECT_THAT(Export(v1::FILE_FORMAT_YAML), SizeIs(0));
  EXPECT_THAT(Export(v1::FILE_FORMAT_CSV), SizeIs(0));
  EXPECT_EQ(Export(v1::FILE_FORMAT_JSON).at("cases.json"), "[]\n");
}

TEST_F(ExportTest, ADossierWithTheIdOfACase_HasAFileOfItsOwn) {
  ASSERT_THAT(CreateCase("twin", "A person"), IsOk());
  v1::CreateDossierRequest request;
  request.set_dossier_id("twin");
  request.mutable_dossier()->set_display_name("A mission");
  ASSERT_THAT(Call(&Casebook::CreateDossier, request), IsOk());
  const Files files = Export(v1::FILE_FORMAT_YAML);
  EXPECT_THAT(files.at("twin.yaml"), HasSubstr("A person"));
  EXPECT_THAT(files.at("dossier.twin.yaml"), HasSubstr("A mission"));
}

TEST_F(ExportTest, ManyCases_ComeInBoundedParts) {
  for (int i = 0; i < 40; ++i) {
    v1::CreateCaseRequest request;
    request.mutable_case_()->set_display_name(std::string(4000, 'x'));
    ASSERT_THAT(Call(&Casebook::CreateCase, request), IsOk());
  }
  for (const v1::FileFormat format : {v1::FILE_FORMAT_JSON, v1::FILE_FORMAT_CSV}) {
    v1::ExportFilesRequest request;
    request.set_format(format);
    ExportParts parts = PartsOf(request);
    v1::ExportFilesResponse part;
    Disclosure disclosure(CallerOf(config::v1::ROLE_ADMIN));
    int count = 0;
    for (; parts.Next(disclosure, part); ++count) EXPECT_LT(part.data().size(), 70'000u);
    EXPECT_EQ(count, 3);
  }
}

}  // namespace
}  // namespace vigil::registry
