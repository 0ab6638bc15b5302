#pragma once

#include <google/protobuf/any.pb.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/civil/working_days.h"
#include "vigil/alert/v1/settings.pb.h"

namespace vigil::alert {

// What a policy is asked about: a deadline, and whose it is.
struct PolicySubject {
  registry::v1::DeadlineKind kind = registry::v1::DEADLINE_KIND_UNSPECIFIED;
  registry::v1::DeadlineNature nature = registry::v1::DEADLINE_NATURE_UNSPECIFIED;
  std::string_view parent = {};                    // the case or dossier
  const std::vector<std::string>* tags = nullptr;  // of the case; null: none
};

// Who hears of what, when and by which way: the policies, receivers, subscriptions and silences of
// one moment. A plain value; compared by revision.
class Settings {
 public:
  // Puts in or replaces one of them by its name. INVALID_ARGUMENT BAD_SETTING names what is wrong
  // and leaves everything as it was; references to what is not there (yet) are allowed and match
  // nothing.
  absl::Status Put(const v1::Policy& policy);
  absl::Status Put(const v1::Receiver& receiver);
  absl::Status Put(const v1::Subscription& subscription);
  absl::Status Put(const v1::Silence& silence);
  // The same for the body of a record; false for one that is no setting.
  absl::StatusOr<bool> PutBody(const google::protobuf::Any& body);
  // Notes when a setting was written.
  void SetSince(std::string_view setting, absl::Time time);
  // Takes out what has this name, of whatever type.
  void Remove(std::string_view name);

  // The most specific policy about it, as v1::Policy says; null: nobody is told of it.
  const v1::Policy* PolicyFor(const PolicySubject& subject) const;
  const v1::Receiver* FindReceiver(std::string_view name) const;
  const v1::Subscription* FindSubscription(std::string_view name) const;
  // Until when silences hold back what is said to a receiver about a kind of deadline of a case or
  // dossier; InfinitePast where none does. About who is held they do so once approved.
  absl::Time SilentUntil(std::string_view case_name, registry::v1::DeadlineKind kind,
                         std::string_view receiver, absl::Time now) const;
  // When a subscription was written last; InfiniteFuture where that is unknown.
  absl::Time Since(std::string_view subscription) const;
  // Tells what a policy says from what it said before: when it was written, in milliseconds since
  // 1970; 0 where that is unknown.
  std::int64_t RevisionOf(const v1::Policy& policy) const;
  // By name.
  const std::map<std::string, v1::Subscription, std::less<>>& subscriptions() const {
    return subscriptions_;
  }
  const std::map<std::string, v1::Receiver, std::less<>>& receivers() const { return receivers_; }
  const std::map<std::string, v1::Policy, std::less<>>& policies() const { return policies_; }
  const std::map<std::string, v1::Silence, std::less<>>& silences() const { return silences_; }

 private:
  std::map<std::string, v1::Policy, std::less<>> policies_;
  std::map<std::string, v1::Receiver, std::less<>> receivers_;
  std::map<std::string, v1::Subscription, std::less<>> subscriptions_;
  std::map<std::string, v1::Silence, std::less<>> silences_;
  std::map<std::string, absl::Time, std::less<>> since_;  // by name
};

// Why nothing may be sent to a receiver, in words; empty where something may.
std::string_view WhyMute(const v1::Receiver& receiver);

// Whether an id is one: `[a-z0-9-]{1,40}`.
bool IsSettingId(std::string_view id);

// Whether a name is a collection, `policies/`, and an id.
bool IsSettingName(std::string_view name, std::string_view collection);

// Whether each subscription finds the receivers that it names, and each receiver its owner.
// FAILED_PRECONDITION RECEIVER_MISSING.
absl::Status CheckReferences(const Settings& settings);

// Whether there is a calendar of the working days that a subscription names. INVALID_ARGUMENT
// BAD_SETTING names those there are.
absl::Status CheckCalendar(const v1::Subscription& subscription, const civil::Calendars& calendars);

// Whether a change leaves no kind that had a policy without one: nobody would be told of it, and
// nobody would notice. FAILED_PRECONDITION KIND_UNWATCHED.
absl::Status CheckWatched(const Settings& before, const Settings& after);

// Whether a change leaves nobody who is held to a policy that does not speak at once, has no leads
// or does not escalate; what was so before may stay. FAILED_PRECONDITION HELD_UNTOLD.
absl::Status CheckHeld(const Settings& before, const Settings& after);

// Whether a silence holds back what it did not before: it ends later, or is about more.
bool IsWider(const v1::Silence& before, const v1::Silence& after);

// Whether seeds hold together: each entry can work, and each reference is to something in them.
absl::Status CheckSeeds(const v1::AlertSeeds& seeds);

}  // namespace vigil::alert
