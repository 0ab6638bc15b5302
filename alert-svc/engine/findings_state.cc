#include "alert-svc/engine/findings_state.h"

#include <algorithm>
#include <tuple>

#include "alert-svc/domain/history.h"

namespace vigil::alert {

using registry::v1::Receipt;

namespace {

// Whether a telling came back: that very attempt, or a later one, did.
bool CameBack(const Receipt& told, const Receipt& bounce) {
  if (!bounce.bounced()) return false;
  if (told.kind() == Receipt::KIND_IN_DIGEST) return bounce.digest() == told.digest();
  return bounce.attempts() >= told.attempts();
}

bool IsLater(const Receipt& receipt, const Receipt& other) {
  const auto key = [](const Receipt& r) {
    return std::make_tuple(r.attempts(), TimeOf(r.time()), std::string_view(r.id()));
  };
  return key(receipt) > key(other);
}

}  // namespace

// Whether it is a telling that did not come back.
bool FindingsState::Stands(const Receipt& receipt) const {
  return IsTold(receipt) && std::none_of(all_.begin(), all_.end(), [&](const Receipt& other) {
           return CameBack(receipt, other);
         });
}

void FindingsState::Add(const Receipt& receipt) {
  all_.push_back(receipt);
  const Receipt* best = nullptr;
  bool told = false;
  given_up_ = absl::InfiniteFuture();
  for (const Receipt& one : all_) {
    const bool stands = Stands(one);
    if (!IsTold(one)) given_up_ = std::min(given_up_, TimeOf(one.time()));
    if (IsTold(one) && !stands) continue;
    if (!best || std::make_tuple(stands, IsLater(one, *best)) > std::make_tuple(told, false)) {
      best = &one;
      told = stands;
    }
  }
  ended_ = *best;
  if (told) given_up_ = absl::InfiniteFuture();
}

}  // namespace vigil::alert
