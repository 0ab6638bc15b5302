#pragma once

#include <google/protobuf/message.h>

#include <string_view>

#include "absl/status/statusor.h"
#include "common/filter/filter.h"
#include "common/filter/order.h"
#include "common/seal/page_token.h"
#include "common/seal/sealer.h"

namespace vigil {

// What a list request asks for: which elements, in which order, and which part of them.
struct ListArguments {
  Page page;
  Filter filter;
  Order order;
};

// Of a request whose texts are these, for elements of type `of`. The errors are those of OpenPage,
// Filter::Parse and Order::Parse; they name the field.
absl::StatusOr<ListArguments> ReadListArguments(const Sealer& sealer,
                                                const google::protobuf::Message& request,
                                                std::string_view filter, std::string_view order_by,
                                                const google::protobuf::Descriptor* of);

// Reads page_size, page_token, filter and order_by of a request for a list of `Element`.
template <class Element, class Request>
absl::StatusOr<ListArguments> ReadListArguments(const Sealer& sealer, const Request& request) {
  return ReadListArguments(sealer, request, request.filter(), request.order_by(),
                           Element::descriptor());
}

}  // namespace vigil
