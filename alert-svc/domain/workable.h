#pragma once

#include <google/protobuf/any.pb.h>

#include "absl/status/status.h"
#include "vigil/alert/v1/settings.pb.h"

namespace vigil::alert {

// Whether a setting can ever do what it is for, beyond what Settings::Put asks: asked where one is
// written, by the API or as a seed. What the journal holds already is followed as it is, or an
// update would end what works. INVALID_ARGUMENT BAD_SETTING names the field and what it must be.
// Pure.
absl::Status CheckWorkable(const v1::Policy& policy);
absl::Status CheckWorkable(const v1::Receiver& receiver);
absl::Status CheckWorkable(const v1::Subscription& subscription);
absl::Status CheckWorkable(const v1::Silence& silence);
// The same for the body of a record; OK for one that is no setting.
absl::Status CheckWorkable(const google::protobuf::Any& body);

}  // namespace vigil::alert
