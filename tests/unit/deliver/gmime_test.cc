#include "alert-svc/deliver/gmime.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <latch>
#include <thread>

#include "alert-svc/deliver/bounce.h"
#include "alert-svc/deliver/mime.h"

namespace vigil::alert {
namespace {

constexpr int kStarts = 60;  // the two meet in one of seven

// The first uses of GMime in a process, by two threads.
[[noreturn]] void WriteAndParse() {
  Mail mail;
  mail.from = "vigil@vigil.example";
  mail.to = "duty@vigil.example";
  mail.id = "0123456789abcdef";
  mail.subject = mail.text = mail.html = "срок";
  std::latch both(2);
  bool written = false;
  std::thread writer([&] {
    both.arrive_and_wait();
    written = WriteMail(mail).ok();
  });
  both.arrive_and_wait();
  ParseBounce("To: vigil@vigil.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b--");
  writer.join();
  std::_Exit(written ? 0 : 1);
}

TEST(GmimeDeathTest, FirstMailAndFirstBounceAtOneTime_AreWrittenAndRead) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a process that used GMime before tells nothing
  for (int i = 0; i < kStarts; ++i) {
    ASSERT_EXIT(WriteAndParse(), ::testing::ExitedWithCode(0), "");
  }
}

}  // namespace
}  // namespace vigil::alert
