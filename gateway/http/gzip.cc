#include "gateway/http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>

#include "gateway/http/message.h"

namespace vigil::gateway::http {
namespace {

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// What comes before a mark; the text goes on after it.
std::string_view TakeUpTo(char mark, std::string_view& text) {
  const std::string_view taken = text.substr(0, text.find(mark));
  text.remove_prefix(std::min(taken.size() + 1, text.size()));
  return Trimmed(taken);
}

// `q=0` and `q=0.000` are no, and all else is yes.
bool IsWanted(std::string_view weight) {
  if (!weight.starts_with("q=0")) return true;
  return weight.find_first_of("123456789") != std::string_view::npos;
}

}  // namespace

bool TakesGzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    std::string_view one = TakeUpTo(',', accept_encoding);
    const std::string_view coding = TakeUpTo(';', one);
    if (EqualsIgnoringCase(coding, "gzip")) return IsWanted(Trimmed(one));
    if (coding == "*") any = IsWanted(Trimmed(one));
  }
  return any;
}

std::string Gzip(std::string_view bytes) {
  constexpr int kGzipWindow = MAX_WBITS + 16;
  constexpr int kMemLevel = 8;
  z_stream stream{};
  // Fails only for want of memory.
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    std::abort();
  }
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);  // into as much room as it can need
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace vigil::gateway::http
