#include "registry-svc/casebook/name_match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "registry-svc/casebook/name_fold.h"

namespace vigil::registry {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

std::string Sound(std::string_view name) { return SoundOf(FoldWords(name).at(0)); }

int Score(std::string_view query, std::string_view name) {
  return ScoreName(FoldWords(query), FoldWords(name));
}

TEST(NameMatch, SpellingsOfOneName_SoundAlike) {
  for (const char* spelling : {"Dzhakishev", "Jakishev", "Жакишев", "Джакишев", "Jaqyşev",
                               "Jaqyshev", "Dzakishev", "Dzhakisheff", "Djakishew"}) {
    EXPECT_EQ(Sound(spelling), "jksv") << spelling;
  }
  EXPECT_EQ(Sound("Narymbayev"), Sound("Narimbaev"));
  EXPECT_EQ(Sound("Нарымбаев"), Sound("Narimbaev"));
  EXPECT_EQ(Sound("Mukhtar"), Sound("Muhtar"));
  EXPECT_EQ(Sound("Mukhtar"), Sound("Muxtar"));
  EXPECT_EQ(Sound("Yermek"), Sound("Ермек"));
  EXPECT_EQ(Sound("Yermek"), Sound("Ermek"));
  EXPECT_EQ(Sound("Qaraghandy"), Sound("Karagandy"));
}

TEST(NameMatch, OtherNames_SoundOtherwise) {
  EXPECT_NE(Sound("Asanov"), Sound("Esenov"));
  EXPECT_NE(Sound("Mamay"), Sound("May"));
  EXPECT_NE(Sound("Bokayev"), Sound("Batyrov"));
  EXPECT_EQ(SoundOf("174"), "");
  EXPECT_EQ(SoundOf(""), "");
}

TEST(NameMatch, AShortSound_SaysTooLittle) {
  EXPECT_TRUE(SaysEnough(Sound("Bokayev")));
  EXPECT_FALSE(SaysEnough(Sound("Leila")));
}

TEST(NameMatch, NearnessRisesFromASlipToTheWholeWord) {
  EXPECT_EQ(NearnessOf("ayan", "ayan"), Nearness::kWhole);
  EXPECT_EQ(NearnessOf("ay", "ayan"), Nearness::kBeginning);
  EXPECT_EQ(NearnessOf("narimbaev", "narymbayev"), Nearness::kSound);
  EXPECT_EQ(NearnessOf("leila", "leyla"), Nearness::kSlip);
  EXPECT_EQ(NearnessOf("edige", "edike"), Nearness::kSlip);
  EXPECT_EQ(NearnessOf("abc", "abd"), Nearness::kNone) << "too short for a slip";
  EXPECT_EQ(NearnessOf("xu", "mukhtar"), Nearness::kNone);
}

// The table is asked for what OneLetterOff gives, a file is judged by NearnessOf: they must agree.
TEST(NameMatch, OneLetterOff_IsWhatASlipIs) {
  std::mt19937 random(7);
  const auto draw = [&](int below) { return static_cast<int>(random() % below); };
  for (int round = 0; round < 300; ++round) {
    std::string word(4 + draw(6), 'a');
    for (char& letter : word) letter = static_cast<char>('a' + draw(26));
    const std::vector<std::string> list = OneLetterOff(word);
    const std::set<std::string> off(list.begin(), list.end());
    for (const std::string& other : off) {
      EXPECT_NE(NearnessOf(word, other), Nearness::kNone) << word << " " << other;
    }
    std::string other = word;
    for (int changes = draw(3); changes >= 0; --changes) {
      const size_t at = draw(static_cast<int>(other.size()));
      if (draw(2) == 0)
        other.erase(at, 1);
      else
        other.insert(at, 1, static_cast<char>('a' + draw(26)));
    }
    if (NearnessOf(word, other) == Nearness::kSlip) {
      EXPECT_THAT(off, Contains(other)) << word;
    } else if (NearnessOf(word, other) == Nearness::kNone) {
      EXPECT_THAT(off, Not(Contains(other))) << word;
    }
  }
  EXPECT_THAT(OneLetterOff("abc"), IsEmpty());
  EXPECT_THAT(OneLetterOff("2018"), IsEmpty());
}

TEST(NameMatch, ScoreChoosesTheNearestName) {
  EXPECT_GT(Score("Ayan", "Maks Ayan"), Score("Ayan", "Maks Ayanov"));
  EXPECT_GT(Score("Ayan", "Talgat Ayan"), Score("Ayan", "Talgat Ayan of Uralsk"));
  EXPECT_GT(Score("Max Bokaev", "Maks Bokayev"), Score("Max Bokaev", "Maks Batyrov"));
  EXPECT_GT(Score("Dzhakishev elsewhere", "Mukhtar Dzhakishev"), 0);
  EXPECT_EQ(Score("elsewhere", "Mukhtar Dzhakishev"), 0);
}

}  // namespace
}  // namespace vigil::registry
