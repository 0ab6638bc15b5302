#include "alert-svc/deliver/wording.h"

#include "alert-svc/domain/local_time.h"

namespace vigil::alert {
namespace {

// The day that the steps of a policy count from: of what the State owes, the last it can be.
std::string_view ReferenceDay(const registry::v1::Deadline& deadline) {
  return deadline.nature() == registry::v1::DEADLINE_NATURE_STATE_DUE
             ? LatestOf(deadline)
             : std::string_view(deadline.earliest());
}

}  // namespace

std::string Words::DayText(std::string_view iso_day) const {
  const std::optional<Day> day = ParseDay(iso_day);
  return day.has_value() ? DayText(*day) : std::string(iso_day);
}

const Words& WordsFor(std::string_view language) {
  // Made once and never destroyed: no order of destruction to think of.
  static const Words* const kAll[] = {words::MakeEnglish().release(),
                                      words::MakeRussian().release()};
  const std::string_view wanted = language.substr(0, language.find('-'));
  for (const Words* words : kAll) {
    if (wanted == words->Language()) return *words;
  }
  return *kAll[0];
}

const Words& WordsFor(const Message& message) { return WordsFor(message.receiver.language()); }

std::string MomentText(absl::Time time, const std::string& zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M %Ez", time, Zone(zone));
}

Spread SpreadOf(const Message& message) {
  Spread spread;
  spread.count = message.items.size();
  for (const MessageItem& item : message.items) {
    const int64_t days = DaysAhead(item.deadline, message.today);
    if (days >= 0 && (spread.next < 0 || days < spread.next)) spread.next = days;
  }
  return spread;
}

Timing TimingOf(const Message& message) {
  const MessageItem& item = message.items.front();
  const std::optional<Day> day = ParseDay(ReferenceDay(item.deadline));
  if (!day.has_value()) return Timing::kOnItsDay;
  const Day meant = *day - std::chrono::days(item.step);
  if (message.today == meant) return Timing::kOnItsDay;
  if (message.level > 0 || message.again > 0) return Timing::kAgain;
  return message.today < meant ? Timing::kEarly : Timing::kLate;
}

}  // namespace vigil::alert
