#include "alert-svc/deliver/finding_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "alert-svc/deliver/standing.h"

namespace vigil::alert {
namespace {

constexpr std::size_t kMostLines = 10;

}  // namespace

FindingLines FindingLinesOf(const Message& message) {
  FindingLines all;
  std::map<std::string, std::size_t> counts;
  for (const registry::v1::Finding& finding : message.findings) {
    const std::size_t before = counts[CaseCode(finding.name())]++;
    if (message.receiver.private_()) {
      all.lines.push_back({finding.name(), fmt::format("{} {}", finding.text(), finding.remedy())});
    } else if (before == 0) {
      all.lines.push_back({finding.name(), ""});
    }
  }
  if (!message.receiver.private_()) {
    for (FindingLine& line : all.lines) line.text = std::to_string(counts[CaseCode(line.name)]);
  }
  all.cases = counts.size();
  all.more = all.lines.size() - std::min(all.lines.size(), kMostLines);
  all.lines.resize(all.lines.size() - all.more);
  return all;
}

}  // namespace vigil::alert
