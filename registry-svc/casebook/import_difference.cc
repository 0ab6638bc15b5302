#include "registry-svc/casebook/import_difference.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/csv/fields.h"

namespace vigil::registry {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

// Empties the lists that are stated: merging would add to them.
void ClearLists(const Message& stated, Message& kept) {
  std::vector<const FieldDescriptor*> fields;
  stated.GetReflection()->ListFields(stated, &fields);
  const auto& reflection = *kept.GetReflection();
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated()) {
      reflection.ClearField(&kept, field);
    } else if (field->message_type() != nullptr && reflection.HasField(kept, field)) {
      ClearLists(stated.GetReflection()->GetMessage(stated, field),
                 *reflection.MutableMessage(&kept, field));
    }
  }
}

}  // namespace

void Overlay(const Message& stated, Message& kept) {
  ClearLists(stated, kept);
  kept.MergeFrom(stated);
}

google::protobuf::RepeatedPtrField<v1::ImportChange::Field> DifferenceOf(const Message& before,
                                                                         const Message& after) {
  // By order, so that both sides come out together.
  std::map<std::string, v1::ImportChange::Field> fields;
  for (NamedText& field : FieldsOf(before)) {
    v1::ImportChange::Field& told = fields[field.order];
    told.set_path(std::move(field.path));
    told.set_before(std::move(field.text));
  }
  for (NamedText& field : FieldsOf(after)) {
    v1::ImportChange::Field& told = fields[field.order];
    told.set_path(std::move(field.path));
    told.set_after(std::move(field.text));
  }
  google::protobuf::RepeatedPtrField<v1::ImportChange::Field> out;
  for (auto& [order, field] : fields) {
    if (field.before() != field.after()) *out.Add() = std::move(field);
  }
  return out;
}

}  // namespace vigil::registry
