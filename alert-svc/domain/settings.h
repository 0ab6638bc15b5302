#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "vigil/alert/v1/settings.pb.h"

namespace vigil::alert {

// Who hears of what, when and by which way: the policies, receivers and subscriptions of one
// moment. A plain value; compared by revision.
class Settings {
 public:
  // Puts in or replaces one of them by its name. INVALID_ARGUMENT names what is wrong and leaves
  // everything as it was; references to what is not there (yet) are allowed and match nothing.
  absl::Status Put(const v1::Policy& policy);
  absl::Status Put(const v1::Receiver& receiver);
  absl::Status Put(const v1::Subscription& subscription);
  // Notes when a subscription was written.
  void SetSince(std::string_view subscription, absl::Time time);
  // Takes out what has this name, of either type.
  void Remove(std::string_view name);

  // The policy of a kind, the first by name; null: nobody is told of it.
  const v1::Policy* PolicyFor(registry::v1::DeadlineKind kind) const;
  const v1::Receiver* FindReceiver(std::string_view name) const;
  const v1::Subscription* FindSubscription(std::string_view name) const;
  // When a subscription was written last; InfiniteFuture where that is unknown.
  absl::Time Since(std::string_view subscription) const;
  // By name.
  const std::map<std::string, v1::Subscription, std::less<>>& subscriptions() const {
    return subscriptions_;
  }
  const std::map<std::string, v1::Receiver, std::less<>>& receivers() const { return receivers_; }
  const std::map<std::string, v1::Policy, std::less<>>& policies() const { return policies_; }

 private:
  std::map<std::string, v1::Policy, std::less<>> policies_;
  std::map<std::string, v1::Receiver, std::less<>> receivers_;
  std::map<std::string, v1::Subscription, std::less<>> subscriptions_;
  std::map<std::string, absl::Time, std::less<>> since_;  // of subscriptions
};

// Whether seeds hold together: each entry well formed, and each reference to something in them.
absl::Status CheckSeeds(const v1::AlertSeeds& seeds);

}  // namespace vigil::alert
