#include "common/rpc/guard.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <optional>

#include "common/rpc/channel.h"
#include "common/rpc/errors.h"
#include "common/rpc/trace.h"

namespace vigil::rpc {
namespace {

using Hash = std::array<unsigned char, 32>;

constexpr size_t kShortestToken = 16;
constexpr size_t kLongestToken = 512;
constexpr std::string_view kScheme = "Bearer ";

Hash HashOf(std::string_view token) {
  Hash hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(token.data()),
                     token.size(), nullptr, 0);
  return hash;
}

std::string_view MetadataValue(const grpc::CallbackServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return {};
  return {found->second.data(), found->second.size()};
}

// `receivers/anna`. CallGuard::Add sees to it that no token has such a name.
bool IsResourceName(std::string_view name) {
  constexpr size_t kLongestName = 100;
  return name.size() <= kLongestName && name.find('/') != std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/';
         });
}

// The caller for whom a service speaks.
absl::StatusOr<Caller> OnBehalfOf(std::string_view whom, Caller service, Role needed) {
  if (service.role != config::v1::ROLE_SERVICE || !IsResourceName(whom)) {
    return PermissionDenied("ON_BEHALF_OF", {{"role", Role_Name(service.role)}},
                            "only a service calls on behalf of another, and of nobody with a "
                            "token; leave `vigil-on-behalf-of` out");
  }
  if (!RoleAllows(config::v1::ROLE_STAFF, needed)) {
    return PermissionDenied(
        "ROLE_TOO_LOW",
        {{"role", Role_Name(config::v1::ROLE_STAFF)}, {"needed", Role_Name(needed)}},
        fmt::format("this needs {}, which is not done on behalf of another", Role_Name(needed)));
  }
  return Caller{std::string(whom), config::v1::ROLE_STAFF, std::move(service.trace_id)};
}

bool IsBearer(std::string_view authorization) {
  // RFC 7235: the name of a scheme has no case.
  return authorization.size() > kScheme.size() &&
         std::equal(kScheme.begin(), kScheme.end(), authorization.begin(), [](char a, char b) {
           return a == b || (a != ' ' && (a | 0x20) == (b | 0x20));
         });
}

}  // namespace

bool RoleAllows(Role has, Role needed) {
  switch (needed) {
    case config::v1::ROLE_READER:
      return has == config::v1::ROLE_READER || RoleAllows(has, config::v1::ROLE_STAFF);
    case config::v1::ROLE_STAFF:
      return has == config::v1::ROLE_STAFF || RoleAllows(has, config::v1::ROLE_SERVICE);
    case config::v1::ROLE_SERVICE:
      return has == config::v1::ROLE_SERVICE || has == config::v1::ROLE_ADMIN;
    case config::v1::ROLE_ADMIN:
      return has == config::v1::ROLE_ADMIN;
    default:
      return false;
  }
}

std::string TraceIdOf(const grpc::CallbackServerContext& context) {
  std::string trace_id = TraceIdOf(MetadataValue(context, "traceparent"));
  return trace_id.empty() ? NewTraceId() : trace_id;
}

absl::StatusOr<std::unique_ptr<CallGuard>> CallGuard::Load(const config::v1::Common& config,
                                                           RpcMetrics& metrics) {
  if (sodium_init() < 0) return Internal("SODIUM", {}, "libsodium cannot be initialised");
  std::unique_ptr<CallGuard> guard(new CallGuard(metrics));
  for (const auto& token : config.tokens()) {
    if (auto added = guard->Add(token); !added.ok()) return added;
  }
  return guard;
}

absl::Status CallGuard::Add(const config::v1::TokenFile& token) {
  const auto wrong = [&token](std::string_view what) {
    return InvalidArgument("BAD_TOKEN_FILE", "common.tokens",
                           fmt::format("common.tokens: {}: {}", token.file(), what));
  };
  if (token.name().empty()) return wrong("`name` is missing; say who the token stands for");
  if (token.name().find('/') != std::string::npos) {
    return wrong("`name` holds a '/', as the names of resources do; leave it out");
  }
  if (token.role() == config::v1::ROLE_UNSPECIFIED) {
    return wrong("`role` is missing; write reader, staff, admin or service");
  }
  auto secret = ReadSecret(token.file());
  if (!secret.ok()) return Annotate(secret.status(), "common.tokens: ");
  if (secret->size() < kShortestToken || secret->size() > kLongestToken) {
    return wrong(fmt::format("a token has {} to {} characters; make one with `vigilctl token new`",
                             kShortestToken, kLongestToken));
  }
  const Hash hash = HashOf(*secret);
  sodium_memzero(secret->data(), secret->size());
  for (const Entry& entry : entries_) {
    if (entry.hash == hash) {
      return wrong(fmt::format("holds the token of '{}' too; give each name its own", entry.name));
    }
  }
  entries_.push_back({hash, token.name(), token.role()});
  return absl::OkStatus();
}

const CallGuard::Entry* CallGuard::Find(std::string_view token) const {
  if (token.size() > kLongestToken) return nullptr;
  const Hash hash = HashOf(token);
  const Entry* found = nullptr;
  // All are compared, so that the time taken tells nothing of which one it was.
  for (const Entry& entry : entries_) {
    if (sodium_memcmp(entry.hash.data(), hash.data(), hash.size()) == 0) found = &entry;
  }
  return found;
}

absl::StatusOr<Caller> CallGuard::Admit(const grpc::CallbackServerContext& context,
                                        Role needed) const {
  absl::StatusOr<Caller> caller =
      Admit(MetadataValue(context, "authorization"), MetadataValue(context, "traceparent"), needed);
  const std::string_view whom = MetadataValue(context, kOnBehalfOf);
  if (!caller.ok() || whom.empty()) return caller;
  return OnBehalfOf(whom, *std::move(caller), needed);
}

bool CallGuard::Knows(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.name == name; });
}

absl::StatusOr<Caller> CallGuard::Admit(std::string_view authorization,
                                        std::string_view traceparent, Role needed) const {
  if (!IsBearer(authorization)) {
    return Unauthenticated("TOKEN_MISSING", {},
                           "no token was sent; send `authorization: Bearer <token>`");
  }
  const Entry* entry = Find(authorization.substr(kScheme.size()));
  if (entry == nullptr) {
    return Unauthenticated("TOKEN_UNKNOWN", {},
                           "the token is not known here; check it, or ask for a new one");
  }
  if (!RoleAllows(entry->role, needed)) {
    return PermissionDenied(
        "ROLE_TOO_LOW", {{"role", Role_Name(entry->role)}, {"needed", Role_Name(needed)}},
        fmt::format("this needs {}, the token has {}", Role_Name(needed), Role_Name(entry->role)));
  }
  std::string trace_id = TraceIdOf(traceparent);
  if (trace_id.empty()) trace_id = NewTraceId();
  return Caller{entry->name, entry->role, std::move(trace_id)};
}

}  // namespace vigil::rpc
