#include "common/csv/csv.h"

#include <gmock/gmock.h>

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Rows = std::vector<std::vector<std::string>>;

Rows Read(std::string_view text) {
  CsvReader reader(text);
  Rows rows;
  std::vector<std::string> cells;
  while (reader.Next(cells)) rows.push_back(cells);
  EXPECT_FALSE(reader.problem()) << reader.problem()->text;
  return rows;
}

CsvProblem ProblemIn(std::string_view text) {
  CsvReader reader(text);
  std::vector<std::string> cells;
  while (reader.Next(cells)) {
  }
  EXPECT_TRUE(reader.problem()) << text;
  return reader.problem().value_or(CsvProblem());
}

TEST(Csv, Rows_EndWithLfCrlfOrTheText) {
  const auto rows = ElementsAre(ElementsAre("a", "b"), ElementsAre("c", ""));
  EXPECT_THAT(Read("a,b\nc,\n"), rows);
  EXPECT_THAT(Read("a,b\r\nc,\r\n"), rows);
  EXPECT_THAT(Read("a,b\nc,"), rows);
  EXPECT_THAT(Read("\xEF\xBB\xBF"
                   "a,b\n\n\r\nc,\n\n"),
              rows)
      << "a mark, and rows of nothing";
  EXPECT_THAT(Read(""), IsEmpty());
}

TEST(Csv, QuotedCells_KeepEverything) {
  EXPECT_THAT(Read("\"a,\"\"b\"\"\",\"c\r\nd\n\",\" \"\n"),
              ElementsAre(ElementsAre("a,\"b\"", "c\r\nd\n", " ")));
  EXPECT_THAT(Read("Айгүл Әбдікәрімова,名,قاموس\n"),
              ElementsAre(ElementsAre("Айгүл Әбдікәрімова", "名", "قاموس")));
}

TEST(Csv, Lines_AreThoseOnWhichRowsBegin) {
  CsvReader reader("a\n\"b\nc\"\n\nd\n");
  std::vector<std::string> cells;
  std::vector<int> lines;
  while (reader.Next(cells)) lines.push_back(reader.line());
  EXPECT_THAT(lines, ElementsAre(1, 2, 5));
}

TEST(Csv, WhatIsNoTable_IsRefusedByLineAndColumn) {
  struct {
    const char* text;
    int line, column;
    const char* says;
  } const kCases[] = {
      {"a,b\nc,\"d\n\n", 2, 2, "never ends"},
      {"a,b\nc,d\"e\n", 2, 2, "within a cell"},
      {"a,b\n\"c\"d,e\n", 2, 1, "a quote ends and the cell goes on"},
      {"a,b\rc,d\n", 1, 2, "carriage return"},
      {"a,b\nc,\xff\n", 2, 2, "UTF-8"},
      {"a,b\n\"c\nd\xff\",e\n", 3, 1, "UTF-8"},
  };
  for (const auto& wrong : kCases) {
    const CsvProblem problem = ProblemIn(wrong.text);
    EXPECT_EQ(problem.line, wrong.line) << wrong.text;
    EXPECT_EQ(problem.column, wrong.column) << wrong.text;
    EXPECT_THAT(problem.text, HasSubstr(wrong.says));
  }
}

TEST(Csv, WrittenRows_AreReadBackAsTheyWere) {
  const Rows rows = {{"a", "b,c", "d\"e"}, {" f", "g ", "h\r\ni"}, {"", "\xEF\xBB\xBF", "\r"}};
  std::string text;
  for (const auto& row : rows) text += CsvRow(row);
  EXPECT_EQ(Read(text), rows);
  EXPECT_EQ(CsvRow({"a", "", "b"}), "a,,b\r\n");
}

}  // namespace
}  // namespace vigil
