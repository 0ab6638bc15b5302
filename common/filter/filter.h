#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"

namespace vigil {

// A filter of a list request, after AIP-160: `situation = SITUATION_IMPRISONED AND country = "KZ"`.
//   comparisons   field OP value, with = != < <= > >= and : ("has": a list has an element equal to
//                 the value, a text contains it, `field:*` is set)
//   joining       AND, OR, NOT or -, parentheses; OR binds tighter than AND; comparisons side by
//                 side are AND
//   fields        snake_case or camelCase, dots into messages (`person.sex`); through a list of
//                 messages: some element matches
//   values        text in "…" or '…' or bare, numbers, true and false, enum values by full name or
//                 without prefix in any case, times in RFC 3339. Text compares by bytes, so that
//                 ISO days order rightly; after = and != a `*` at either end matches anything
// An unset message on the way compares as its default; an unset time matches != alone. Immutable,
// thread-safe.
class Filter {
 public:
  // INVALID_ARGUMENT with FILTER_INVALID on field `filter`, naming the column and the remedy, for
  // what is no filter over `of`; and for more than 4 KiB, 100 comparisons or 20 levels. An empty
  // text matches everything.
  static absl::StatusOr<Filter> Parse(std::string_view text,
                                      const google::protobuf::Descriptor* of);

  // Whether a message of the type given to Parse matches.
  bool Matches(const google::protobuf::Message& message) const;

  // Whether it lets everything through.
  bool MatchesAll() const { return root_ == nullptr; }

  // A node of the parsed filter; defined in the implementation.
  struct Node;

 private:
  explicit Filter(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
  std::shared_ptr<const Node> root_;
};

}  // namespace vigil
