// Vocabularies grow by new versions alone, and each version that was loaded stands in the journal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry-svc/casebook/vocabularies.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;

class VocabularyVersions : public BookTest {
 protected:
  void SetUp() override {
    for (const char* name : {"articles", "courts", "institutions"}) Write(name, "1", "{name: One}");
    Write("places", "1", "{name: Atyrau}");
    ASSERT_THAT(OpenWithFiles(), IsOk());
  }

  void Write(const std::string& name, const std::string& version, const std::string& entries) {
    files_.Write(name + ".yaml", "name: vocabularies/" + name + "\nversion: \"" + version +
                                     "\"\nscope: for a test\nentries: [" + entries + "]\n");
  }

  absl::Status OpenWithFiles() {
    auto loaded = Vocabularies::Load(files_.path());
    if (!loaded.ok()) return loaded.status();
    options_.vocabularies = std::make_shared<const Vocabularies>(*std::move(loaded));
    return TryOpen();
  }

  // What the last start told of rules and vocabularies; nothing where it told nothing.
  v1::RulesActivated Told() {
    v1::RulesActivated told;
    for (const auto& change : changes_) {
      for (const v1::ChangeItem& item : change->change.items()) {
        if (item.has_rules_activated()) told = item.rules_activated();
      }
    }
    changes_.clear();
    return told;
  }

  TempDir files_;
};

TEST_F(VocabularyVersions, FirstStart_TellsThemAll) {
  const v1::RulesActivated told = Told();
  ASSERT_EQ(told.vocabularies_size(), 4);
  EXPECT_EQ(told.vocabularies(3).name(), "vocabularies/places");
  EXPECT_EQ(told.vocabularies(3).version(), "1");
  EXPECT_EQ(told.vocabularies(3).digest().size(), 32u);
  ASSERT_THAT(OpenWithFiles(), IsOk());
  EXPECT_EQ(Told().vocabularies_size(), 0) << "nothing has changed";
}

TEST_F(VocabularyVersions, OtherEntriesUnderTheSameVersion_AreRefused) {
  const int64_t before = revision();
  Write("places", "1", "{name: Atyrau}, {name: Aktau}");
  EXPECT_THAT(OpenWithFiles(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("vocabularies/places"), HasSubstr("version"))));
  Write("places", "2", "{name: Atyrau}, {name: Aktau}");
  Told();
  ASSERT_THAT(OpenWithFiles(), IsOk());
  EXPECT_EQ(revision(), before + 1);
  const v1::RulesActivated told = Told();
  ASSERT_EQ(told.vocabularies_size(), 4);
  EXPECT_EQ(told.vocabularies(3).version(), "2");
}

}  // namespace
}  // namespace vigil::registry
