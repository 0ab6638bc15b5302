// What watchers must hear of a file that was derived anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "registry-svc/casebook/case_file.h"
#include "vigil/registry/v1/case.pb.h"
#include "vigil/registry/v1/deadline.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// Whether a watcher must hear of a case, beside its facts and deadlines: of all but the stamps that
// every change renews. Both as they are told (veil.h).
bool IsToldAnew(const v1::Case& before, const v1::Case& after);

// The deadlines of a file as they are told, with a print of each: all that a watcher must hear of,
// which is everything but a state of the day. Equal prints are taken for equal deadlines; another
// build may print the same deadline otherwise. What it is made of outlives it.
class Printed {
 public:
  // None.
  Printed() = default;
  // What follows on a day; its confidential side is not told.
  explicit Printed(const DayReading& reading);
  // What was told.
  explicit Printed(const std::vector<v1::Deadline>& told);

  size_t size() const { return prints_.size(); }
  const std::string& name(size_t index) const { return (*deadlines_)[index].name(); }
  v1::Deadline Told(size_t index) const;
  uint64_t print(size_t index) const { return prints_[index]; }
  // Of all of them together; 0 for none.
  uint64_t print() const;

 private:
  void Print();

  const std::vector<v1::Deadline>* deadlines_ = nullptr;
  // Null: they are as they were told.
  const DayReading* reading_ = nullptr;
  std::vector<uint64_t> prints_;
};

// Of a case as it is told: equal where IsToldAnew is false.
uint64_t PrintOf(const v1::Case& told);

// Which deadlines moved, came or went, as it may leave through the journal.
v1::DeadlinesChanged Difference(const std::string& parent, const Printed& before,
                                const Printed& after);

// About what one item of a change may hold: a message with one such item and its head is well below
// the 4 MiB that a client takes unless told otherwise.
inline constexpr size_t kItemBytes = 256 << 10;

// The change in items of about that size, in order; both sides of a deadline stay together. A duty
// of each day over years has thousands of dates.
std::vector<v1::DeadlinesChanged> InItems(v1::DeadlinesChanged change, size_t bytes = kItemBytes);

}  // namespace vigil::registry
