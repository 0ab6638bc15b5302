#include "registry-svc/rpc/indexed_page.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/testing/status_matchers.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {
namespace {

// A list of numbered cases, `country` X for one in a thousand, read page by page.
class IndexedPageTest : public testing::Test {
 protected:
  struct Answer {
    std::vector<std::string> names;
    int total = 0;
    std::string token;
    int looked = 0;
  };

  Answer Read(int length, const std::string& filter, const std::string& token, int size = 3) const {
    v1::ListCasesRequest request;
    request.set_page_size(size);
    request.set_filter(filter);
    request.set_page_token(token);
    const auto arguments = ReadArguments<v1::Case>(sealer_, request);
    if (!arguments.ok()) ADD_FAILURE() << arguments.status();
    Answer answer;
    IndexedPage<v1::Case> page(*arguments, length);
    page.Fill(
        [&](const std::string& place, int limit) {
          std::vector<int> numbers;
          const int first = place.empty() ? 0 : std::stoi(place) + 1;
          for (int i = first; i < std::min(length, first + limit); ++i) numbers.push_back(i);
          return numbers;
        },
        [&](int number) {
          ++answer.looked;
          Looked<v1::Case> looked;
          looked.place = fmt::format("{:08}", number);
          looked.message.emplace().set_name(looked.place);
          looked.message->set_country(number % 1000 == 999 ? "X" : "KZ");
          looked.message->set_place(place_);
          return looked;
        });
    for (const auto& row : page.rows()) answer.names.push_back(row.message->name());
    answer.total = page.total();
    answer.token = page.Token(sealer_, request);
    return answer;
  }

  // All pages; adds up what each looked at.
  Answer ReadAll(int length, const std::string& filter) const {
    Answer all;
    std::string token;
    do {
      const Answer page = Read(length, filter, token);
      all.names.insert(all.names.end(), page.names.begin(), page.names.end());
      all.looked += page.looked;
      token = page.token;
    } while (!token.empty());
    return all;
  }

  const Sealer sealer_;
  std::string place_;
};

TEST_F(IndexedPageTest, WithoutAFilter_APageLooksAtItselfAndOneMore) {
  const Answer page = Read(1'000'000, "", "");
  EXPECT_EQ(page.names.size(), 3u);
  EXPECT_EQ(page.total, 1'000'000);
  EXPECT_LE(page.looked, 4);
  EXPECT_FALSE(page.token.empty());
}

TEST_F(IndexedPageTest, LastPage_HasNoToken) {
  EXPECT_EQ(ReadAll(7, "").names.size(), 7u);
  EXPECT_TRUE(Read(3, "", "").token.empty());
  EXPECT_TRUE(Read(0, "", "").token.empty());
}

TEST_F(IndexedPageTest, LargeElements_EndAPageBeforeAClientRefusesIt) {
  place_ = std::string(size_t{1} << 20, 'a');
  for (const char* filter : {"", "country = \"KZ\""}) {
    const Answer page = Read(7, filter, "", 7);
    EXPECT_EQ(page.names.size(), 2u) << filter;
    EXPECT_EQ(page.total, 7) << filter;
    EXPECT_FALSE(page.token.empty()) << filter;
    EXPECT_EQ(ReadAll(7, filter).names.size(), 7u) << filter;
  }
}

TEST_F(IndexedPageTest, ShortListUnderAFilter_IsCountedWholeOnEachPage) {
  const Answer first = Read(20'000, "country = \"X\"", "");
  EXPECT_EQ(first.names.size(), 3u);
  EXPECT_EQ(first.total, 20);
  const Answer second = Read(20'000, "country = \"X\"", first.token);
  EXPECT_EQ(second.names.front(), "00003999");
  EXPECT_EQ(second.total, 20);
  EXPECT_EQ(ReadAll(20'000, "country = \"X\"").names.size(), 20u);
}

TEST_F(IndexedPageTest, LongListUnderAFilterThatLetsNothingThrough_IsReadInBoundedParts) {
  const Answer page = Read(100'000, "country = \"none\"", "");
  EXPECT_TRUE(page.names.empty());
  EXPECT_LE(page.looked, 20'001);
  EXPECT_FALSE(page.token.empty()) << "more may follow";
  EXPECT_TRUE(ReadAll(100'000, "country = \"none\"").names.empty());
}

TEST_F(IndexedPageTest, LongListUnderAFilter_GivesEachMatchOnce) {
  const Answer all = ReadAll(100'000, "country = \"X\"");
  ASSERT_EQ(all.names.size(), 100u);
  EXPECT_TRUE(std::is_sorted(all.names.begin(), all.names.end()));
  EXPECT_EQ(std::adjacent_find(all.names.begin(), all.names.end()), all.names.end());
}

}  // namespace
}  // namespace vigil::registry
