#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace vigil {

// An order of a list request, after AIP-132: `situation, update_time desc`.
//   fields   snake_case or camelCase, dots into messages; no lists and no whole messages but times
//   order    text by bytes, so that ISO days order rightly; enum values by number; false before
//            true; what is not set comes first. `desc` turns it round, `asc` is the default
// Immutable, thread-safe.
class Order {
 public:
  // INVALID_ARGUMENT with ORDER_INVALID on field `order_by`, naming the remedy, for what is no
  // order over `of`, names a field twice, or has more than 10 fields. An empty text orders nothing.
  static absl::StatusOr<Order> Parse(std::string_view text, const google::protobuf::Descriptor* of);

  // Whether it leaves everything in the list's own order.
  bool empty() const { return fields_.empty(); }

  // Where a message of the type given to Parse stands: bytes that compare as the messages do, and
  // of which none is the beginning of another's. What is put after them breaks ties.
  std::string KeyOf(const google::protobuf::Message& message) const;

 private:
  struct Field {
    std::vector<const google::protobuf::FieldDescriptor*> path;
    bool descending = false;
  };

  std::vector<Field> fields_;
};

}  // namespace vigil
