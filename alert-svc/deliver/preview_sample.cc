#include "alert-svc/deliver/preview_sample.h"

#include <fmt/format.h>

#include <vector>

namespace vigil::alert {
namespace {

namespace reg = registry::v1;

// A deadline's kind, whose it is and how it ends, as the rules have it for its nature.
struct Shape {
  reg::DeadlineKind kind;
  reg::DeadlineActor actor;
  reg::DeadlineBoundary boundary;
};

Shape ShapeOf(reg::DeadlineNature nature) {
  switch (nature) {
    case reg::DEADLINE_NATURE_LIMIT:
      return {reg::DEADLINE_KIND_CUSTODY_LIMIT, reg::DEADLINE_ACTOR_STATE,
              reg::DEADLINE_BOUNDARY_BEFORE_DAY};
    case reg::DEADLINE_NATURE_OPENS:
      return {reg::DEADLINE_KIND_PAROLE_ELIGIBILITY, reg::DEADLINE_ACTOR_COUNSEL,
              reg::DEADLINE_BOUNDARY_FROM_DAY};
    case reg::DEADLINE_NATURE_ACT_BEFORE:
      return {reg::DEADLINE_KIND_APPEAL, reg::DEADLINE_ACTOR_COUNSEL,
              reg::DEADLINE_BOUNDARY_END_OF_DAY};
    case reg::DEADLINE_NATURE_STATE_DUE:
      return {reg::DEADLINE_KIND_UN_FOLLOW_UP, reg::DEADLINE_ACTOR_STATE,
              reg::DEADLINE_BOUNDARY_END_OF_DAY};
    default:
      return {reg::DEADLINE_KIND_ENTRY_INTO_FORCE, reg::DEADLINE_ACTOR_COUNSEL,
              reg::DEADLINE_BOUNDARY_FROM_DAY};
  }
}

MessageItem Item(int number, reg::DeadlineNature nature, reg::DeadlinePrecision precision,
                 const std::string& earliest, const std::string& latest) {
  const Shape shape = ShapeOf(nature);
  MessageItem item;
  item.alert = fmt::format("alerts/{:032x}", number);
  item.step = 3;
  reg::Deadline& deadline = item.deadline;
  deadline.set_name(fmt::format("cases/c-sample{}/deadlines/{:016x}", number / 3, number));
  deadline.set_kind(shape.kind);
  deadline.set_nature(nature);
  deadline.set_precision(precision);
  deadline.set_earliest(earliest);
  deadline.set_latest(latest);
  deadline.set_rule("KZ.CPC.151.2M@1");
  deadline.set_actor(shape.actor);
  deadline.set_boundary(shape.boundary);
  deadline.set_case_display_name("A. Sample");
  deadline.add_explanation("2018-04-07 + 2 months = 2018-06-07");
  return item;
}

void AddChange(MessageItem::Change change, MessageItem& item) {
  item.change = change;
  item.told_earliest = "2018-06-15";
}

// One of each nature and precision, before and after its day.
std::vector<MessageItem> Items() {
  std::vector<MessageItem> items = {
      Item(0, reg::DEADLINE_NATURE_LIMIT, reg::DEADLINE_PRECISION_EXACT, "2018-06-07",
           "2018-06-07"),
      Item(1, reg::DEADLINE_NATURE_OPENS, reg::DEADLINE_PRECISION_NO_LATER_THAN, "2018-06-01",
           "2018-06-20"),
      Item(2, reg::DEADLINE_NATURE_HAPPENS, reg::DEADLINE_PRECISION_NO_EARLIER_THAN, "2018-06-10",
           "2018-06-10"),
      Item(3, reg::DEADLINE_NATURE_ACT_BEFORE, reg::DEADLINE_PRECISION_WINDOW, "2018-05-28",
           "2018-06-02"),
      Item(4, reg::DEADLINE_NATURE_STATE_DUE, reg::DEADLINE_PRECISION_ESTIMATE, "2018-05-20",
           "2018-05-20"),
      Item(5, reg::DEADLINE_NATURE_HAPPENS, reg::DEADLINE_PRECISION_EXACT, "2018-06-30",
           "2018-06-30"),
      Item(6, reg::DEADLINE_NATURE_HAPPENS, reg::DEADLINE_PRECISION_EXACT, "2018-07-30",
           "2018-07-30"),
  };
  items[1].doubt = MessageItem::Doubt::kCustodyBegin;
  items[2].doubt = MessageItem::Doubt::kAppeal;
  items[5].deadline.set_kind(reg::DEADLINE_KIND_SENTENCE_END);
  items[6].deadline.set_kind(reg::DEADLINE_KIND_BAN_END);
  AddChange(MessageItem::Change::kMoved, items[5]);
  AddChange(MessageItem::Change::kWithdrawn, items[6]);
  return items;
}

bool IsSpan(const SampleOptions& options) {
  return options.precision == reg::DEADLINE_PRECISION_WINDOW && !options.hour;
}

MessageItem SingleItem(const SampleOptions& options) {
  const std::string first = options.past ? "2018-05-20" : "2018-06-07";
  const std::string last = options.past ? "2018-05-28" : "2018-06-20";
  MessageItem item =
      Item(0, options.nature, options.precision, first, IsSpan(options) ? last : first);
  if (options.hour) item.deadline.set_earliest_time(first + "T14:30:00+06:00");
  item.doubt = options.doubt;
  item.step = options.step;
  if (options.change != MessageItem::Change::kNone) AddChange(options.change, item);
  // Who is handed an alert was told nothing before.
  if (options.why == Message::Why::kHandedOver) item.told_earliest.clear();
  if (options.why == Message::Why::kHandedOver && options.is_private) {
    item.handed_over_by = "users/anna";
    item.note = "Counsel is away until Thursday: call the sister first.";
  }
  return item;
}

void AddFinding(Message& message) {
  reg::Finding& finding = message.findings.emplace_back();
  finding.set_name("cases/c-7f3k9q2m/findings/f-1");
  finding.set_text("The day custody began is not known.");
  finding.set_remedy("Ask counsel for the record of detention.");
}

void AddTrouble(v1::Trouble::Kind kind, Message& message) {
  message.troubled = "receivers/machine";
  message.trouble.set_kind(kind);
  message.trouble.mutable_start_time()->set_seconds(1'528'070'400);
  const bool mail = kind == v1::Trouble::KIND_BAD_ADDRESS || kind == v1::Trouble::KIND_REFUSED;
  message.trouble.set_detail(mail                             ? "SMTP 550"
                             : kind == v1::Trouble::KIND_GONE ? "HTTP 410"
                                                              : "HTTP 503");
  message.given_up = 3;
}

void Fill(const SampleOptions& options, Message& message) {
  if (options.form == "test") {
    message.form = Message::Form::kTest;
  } else if (options.form == "trouble") {
    message.form = Message::Form::kTrouble;
    AddTrouble(options.trouble, message);
  } else if (options.form == "single") {
    message.items = {SingleItem(options)};
    message.why = options.why;
    message.again = options.again;
    message.hours_left = options.hours_left;
    message.level = options.level;
    message.undelivered = options.undelivered;
  } else if (options.form == "summary") {
    message.form = Message::Form::kSummary;
    message.items = Items();
  } else {
    message.form = Message::Form::kDigest;
    if (options.form == "digest") message.items = Items();
    AddFinding(message);
  }
}

}  // namespace

Message SampleMessage(const SampleOptions& options) {
  Message message;
  message.id = "0123456789abcdef0123456789abcdef";
  message.receiver.mutable_email()->set_address("reader@vigil.example");
  message.receiver.set_language(options.language);
  message.receiver.set_private_(options.is_private);
  message.time = absl::FromUnixSeconds(1'528'081'200);  // 2018-06-04T03:00:00Z
  message.time_zone = "Asia/Almaty";
  message.today = std::chrono::sys_days(std::chrono::June / 4 / 2018);
  if (options.lags) message.known_at = message.time - absl::Hours(1);
  Fill(options, message);
  if (!options.links) return message;
  for (MessageItem& item : message.items) {
    if (item.change != MessageItem::Change::kWithdrawn) {
      item.action_link = "https://vigil.example/act/sample";
    }
  }
  return message;
}

}  // namespace vigil::alert
