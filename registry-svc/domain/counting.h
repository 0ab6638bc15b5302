// From which day a rule counts: the anchors, each with the reasoning that led to it. Internal to
// the domain.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "registry-svc/domain/reading.h"

namespace vigil::registry {

// What the engine itself assumes; a deadline lists them by name.
enum Assumption : uint32_t {
  kNoAppeal = 1 << 0,
  kCustodyFromVerdict = 1 << 1,
  kGravityAssumed = 1 << 2,
  kAssumePartUnknown = 1 << 3,
  kGravityUnknown = 1 << 4,
  kCreditUnknown = 1 << 5,
  kReleasedOnEntry = 1 << 6,
  kDidNotHide = 1 << 7,
  kOrderUnknown = 1 << 8,
};

// A possible start of a count. A window has a point for its first and one for its last day.
struct Start {
  struct Point {
    civil::Day day;
    // Days to take off whatever is counted from here.
    int credit = 0;
    // How `day` is counted, in the form of Deadline.count; empty: it is read as it stands.
    std::string how = {};
    // Days really held before `day`, whatever they are worth.
    int held = 0;
  };
  std::vector<Point> points;
  // Names the alternative; empty for the trigger's own date.
  std::string key;
  // An unknown fact can bring it forward, or put it back.
  bool earlier = false;
  bool later = false;
  // A roll in a year whose decrees are unknown.
  bool low = false;
  uint32_t assumptions = 0;
  std::vector<std::string> steps;
  // What it rests on, the anchor first.
  std::vector<const CheckedFact*> facts;
};

// A first and a last day.
struct Range {
  civil::Day first;
  civil::Day last;

  bool operator==(const Range&) const = default;
};

// "2018-03-01", or "2018-03-01 … 2018-03-31".
std::string DescribeRange(const Range& range);

// Appends the same, for hot paths.
void AppendRange(const Range& range, std::string& out);

// A window and how its ends are counted, in the form of Deadline.count. An empty `last` is the same
// as `first`; an empty `first` reads the day as it stands.
struct Count {
  std::string first;
  std::string last;

  // Another operation on both ends.
  void Append(std::string_view operation);
};

// The window of the start's points, credits apart.
Range WindowOf(const Start& start);
// The window of the start's points plus the term, less the credits; with how it is counted.
Range After(const Start& start, const civil::Term& term, Count* count = nullptr);

// A start at a fact's date; no point where the date is not closed.
Start AtDate(const CheckedFact& fact, const civil::Span& date, std::string what);

// The decision on appeal by which this one was upheld or changed, or that nobody appealed; null
// where there is none.
const CheckedFact* AppealOf(const Reading& reading, const CheckedFact& decision);

// The days on which a court of appeal may have decided about this decision: none before it. Nothing
// where `appeal` is null, says that nobody appealed, or is dated wholly before the decision, so
// that one of the two days is wrong.
std::optional<civil::Span> DecidedOnAppeal(const CheckedFact* appeal, const CheckedFact& decision);

// Entry into force of a decision of exactly this day that nobody appeals: the day after the term of
// appeal. Adds the steps to `out` where it is to be explained.
Start::Point PlainEntry(const Reading& reading, const CompiledProcedure& procedure,
                        civil::Day decided, Start& out, bool explain);

// Entry into force of a court's decision: the day of the appeal decision, else the day after the
// term of appeal. No point where the date is not closed or the State's procedure is unknown.
Start EntryIntoForce(const Reading& reading, const CheckedFact& decision);

// Where the main term runs from: alternatives where a total may run from several verdicts.
std::vector<Start> TermStarts(const Reading& reading, const Sentence& sentence);

// The end of the main term, for each of TermStarts that has points.
std::vector<Start> SentenceEnds(const Reading& reading, const Sentence& sentence);

// Where the bans run from (CC 2014 article 50(4)).
std::vector<Start> BanStarts(const Reading& reading, const Sentence& sentence);

// The day on which main penalty and bans are both served (CC 2014 article 79(4), (5)).
std::vector<Start> PenaltiesServed(const Reading& reading, const Sentence& sentence);

// The release, else entry into force of the order that releases.
Start ReleaseStart(const Reading& reading, const Sentence& sentence);

// What was left of the main term when the person was let out on a parole that was revoked later, in
// days, fewest and most; nothing where it cannot be told. Adds flags, steps and facts to `start`.
std::optional<std::pair<int, int>> RestOfTerm(const Reading& reading, const Sentence& sentence,
                                              Start& start);

// Adds steps, facts, flags and assumptions of `from` to `to`; points stay.
void Inherit(const Start& from, Start& to);

}  // namespace vigil::registry
