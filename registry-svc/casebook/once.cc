#include "registry-svc/casebook/once.h"

#include <utility>

#include "registry-svc/casebook/validate.h"
#include "registry-svc/journal/entry.h"
#include "registry-svc/vault/vault.h"

namespace vigil::registry {

std::string DigestOf(Draft& draft, std::string_view request) {
  return draft.store().vault().Print(Sha256(request));
}

absl::StatusOr<std::optional<AnsweredRequest>> AnsweredBefore(Draft& draft, const std::string& id,
                                                              const std::string& digest) {
  if (absl::Status s = CheckRequestId(id); !s.ok()) return s;
  absl::StatusOr<std::optional<AnsweredRequest>> known = draft.FindRequest(id);
  if (!known.ok()) return refusals::FromStore(known.status());
  if (!known->has_value() || (*known)->digest == digest) return known;
  return refusals::BadField("REQUEST_ID_REUSED", "request_id",
                            "request_id: another request had this id: draw a new one");
}

void Remember(Draft& draft, AnsweredRequest request) {
  request.time = absl::ToUnixSeconds(draft.now());
  draft.PutRequest(std::move(request));
}

}  // namespace vigil::registry
