#include "alert-svc/engine/message.h"

#include <gtest/gtest.h>

namespace vigil::alert {
namespace {

namespace reg = registry::v1;
using Doubt = MessageItem::Doubt;

struct DoubtCase {
  reg::DeadlinePrecision precision;
  std::vector<const char*> assumptions;
  Doubt doubt;
};

TEST(DoubtOf, IsTheAssumptionThatAloneCanMoveTheDate) {
  for (const DoubtCase& one : {
           DoubtCase{reg::DEADLINE_PRECISION_NO_LATER_THAN,
                     {"LAW_READ_IN_2025_EDITION", "CUSTODY_FROM_VERDICT"},
                     Doubt::kCustodyBegin},
           DoubtCase{
               reg::DEADLINE_PRECISION_NO_LATER_THAN, {"CUSTODY_NOT_CREDITED"}, Doubt::kSomeFact},
           DoubtCase{reg::DEADLINE_PRECISION_NO_LATER_THAN, {"NO_APPEAL"}, Doubt::kSomeFact},
           DoubtCase{reg::DEADLINE_PRECISION_NO_LATER_THAN, {}, Doubt::kSomeFact},
           DoubtCase{reg::DEADLINE_PRECISION_NO_EARLIER_THAN,
                     {"NO_APPEAL", "LAW_READ_IN_2025_EDITION"},
                     Doubt::kAppeal},
           DoubtCase{reg::DEADLINE_PRECISION_NO_EARLIER_THAN, {}, Doubt::kSomeFact},
           DoubtCase{reg::DEADLINE_PRECISION_NO_EARLIER_THAN,
                     {"NO_APPEAL", "ORDER_UNKNOWN"},
                     Doubt::kSomeFact},
           DoubtCase{reg::DEADLINE_PRECISION_NO_EARLIER_THAN,
                     {"NO_APPEAL", "DID_NOT_HIDE"},
                     Doubt::kSomeFact},
           DoubtCase{reg::DEADLINE_PRECISION_NO_EARLIER_THAN,
                     {"NO_APPEAL", "RELEASED_ON_ENTRY_INTO_FORCE"},
                     Doubt::kSomeFact},
       }) {
    reg::Deadline deadline;
    deadline.set_precision(one.precision);
    std::string shown;
    for (const char* code : one.assumptions) {
      deadline.add_assumptions(code);
      shown += std::string(" ") + code;
    }
    EXPECT_EQ(DoubtOf(deadline), one.doubt) << reg::DeadlinePrecision_Name(one.precision) << shown;
  }
}

}  // namespace
}  // namespace vigil::alert
