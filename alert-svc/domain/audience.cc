#include "alert-svc/domain/audience.h"

#include <algorithm>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/occasions.h"

namespace vigil::alert {
namespace {

using civil::Day;
using registry::v1::Deadline;

template <class List, class Value>
bool HasOrEmpty(const List& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

Day LatestDay(const Deadline& deadline) {
  return civil::ParseDay(deadline.latest()).value_or(Day{});
}

bool WasTold(const DeadlineView& deadline, std::string_view receiver) {
  return std::any_of(deadline.receipts->begin(), deadline.receipts->end(),
                     [&](const auto& r) { return r.receiver() == receiver && IsTold(r); });
}

}  // namespace

std::string ZoneOf(const Settings& settings, std::string_view receiver) {
  for (const auto& [name, subscription] : settings.subscriptions()) {
    if (subscription.receiver() == receiver) return subscription.time_zone();
  }
  return "UTC";
}

const v1::Subscription& QuietHoursOf(const Settings& settings, const v1::Subscription& subscription,
                                     std::string_view receiver) {
  if (subscription.receiver() == receiver) return subscription;
  for (const auto& [name, own] : settings.subscriptions()) {
    if (own.receiver() == receiver && own.has_quiet_from()) return own;
  }
  return subscription;
}

bool IsAbout(const v1::Subscription& subscription, const CaseView& view) {
  if (!HasOrEmpty(subscription.cases(), view.name) ||
      !HasOrEmpty(subscription.countries(), view.country)) {
    return false;
  }
  return subscription.tags().empty() ||
         std::any_of(subscription.tags().begin(), subscription.tags().end(), [&](const auto& tag) {
           return std::find(view.tags.begin(), view.tags.end(), tag) != view.tags.end();
         });
}

std::vector<Listener> Audience(const CaseView& view, const Deadline& deadline,
                               const Settings& settings) {
  std::vector<Listener> listeners;
  for (const auto& [name, subscription] : settings.subscriptions()) {
    const v1::Receiver* receiver = settings.FindReceiver(subscription.receiver());
    if (!receiver || !HasOrEmpty(subscription.kinds(), deadline.kind())) continue;
    if (!IsAbout(subscription, view)) continue;
    const bool there = std::any_of(listeners.begin(), listeners.end(),
                                   [&](const Listener& l) { return l.receiver == receiver; });
    if (!there) listeners.push_back({&subscription, receiver});
  }
  return listeners;
}

bool IsClosed(const Deadline& deadline) {
  return deadline.state() == registry::v1::DEADLINE_STATE_MET ||
         deadline.state() == registry::v1::DEADLINE_STATE_WAIVED ||
         deadline.state() == registry::v1::DEADLINE_STATE_WITHDRAWN;
}

// Told without its count: it rests on confidential facts, and the situation told does not.
bool IsVeiled(const Deadline& deadline) { return deadline.count().empty(); }

bool MaySpeak(const CaseView& view, const Deadline& deadline, Day today) {
  if (deadline.eligibility() == registry::v1::ELIGIBILITY_BARRED) return false;
  if (deadline.kind() == registry::v1::DEADLINE_KIND_PAROLE_ELIGIBILITY &&
      view.situation == registry::v1::SITUATION_UNDER_RESTRICTION && !IsVeiled(deadline)) {
    return false;
  }
  return deadline.kind() != registry::v1::DEADLINE_KIND_APPEAL || LatestDay(deadline) >= today;
}

bool IsOvertaken(const CaseView& view, const DeadlineView& own, Day today) {
  const Deadline& deadline = *own.deadline;
  if (deadline.recurrence().empty() || LatestDay(deadline) >= today) return false;
  auto anchor = [](const Deadline& d) { return d.facts().empty() ? std::string() : d.facts(0); };
  return std::any_of(view.deadlines.begin(), view.deadlines.end(), [&](const DeadlineView& other) {
    const Deadline& d = *other.deadline;
    return !other.gone && !IsClosed(d) && d.rule() == deadline.rule() &&
           anchor(d) == anchor(deadline) && LatestDay(d) < today &&
           LatestDay(d) > LatestDay(deadline);
  });
}

Day SilentUntil(const CaseView& view, const DeadlineView& own) {
  Day silent{};
  const Deadline& deadline = *own.deadline;
  if (deadline.kind() != registry::v1::DEADLINE_KIND_CUSTODY_LIMIT) return silent;
  for (const DeadlineView& other : view.deadlines) {
    if (other.gone || other.deadline->kind() != deadline.kind() || IsClosed(*other.deadline)) {
      continue;
    }
    if (other.deadline->step() < deadline.step() &&
        ReferenceDay(*other.deadline) < ReferenceDay(deadline)) {
      silent = std::max(silent, LatestDay(*other.deadline));
    }
  }
  return silent;
}

bool LeadsItsGroup(const CaseView& view, const DeadlineView& own, std::string_view receiver,
                   Day today) {
  if (own.deadline->alternative_group().empty()) return true;
  // The smallest of (not told, passed, date, name) leads.
  auto rank = [&](const DeadlineView& d) {
    return std::make_tuple(!WasTold(d, receiver), LatestDay(*d.deadline) < today,
                           ReferenceDay(*d.deadline), d.deadline->name());
  };
  const auto mine = rank(own);
  for (const DeadlineView& other : view.deadlines) {
    if (other.gone || IsClosed(*other.deadline)) continue;
    if (other.deadline->alternative_group() != own.deadline->alternative_group()) continue;
    if (rank(other) < mine) return false;
  }
  return true;
}

std::vector<const Deadline*> Alternatives(const CaseView& view, const Deadline& deadline) {
  std::vector<const Deadline*> others;
  if (deadline.alternative_group().empty()) return others;
  for (const DeadlineView& other : view.deadlines) {
    if (other.gone || IsClosed(*other.deadline)) continue;
    if (other.deadline->alternative_group() == deadline.alternative_group() &&
        other.deadline->name() != deadline.name()) {
      others.push_back(other.deadline);
    }
  }
  return others;
}

}  // namespace vigil::alert
