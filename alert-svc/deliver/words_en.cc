// Every English word that a message may hold, but for those of the kinds (common/words).
#include <fmt/format.h>

#include "alert-svc/deliver/finding_lines.h"
#include "alert-svc/deliver/wording.h"
#include "common/words/kind_words.h"

namespace vigil::alert::words {
namespace {

namespace reg = registry::v1;

constexpr Labels kLabels = {
    .change = "Change",
    .person = "Person",
    .handed_over_by = "Handed over by",
    .note = "Note",
    .what = "What",
    .when = "When",
    .now = "Now",
    .how_sure = "How sure",
    .assumed = "Assumed",
    .condition = "Condition",
    .other = "Or",
    .rule = "Rule",
    .confidence = "Confidence",
    .act = "Do",
    .steps = "How it was counted",
    .answer = "Acknowledge or put off, without signing in",
    .read_on = "Read on and acknowledge",
    .settings = "To change what you are told, ask whoever looks after Vigil for you.",
    .receiver = "Receiver",
    .what_happened = "What happened",
    .since = "Since",
    .answer_was = "Its answer",
    .given_up = "Given up",
    .look_after = "Look after it",
};

constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

std::string InDays(int64_t days) {
  if (days == 0) return "today";
  if (days == 1) return "tomorrow";
  return fmt::format("in {} days", days);
}

std::string_view ClosedWords(reg::DeadlineState state) {
  switch (state) {
    case reg::DEADLINE_STATE_MET:
      return "done";
    case reg::DEADLINE_STATE_WAIVED:
      return "waived";
    default:
      return "withdrawn";
  }
}

// A few words, without a date, for what has begun or gone by.
std::string_view PastWords(const reg::Deadline& d, Day today) {
  switch (d.nature()) {
    case reg::DEADLINE_NATURE_ACT_BEFORE:
      return MayBeLater(d) ? "may be overdue" : "overdue";
    case reg::DEADLINE_NATURE_OPENS:
      return IsOpenForSure(d, today) ? "open" : "may be open";
    case reg::DEADLINE_NATURE_STATE_DUE:
      return "no reply known";
    default:
      return MayBeLater(d) ? "may have passed" : "passed, unconfirmed";
  }
}

class English final : public Words {
 public:
  using Words::DayText;
  const char* Language() const override { return "en"; }
  const Labels& GetLabels() const override { return kLabels; }
  std::string_view KindText(reg::DeadlineKind kind) const override {
    return KindWordsFor(kind, Language()).title;
  }
  std::string_view WhatText(reg::DeadlineKind kind) const override {
    return KindWordsFor(kind, Language()).what;
  }

  std::string DayText(Day day) const override {
    const std::chrono::year_month_day date(day);
    return fmt::format("{} {} {}", static_cast<unsigned>(date.day()),
                       kMonths[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()));
  }

  std::string SpanText(std::string_view earliest, std::string_view latest) const override {
    if (latest.empty() || latest == earliest) return DayText(earliest);
    return fmt::format("between {} and {}", DayText(earliest), DayText(latest));
  }

  std::string WhenText(const reg::Deadline& d) const override {
    if (!d.earliest_time().empty()) return HourText(d);
    switch (d.boundary()) {
      case reg::DEADLINE_BOUNDARY_BEFORE_DAY:
        return BeforeDayText(d);
      case reg::DEADLINE_BOUNDARY_END_OF_DAY:
        return fmt::format("Until the end of {} (24:00).", Span(d));
      case reg::DEADLINE_BOUNDARY_FROM_DAY:
        return fmt::format("From 00:00 of {} on.", Span(d));
      default:
        return fmt::format("On {}.", Span(d));
    }
  }

  std::string SureText(const reg::Deadline& d, MessageItem::Doubt doubt) const override {
    const std::string first = DayText(d.earliest());
    const std::string last = DayText(LatestOf(d));
    switch (d.precision()) {
      case reg::DEADLINE_PRECISION_EXACT:
        return "Exact: every date it is counted from is known.";
      case reg::DEADLINE_PRECISION_WINDOW:
        return fmt::format("Between {} and {}: what it is counted from is known only roughly.",
                           first, last);
      case reg::DEADLINE_PRECISION_NO_LATER_THAN:
        return fmt::format("No later than {}: {}.", last, EarlierText(d.nature(), doubt));
      case reg::DEADLINE_PRECISION_NO_EARLIER_THAN:
        return fmt::format("No earlier than {}: {}.", first,
                           doubt == MessageItem::Doubt::kAppeal
                               ? "this is the date if nobody appealed"
                               : "a fact that is not known can put it back");
      case reg::DEADLINE_PRECISION_ESTIMATE:
        return "An estimate: it may come earlier or later.";
      default:
        return "How sure the date is was not said.";
    }
  }

  std::string StandText(const reg::Deadline& d, Day today) const override {
    if (d.state() == reg::DEADLINE_STATE_WITHDRAWN) return "Withdrawn: it no longer holds.";
    if (d.state() == reg::DEADLINE_STATE_MET) return "Done.";
    if (d.state() == reg::DEADLINE_STATE_WAIVED) return "Waived.";
    if (IsPast(d, today)) return PastText(d, today);
    const std::optional<int64_t> first = DaysTo(today, d.earliest());
    if (!first.has_value()) return "";
    const int64_t last = DaysTo(today, LatestOf(d)).value_or(0);
    if (d.nature() == reg::DEADLINE_NATURE_LIMIT) return LimitText(d, *first, last);
    if (*first > 0) return ComesText(d, *first, last);
    return last == 0 ? "Due today."
                     : fmt::format("Due now; the last day it can be is {}.", InDays(last));
  }

  std::string UrgencyText(const reg::Deadline& d, Day today) const override {
    if (IsSettled(d)) return std::string(ClosedWords(d.state()));
    if (IsPast(d, today)) return std::string(PastWords(d, today));
    const int64_t first = DaysTo(today, d.earliest()).value_or(0);
    return first > 0 ? InDays(first) : "due now";
  }

  std::string_view ActionText(const reg::Deadline& d, Day today) const override {
    const bool past = IsPast(d, today);
    if (past && d.nature() == reg::DEADLINE_NATURE_HAPPENS) {
      return "This happens by itself: record whether it did.";
    }
    switch (d.actor()) {
      case reg::DEADLINE_ACTOR_US:
        return "This one is ours: open the case, act, and mark it done.";
      case reg::DEADLINE_ACTOR_COUNSEL:
        return "Counsel acts on this one: check that they know, and mark it done.";
      case reg::DEADLINE_ACTOR_STATE:
        return past ? "The State had to act: find out whether it did, and record it."
                    : "The State must act: ask what is planned, and watch whether it does.";
      default:
        return "Look at the case and record what happened.";
    }
  }

  std::string AssumptionText(std::string_view code) const override {
    if (code == "NO_APPEAL") return "it is assumed that nobody appealed";
    if (code == "CUSTODY_FROM_VERDICT") return "custody is counted from the day of the verdict";
    if (code == "GRAVITY_ASSUMED") return "the gravity of the offence is assumed";
    if (code == "PART_UNKNOWN") return "the part of the article is unknown";
    if (code == "GRAVITY_UNKNOWN") return "the gravity of the offence is unknown";
    if (code == "CUSTODY_NOT_CREDITED") return "custody may count for more than is credited";
    if (code == "RELEASED_ON_ENTRY_INTO_FORCE") return "release is taken to be on entry into force";
    if (code == "DID_NOT_HIDE") return "it is assumed that they did not hide";
    if (code == "FINE_PAID_AT_ONCE") return "it is assumed that the fine was paid at once";
    if (code == "ORDER_UNKNOWN") return "the order of some facts is not known";
    if (code == "LAW_READ_IN_2025_EDITION") return "the law was read in its 2025 edition";
    return std::string(code);
  }

  std::string_view ConfidenceText(reg::Confidence confidence) const override {
    switch (confidence) {
      case reg::CONFIDENCE_LOW:
        return "Low: the rule needs a lawyer's check.";
      case reg::CONFIDENCE_MEDIUM:
        return "Medium: the rule was read in another edition.";
      case reg::CONFIDENCE_HIGH:
        return "High: the rule was read as in force on the day.";
      default:
        return "";
    }
  }

  std::string OtherText(std::string_view when) const override {
    return fmt::format("If counted from another possible day: {}", when);
  }
  std::string MovedText(std::string_view told) const override {
    return told.empty() ? "The date moved."
                        : fmt::format("The date moved. You were told: {}.", told);
  }
  std::string WithdrawnText(std::string_view told) const override {
    return told.empty() ? "Withdrawn: it no longer holds."
                        : fmt::format("Withdrawn: it no longer holds. You were told: {}.", told);
  }

  std::string SubjectText(const Message& message) const override {
    switch (message.form) {
      case Message::Form::kSummary:
        return fmt::format("Vigil: summary of what is past, {}", CountText(message.items.size()));
      case Message::Form::kDigest:
        return fmt::format("Vigil: digest, {}", DatesText(message));
      case Message::Form::kTest:
        return "Vigil: test message";
      case Message::Form::kTrouble:
        return "Vigil: a receiver cannot be reached";
      case Message::Form::kSingle:
        break;
    }
    if (message.items.empty()) return "Vigil";
    const MessageItem& item = message.items.front();
    return fmt::format("[{}] {}{}", CaseCode(item.deadline.name()), Urgency(message, item),
                       message.level == 0    ? ""
                       : message.undelivered ? ", not delivered"
                                             : ", not acknowledged");
  }

  std::string HeadingText(const Message& message) const override {
    switch (message.form) {
      case Message::Form::kSummary:
        return fmt::format("What was past on {}", DayText(message.today));
      case Message::Form::kDigest:
        return fmt::format("Digest of {}", DayText(message.today));
      case Message::Form::kTest:
        return "Test message: nothing is due, and nothing is to be done";
      case Message::Form::kTrouble:
        return "A receiver cannot be reached";
      case Message::Form::kSingle:
        break;
    }
    if (message.items.empty()) return "Vigil";
    const MessageItem& item = message.items.front();
    return fmt::format("{}: {}, {}", CaseCode(item.deadline.name()), KindText(item.deadline.kind()),
                       Urgency(message, item));
  }

  std::string WhyText(const Message& message) const override {
    std::string why = "You get this ";
    switch (message.form) {
      case Message::Form::kSummary:
        why += "once, as the summary of what was past when you were subscribed";
        break;
      case Message::Form::kDigest:
        why += "as the digest of your subscription";
        break;
      case Message::Form::kTest:
        why += "because somebody tries out whether reminders reach you";
        break;
      case Message::Form::kTrouble:
        why += "once, because you look after this receiver, or stand in for it";
        break;
      case Message::Form::kSingle:
        why += message.items.empty() ? "from your subscription" : SingleText(message);
        break;
    }
    if (message.level > 0 && message.undelivered) {
      why +=
          ", and because it could not be delivered to whoever comes before you: it was passed on "
          "to you";
    } else if (message.level > 0) {
      why += ", and because nobody has acknowledged it: it was passed on to you";
    }
    return why + ".";
  }

  std::string_view TroubleText(v1::Trouble::Kind kind) const override {
    switch (kind) {
      case v1::Trouble::KIND_GONE:
        return "It answered that it is gone for good, and was disabled: nothing is sent there any "
               "more.";
      case v1::Trouble::KIND_FAILING:
        return "It has taken nothing for two days. Each message is given up three days after its "
               "first attempt; after five days without any success the receiver will be disabled.";
      case v1::Trouble::KIND_GIVEN_UP:
        return "It took nothing for five days, and was disabled: nothing is sent there any more.";
      case v1::Trouble::KIND_BAD_ADDRESS:
        return "Mail to it was refused, since there is no such address. Nothing is sent to that "
               "address any more.";
      case v1::Trouble::KIND_REFUSED:
        return "Mail to it was refused as a matter of policy, not for its address. What is next "
               "owed to it is sent as ever.";
      default:
        return "";
    }
  }
  std::string_view RemedyText(v1::Trouble::Kind kind) const override {
    switch (kind) {
      case v1::Trouble::KIND_FAILING:
        return "Put right what stands in the way. What was owed to it goes on to whoever stands "
               "in.";
      case v1::Trouble::KIND_BAD_ADDRESS:
        return "Write the right address into the receiver; where this one is right after all, "
               "write it once more. Until then all that is owed to it goes on at once to whoever "
               "stands in.";
      case v1::Trouble::KIND_REFUSED:
        return "Find out what its server asks of ours: a signature, another sender, encryption, to "
               "be taken off a list. What was given up has gone on to whoever stands in, and can "
               "be sent again.";
      default:
        return "Put right where it leads, switch it on again, try it out, and send again what was "
               "given up. Until then all that is owed to it goes on at once to whoever stands in.";
    }
  }
  std::string GivenUpText(int messages) const override {
    return fmt::format("{} {}", messages, messages == 1 ? "message" : "messages");
  }
  std::string OverviewText(int soon, int days, int later, int past) const override {
    return fmt::format("{} within {} days, {} later, {} open, past or closed.", soon, days, later,
                       past);
  }
  std::string FindingsText(size_t count, size_t cases, bool more) const override {
    return fmt::format("{}{} {} in {} {}: what is missing or does not fit", more ? "at least " : "",
                       count, count == 1 ? "finding" : "findings", cases,
                       cases == 1 ? "case" : "cases");
  }
  std::string MoreText(size_t count) const override { return fmt::format("and {} more", count); }
  std::string KnownText(std::string_view moment) const override {
    return fmt::format("As known at {}; what came in since then is not in it.", moment);
  }
  std::string ShortCodeText(std::string_view code) const override {
    return fmt::format("Short code {}", code);
  }

 private:
  std::string DayBefore(std::string_view iso) const {
    const std::optional<Day> day = ParseDay(iso);
    return day.has_value() ? DayText(*day - std::chrono::days(1)) : std::string(iso);
  }

  // "2018-06-07T14:30:00+06:00" → "7 June 2018 14:30 (UTC+06:00)".
  std::string TimeText(std::string_view rfc3339) const {
    if (rfc3339.size() < 19) return std::string(rfc3339);
    std::string_view zone = rfc3339.substr(19);
    if (!zone.empty() && zone.front() == '.') {
      const size_t end = zone.find_first_of("+-Z");
      zone = end == std::string_view::npos ? std::string_view() : zone.substr(end);
    }
    if (zone == "Z") zone = "";
    return fmt::format("{} {} (UTC{})", DayText(rfc3339.substr(0, 10)), rfc3339.substr(11, 5),
                       zone);
  }

  std::string Span(const reg::Deadline& d) const {
    if (IsSingleDay(d)) return DayText(d.earliest());
    return fmt::format("a day between {} and {}", DayText(d.earliest()), DayText(d.latest()));
  }

  std::string BeforeDayText(const reg::Deadline& d) const {
    const std::string before = DayBefore(d.earliest());
    const std::string before_latest = DayBefore(LatestOf(d));
    if (IsHolding(d)) {
      if (IsSingleDay(d)) {
        return fmt::format(
            "Lawful until the end of {}{}; must be extended or ended before {} 00:00.", before,
            BoundText(d), DayText(d.earliest()));
      }
      return fmt::format(
          "Lawful until the end of {} at least, of {} at most; must be extended or ended before "
          "00:00 of {}.",
          before, before_latest, Span(d));
    }
    if (IsSingleDay(d)) {
      return fmt::format("Until the end of {}, before {} 00:00.", before, DayText(d.earliest()));
    }
    return fmt::format("Until the end of {} to be safe, of {} at the latest; before 00:00 of {}.",
                       before, before_latest, Span(d));
  }

  std::string HourText(const reg::Deadline& d) const {
    const std::string first = TimeText(d.earliest_time());
    const bool single = d.latest_time().empty() || d.latest_time() == d.earliest_time();
    const std::string span =
        single ? first
               : fmt::format("a moment between {} and {}", first, TimeText(d.latest_time()));
    if (IsHolding(d)) {
      return fmt::format("Lawful until {}; must be extended or ended by then.", span);
    }
    return fmt::format("Until {}.", span);
  }

  // Of a limit that is not past; `first` and `last`: days to the days it can end on.
  std::string LimitText(const reg::Deadline& d, int64_t first, int64_t last) const {
    const bool begins =
        d.boundary() == reg::DEADLINE_BOUNDARY_BEFORE_DAY && d.earliest_time().empty();
    const auto ends = [begins](int64_t days) {
      return begins && days == 1 ? std::string("at 00:00 tomorrow") : InDays(days);
    };
    if (IsSingleDay(d)) return fmt::format("Ends {}{}.", ends(first), BoundText(d));
    if (first > 0) return fmt::format("Ends {} at the earliest.", ends(first));
    return fmt::format("May have ended already; ends {} at the latest.", ends(last));
  }

  // After a day that is not certain.
  std::string_view BoundText(const reg::Deadline& d) const {
    if (MayBeEarlier(d) && MayBeLater(d)) return ", by the estimate";
    if (MayBeEarlier(d)) return " at the latest";
    return MayBeLater(d) || !IsSingleDay(d) ? " at the earliest" : "";
  }

  // Of what has not begun; `first` and `last`: days to the days it can begin on.
  std::string ComesText(const reg::Deadline& d, int64_t first, int64_t last) const {
    const bool latest = d.precision() == reg::DEADLINE_PRECISION_NO_LATER_THAN;
    return fmt::format("{} {}{}.", d.nature() == reg::DEADLINE_NATURE_OPENS ? "Opens" : "Comes",
                       InDays(latest ? last : first), BoundText(d));
  }

  std::string OpenText(const reg::Deadline& d, Day today) const {
    if (MayBeLater(d)) {
      return fmt::format("May be open since {}; it is not certain.", DayText(d.earliest()));
    }
    const std::string last = DayText(LatestOf(d));
    if (!IsOpenForSure(d, today)) {
      return fmt::format("May be open already; open from {} on at the latest.", last);
    }
    return fmt::format("Open since {}{}.", last,
                       IsSingleDay(d) && !MayBeEarlier(d) ? "" : " at the latest");
  }

  std::string EarlierText(reg::DeadlineNature nature, MessageItem::Doubt doubt) const {
    const bool opens = nature == reg::DEADLINE_NATURE_OPENS;
    if (doubt == MessageItem::Doubt::kCustodyBegin) {
      return opens ? "may already be open; the day custody began is unknown"
                   : "the day custody began is unknown, and can bring it forward";
    }
    return opens ? "may already be open; a fact that is not known can bring it forward"
                 : "a fact that is not known can bring it forward";
  }

  std::string PastText(const reg::Deadline& d, Day today) const {
    // Of a boundary before a day, the last day was the one before.
    const bool before = d.boundary() == reg::DEADLINE_BOUNDARY_BEFORE_DAY;
    const std::string last = before ? DayBefore(LatestOf(d)) : DayText(LatestOf(d));
    const bool later = MayBeLater(d);
    const std::string_view doubt = later ? "; it is not certain" : ", unconfirmed";
    switch (d.nature()) {
      case reg::DEADLINE_NATURE_ACT_BEFORE:
        return later ? fmt::format("May be overdue since the end of {}; it is not certain.", last)
                     : fmt::format("Overdue since the end of {}.", last);
      case reg::DEADLINE_NATURE_OPENS:
        return OpenText(d, today);
      case reg::DEADLINE_NATURE_STATE_DUE:
        return fmt::format("No reply known; it was owed by {}{}.", last,
                           IsSingleDay(d) ? BoundText(d) : "");
      case reg::DEADLINE_NATURE_LIMIT:
        return fmt::format("{} at the end of {}{}: {}", later ? "May have passed" : "Passed", last,
                           doubt, IsHolding(d) ? "was it extended or ended?" : "did it end?");
      default:
        return fmt::format("{} on {}{}: did it happen?", later ? "May have passed" : "Passed", last,
                           doubt);
    }
  }

  std::string Urgency(const Message& message, const MessageItem& item) const {
    if (item.change == MessageItem::Change::kWithdrawn) return "withdrawn";
    const std::string urgency = UrgencyText(item.deadline, message.today);
    return item.change == MessageItem::Change::kMoved ? "date moved, now " + urgency : urgency;
  }

  std::string CountText(size_t count) const {
    return fmt::format("{} {}", count, count == 1 ? "date" : "dates");
  }

  // "58 dates, the next in 2 days".
  std::string DatesText(const Message& message) const {
    if (message.items.empty() && !message.findings.empty()) {
      return FindingsText(message.findings.size(), FindingLinesOf(message).cases,
                          message.more_findings);
    }
    const Spread spread = SpreadOf(message);
    const std::string text = CountText(spread.count);
    if (spread.next == 0) return text + ", due now";
    return spread.next < 0 ? text : fmt::format("{}, the next {}", text, InDays(spread.next));
  }

  // Why a single came; of what was passed on, as what it had gone out before.
  std::string SingleText(const Message& message) const {
    if (message.why == Message::Why::kHourly) return HourlyText(message.hours_left);
    if (message.level > 0) return LeadText(message);
    switch (message.why) {
      case Message::Why::kHandedOver:
        return "because it was handed over to you: it is yours to answer";
      case Message::Why::kPutOff:
        return "again, as it was put off until now";
      default:
        return LeadText(message) +
               (message.again > 0 ? ", again because nobody has acknowledged it" : "");
    }
  }

  std::string HourlyText(int hours) const {
    return fmt::format(
        "as the reminder {} {} before, one of those that come each hour until somebody "
        "acknowledges it",
        hours, hours == 1 ? "hour" : "hours");
  }

  std::string LeadText(const Message& message) const {
    const MessageItem& item = message.items.front();
    if (item.change != MessageItem::Change::kNone) {
      return "because a date you were told has changed";
    }
    const int days = std::abs(item.step);
    const std::string lead = item.step == 0
                                 ? "the day itself"
                                 : fmt::format("{} {} {}", days, days == 1 ? "day" : "days",
                                               item.step > 0 ? "before" : "after");
    switch (TimingOf(message)) {
      case Timing::kEarly:
        return fmt::format("as the reminder meant for {}, brought forward over days off", lead);
      case Timing::kLate:
        return fmt::format("as a late reminder, meant for {}", lead);
      case Timing::kAgain:
        return fmt::format("as the reminder meant for {}", lead);
      case Timing::kOnItsDay:
        break;
    }
    return fmt::format("as the reminder {}{}", item.step == 0 ? "on " : "", lead);
  }
};

}  // namespace

std::unique_ptr<Words> MakeEnglish() { return std::make_unique<English>(); }

}  // namespace vigil::alert::words
