// Questions without consequences over gRPC.
#pragma once

#include "registry-svc/casebook/vocabularies.h"
#include "registry-svc/journal/read_pool.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/disclosure.h"
#include "vigil/registry/v1/what_if.grpc.pb.h"

namespace vigil::registry {

// A caller who does not see confidential facts sees of what rests on them no more than elsewhere:
// no reasoning on either side of a move, and no findings.
class WhatIfService final : public v1::WhatIfService::CallbackService {
 public:
  WhatIfService(const Backend& backend, const Vocabularies& vocabularies)
      : backend_(backend), vocabularies_(vocabularies) {}

  grpc::ServerUnaryReactor* WhatIf(grpc::CallbackServerContext* context,
                                   const v1::WhatIfRequest* request,
                                   v1::WhatIfResponse* response) override;

 private:
  absl::StatusOr<v1::WhatIfResponse> Answer(Disclosure& disclosure,
                                            const v1::WhatIfRequest& request) const;

  const Backend& backend_;
  const Vocabularies& vocabularies_;
  // Packs take milliseconds to compile: one question after the other, and on no reactor.
  ReadPool pool_;
};

}  // namespace vigil::registry
