// Shows what a message looks like: every wording, language and form, on made-up deadlines.
//   vigil-preview --language ru --form digest --as text
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <string>

#include "alert-svc/deliver/calendar_part.h"
#include "alert-svc/deliver/chat.h"
#include "alert-svc/deliver/cloud_event.h"
#include "alert-svc/deliver/letter.h"
#include "alert-svc/deliver/mime.h"
#include "alert-svc/deliver/preview_sample.h"
#include "alert-svc/deliver/wording.h"

namespace vigil::alert {
namespace {

namespace reg = registry::v1;

constexpr char kPage[] = "https://vigil.example";
constexpr char kFrom[] = "vigil@vigil.example";

struct Options {
  SampleOptions sample;
  std::string as = "text";
};

std::string Shown(const Options& options) {
  const Message message = SampleMessage(options.sample);
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

// An option that takes one of some words, each of which stands for a value.
template <class Value>
void AddChoice(CLI::App& app, const std::string& name, Value& value,
               const std::map<std::string, Value>& words, const std::string& help) {
  app.add_option(name, value, help)->transform(CLI::CheckedTransformer(words));
}

void AddMessage(CLI::App& app, Options& options) {
  SampleOptions& sample = options.sample;
  app.add_option("--language", sample.language, "of the receiver: en, ru; else English");
  app.add_option("--form", sample.form, "single, digest, summary, findings, test or trouble")
      ->check(CLI::IsMember({"single", "digest", "summary", "findings", "test", "trouble"}));
  app.add_option("--as", options.as, "text, html, mail, ics, event (webhook) or chat")
      ->check(CLI::IsMember({"text", "html", "mail", "ics", "event", "chat"}));
  app.add_flag("--private", sample.is_private, "as a private receiver reads it");
  app.add_flag("--lags", sample.lags, "what is known is an hour old");
  app.add_flag("--links", sample.links, "with links that answer");
  AddChoice<v1::Trouble::Kind>(app, "--trouble", sample.trouble,
                               {{"gone", v1::Trouble::KIND_GONE},
                                {"failing", v1::Trouble::KIND_FAILING},
                                {"given-up", v1::Trouble::KIND_GIVEN_UP},
                                {"bad-address", v1::Trouble::KIND_BAD_ADDRESS},
                                {"refused", v1::Trouble::KIND_REFUSED}},
                               "of a trouble");
}

void AddDeadline(CLI::App& app, SampleOptions& sample) {
  AddChoice<reg::DeadlineNature>(app, "--nature", sample.nature,
                                 {{"limit", reg::DEADLINE_NATURE_LIMIT},
                                  {"opens", reg::DEADLINE_NATURE_OPENS},
                                  {"happens", reg::DEADLINE_NATURE_HAPPENS},
                                  {"act-before", reg::DEADLINE_NATURE_ACT_BEFORE},
                                  {"state-due", reg::DEADLINE_NATURE_STATE_DUE}},
                                 "of a single's deadline");
  AddChoice<reg::DeadlinePrecision>(app, "--precision", sample.precision,
                                    {{"exact", reg::DEADLINE_PRECISION_EXACT},
                                     {"window", reg::DEADLINE_PRECISION_WINDOW},
                                     {"no-later", reg::DEADLINE_PRECISION_NO_LATER_THAN},
                                     {"no-earlier", reg::DEADLINE_PRECISION_NO_EARLIER_THAN},
                                     {"estimate", reg::DEADLINE_PRECISION_ESTIMATE}},
                                    "of a single's deadline");
  AddChoice<MessageItem::Doubt>(app, "--doubt", sample.doubt,
                                {{"fact", MessageItem::Doubt::kSomeFact},
                                 {"custody", MessageItem::Doubt::kCustodyBegin},
                                 {"appeal", MessageItem::Doubt::kAppeal}},
                                "what a single's date hangs on");
  AddChoice<MessageItem::Change>(app, "--change", sample.change,
                                 {{"none", MessageItem::Change::kNone},
                                  {"moved", MessageItem::Change::kMoved},
                                  {"withdrawn", MessageItem::Change::kWithdrawn}},
                                 "what became of a single's date");
  app.add_flag("--past", sample.past, "a single's date is past");
  app.add_flag("--hour", sample.hour, "a single's date is exact to the hour");
}

void AddReason(CLI::App& app, SampleOptions& sample) {
  AddChoice<Message::Why>(app, "--why", sample.why,
                          {{"planned", Message::Why::kPlanned},
                           {"hourly", Message::Why::kHourly},
                           {"handed-over", Message::Why::kHandedOver},
                           {"put-off", Message::Why::kPutOff}},
                          "what a single went out for");
  app.add_option("--again", sample.again, "how often a single went out for that before");
  app.add_option("--step", sample.step, "days before the date that a single is meant for");
  app.add_option("--hours-left", sample.hours_left, "of an hourly one");
  app.add_option("--level", sample.level, "to how many a single was passed on");
  app.add_flag("--undelivered", sample.undelivered, "it reached nobody before");
}

}  // namespace
}  // namespace vigil::alert

int main(int argc, char** argv) {
  vigil::alert::Options options;
  CLI::App app{"Shows what a message looks like, on made-up deadlines of each kind."};
  vigil::alert::AddMessage(app, options);
  vigil::alert::AddDeadline(app, options.sample);
  vigil::alert::AddReason(app, options.sample);
  CLI11_PARSE(app, argc, argv);
  const std::string& language = options.sample.language;
  const std::string words = vigil::alert::WordsFor(language).Language();
  if (!language.starts_with(words)) {
    std::cerr << fmt::format("There are no words in {}: English.\n", language);
  }
  std::cout << vigil::alert::Shown(options) << "\n";
  return 0;
}
