// Any reply of Redis: read as a result of each call, without reading what is not there.
#include <hiredis/hiredis.h>

#include <cctype>
#include <cstdint>

#include "alert-svc/schedule/shard_calls.h"
#include "tests/fuzz/require.h"

namespace vigil::fuzz {
namespace {

using namespace alert;  // NOLINT: the decoders and their types

struct FreeReader {
  void operator()(redisReader* reader) const { redisReaderFree(reader); }
};

// hiredis allocates as many elements as a reply announces: what is huge tests it, not us.
bool AnnouncesMuch(std::string_view bytes) {
  int digits = 0;
  for (const char c : bytes) {
    digits = std::isdigit(static_cast<unsigned char>(c)) != 0 ? digits + 1 : 0;
    if (digits > 15) return true;
    if (digits > 4 && bytes.find('*') != std::string_view::npos) return true;
  }
  return false;
}

std::vector<ReplyPtr> Read(std::string_view bytes) {
  const std::unique_ptr<redisReader, FreeReader> reader(redisReaderCreate());
  std::vector<ReplyPtr> replies;
  void* reply = nullptr;
  if (redisReaderFeed(reader.get(), bytes.data(), bytes.size()) != REDIS_OK) return replies;
  while (redisReaderGetReply(reader.get(), &reply) == REDIS_OK && reply != nullptr) {
    replies.emplace_back(static_cast<redisReply*>(reply));
  }
  return replies;
}

void Try(const std::vector<ReplyPtr>& replies) {
  for (const ReplyPtr& reply : replies) {
    calls::StatusOf(*reply);
    calls::ToClaimResult(*reply);
    calls::ToCompleteResults(*reply, 2);
    calls::ToRenewResult(*reply);
    calls::ToSealResult(*reply);
    calls::ToHead(*reply, absl::UnixEpoch());
  }
  calls::ToShardResult(replies);
  if (replies.size() == 2) calls::ToForwardResult(replies);
}

}  // namespace
}  // namespace vigil::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!vigil::fuzz::AnnouncesMuch(bytes)) vigil::fuzz::Try(vigil::fuzz::Read(bytes));
  return 0;
}
