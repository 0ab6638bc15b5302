#include "gateway/app/static_site.h"

#include <sodium.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/status/status.h"
#include "fmt/format.h"

namespace vigil::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kSizeLimit = 64 * 1024 * 1024;
constexpr std::string_view kIndex = "/index.html";
constexpr std::string_view kHashedFolder =
    "/assets/";  // Where vite puts what has a hash in its name.

// First segments of the application's own pages.
constexpr std::array<std::string_view, 8> kPages = {"cases",    "alerts",   "deadlines", "findings",
                                                    "dossiers", "overview", "settings",  "signin"};

std::string HashOf(const std::string& content) {
  std::array<unsigned char, 16> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(content.data()), content.size(),
                     nullptr, 0);
  std::string text;
  for (const unsigned char byte : hash) text += fmt::format("{:02x}", byte);
  return text;
}

bool IsPage(const http::Request& request) {
  const std::string_view path = request.path;
  if (path == "/") return true;
  const std::string_view first = path.substr(1, path.find('/', 1) - 1);
  for (const std::string_view page : kPages) {
    if (first == page) return true;
  }
  // Any other address typed into a browser: the application says that there is no such page.
  const bool is_file = path.find('.', path.rfind('/')) != std::string_view::npos;
  return !is_file && path.rfind("/v1", 0) != 0 &&
         request.headers.Get("accept").find("text/html") != std::string_view::npos;
}

}  // namespace

std::string_view ContentType(std::string_view path) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".map", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"}};
  for (const auto& [extension, type] : kTypes) {
    if (path.size() > extension.size() &&
        path.substr(path.size() - extension.size()) == extension) {
      return type;
    }
  }
  return "application/octet-stream";
}

absl::StatusOr<StaticSite> StaticSite::Load(const std::string& dir) {
  StaticSite site;
  if (dir.empty()) return site;
  std::error_code error;
  std::uintmax_t total = 0;
  const fs::path root(dir);
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end;
       it.increment(error)) {
    if (!it->is_regular_file()) continue;
    std::ifstream in(it->path(), std::ios::binary);
    File file;
    file.content.assign(std::istreambuf_iterator<char>(in), {});
    total += file.content.size();
    if (!in || total > kSizeLimit) break;
    const std::string path = "/" + it->path().lexically_relative(root).generic_string();
    file.type = ContentType(path);
    file.etag = fmt::format("\"{}\"", HashOf(file.content));
    file.hashed = path.rfind(kHashedFolder, 0) == 0;
    site.files_.emplace(path, std::move(file));
  }
  if (error || total > kSizeLimit || site.files_.find(kIndex) == site.files_.end()) {
    return absl::FailedPreconditionError(
        fmt::format("web_dir: {} does not hold the built page (index.html); build it with npm, or "
                    "leave web_dir empty",
                    dir));
  }
  return site;
}

const StaticSite::File* StaticSite::Find(const http::Request& request) const {
  const auto file = files_.find(request.path);
  if (file != files_.end()) return &file->second;
  if (!IsPage(request)) return nullptr;
  const auto index = files_.find(kIndex);
  return index == files_.end() ? nullptr : &index->second;
}

bool StaticSite::Answer(const http::Request& request, http::Response* response) const {
  if (request.method != "GET" && request.method != "HEAD") return false;
  const File* file = Find(request);
  if (file == nullptr) return false;
  response->headers.Add("ETag", file->etag);
  response->headers.Add("Cache-Control",
                        file->hashed ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.headers.Get("if-none-match") == file->etag) {
    response->status = 304;
    return true;
  }
  response->headers.Add("Content-Type", file->type);
  response->body = file->content;
  return true;
}

}  // namespace vigil::gateway
