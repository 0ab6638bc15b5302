// Refusals that other tests do not meet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "registry-svc/casebook/refusals.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

class Refusals : public BookTest {};

TEST_F(Refusals, StoreThatRefuses_IsToldApartByWhatToDo) {
  for (const auto& [status, reason] :
       {std::pair(absl::ResourceExhaustedError("x"), "STORE_FULL"),
        {absl::UnavailableError("x"), "STORE_LOCKED"},
        {absl::InternalError("/path/to/registry.db"), "STORE_FAILED"}}) {
    store_->FailCommits(status);
    const absl::Status refused = CreateCase("c-test", "Somebody").status();
    EXPECT_EQ(rpc::ReasonOf(refused), reason);
    EXPECT_THAT(std::string(refused.message()), testing::Not(testing::HasSubstr("/path")));
  }
}

TEST_F(Refusals, NoRoomForWrites_SaysToTryAgain) {
  options_.queue = 0;
  Open();
  EXPECT_EQ(rpc::ReasonOf(CreateCase("c-test", "Somebody").status()), "TOO_MANY_WRITES");
}

TEST_F(Refusals, AfterTheStop_SaysThatItGoesDown) {
  book_->Stop();
  EXPECT_EQ(rpc::ReasonOf(CreateCase("c-test", "Somebody").status()), "SHUTTING_DOWN");
}

TEST_F(Refusals, RecordThatIsNotThere_IsNamed) {
  v1::DeleteRecordRequest request;
  request.set_name("records/policy/none");
  EXPECT_EQ(rpc::ReasonOf(Call(&Casebook::DeleteRecord, request).status()), "RECORD_NOT_FOUND");
}

}  // namespace
}  // namespace vigil::registry
