#include "common/csv/csv.h"

#include <algorithm>

#include "common/log/json_escape.h"

namespace vigil {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

// What a reader or a spreadsheet would not give back as it is.
bool NeedsQuotes(std::string_view cell) {
  return cell.find_first_of(",\"\r\n") != std::string_view::npos || cell.starts_with(' ') ||
         cell.ends_with(' ') || cell.starts_with(kMark);
}

void AppendCell(std::string_view cell, std::string& out) {
  if (!NeedsQuotes(cell)) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  if (rest_.starts_with(kMark)) rest_.remove_prefix(kMark.size());
}

bool CsvReader::Next(std::vector<std::string>& cells) {
  do {
    cells.clear();
    if (rest_.empty() || problem_) return false;
    row_line_ = line_;
    column_ = 1;
    while (ReadCell(cells.emplace_back())) ++column_;
    if (problem_) return false;
  } while (cells.size() == 1 && cells[0].empty());
  return true;
}

bool CsvReader::ReadCell(std::string& cell) {
  if (rest_.starts_with('"')) return ReadQuoted(cell) && ReadEnd();
  while (!rest_.empty() && !problem_) {
    const char c = rest_.front();
    if (c == ',' || c == '\n' || c == '\r') break;
    if (c == '"') {
      Fail("a quote stands within a cell; put quotes around the cell and double this one");
      break;
    }
    TakeLetter(cell);
  }
  return !problem_ && ReadEnd();
}

bool CsvReader::ReadQuoted(std::string& cell) {
  const int begins = line_;
  rest_.remove_prefix(1);
  while (!rest_.empty() && !problem_) {
    if (rest_.front() != '"') {
      TakeLetter(cell);
      continue;
    }
    rest_.remove_prefix(1);
    if (!rest_.starts_with('"')) return true;
    cell += '"';
    rest_.remove_prefix(1);
  }
  if (problem_) return false;
  line_ = begins;
  Fail("a quote begins and never ends; close it");
  return false;
}

bool CsvReader::ReadEnd() {
  if (rest_.empty() || TakeBreak()) return false;
  if (rest_.front() == ',') {
    rest_.remove_prefix(1);
    return true;
  }
  Fail(rest_.front() == '\r'
           ? "a carriage return stands alone; save with line ends of LF or CRLF"
           : "a quote ends and the cell goes on; double a quote that belongs to the text");
  return false;
}

bool CsvReader::TakeBreak() {
  for (const std::string_view end : {std::string_view("\n"), std::string_view("\r\n")}) {
    if (!rest_.starts_with(end)) continue;
    rest_.remove_prefix(end.size());
    ++line_;
    return true;
  }
  return false;
}

void CsvReader::TakeLetter(std::string& cell) {
  const size_t length = Utf8Length(rest_);
  if (length == 0) return Fail("a byte is not UTF-8; save the file as UTF-8");
  if (rest_.front() == '\n') ++line_;
  cell += rest_.substr(0, length);
  rest_.remove_prefix(length);
}

void CsvReader::Fail(std::string text) {
  problem_ = CsvProblem{.line = line_, .column = column_, .text = std::move(text)};
}

std::string CsvRow(const std::vector<std::string>& cells) {
  std::string out;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) out += ',';
    AppendCell(cell, out);
  }
  return out + "\r\n";
}

}  // namespace vigil
