#include "common/list/list_arguments.h"

namespace vigil {

absl::StatusOr<ListArguments> ReadListArguments(const Sealer& sealer,
                                                const google::protobuf::Message& request,
                                                std::string_view filter, std::string_view order_by,
                                                const google::protobuf::Descriptor* of) {
  const absl::StatusOr<Page> page = OpenPage(sealer, request);
  if (!page.ok()) return page.status();
  const absl::StatusOr<Filter> parsed = Filter::Parse(filter, of);
  if (!parsed.ok()) return parsed.status();
  const absl::StatusOr<Order> order = Order::Parse(order_by, of);
  if (!order.ok()) return order.status();
  return ListArguments{.page = *page, .filter = *parsed, .order = *order};
}

}  // namespace vigil
