// Shows what a message looks like: every wording, language and form, on made-up deadlines.
//   vigil-preview --language ru --form digest --as text
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "alert-svc/deliver/calendar_part.h"
#include "alert-svc/deliver/chat.h"
#include "alert-svc/deliver/cloud_event.h"
#include "alert-svc/deliver/letter.h"
#include "alert-svc/deliver/mime.h"

namespace vigil::alert {
namespace {

namespace reg = registry::v1;

constexpr char kPage[] = "https://vigil.example";
constexpr char kFrom[] = "vigil@vigil.example";

struct Options {
  std::string language = "en";
  std::string form = "single";
  std::string as = "text";
  bool is_private = false;
};

MessageItem Item(int number, reg::DeadlineKind kind, reg::DeadlineNature nature,
                 reg::DeadlinePrecision precision, const std::string& earliest,
                 const std::string& latest) {
  MessageItem item;
  item.alert = fmt::format("alerts/{:032x}", number);
  item.step = 3;
  reg::Deadline& deadline = item.deadline;
  deadline.set_name(fmt::format("cases/c-sample{}/deadlines/{:016x}", number / 3, number));
  deadline.set_kind(kind);
  deadline.set_nature(nature);
  deadline.set_precision(precision);
  deadline.set_earliest(earliest);
  deadline.set_latest(latest);
  deadline.set_rule("KZ.CPC.151.2M@1");
  deadline.set_actor(nature == reg::DEADLINE_NATURE_OPENS ? reg::DEADLINE_ACTOR_COUNSEL
                                                          : reg::DEADLINE_ACTOR_STATE);
  const bool limit = nature == reg::DEADLINE_NATURE_LIMIT;
  deadline.set_boundary(limit ? reg::DEADLINE_BOUNDARY_BEFORE_DAY
                              : reg::DEADLINE_BOUNDARY_END_OF_DAY);
  return item;
}

// One of each nature and precision, before and after its day.
std::vector<MessageItem> Items() {
  std::vector<MessageItem> items = {
      Item(0, reg::DEADLINE_KIND_CUSTODY_LIMIT, reg::DEADLINE_NATURE_LIMIT,
           reg::DEADLINE_PRECISION_EXACT, "2018-06-07", "2018-06-07"),
      Item(1, reg::DEADLINE_KIND_PAROLE_ELIGIBILITY, reg::DEADLINE_NATURE_OPENS,
           reg::DEADLINE_PRECISION_NO_LATER_THAN, "2018-06-01", "2018-06-20"),
      Item(2, reg::DEADLINE_KIND_ENTRY_INTO_FORCE, reg::DEADLINE_NATURE_HAPPENS,
           reg::DEADLINE_PRECISION_NO_EARLIER_THAN, "2018-06-10", "2018-06-10"),
      Item(3, reg::DEADLINE_KIND_APPEAL, reg::DEADLINE_NATURE_ACT_BEFORE,
           reg::DEADLINE_PRECISION_WINDOW, "2018-05-28", "2018-06-02"),
      Item(4, reg::DEADLINE_KIND_UN_FOLLOW_UP, reg::DEADLINE_NATURE_STATE_DUE,
           reg::DEADLINE_PRECISION_ESTIMATE, "2018-05-20", "2018-05-20"),
      Item(5, reg::DEADLINE_KIND_SENTENCE_END, reg::DEADLINE_NATURE_HAPPENS,
           reg::DEADLINE_PRECISION_EXACT, "2018-06-30", "2018-06-30"),
      Item(6, reg::DEADLINE_KIND_BAN_END, reg::DEADLINE_NATURE_HAPPENS,
           reg::DEADLINE_PRECISION_EXACT, "2018-07-30", "2018-07-30"),
  };
  items[5].change = MessageItem::Change::kMoved;
  items[6].change = MessageItem::Change::kWithdrawn;
  for (const int changed : {5, 6}) items[changed].told_earliest = "2018-06-15";
  for (MessageItem& item : items) {
    item.deadline.set_case_display_name("A. Sample");
    item.deadline.add_explanation("2018-04-07 + 2 months = 2018-06-07");
  }
  return items;
}

Message Sample(const Options& options) {
  Message message;
  message.id = "0123456789abcdef0123456789abcdef";
  message.receiver.mutable_email()->set_address("reader@vigil.example");
  message.receiver.set_language(options.language);
  message.receiver.set_private_(options.is_private);
  message.items = Items();
  message.form = options.form == "digest"    ? Message::Form::kDigest
                 : options.form == "summary" ? Message::Form::kSummary
                 : options.form == "test"    ? Message::Form::kTest
                 : options.form == "trouble" ? Message::Form::kTrouble
                                             : Message::Form::kSingle;
  if (message.form == Message::Form::kSingle) message.items.resize(1);
  if (message.form == Message::Form::kTest) message.items.clear();
  if (message.form == Message::Form::kTrouble) {
    message.items.clear();
    message.troubled = "receivers/machine";
    message.trouble.set_kind(v1::Trouble::KIND_GONE);
    message.trouble.mutable_start_time()->set_seconds(1'528'070'400);
    message.trouble.set_detail("HTTP 410");
    message.given_up = 3;
  }
  if (message.form == Message::Form::kDigest) {
    registry::v1::Finding& finding = message.findings.emplace_back();
    finding.set_name("cases/c-7f3k9q2m/findings/f-1");
    finding.set_text("The day custody began is not known.");
    finding.set_remedy("Ask counsel for the record of detention.");
  }
  message.time = absl::FromUnixSeconds(1'528'081'200);  // 2018-06-04T03:00:00Z
  message.time_zone = "Asia/Almaty";
  message.today = std::chrono::sys_days(std::chrono::June / 4 / 2018);
  return message;
}

std::string Shown(const Options& options) {
  const Message message = Sample(options);
  if (options.as == "event") return WriteCloudEvent(message, kPage);
  if (options.as == "chat") return WriteChat(message, kPage);
  if (options.as == "ics") return WriteCalendar(message, kPage);
  const Letter letter = WriteLetter(message, kPage);
  if (options.as == "text") return letter.subject + "\n\n" + letter.text;
  if (options.as == "html") return letter.html;
  Mail mail{kFrom,          message.receiver.email().address(),
            letter.subject, letter.text,
            letter.html,    message.id,
            letter.thread,  letter.form,
            message.time};
  mail.calendar = WriteCalendar(message, kPage);
  return WriteMail(mail).value_or("");
}

}  // namespace
}  // namespace vigil::alert

int main(int argc, char** argv) {
  vigil::alert::Options options;
  CLI::App app{"Shows what a message looks like, on made-up deadlines of each kind."};
  app.add_option("--language", options.language, "language of the receiver: en, ru");
  app.add_option("--form", options.form, "single, digest, summary, test or trouble")
      ->check(CLI::IsMember({"single", "digest", "summary", "test", "trouble"}));
  app.add_option("--as", options.as, "text, html, mail, ics, event (webhook) or chat")
      ->check(CLI::IsMember({"text", "html", "mail", "ics", "event", "chat"}));
  app.add_flag("--private", options.is_private, "as a private receiver reads it");
  CLI11_PARSE(app, argc, argv);
  std::cout << vigil::alert::Shown(options) << "\n";
  return 0;
}
