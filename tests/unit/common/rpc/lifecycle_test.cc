#include "common/rpc/lifecycle.h"

#include <gmock/gmock.h>

#include <string>

namespace vigil::rpc {
namespace {

TEST(Lifecycle, Stops_InReverseOrderAndOnce) {
  std::string order;
  {
    Lifecycle life;
    life.OnStop("a", [&order] { order += 'a'; });
    life.OnStop("b", [&order] { order += 'b'; });
    life.Stop();
    EXPECT_EQ(order, "ba");
  }
  EXPECT_EQ(order, "ba");
}

TEST(Lifecycle, End_LetsWaitReturn) {
  Lifecycle life;
  life.End();
  life.Wait();
}

}  // namespace
}  // namespace vigil::rpc
