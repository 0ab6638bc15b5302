// Contradictions and gaps in the facts. Internal to the domain.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry-svc/domain/counting.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::registry {

// What a finding rests on besides the fact that it is about, for Finding.found_time.
struct Ground {
  // Null ones do not count.
  std::vector<const CheckedFact*> facts = {};
  // It rests on all that this deadline does.
  const v1::Deadline* deadline = nullptr;
  // The day by whose coming it arose; absent where it follows from the record alone.
  std::optional<civil::Day> day = {};
};

// Collects findings; the same kind about the same fact is kept once, with its widest shift.
class Findings {
 public:
  explicit Findings(const Reading& reading) : reading_(reading) {}

  // `about` may be null for a finding about the case.
  void Add(std::string_view kind, const CheckedFact* about, std::string text, std::string remedy,
           int max_shift_days, const Ground& ground = {});

  // Most important first, each with the deadlines it could move.
  std::vector<v1::Finding> Take(const std::vector<v1::Deadline>& deadlines);

 private:
  const Reading& reading_;
  std::vector<v1::Finding> list_;
};

// How long a term is, in days, as a bound.
int DaysOf(const civil::Term& term);

// The day after the deadline's last one: by its coming the deadline has passed.
civil::Day DayAfter(const v1::Deadline& deadline);

// The fact that the deadline is counted for; null where it does not count, or there is none.
const CheckedFact* FactOf(const Reading& reading, const v1::Deadline& deadline);

// Findings that follow from the facts alone, apart from any deadline.
void FindGaps(const Reading& reading, Findings& findings);

// Whether decisions were appealed: where nobody knows, and where the term was missed.
void FindAppeals(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                 Findings& findings);

// What in the sources themselves needs care: scripts, spellings, articles, outcomes.
void FindInSources(const Reading& reading, Findings& findings);

// Imprecise, missing and rival dates, and how far they move what is counted from them.
void FindInDates(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                 Findings& findings);

// What should have happened by now, and no fact says that it did; a mandate that ended or ends
// soon.
void FindPassed(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                Findings& findings);

// Facts whose dates contradict one another; facts older than the treaty they are to be complained
// of under.
void FindChronology(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                    Findings& findings);

// Orders that contradict the deadlines derived, and marks that lead to none of them.
void FindContradictions(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                        Findings& findings);

}  // namespace vigil::registry
