#include "gateway/transcode/openapi.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <set>

#include "fmt/format.h"

namespace vigil::gateway::transcode {
namespace {

namespace json = boost::json;
using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

json::string Text(const std::string& text) { return json::string(text.data(), text.size()); }

json::object Typed(const char* type, const char* format = nullptr) {
  json::object schema{{"type", type}};
  if (format != nullptr) schema["format"] = format;
  return schema;
}

// Messages that have a JSON form of their own.
const json::object* WellKnown(const Descriptor& type) {
  static const auto& known = *new std::map<std::string, json::object>{
      {"google.protobuf.Timestamp", Typed("string", "date-time")},
      {"google.protobuf.Duration", Typed("string")},
      {"google.protobuf.FieldMask", Typed("string")},
      {"google.protobuf.Any", Typed("object")},
      {"google.protobuf.Struct", Typed("object")}};
  const auto found = known.find(type.full_name());
  return found == known.end() ? nullptr : &found->second;
}

// Writes schemas, and remembers which messages they refer to.
class Schemas {
 public:
  json::object Ref(const Descriptor& type) {
    if (const json::object* known = WellKnown(type)) return *known;
    if (seen_.insert(&type).second) open_.push_back(&type);
    return {{"$ref", Text("#/components/schemas/" + type.full_name())}};
  }

  json::object Of(const FieldDescriptor& field) {
    if (field.is_map()) {
      return {{"type", "object"},
              {"additionalProperties", Single(*field.message_type()->map_value())}};
    }
    if (!field.is_repeated()) return Single(field);
    return {{"type", "array"}, {"items", Single(field)}};
  }

  // All messages that were referred to, and those that they refer to.
  json::object Finish() {
    json::object out;
    while (!open_.empty()) {
      const Descriptor& type = *open_.back();
      open_.pop_back();
      json::object properties;
      for (int i = 0; i < type.field_count(); ++i) {
        properties[Text(type.field(i)->json_name())] = Of(*type.field(i));
      }
      out[Text(type.full_name())] = {{"type", "object"}, {"properties", std::move(properties)}};
    }
    return out;
  }

 private:
  json::object Single(const FieldDescriptor& field) {
    switch (field.type()) {
      case FieldDescriptor::TYPE_BOOL:
        return Typed("boolean");
      case FieldDescriptor::TYPE_DOUBLE:
        return Typed("number", "double");
      case FieldDescriptor::TYPE_FLOAT:
        return Typed("number", "float");
      case FieldDescriptor::TYPE_INT32:
      case FieldDescriptor::TYPE_SINT32:
      case FieldDescriptor::TYPE_SFIXED32:
        return Typed("integer", "int32");
      case FieldDescriptor::TYPE_UINT32:
      case FieldDescriptor::TYPE_FIXED32:
        return Typed("integer", "int64");
      case FieldDescriptor::TYPE_INT64:
      case FieldDescriptor::TYPE_SINT64:
      case FieldDescriptor::TYPE_SFIXED64:
      case FieldDescriptor::TYPE_UINT64:
      case FieldDescriptor::TYPE_FIXED64:
        return Typed("string", "int64");
      case FieldDescriptor::TYPE_STRING:
        return Typed("string");
      case FieldDescriptor::TYPE_BYTES:
        return Typed("string", "byte");
      case FieldDescriptor::TYPE_ENUM:
        return Enum(*field.enum_type());
      case FieldDescriptor::TYPE_MESSAGE:
      case FieldDescriptor::TYPE_GROUP:
        return Ref(*field.message_type());
    }
    return {};
  }

  static json::object Enum(const EnumDescriptor& type) {
    json::array values;
    for (int i = 0; i < type.value_count(); ++i) values.push_back(Text(type.value(i)->name()));
    return {{"type", "string"}, {"enum", std::move(values)}};
  }

  std::set<const Descriptor*> seen_;
  std::vector<const Descriptor*> open_;
};

// One of a collection: `case` of `cases`, `vocabulary` of `vocabularies`.
std::string Singular(const std::string& collection) {
  constexpr std::string_view kPlurals[] = {"ies", "s"};
  for (const std::string_view plural : kPlurals) {
    if (collection.size() <= plural.size() || !collection.ends_with(plural)) continue;
    return collection.substr(0, collection.size() - plural.size()) + (plural == "ies" ? "y" : "");
  }
  return "id";
}

// `{name=cases/*}` is `cases/{case}` to a reader: a part that varies is named after the collection
// before it.
std::string ReadablePath(const PathTemplate& path, json::array* parameters) {
  std::string out;
  std::string before;
  for (const PathTemplate::Segment& segment : path.segments()) {
    if (!segment.any) {
      out += "/" + segment.literal;
      before = segment.literal;
      continue;
    }
    const std::string name = Singular(before);
    out += fmt::format("/{{{}}}", name);
    parameters->push_back(json::object{
        {"name", Text(name)}, {"in", "path"}, {"required", true}, {"schema", Typed("string")}});
  }
  if (!path.verb().empty()) out += ":" + path.verb();
  return out;
}

bool IsBound(const Route& route, const FieldDescriptor& field) {
  if (route.body == "*" || field.name() == route.body) return true;
  for (const PathTemplate::Variable& variable : route.path.variables()) {
    if (variable.field == field.name()) return true;
  }
  return false;
}

void AddQueryParameters(const Route& route, Schemas* schemas, json::array* parameters) {
  const Descriptor& request = *route.rpc->input_type();
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    const bool plain = field.message_type() == nullptr || WellKnown(*field.message_type());
    if (IsBound(route, field) || !plain) continue;
    parameters->push_back(json::object{
        {"name", Text(field.json_name())}, {"in", "query"}, {"schema", schemas->Of(field)}});
  }
}

json::object JsonContent(json::object schema) {
  return {{"application/json", json::object{{"schema", std::move(schema)}}}};
}

// A stream is events, or lines each of which is a message.
json::object StreamContent(json::object message) {
  return {{"text/event-stream", json::object{{"schema", Typed("string")}}},
          {"application/x-ndjson", json::object{{"schema", std::move(message)}}}};
}

json::object Responses(const Route& route, Schemas* schemas) {
  json::object message = schemas->Ref(*route.rpc->output_type());
  json::object content = route.rpc->server_streaming() ? StreamContent(std::move(message))
                                                       : JsonContent(std::move(message));
  return {{"200", json::object{{"description", "OK"}, {"content", std::move(content)}}},
          {"default",
           json::object{{"description", "An error"},
                        {"content", JsonContent({{"$ref", "#/components/schemas/Error"}})}}}};
}

json::object Operation(const Route& route, json::array parameters, int binding, Schemas* schemas) {
  AddQueryParameters(route, schemas, &parameters);
  const std::string id = route.rpc->service()->name() + "_" + route.rpc->name();
  json::object operation{
      {"operationId", Text(binding == 0 ? id : fmt::format("{}{}", id, binding + 1))},
      {"tags", json::array{Text(route.rpc->service()->name())}},
      {"parameters", std::move(parameters)},
      {"responses", Responses(route, schemas)}};
  if (!route.body.empty()) {
    const Descriptor* type =
        route.body == "*" ? route.rpc->input_type()
                          : route.rpc->input_type()->FindFieldByName(route.body)->message_type();
    operation["requestBody"] = {{"content", JsonContent(schemas->Ref(*type))}};
  }
  return operation;
}

json::object ErrorSchema() {
  return {
      {"type", "object"},
      {"properties",
       json::object{
           {"error",
            json::object{{"type", "object"},
                         {"properties",
                          json::object{{"code", Typed("integer", "int32")},
                                       {"message", Typed("string")},
                                       {"status", Typed("string")},
                                       {"details", json::object{{"type", "array"},
                                                                {"items", Typed("object")}}}}}}}}}};
}

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

std::string MakeOpenApi(const RouteTable& table) {
  Schemas schemas;
  json::object paths;
  std::map<const void*, int> bindings;
  for (const Route& route : table.routes()) {
    json::array parameters;
    const std::string path = ReadablePath(route.path, &parameters);
    json::value& entry = paths[Text(path)];
    if (!entry.is_object()) entry = json::object();
    entry.get_object()[Text(Lower(route.http_method))] =
        Operation(route, std::move(parameters), bindings[route.rpc]++, &schemas);
  }
  json::object components{
      {"schemas", schemas.Finish()},
      {"securitySchemes",
       json::object{{"bearer", json::object{{"type", "http"}, {"scheme", "bearer"}}}}}};
  components["schemas"].get_object()["Error"] = ErrorSchema();
  const json::object document{{"openapi", "3.0.3"},
                              {"info", json::object{{"title", "Vigil"}, {"version", "v1"}}},
                              {"security", json::array{json::object{{"bearer", json::array{}}}}},
                              {"paths", std::move(paths)},
                              {"components", std::move(components)}};
  return json::serialize(document);
}

}  // namespace vigil::gateway::transcode
