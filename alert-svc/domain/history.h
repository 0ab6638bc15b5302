#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::alert {

// Steps that no policy has: a change notice's.
inline constexpr int kMovedStep = 1000;
inline constexpr int kWithdrawnStep = 1001;

// Of a week's findings: no deadline's, with the day of the digest as its date.
bool IsOfFindings(const registry::v1::Receipt& receipt);

// Whether the receipt ends its reminder: nothing more is owed under that id. One that a silence
// held back is owed still when that ends.
bool IsFinal(const registry::v1::Receipt& receipt);
// Whether the receiver was told something by it.
bool IsTold(const registry::v1::Receipt& receipt);

// What the receipts of one deadline say about people's actions, whoever was told.
struct Actions {
  struct Snooze {
    absl::Time since, until;
    int count = 0;
  };
  struct HandOver {
    std::string receiver;
    absl::Time time;
    int step = 0;
    int count = 0;  // of the alert, from 1
  };
  std::map<std::string, absl::Time, std::less<>> acknowledged;  // alerts, for good, and when
  // Alerts that were put off or, what comes to the same, acknowledged until a time.
  std::map<std::string, Snooze, std::less<>> snoozed;
  // The last of each alert; not of those in whose place a newer one was told.
  std::map<std::string, HandOver, std::less<>> handed_over;
  std::set<std::string> holders;  // receivers to whom anything was ever handed over

  explicit Actions(const std::vector<registry::v1::Receipt>& receipts);
  bool any() const { return !acknowledged.empty() || !snoozed.empty() || !handed_over.empty(); }
  bool IsAcknowledged(std::string_view alert) const { return acknowledged.contains(alert); }
  // It was handed over, to this receiver; to another one.
  bool IsHeldBy(std::string_view alert, std::string_view receiver) const;
  bool IsHandedOn(std::string_view alert, std::string_view receiver) const;

 private:
  void PutOff(const registry::v1::Receipt& receipt);
  void DropOvertaken(const std::vector<registry::v1::Receipt>& receipts);
};

// What the receipts of one deadline say about one receiver.
struct History {
  struct Failed {
    int attempts = 0;
    absl::Time retry;  // not before
  };
  struct InDigest {
    std::string_view digest;  // in which it failed
    absl::Time first;         // when it did first in that one
  };
  const registry::v1::Receipt* last_told = nullptr;  // of level 0, the latest
  int notices = 0;                                   // change notices told
  // By reminder; the ids are the receipts'.
  std::map<std::string_view, const registry::v1::Receipt*> finals;
  std::map<std::string_view, Failed> failed;  // alone; what fails in a digest is tried with it
  std::set<std::string_view> muted;           // held back by a silence when their time came
  std::map<std::string_view, InDigest> digests;

  History(const std::vector<registry::v1::Receipt>& receipts, std::string_view receiver);
  bool IsClosed(std::string_view reminder) const { return finals.contains(reminder); }
  // When a retry of the reminder may start, or `due` where nothing failed.
  absl::Time NotBefore(std::string_view reminder, absl::Time due) const;
};

// A protobuf time as ours.
absl::Time TimeOf(const google::protobuf::Timestamp& time);
// And back, whole milliseconds.
google::protobuf::Timestamp ToProto(absl::Time time);

}  // namespace vigil::alert
