#include "registry-svc/casebook/name_fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

int Score(std::string_view query, std::string_view name) {
  return MatchScore(FoldWords(query), FoldWords(name));
}

TEST(NameFold, ScriptsSpellingsAndLookAlikes_FoldTogether) {
  const auto folded = FoldWords("Mukhtar Dzhakishev");
  EXPECT_EQ(FoldWords("Мухтар Джакишев"), folded);
  EXPECT_EQ(FoldWords("Мukhtar Dzhakishev"), folded) << "with a Cyrillic M";
  EXPECT_EQ(FoldWords("MUKHTAR JAKISHEV"), folded);
  EXPECT_EQ(FoldWords("Маkhambet"), FoldWords("Makhambet")) << "with Cyrillic M and a";
  EXPECT_EQ(FoldWords("Оlesya"), FoldWords("Olesya")) << "with a Cyrillic O";
}

TEST(NameFold, NothingToReadIsNoWord) {
  EXPECT_THAT(FoldWords(" - "), IsEmpty());
  EXPECT_THAT(FoldWords(""), IsEmpty());
  EXPECT_THAT(FoldWords("a-b"), ElementsAre("a", "b"));
}

TEST(NameFold, BytesThatAreNoText_DoNoHarm) {
  EXPECT_NO_FATAL_FAILURE(FoldWords("\xff\xfe\x80"));
  EXPECT_EQ(ScriptOf("\xff"), v1::SCRIPT_OTHER);
}

TEST(NameFold, ScriptIsFoundFromTheLetters) {
  EXPECT_EQ(ScriptOf("Mukhtar Dzhakishev"), v1::SCRIPT_LATIN);
  EXPECT_EQ(ScriptOf("Айгүл Әбдікәрімова"), v1::SCRIPT_CYRILLIC);
  EXPECT_EQ(ScriptOf("Мukhtar"), v1::SCRIPT_MIXED);
  EXPECT_EQ(ScriptOf("名"), v1::SCRIPT_OTHER);
}

TEST(NameFold, ScoreOrdersByNearness) {
  EXPECT_GT(Score("Ayan", "Maks Ayan"), Score("Ayan", "Maks Ayanov"));
  EXPECT_GT(Score("Ayan", "Talgat Ayan"), Score("Ayan", "Talgat Ayan of Uralsk"));
  EXPECT_GT(Score("Leila", "Leyla Khrapunova"), 0);
  EXPECT_GT(Score("Edige", "Yedige Batyrov"), 0);
  EXPECT_GT(Score("Max Bokaev", "Maks Bokayev"), 0);
  EXPECT_EQ(Score("Dzhakishev Bokayev", "Mukhtar Dzhakishev"), 0) << "every word must match";
  EXPECT_EQ(Score("xu", "Mukhtar"), 0);
}

}  // namespace
}  // namespace vigil::registry
