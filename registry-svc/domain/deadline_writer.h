// Writes a counted date down as a deadline. Internal to the domain.
#pragma once

#include <vector>

#include "registry-svc/domain/findings.h"
#include "registry-svc/domain/occurrences.h"
#include "registry-svc/domain/standing.h"

namespace vigil::registry {

// Lives for one derivation; findings on eligibility go to `findings`.
class DeadlineWriter {
 public:
  DeadlineWriter(const Reading& reading, Findings& findings, std::vector<v1::Deadline>& out)
      : reading_(reading), findings_(findings), out_(out) {}

  // `alternatives`: the start is one of several.
  void Write(const Counted& counted, const Start& start, Occurrence occurrence, const Ends& ends,
             bool alternatives);

 private:
  void Identify(const Counted& counted, const Start& start, const Occurrence& occurrence,
                bool alternatives, v1::Deadline& out) const;
  void Judge(const Counted& counted, v1::Deadline& out);
  void Describe(const Counted& counted, v1::Deadline& out) const;
  void TellOfStayingEnd(const Counted& counted, v1::Deadline& out) const;

  const Reading& reading_;
  Findings& findings_;
  std::vector<v1::Deadline>& out_;
};

}  // namespace vigil::registry
