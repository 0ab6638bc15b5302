#pragma once

#include <vector>

#include "absl/time/time.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::alert {

// What became of a week's findings, of all that is known of it, in whichever order it was heard:
// what a replica made itself it may know before what the journal has.
class FindingsState {
 public:
  // Of a final receipt, which says that they were told, or given up, or came back.
  void Add(const registry::v1::Receipt& receipt);

  const std::vector<registry::v1::Receipt>& all() const { return all_; }
  // The one that counts: a telling that did not come back, whoever gave them up, else the last
  // attempt.
  const registry::v1::Receipt& ended() const { return ended_; }
  // When they were first given up; InfiniteFuture while they are told.
  absl::Time given_up() const { return given_up_; }

 private:
  bool Stands(const registry::v1::Receipt& receipt) const;

  std::vector<registry::v1::Receipt> all_;
  registry::v1::Receipt ended_;
  absl::Time given_up_ = absl::InfiniteFuture();
};

}  // namespace vigil::alert
