#include "registry-svc/journal/telling.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

namespace vigil::registry {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;
using Message = v1::WatchChangesResponse;

void AppendVarint(std::string& out, uint64_t value) {
  uint8_t bytes[10];
  const uint8_t* const end = CodedOutputStream::WriteVarint64ToArray(value, bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(end - bytes));
}

void AppendTag(std::string& out, int field, WireFormatLite::WireType type) {
  AppendVarint(out, WireFormatLite::MakeTag(field, type));
}

// The head of a field of `size` bytes; the bytes follow.
void AppendHead(std::string& out, int field, size_t size) {
  AppendTag(out, field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  AppendVarint(out, size);
}

void AppendBytes(std::string& out, int field, std::string_view bytes) {
  AppendHead(out, field, bytes.size());
  out += bytes;
}

// What is not about the items.
v1::Change HeadOf(const v1::Change& change) {
  v1::Change head;
  head.set_revision(change.revision());
  *head.mutable_time() = change.time();
  head.set_actor(change.actor());
  head.set_request_id(change.request_id());
  head.set_prev_hash(change.prev_hash());
  return head;
}

// The wanted items, spread over changes of one message each. Empties `change`.
std::vector<std::string> Spread(v1::Change change, TopicMask topics, size_t message_bytes) {
  std::vector<std::string> parts;
  v1::Change part = HeadOf(change);
  size_t bytes = 0;
  for (v1::ChangeItem& item : *change.mutable_items()) {
    if (!Wants(topics, TopicOf(item))) continue;
    const size_t size = item.ByteSizeLong();
    if (bytes > 0 && bytes + size > message_bytes) {
      parts.push_back(part.SerializeAsString());
      part.clear_items();
      bytes = 0;
    }
    *part.add_items() = std::move(item);
    bytes += size;
  }
  if (part.items_size() > 0) parts.push_back(part.SerializeAsString());
  return parts;
}

// Revision and token: what every message but a part ends with.
std::string Tail(int64_t revision, std::string_view token) {
  std::string out;
  AppendTag(out, Message::kRevisionFieldNumber, WireFormatLite::WIRETYPE_VARINT);
  AppendVarint(out, static_cast<uint64_t>(revision));
  AppendBytes(out, Message::kTokenFieldNumber, token);
  return out;
}

Wire Whole(std::string_view change, const std::string& tail) {
  std::string whole;
  whole.reserve(change.size() + tail.size() + 16);
  AppendHead(whole, Message::kChangeFieldNumber, change.size());
  Wire wire;
  wire.change_at = whole.size();
  wire.change_size = change.size();
  whole += change;
  whole += tail;
  wire.whole = grpc::Slice(whole);
  return wire;
}

Wire InParts(const std::vector<std::string>& changes, int64_t revision, const std::string& tail) {
  Wire wire;
  for (size_t i = 0; i < changes.size(); ++i) {
    std::string message;
    message.reserve(changes[i].size() + tail.size() + 16);
    AppendBytes(message, Message::kChangeFieldNumber, changes[i]);
    if (i + 1 < changes.size()) {
      AppendTag(message, Message::kRevisionFieldNumber, WireFormatLite::WIRETYPE_VARINT);
      AppendVarint(message, static_cast<uint64_t>(revision));
      AppendTag(message, Message::kMoreFieldNumber, WireFormatLite::WIRETYPE_VARINT);
      AppendVarint(message, 1);
    } else {
      message += tail;
    }
    wire.parts.emplace_back(message);
  }
  return wire;
}

}  // namespace

grpc::Slice JoinWires(const std::vector<const Wire*>& wires) {
  std::string changes;
  for (const Wire* wire : wires) {
    AppendBytes(changes, v1::Changes::kChangesFieldNumber, wire->change());
  }
  std::string message;
  message.reserve(changes.size() + 128);
  AppendBytes(message, Message::kChangesFieldNumber, changes);
  message += wires.back()->tail();
  return grpc::Slice(message);
}

const Wire& Telling::For(TopicMask topics, const TokenSealer& tokens, size_t message_bytes) const {
  absl::MutexLock lock(&mutex_);
  std::unique_ptr<const Wire>& wire = wires_[topics];
  if (!wire) wire = std::make_unique<const Wire>(Make(topics, tokens, message_bytes));
  return *wire;
}

Wire Telling::Make(TopicMask topics, const TokenSealer& tokens, size_t message_bytes) const {
  const std::string tail = Tail(revision_, tokens.Seal(MakeResumePoint(revision_, hash_, topics)));
  if (topics == kAllTopics && payload_.size() <= message_bytes) return Whole(payload_, tail);
  v1::Change change;
  change.ParseFromString(payload_);
  const std::vector<std::string> parts = Spread(std::move(change), topics, message_bytes);
  if (parts.empty()) return {};
  return parts.size() == 1 ? Whole(parts[0], tail) : InParts(parts, revision_, tail);
}

}  // namespace vigil::registry
