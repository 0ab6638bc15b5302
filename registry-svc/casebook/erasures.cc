// The erasure of a case or dossier: journaled, then its keys are destroyed.
#include <memory>
#include <utility>

#include "registry-svc/casebook/casebook.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/once.h"
#include "registry-svc/casebook/refusals.h"

namespace vigil::registry {
namespace {

struct Erasing {
  v1::EraseCaseRequest request;
  // To be destroyed; none for a call that is repeated.
  std::vector<std::string> keys;
  v1::EraseCaseResponse response;
};

absl::Status Erase(Draft& draft, Erasing& erasing) {
  absl::StatusOr<commands::Erasure> erasure = commands::EraseCase(draft, erasing.request);
  if (!erasure.ok()) return erasure.status();
  const bool nothing = erasure->facts == 0 && erasure->keys.empty();
  erasing.keys = std::move(erasure->keys);
  erasing.response.set_erased_facts(erasure->facts);
  // The step becomes the next revision.
  if (!nothing) erasing.response.set_revision(draft.revision() + 1);
  return absl::OkStatus();
}

}  // namespace

void Casebook::EraseCase(Origin origin, v1::EraseCaseRequest request,
                         Done<v1::EraseCaseResponse> done) {
  auto erasing = std::make_shared<Erasing>();
  erasing->request = std::move(request);
  const auto apply = [erasing](Draft& draft) {
    return OnceAnswered(draft, erasing->request.request_id(),
                        "EraseCase" + erasing->request.SerializeAsString(), erasing->response,
                        [&] { return Erase(draft, *erasing); });
  };
  // Without a key too: keys of the first call may be left.
  const auto destroy = [this, erasing, done = std::move(done)](const absl::Status& status) {
    if (!status.ok()) return done(status);
    const absl::Status gone = store_.vault().Destroy(erasing->keys, clock_.Now());
    if (!gone.ok()) return done(refusals::EraseUnfinished(gone));
    done(erasing->response);
  };
  writer_->Submit({.origin = std::move(origin), .apply = apply, .keep = nullptr, .done = destroy});
}

}  // namespace vigil::registry
