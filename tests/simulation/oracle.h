#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/simulation.h"

namespace vigil::alert::sim {

// Judges a run by what reached the receivers, the journal, and what people were told, and by
// nothing that the engine says of itself.
class Oracle {
 public:
  explicit Oracle(Simulation& simulation);

  std::vector<std::string> Judge();

 private:
  // A span of the journal in which a deadline stood still (calendar).
  struct Standing {
    registry::v1::Deadline deadline;
    absl::Time from, to;
    std::int64_t ended = 0;  // the revision that ended it; 0: none did
  };
  // Something said about one deadline to one receiver.
  struct Said {
    const Accepted* in;
    const MessageItem* item;
  };

  // The same of an attempt, whatever came of it.
  struct Tried {
    const Attempt* in;
    const MessageItem* item;
  };

  // When people did something about an alert, and when they acknowledged it (calendar).
  struct Answers {
    std::vector<absl::Time> all;
    std::vector<absl::Time> acknowledged;
  };

  // The alerts that people answered, by the journal.
  static std::map<std::string, Answers> AnsweredIn(const std::deque<registry::v1::Change>& journal);
  // Nothing is said before its time.
  void NothingEarly();
  // Nothing that was claimed after an acknowledgement held, or while it was put off; but news of a
  // date is owed to whoever was told another one, also while somebody else put it off.
  void NothingAfterAnAnswer();
  // Nothing that was claimed after the shard had applied that its date is another, or gone; nor, in
  // a digest, what was answered.
  void NothingAfterAWithdrawal();
  // A second copy of an id has one of the named reasons, it is the sender's own, and it is counted.
  void DoublesOnlyInTheGap();
  // A second copy is about the same deadlines under the same dates.
  void CopiesSayTheSame();
  // The same news does not come under two ids, of senders who know the time.
  void NoNewsUnderTwoIds();
  bool WentAloneByWrongTime(const Accepted& before, const Accepted& after) const;
  bool LostItsAnswer(const Accepted& before, const Accepted& after) const;
  bool WasOnItsWayByAnotherSetting(const Accepted& accepted) const;
  // Every lead of a date that stood still was tried in time: when it was due or, where a fault was
  // in the way, when that was overcome. What came to nothing was tried again in time, until the
  // receiver's server had it.
  void EveryLeadTold();
  // What nobody answered went on to the stand-in.
  void EverySilenceEscalated();
  // What a server took, from a sender that could tell so, is in the journal.
  void EveryTellingRecorded();
  // The last word to each receiver that is in the journal is true: it names the dates of today, or
  // that there are none.
  void LastWordIsTrue();
  // Once the faults have stopped, the plan of the whole journal owes nothing.
  void NothingLeftOwing();
  // What was put off before it was tried counts as no attempt.
  void EveryAttemptCounted();
  // A shard is held to be lost only where something happened to it.
  void NoFalseAlarms();
  // Where nothing else is wrong a replica notices within a second that Redis lost what it had.
  void EveryLossNoticed();
  // Of each calm week it is in the journal what became of its findings, and they were told once at
  // most.
  void EachWeeksFindingsTold();
  // When the faults stopped, and when the desk's next digest of a week is (calendar).
  absl::Time Calm() const;
  absl::Time NextDigest(absl::Time from) const;
  // No week's findings are taken under two ids, in the storm either.
  void NoFindingsUnderTwoIds();
  // What is found in the calm is told with the next digest of findings.
  void EveryFindingTold();
  bool IsToldInDigest(const std::string& parent, absl::Time from, absl::Time to) const;
  // A shard opens one lease after somebody could claim from it.
  void EveryShardHeld();
  // Nobody takes over a lease within one lease of the end of a while without Redis.
  void EveryLeaseKeptWhileRedisWasAway();
  // What a replica folded from the journal is what the registry holds, and it finds no other.
  void NothingFoldedWrong();
  // What a receipt says was sent, was taken.
  void ReceiptsAreTrue();
  // Nobody forgets what is not done yet.
  void NothingForgottenEarly();

  // The news of a date that waits for its next attempt at a moment (wall); null: none does.
  const Tried* NewsWaiting(const std::string& receiver, const registry::v1::Deadline& deadline,
                           absl::Time wall) const;
  void CheckLead(const Standing& standing, const std::string& receiver, int step);
  void CheckAnswered(const Said& said, absl::Time first);
  bool IsSuperseded(const Said& said, absl::Time by) const;
  // When a message was told first that came twice: its receipt may be of the one or the other copy.
  absl::Time FirstTold(const std::vector<Said>& all, const Said& said) const;
  // When an attempt of it first failed, as far as its sender could tell (wall); InfiniteFuture
  // where none did.
  absl::Time FirstFailed(const Said& said) const;
  absl::Time DigestsOut(const std::string& receiver, absl::Time wall) const;
  absl::Time PutOff(const std::string& receiver, absl::Time due, absl::Time by,
                    const std::vector<int>& shards) const;
  // By so much a clock was set ahead at most, or may have been a moment ago (wall).
  absl::Duration AheadAt(absl::Time wall) const;
  // Whether what a person did held no more, by some clock.
  bool IsOver(const sim::Acted& acted, absl::Time wall) const;
  // From when an attempt that came to nothing may be made again (wall).
  absl::Time Again(const Attempt& attempt) const;
  bool IsNewsTo(const Accepted& accepted) const;
  // Whether its sender had the time from a clock that was off.
  bool HasWrongTime(const Accepted& accepted) const;
  bool IsForgotten(const Accepted& before, const Accepted& after) const;
  std::string HowTheyDiffer(const Accepted& before, const Accepted& after) const;
  bool Excused(const Accepted& before, const Accepted& after) const;
  bool WasCounted(const Accepted& before, const Accepted& after) const;
  bool WasDurable(const std::string& id, const Accepted& after) const;
  bool Suffered(const Accepted& from, absl::Time until) const;
  bool Happened(Fault::Kind kind, absl::Time from, absl::Time to) const;
  // Whether the registry became an older one.
  bool RestoredBetween(absl::Time from, absl::Time to) const;
  // When the sender of a copy, alive, heard what came of it (wall); InfiniteFuture where it did
  // not.
  absl::Time HeardOf(const Accepted& copy) const;
  bool HappenedTo(int replica, Fault::Kind kind, absl::Time from, absl::Time to) const;
  bool TroubleOn(int replica, bool redis, absl::Time from, absl::Time to) const;
  // Whether what a message says of a date was no longer so when its shard gave it out.
  bool WasWithdrawn(const MessageItem& item, const Accepted& in, absl::Time claim) const;
  bool WasAnswered(const MessageItem& item, const Accepted& in, absl::Time claim) const;
  // When a digest was claimed for its first attempt, at the earliest (wall); InfinitePast where it
  // may have been sealed before.
  absl::Time FirstClaimOf(const Accepted& digest) const;
  // When a shard came to a revision of the journal (wall); InfiniteFuture where it did not.
  absl::Time AppliedAt(int shard, std::int64_t revision) const;
  // When those shards came to it that a message goes by.
  absl::Time KnownAt(const MessageItem& item, const Accepted& in, std::int64_t revision) const;
  // Nothing was wrong with anybody but receivers.
  bool IsQuiet(absl::Time from, absl::Time to) const;
  bool IsWell(int replica, absl::Time from, absl::Time to, const Fault& but) const;
  // The first moment at or after `wall` from which on nothing was wrong for a while, and none of
  // these shards held.
  absl::Time CalmFrom(absl::Time wall, const std::string& receiver,
                      const std::vector<int>& shards = {}) const;
  // When the member behind a single message was claimed for this attempt (wall).
  absl::Time ClaimOf(const Accepted& accepted) const;
  bool IsInRecord(const std::string& deadline) const;
  bool Acted(const registry::v1::Deadline& deadline, int step) const;
  // Whether somebody did something about an alert (`alerts/{id}`) until a moment (wall).
  bool AnsweredBy(const std::string& alert, absl::Time wall) const;
  // Whether the news of a date was acknowledged in a span of wall time.
  bool NewsAcknowledged(const registry::v1::Deadline& deadline, absl::Time from,
                        absl::Time to) const;
  // Whether an alert (`alerts/{id}`) was acknowledged in a span of wall time, or the news of a date
  // acknowledged or put off then: it goes on standing for the leads before.
  bool CoversLeads(const MessageItem& item, absl::Time from, absl::Time to) const;
  absl::Time Wall(absl::Time calendar) const { return run_.queue_.WallAt(calendar); }
  absl::Time Calendar(absl::Time wall) const { return run_.queue_.CalendarAt(wall); }
  void Violation(std::string text) { violations_.push_back(std::move(text)); }

  Simulation& run_;
  std::vector<Standing> standings_;
  std::map<std::string, std::vector<Said>> said_;    // by receiver and deadline, as attempted
  std::map<std::string, std::vector<Tried>> tried_;  // likewise
  std::set<std::string> recorded_;                   // what the journal says was told, see ToldIn
  std::map<std::string, Answers> answered_;          // by alert
  std::set<std::string> refused_;                    // receiver and alert or deadline, for good
  std::vector<std::string> violations_;
};

}  // namespace vigil::alert::sim
