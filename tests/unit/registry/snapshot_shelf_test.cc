#include "registry-svc/rpc/snapshot_shelf.h"

#include "common/rpc/errors.h"
#include "tests/unit/registry/watcher_fixture.h"

namespace vigil::registry {
namespace {

using SnapshotShelfTest = WatcherFixture;

TEST_F(SnapshotShelfTest, HoldsTheRevisionThatASweepBeganWith) {
  SnapshotShelf shelf;
  const auto first = core_->book().Present();
  ASSERT_THAT(shelf.Take(0, first, absl::ZeroDuration()), IsOk());
  Put("a");
  const auto later = core_->book().Present();
  ASSERT_OK_AND_ASSIGN(const auto held, shelf.Take(first->revision(), later, absl::Seconds(59)));
  EXPECT_EQ(held, first);
  const auto gone = shelf.Take(first->revision(), later, absl::Seconds(61));
  EXPECT_EQ(rpc::ReasonOf(gone.status()), "REVISION_GONE");
  EXPECT_THAT(gone, StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(SnapshotShelfTest, HoldsFewRevisions) {
  SnapshotShelf shelf;
  const auto first = core_->book().Present();
  std::shared_ptr<const Snapshot> present = first;
  for (int i = 0; i < 9; ++i) {
    ASSERT_THAT(shelf.Take(0, present, absl::ZeroDuration()), IsOk());
    Put("a");
    present = core_->book().Present();
  }
  EXPECT_FALSE(shelf.Take(first->revision(), present, absl::ZeroDuration()).ok());
  EXPECT_THAT(shelf.Take(first->revision() + 1, present, absl::ZeroDuration()), IsOk());
}

}  // namespace
}  // namespace vigil::registry
