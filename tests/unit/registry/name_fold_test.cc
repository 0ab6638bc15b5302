#include "registry-svc/casebook/name_fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

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

TEST(NameFold, KazakhLetters_FoldToPlainLatin) {
  EXPECT_THAT(FoldWords("Айгүл Әбдікәрімова"), ElementsAre("aigul", "abdikarimova"));
  EXPECT_THAT(FoldWords("Äbdikärimova"), ElementsAre("abdikarimova"));
}

TEST(NameFold, ANumberIsOneWord_DashesAndDoubledDigitsKept) {
  EXPECT_THAT(FoldWords("article 277, 235-1"), ElementsAre("article", "277", "235-1"));
  EXPECT_THAT(FoldWords("2018-04-28"), ElementsAre("2018-04-28"));
  EXPECT_THAT(FoldWords("5- -5 5--5"), ElementsAre("5", "5", "5", "5"));
}

}  // namespace
}  // namespace vigil::registry
