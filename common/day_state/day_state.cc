#include "common/day_state/day_state.h"

namespace vigil {

bool IsStateOfTheDay(registry::v1::DeadlineState state) {
  switch (state) {
    case registry::v1::DEADLINE_STATE_UNSPECIFIED:
    case registry::v1::DEADLINE_STATE_UPCOMING:
    case registry::v1::DEADLINE_STATE_DUE:
    case registry::v1::DEADLINE_STATE_PASSED:
      return true;
    default:
      return false;
  }
}

}  // namespace vigil
