// Any texts as subject, text, HTML, id, thread, form and calendar of a mail, form feeds between
// them: no header is added, no line end is lone, and no line is too long for the wire.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "alert-svc/deliver/mime.h"
#include "tests/fuzz/require.h"

namespace vigil::fuzz {
namespace {

constexpr size_t kLongestLine = 998;

alert::Mail MailOf(std::string_view text) {
  alert::Mail mail;
  mail.from = "vigil@example.org";
  mail.to = "lawyer@example.org";
  mail.date = absl::FromUnixSeconds(1528081200);
  for (std::string* part : {&mail.subject, &mail.text, &mail.html, &mail.id, &mail.thread,
                            &mail.form, &mail.calendar}) {
    const size_t at = std::min(text.find('\f'), text.size());
    *part = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
  }
  return mail;
}

void CheckHead(std::string_view head) {
  static const auto& known = *new std::set<std::string>{
      "from",        "to",           "subject",      "date",
      "message-id",  "in-reply-to",  "references",   "auto-submitted",
      "list-id",     "mime-version", "content-type", "x-auto-response-suppress",
      "x-vigil-form"};
  std::set<std::string> seen;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(line.size() + 2, head.size()));
    if (line.starts_with(' ') || line.starts_with('\t')) continue;  // folded
    std::string name(line.substr(0, line.find(':')));
    absl::AsciiStrToLower(&name);
    Require(known.contains(name), "no header but ours");
    Require(seen.insert(name).second, "each header once");
  }
}

void CheckLines(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view line = bytes.substr(0, bytes.find("\r\n"));
    Require(line.find_first_of("\r\n") == std::string_view::npos, "line ends come in pairs");
    Require(line.size() <= kLongestLine, "a line fits the wire");
    bytes.remove_prefix(std::min(line.size() + 2, bytes.size()));
  }
}

}  // namespace
}  // namespace vigil::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes =
      vigil::alert::WriteMail(vigil::fuzz::MailOf({reinterpret_cast<const char*>(data), size}));
  vigil::fuzz::Require(bytes.ok(), "no text makes a mail impossible");
  vigil::fuzz::CheckHead(std::string_view(*bytes).substr(0, bytes->find("\r\n\r\n")));
  vigil::fuzz::CheckLines(*bytes);
  return 0;
}
