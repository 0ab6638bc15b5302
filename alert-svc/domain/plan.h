#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "alert-svc/domain/settings.h"
#include "common/civil/working_days.h"
#include "common/held/held.h"
#include "vigil/registry/v1/case.pb.h"
#include "vigil/registry/v1/journal.pb.h"

// What is owed to whom, and when. Pure: no I/O, no clock, no globals.
namespace vigil::alert {

// One deadline of a case and what became of it so far.
struct DeadlineView {
  const registry::v1::Deadline* deadline = nullptr;
  bool gone = false;       // no longer derived: `deadline` is as it was last
  absl::Time known_since;  // when these dates came into the record; InfinitePast: unknown
  // All receipts of the deadline, in the order they came.
  const std::vector<registry::v1::Receipt>* receipts = nullptr;
};

// A case, or a dossier.
struct CaseView {
  std::string name;
  std::string country;  // that prosecutes; empty for a dossier
  std::vector<std::string> tags;
  registry::v1::Situation situation = registry::v1::SITUATION_UNSPECIFIED;
  absl::Time came_in = absl::InfinitePast();  // into the record; InfinitePast: unknown
  std::vector<DeadlineView> deadlines;
};

// What a policy is asked about one of its deadlines. It refers to both.
inline PolicySubject SubjectOf(const CaseView& view, const registry::v1::Deadline& deadline) {
  return {deadline.kind(), deadline.nature(), view.name, &view.tags};
}

// What else a plan depends on.
struct PlanContext {
  const Settings& settings;
  const civil::WorkingDays& days;
  const std::set<std::string, std::less<>>& delivered;  // ids of digests and summaries that are out
  absl::Time now;
  // A digest that is later than this waits for the next one; after a time without any it is caught
  // up on its day.
  absl::Duration grace = absl::Hours(1);
  // Ids of digests that were tried and are not out: what belongs into one stays there, however late
  // it gets. Null: none.
  const std::set<std::string, std::less<>>* tried = nullptr;
  // Working days of the countries that subscriptions name; `days` for the rest. Null: none.
  const civil::Calendars* calendars = nullptr;
  // Plan as if there were no silences.
  bool ignores_silences = false;

  // The working days that the person of a subscription keeps.
  const civil::WorkingDays& DaysOf(const v1::Subscription& subscription) const;
};

enum class PlannedForm { kReminder, kMoved, kWithdrawn };
enum class Channel { kSingle, kDigest, kSummary };

// One message, or one item of a digest, that is owed.
struct Planned {
  PlannedForm form = PlannedForm::kReminder;
  Channel channel = Channel::kSingle;
  std::string id;     // of the reminder
  std::string alert;  // id of the alert
  std::string deadline;
  std::string receiver;
  std::string subscription;
  std::string earliest;  // dates it tells (of what is gone: the dates told before)
  std::string latest;
  std::string sealed_earliest;  // dates that a digest may have told before they moved; else empty
  std::string sealed_latest;
  int step = 0;
  int level = 0;
  int repeat = 0;
  int attempts = 0;                  // made so far
  int escalate_after_hours = 0;      // of its policy
  std::int64_t policy_revision = 0;  // Settings::RevisionOf
  absl::Time due;                    // of a digest's or summary's item: when that may go out
  std::vector<int> superseded;       // steps past and not told, for which this one stands

  bool operator==(const Planned&) const = default;
};

// What is owed next about the deadlines of one case, to every receiver: at most the newest step
// past, the next one ahead, a change notice and an escalation for each deadline and receiver. What
// was told, or acknowledged, is not owed again; planning twice plans nothing new.
std::vector<Planned> PlanCase(const CaseView& view, const PlanContext& context);

// Who was told of a deadline, has not answered in time, and has neither a stand-in nor a team: "no
// stand-in" is a finding, and the alert stays on top of the list.
struct Unanswered {
  std::string deadline;
  std::string receiver;
  absl::Time since;  // when somebody else should have heard
};
std::vector<Unanswered> UnansweredOf(const CaseView& view, const PlanContext& context);

// What silences hold back of a case.
struct Muted {
  std::vector<Planned> now;                  // whose time has come, and of which no receipt says so
  absl::Time next = absl::InfiniteFuture();  // when the next one's comes
};
Muted MutedOf(const CaseView& view, PlanContext context);

// Every message that would be owed until a moment if each were accepted when due and nobody acted.
// In the order of time.
std::vector<Planned> Forecast(CaseView view, const PlanContext& context, absl::Time until);

// The receipt that a planned message leaves when it was told at `time`.
registry::v1::Receipt ReceiptOf(const Planned& planned, std::string_view parent,
                                registry::v1::DeadlineKind kind,
                                registry::v1::Receipt::Kind outcome, absl::Time time);

// Notes what its receipt keeps of the policy that something is planned under: an alert escalates as
// its first receipt says.
void NotePolicy(const Settings& settings, const v1::Policy& policy, Planned& planned);

// Id of the one summary of a subscription.
std::string SummaryId(std::string_view subscription);

}  // namespace vigil::alert
