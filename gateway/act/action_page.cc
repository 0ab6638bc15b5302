#include "gateway/act/action_page.h"

#include "common/held/held.h"
#include "common/words/kind_words.h"
#include "fmt/format.h"
#include "gateway/act/action_form.h"
#include "gateway/act/action_words.h"

namespace vigil::gateway {
namespace {

namespace alert_v1 = ::vigil::alert::v1;

constexpr int kPutOffDays[] = {1, 3, 7};

// Every value comes through here on its way into the page.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

template <class... Values>
std::string Fill(const char* words, const Values&... values) {
  return fmt::format(fmt::runtime(words), values...);
}

// As the messages say it.
std::string MomentText(absl::Time time, const std::string& zone_name) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(zone_name, &zone)) zone = absl::UTCTimeZone();
  return absl::FormatTime("%Y-%m-%d %H:%M %Ez", time, zone);
}

std::string MomentText(const google::protobuf::Timestamp& time, const std::string& zone_name) {
  return MomentText(absl::FromUnixSeconds(time.seconds()), zone_name);
}

http::Response Page(int status, const ActionWords& words, std::string_view heading,
                    std::string_view content) {
  http::Response response;
  response.status = status;
  response.headers.Add("Content-Type", "text/html; charset=utf-8");
  response.headers.Add("Content-Language", words.language);
  response.headers.Add("X-Robots-Tag", "noindex");
  response.body = fmt::format(R"(<!DOCTYPE html>
<html lang="{}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{} – Vigil</title>
<link rel="stylesheet" href="style.css">
</head>
<body><main>
<h1>{}</h1>
{}</main></body>
</html>
)",
                              words.language, words.title, Escaped(heading), content);
  return response;
}

std::string Paragraph(std::string_view text) { return fmt::format("<p>{}</p>\n", Escaped(text)); }

// "c-7f3k9q2m" of "cases/c-7f3k9q2m".
std::string_view IdOf(std::string_view name) { return name.substr(name.find('/') + 1); }

std::string DatesText(const ActionWords& words, const alert_v1::Alert& alert) {
  if (alert.latest().empty() || alert.latest() == alert.earliest()) {
    return Fill(words.one_day, alert.earliest());
  }
  return Fill(words.window, alert.earliest(), alert.latest());
}

// Only until when the API takes it.
std::string PutOffButtons(const ActionWords& words, const alert_v1::Alert& alert,
                          const std::string& zone, absl::Time now) {
  const absl::Time latest = LatestSnooze(alert.kind(), alert.earliest(), now);
  std::string buttons;
  for (const int days : kPutOffDays) {
    const absl::Time until = now + days * absl::Hours(24);
    if (until > latest) continue;
    const std::string moment = MomentText(until, zone);
    buttons += fmt::format(
        R"(<button class="quiet" name="until" value="{}">{}</button>
)",
        FormTime(until), days == 1 ? Fill(words.one, moment) : Fill(words.days, days, moment));
  }
  std::string html = fmt::format("<h2>{}</h2>\n", words.put_off);
  if (buttons.empty()) return html + Paragraph(words.put_off_no_more);
  html += Paragraph(words.put_off_does);
  if (latest < absl::InfiniteFuture()) html += Paragraph(words.put_off_held);
  return html + fmt::format("<form method=\"post\">{}</form>\n", buttons);
}

std::string AnswerButtons(const ActionWords& words, const alert_v1::Alert& alert,
                          const std::string& zone, absl::Time now) {
  std::string html = Paragraph(words.ask);
  html += fmt::format(
      R"(<form method="post"><button name="do" value="acknowledge">{}</button></form>
)",
      words.acknowledge);
  html += Paragraph(words.acknowledge_does);
  return html + PutOffButtons(words, alert, zone, now);
}

std::string StateText(const ActionWords& words, const alert_v1::Alert& alert,
                      const ActionLink& link) {
  const std::string when = MomentText(alert.acknowledge_time(), link.time_zone);
  if (alert.state() == alert_v1::ALERT_STATE_ACKNOWLEDGED) {
    return alert.acknowledged_by() == link.receiver
               ? Fill(words.acknowledged_by_you, when)
               : Fill(words.acknowledged_by, IdOf(alert.acknowledged_by()), when);
  }
  if (alert.state() == alert_v1::ALERT_STATE_SNOOZED) {
    return Fill(words.snoozed, MomentText(alert.snooze_until(), link.time_zone));
  }
  return "";
}

int StatusOf(Sorry why) {
  switch (why) {
    case Sorry::kOff:
    case Sorry::kBroken:
      return 404;
    case Sorry::kExpired:
    case Sorry::kOver:
    case Sorry::kReceiverGone:
      return 410;
    case Sorry::kUnclear:
      return 400;
    case Sorry::kAway:
      return 503;
  }
  return 500;
}

}  // namespace

bool IsOpen(const alert_v1::Alert& alert) {
  return alert.state() != alert_v1::ALERT_STATE_ACKNOWLEDGED &&
         alert.state() != alert_v1::ALERT_STATE_CLOSED;
}

http::Response SorryPage(Sorry why, std::string_view language) {
  const ActionWords& words = ActionWordsFor(language);
  const std::string link = fmt::format("<p><a href=\"../alerts\">{}</a></p>\n", words.read_on);
  http::Response page = Page(StatusOf(why), words, words.sorry_title,
                             Paragraph(words.sorry[static_cast<std::size_t>(why)]) + link);
  if (why == Sorry::kAway) page.headers.Add("Retry-After", "60");
  return page;
}

http::Response AlertPage(const alert_v1::Alert& alert, const ActionLink& link, absl::Time now) {
  const ActionWords& words = ActionWordsFor(link.language);
  const std::string heading =
      fmt::format("{}: {}", IdOf(alert.case_()), KindWordsFor(alert.kind(), words.language).title);
  std::string content = Paragraph(DatesText(words, alert) + ".");
  const std::string state = StateText(words, alert, link);
  if (!state.empty()) {
    content += fmt::format("<p class=\"state\" role=\"status\">{}</p>\n", Escaped(state));
  }
  if (IsOpen(alert)) content += AnswerButtons(words, alert, link.time_zone, now);
  content +=
      fmt::format("<p><a href=\"../{}\">{}</a></p>\n", Escaped(alert.case_()), words.read_on);
  return Page(200, words, heading, content);
}

http::Response ActionStyle() {
  http::Response response;
  response.headers.Add("Content-Type", "text/css; charset=utf-8");
  response.headers.Add("Cache-Control", "public, max-age=3600");
  response.body = R"(:root { color-scheme: light dark; }
body { margin: 0; padding: 24px 16px; font: 18px/1.5 sans-serif; color: #1a1a1a; background: #ffffff; }
main { max-width: 36rem; margin: 0 auto; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
button { font: inherit; display: block; width: 100%; padding: 12px; margin: 8px 0; cursor: pointer;
  color: #ffffff; background: #0b57d0; border: 2px solid #0b57d0; border-radius: 8px; }
button.quiet { color: #0b57d0; background: transparent; }
button:focus-visible, a:focus-visible { outline: 3px solid #b3261e; outline-offset: 2px; }
a { color: #0b57d0; }
.state { padding: 12px; border: 2px solid #1e7d34; border-radius: 8px; }
@media (prefers-color-scheme: dark) {
  body { color: #ececec; background: #16181c; }
  button { color: #16181c; background: #8ab4f8; border-color: #8ab4f8; }
  button.quiet, a { color: #8ab4f8; }
  .state { border-color: #81c995; }
}
)";
  return response;
}

}  // namespace vigil::gateway
