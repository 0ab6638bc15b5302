#include "gateway/http/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace vigil::gateway::http {
namespace {

TEST(TakesGzip, WhereItIsNamedOrAnyIsAndNotWithAWeightOfZero) {
  for (const char* header : {"gzip", "GZIP", "deflate, gzip", "br;q=1, gzip;q=0.5", "*", "*;q=0.1",
                             "identity;q=0, gzip ; q=1", "*;q=0, gzip"}) {
    EXPECT_TRUE(TakesGzip(header)) << header;
  }
  for (const char* header : {"", "identity", "br, deflate", "gzip;q=0", "gzip; q=0.000", "*;q=0",
                             "gzip;q=0, *", "xgzip"}) {
    EXPECT_FALSE(TakesGzip(header)) << header;
  }
}

std::string Unpacked(const std::string& packed, std::size_t room) {
  std::string text(room, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(Gzip, GivesBackWhatWentIn) {
  std::string text;
  for (unsigned i = 0, noise = 1; i < 300'000; ++i) {
    noise = noise * 1'664'525 + 1'013'904'223;
    text += i % 3 == 0 ? static_cast<char>(noise >> 24) : 'x';
    if (i != 0 && i != 1 && i != 70'000 && i != 299'999) continue;
    EXPECT_EQ(Unpacked(Gzip(text), text.size() + 1), text) << i;
    EXPECT_EQ(Gzip(text), Gzip(text));
  }
  EXPECT_EQ(Unpacked(Gzip(""), 1), "");
  EXPECT_LT(Gzip(std::string(100'000, 'x')).size(), 1000u);
}

}  // namespace
}  // namespace vigil::gateway::http
