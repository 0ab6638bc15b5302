#include "gateway/transcode/json.h"

#include <memory>
#include <shared_mutex>
#include <unordered_map>

#include "common/rpc/errors.h"
#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver.h"
#include "google/protobuf/util/type_resolver_util.h"

namespace vigil::gateway::transcode {
namespace {

namespace pb = google::protobuf;

constexpr char kTypeUrlPrefix[] = "type.googleapis.com";

// The pool's resolver makes each google.protobuf.Type anew from its descriptor, for every message
// converted; that took most of the time. Types of the generated pool never change, so each is made
// once.
class CachingResolver : public pb::util::TypeResolver {
 public:
  CachingResolver()
      : pool_(pb::util::NewTypeResolverForDescriptorPool(kTypeUrlPrefix,
                                                         pb::DescriptorPool::generated_pool())) {}

  pb::util::Status ResolveMessageType(const std::string& url, pb::Type* type) override {
    return Resolve(url, types_, type, &TypeResolver::ResolveMessageType);
  }
  pb::util::Status ResolveEnumType(const std::string& url, pb::Enum* type) override {
    return Resolve(url, enums_, type, &TypeResolver::ResolveEnumType);
  }

 private:
  template <class T>
  using Cache = std::unordered_map<std::string, T>;

  // Only types that exist are kept: a body can name any type it likes in an Any.
  template <class T, class Method>
  pb::util::Status Resolve(const std::string& url, Cache<T>& cache, T* type, Method method) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = cache.find(url); found != cache.end()) {
        *type = found->second;
        return {};
      }
    }
    pb::util::Status status = (pool_.get()->*method)(url, type);
    if (status.ok()) {
      const std::unique_lock lock(mutex_);
      cache.emplace(url, *type);
    }
    return status;
  }

  const std::unique_ptr<TypeResolver> pool_;
  std::shared_mutex mutex_;
  Cache<pb::Type> types_;  // Under mutex_.
  Cache<pb::Enum> enums_;  // Under mutex_.
};

CachingResolver& Resolver() {
  static auto& resolver = *new CachingResolver();
  return resolver;
}

std::string TypeUrl(const pb::Descriptor& type) {
  return fmt::format("{}/{}", kTypeUrlPrefix, type.full_name());
}

pb::util::JsonPrintOptions PrintOptions() {
  pb::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  return options;
}

// The converter says `(case.person) bogus: Cannot find field.`, `bogus: Cannot find field.` or
// `(page_size): invalid value "x" for type TYPE_INT32`. The field is the path in brackets, and the
// name after it.
std::string FieldOf(std::string_view message, std::string_view inside) {
  std::string field(inside);
  const auto append = [&](std::string_view part) {
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    if (!part.empty() && !field.empty()) field += '.';
    field += part;
  };
  if (!message.empty() && message.front() == '(') {
    const std::size_t close = message.find(')');
    if (close == std::string_view::npos) return field;
    append(message.substr(1, close - 1));
    message.remove_prefix(close + 1);
  }
  constexpr std::string_view kUnknown = ": Cannot find field.";
  if (message.size() >= kUnknown.size() &&
      message.substr(message.size() - kUnknown.size()) == kUnknown) {
    append(message.substr(0, message.size() - kUnknown.size()));
  }
  return field;
}

// Without the lines that show the place in the text, and the colon that stands for no field.
std::string FirstLine(std::string_view text) {
  while (!text.empty() && (text.front() == ':' || text.front() == ' ')) text.remove_prefix(1);
  return std::string(text.substr(0, text.find('\n')));
}

}  // namespace

absl::StatusOr<std::string> WireToJson(const pb::Descriptor& type, const std::string& wire) {
  std::string json;
  const pb::util::Status status =
      pb::util::BinaryToJsonString(&Resolver(), TypeUrl(type), wire, &json, PrintOptions());
  if (!status.ok()) {
    return rpc::Internal("BAD_MESSAGE", {{"type", type.full_name()}},
                         fmt::format("cannot print a {}", type.full_name()));
  }
  return json;
}

absl::StatusOr<std::string> ToJson(const pb::Message& message) {
  return WireToJson(*message.GetDescriptor(), message.SerializeAsString());
}

absl::Status FromJson(std::string_view json, std::string_view inside, pb::Message* message) {
  pb::util::JsonParseOptions options;
  options.ignore_unknown_fields = false;
  std::string wire;
  const pb::util::Status status = pb::util::JsonToBinaryString(
      &Resolver(), TypeUrl(*message->GetDescriptor()),
      pb::StringPiece(json.data(), static_cast<std::ptrdiff_t>(json.size())), &wire, options);
  const std::string why =
      FirstLine(std::string_view(status.message().data(), status.message().size()));
  if (!status.ok()) {
    return rpc::InvalidArgument("BAD_JSON", FieldOf(why, inside),
                                fmt::format("the body is not the JSON expected: {}", why));
  }
  if (!message->MergeFromString(wire)) {
    return rpc::InvalidArgument("BAD_JSON", std::string(inside),
                                "the body is not the JSON expected");
  }
  return absl::OkStatus();
}

}  // namespace vigil::gateway::transcode
