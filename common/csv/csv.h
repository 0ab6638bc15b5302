#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil {

// Something wrong with a table.
struct CsvProblem {
  // Of the text, from 1.
  int line = 1;
  // Of the row, from 1.
  int column = 1;
  // What is wrong, and what to write instead.
  std::string text;
};

// Reads a table of RFC 4180 row by row: cells split by commas, rows by LF or CRLF; a cell in quotes
// keeps commas, line breaks and (doubled) quotes as they are. UTF-8, with or without a byte order
// mark. Rows without anything are passed over. The text outlives the reader.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text);

  // Takes the next row. False at the end, and where the text goes wrong: problem() says how.
  bool Next(std::vector<std::string>& cells);

  // The line on which the row taken last begins.
  int line() const { return row_line_; }
  const std::optional<CsvProblem>& problem() const { return problem_; }

 private:
  // Reads one cell and what ends it; false where that is the end of the row.
  bool ReadCell(std::string& cell);
  bool ReadQuoted(std::string& cell);
  // Takes a comma or a line break; true for the comma.
  bool ReadEnd();
  bool TakeBreak();
  void TakeLetter(std::string& cell);
  void Fail(std::string text);

  std::string_view rest_;
  int line_ = 1;
  int row_line_ = 1;
  int column_ = 1;
  std::optional<CsvProblem> problem_;
};

// A row as CsvReader reads it, with its CRLF.
std::string CsvRow(const std::vector<std::string>& cells);

}  // namespace vigil
