#pragma once

#include <string>
#include <vector>

#include "alert-svc/domain/plan.h"

namespace vigil::alert {

// Who hears of one deadline.
struct Listener {
  const v1::Subscription* subscription;
  const v1::Receiver* receiver;
};

// The subscriptions that match, by name, one a receiver: two of them do not make two mails.
std::vector<Listener> Audience(const CaseView& view, const registry::v1::Deadline& deadline,
                               const Settings& settings);

// Whether a subscription is about a case or dossier, its kinds of deadline apart.
bool IsAbout(const v1::Subscription& subscription, const CaseView& view);

// The zone in which a receiver is told of things; UTC where no subscription names it.
std::string ZoneOf(const Settings& settings, std::string_view receiver);

// The subscription whose quiet hours hold for what one subscription says to a receiver: itself, or
// where the receiver was drawn into it, the first of the receiver's own that has such hours.
const v1::Subscription& QuietHoursOf(const Settings& settings, const v1::Subscription& subscription,
                                     std::string_view receiver);

// Whether the never-rules of domain.md section 9 let a deadline speak at all: not what is barred,
// not parole of people under restriction, not an appeal term that has passed.
bool MaySpeak(const CaseView& view, const registry::v1::Deadline& deadline, civil::Day today);

// A duty or a review that recurs: only the newest occurrence of those that are past matters; the
// older ones have their day behind them.
bool IsOvertaken(const CaseView& view, const DeadlineView& deadline, civil::Day today);

// The deadline is done or taken away: met, waived, withdrawn.
bool IsClosed(const registry::v1::Deadline& deadline);

// Custody ceilings: 3 months and more speak only once the earlier passed or was extended. The day
// up to which this one is silent; the first day of the calendar where nothing holds it back.
civil::Day SilentUntil(const CaseView& view, const DeadlineView& deadline);

// Of deadlines counted from different anchors one alerts, and shows the others: the one the
// receiver was told of, else the earliest that has not passed, else the earliest.
bool LeadsItsGroup(const CaseView& view, const DeadlineView& deadline, std::string_view receiver,
                   civil::Day today);

// The other open deadlines of its group.
std::vector<const registry::v1::Deadline*> Alternatives(const CaseView& view,
                                                        const registry::v1::Deadline& deadline);

}  // namespace vigil::alert
