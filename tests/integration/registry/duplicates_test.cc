// Cases that may be about one person, over the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/rpc/errors.h"
#include "tests/integration/registry/registry_fixture.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class DuplicatesTest : public RegistryTest {
 protected:
  void CreatePerson(const std::string& id, const std::string& display_name,
                    const std::string& place = "", const std::string& born = "") {
    v1::CreateCaseRequest request;
    request.set_case_id(id);
    request.mutable_case_()->set_display_name(display_name);
    request.mutable_case_()->set_place(place);
    request.mutable_case_()->mutable_person()->set_born(born);
    ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::CreateCase, request), IsOk());
  }

  std::string Revision() const { return std::to_string(app_->book().Present()->revision()); }

  // Of all pages.
  std::vector<std::string> Pairs(const std::string& parent, int page_size = 0,
                                 const std::string& known_at = "") {
    v1::ListDuplicatesRequest request;
    request.set_parent(parent);
    request.set_page_size(page_size);
    request.set_known_at(known_at);
    std::vector<std::string> pairs;
    do {
      const auto page = Call(*cases_, &v1::CaseService::Stub::ListDuplicates, request, kReader);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return pairs;
      for (const v1::Duplicate& pair : page->duplicates()) {
        EXPECT_LT(pair.first(), pair.second());
        pairs.push_back(pair.first().substr(6) + " " + pair.second().substr(6));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return pairs;
  }
};

TEST_F(DuplicatesTest, OfOne_AreTheLikelierFirst) {
  CreatePerson("c-aa", "Mukhtar Dzhakishev", "Almaty", "1963-05-17");
  CreatePerson("c-bb", "Мухтар Джакишев", "Almaty", "1963-05-17");
  CreatePerson("c-cc", "Muhtar Jakyshev");
  CreatePerson("c-dd", "Mukhtar Bokayev");
  EXPECT_THAT(Pairs("cases/c-aa"), ElementsAre("c-aa c-bb", "c-aa c-cc"));
  EXPECT_THAT(Pairs("cases/c-aa", 1), ElementsAre("c-aa c-bb", "c-aa c-cc"));
  EXPECT_THAT(Pairs("cases/c-dd"), IsEmpty());
  v1::ListDuplicatesRequest request;
  request.set_parent("cases/c-bb");
  ASSERT_OK_AND_ASSIGN(const auto found,
                       Call(*cases_, &v1::CaseService::Stub::ListDuplicates, request));
  ASSERT_THAT(found.duplicates(), SizeIs(2));
  EXPECT_EQ(found.duplicates(0).score(), 93);
  EXPECT_THAT(found.duplicates(0).reasons(), ElementsAre("SAME_NAME", "SAME_BIRTH", "SAME_PLACE"));
  EXPECT_THAT(found.duplicates(0).display_names(),
              ElementsAre("Mukhtar Dzhakishev", "Мухтар Джакишев"));
}

TEST_F(DuplicatesTest, OfAll_AreEachPairOnceByTheFirst) {
  for (const char* id : {"c-1", "c-2", "c-3"}) CreatePerson(std::string(id) + "0", "Maks Bokayev");
  CreatePerson("c-00", "Talgat Ayan");
  CreatePerson("c-99", "Ayan, Talgat");
  const auto all = {"c-00 c-99", "c-10 c-20", "c-10 c-30", "c-20 c-30"};
  EXPECT_THAT(Pairs(""), testing::ElementsAreArray(all));
  EXPECT_THAT(Pairs("cases/-", 1), testing::ElementsAreArray(all));
  EXPECT_THAT(Pairs("cases/-", 2), testing::ElementsAreArray(all));
  v1::DeleteCaseRequest deletion;
  deletion.set_name("cases/c-20");
  ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::DeleteCase, deletion), IsOk());
  EXPECT_THAT(Pairs(""), ElementsAre("c-00 c-99", "c-10 c-30"));
  EXPECT_THAT(Pairs("cases/c-20"), IsEmpty()) << "deleted";
}

TEST_F(DuplicatesTest, Duplicates_AreFilteredAndOrdered) {
  CreatePerson("c-aa", "Mukhtar Dzhakishev", "Almaty", "1963-05-17");
  CreatePerson("c-bb", "Мухтар Джакишев", "Almaty", "1963-05-17");
  CreatePerson("c-cc", "Muhtar Jakyshev");
  v1::ListDuplicatesRequest request;
  for (const char* parent : {"cases/c-aa", "cases/-"}) {
    request.set_parent(parent);
    request.set_filter("score >= 80 AND reasons:\"SAME_BIRTH\"");
    ASSERT_OK_AND_ASSIGN(const auto found,
                         Call(*cases_, &v1::CaseService::Stub::ListDuplicates, request));
    ASSERT_THAT(found.duplicates(), SizeIs(1)) << parent;
    EXPECT_EQ(found.duplicates(0).second(), "cases/c-bb");
  }
  request.clear_filter();
  request.set_page_size(1);
  for (const char* parent : {"cases/c-aa", "cases/-"}) {
    request.set_parent(parent);
    request.set_order_by("score");
    std::vector<int> scores;
    do {
      ASSERT_OK_AND_ASSIGN(const auto page,
                           Call(*cases_, &v1::CaseService::Stub::ListDuplicates, request));
      for (const auto& pair : page.duplicates()) scores.push_back(pair.score());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    EXPECT_THAT(scores, SizeIs(request.parent() == "cases/-" ? 3 : 2));
    EXPECT_TRUE(std::is_sorted(scores.begin(), scores.end())) << parent;
  }
  request.set_order_by("likeness");
  EXPECT_EQ(rpc::ReasonOf(Call(*cases_, &v1::CaseService::Stub::ListDuplicates, request).status()),
            "ORDER_INVALID");
  request.clear_order_by();
  request.set_filter("likeness > 1");
  EXPECT_EQ(rpc::ReasonOf(Call(*cases_, &v1::CaseService::Stub::ListDuplicates, request).status()),
            "FILTER_INVALID");
}

TEST_F(DuplicatesTest, OfWhatWasKnownThen_AreThePairsOfThen) {
  for (const char* id : {"c-1", "c-2", "c-3"}) CreatePerson(std::string(id) + "0", "Maks Bokayev");
  CreatePerson("c-99", "Talgat Ayan");
  const std::string then = Revision();
  CreatePerson("c-00", "Ayan, Talgat");
  v1::DeleteCaseRequest deletion;
  deletion.set_name("cases/c-20");
  ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::DeleteCase, deletion), IsOk());
  v1::UpdateCaseRequest update;
  update.mutable_case_()->set_name("cases/c-10");
  update.mutable_case_()->set_display_name("Somebody");
  ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::UpdateCase, update), IsOk());
  ASSERT_THAT(Pairs(""), ElementsAre("c-00 c-99"));
  const auto all = {"c-10 c-20", "c-10 c-30", "c-20 c-30"};
  for (const int page_size : {0, 1, 2}) {
    EXPECT_THAT(Pairs("", page_size, then), testing::ElementsAreArray(all));
    EXPECT_THAT(Pairs("cases/c-20", page_size, then), ElementsAre("c-10 c-20", "c-20 c-30"));
  }
  EXPECT_THAT(Pairs("cases/c-99", 0, then), IsEmpty());
  EXPECT_THAT(Pairs("", 0, Revision()), ElementsAre("c-00 c-99"));
  v1::ListDuplicatesRequest request;
  request.set_known_at(then);
  request.set_parent("cases/c-00");
  EXPECT_THAT(Call(*cases_, &v1::CaseService::Stub::ListDuplicates, request),
              StatusIs(absl::StatusCode::kNotFound))
      << "made later";
}

TEST_F(DuplicatesTest, OfWhatIsNoCase_AreRefused) {
  v1::ListDuplicatesRequest request;
  request.set_parent("dossiers/d-one");
  const auto list = [&] { return Call(*cases_, &v1::CaseService::Stub::ListDuplicates, request); };
  EXPECT_THAT(list(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("parent")));
  request.set_parent("cases/c-nobody");
  EXPECT_THAT(list(), StatusIs(absl::StatusCode::kNotFound));
  request.set_parent("");
  request.set_page_size(-1);
  EXPECT_THAT(list(), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace vigil::registry
