#include "alert-svc/deliver/bounce.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "alert-svc/deliver/gmime.h"

namespace vigil::alert {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  return text;
}

// An id of ours: 3 to 64 lower-case letters, digits and dashes.
std::string CheckedId(std::string_view id) {
  id = Trim(id);
  const bool good =
      id.size() >= 3 && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      });
  return good ? std::string(id) : "";
}

// "<bounce+id@domain>" → "id".
std::string IdOfAddress(std::string_view value) {
  constexpr std::string_view kMark = "bounce+";
  const size_t start = value.find(kMark);
  if (start == std::string_view::npos) return "";
  value.remove_prefix(start + kMark.size());
  const size_t at = value.find('@');
  return at == std::string_view::npos ? "" : CheckedId(value.substr(0, at));
}

// "<id@domain>" → "id".
std::string IdOfMessageId(std::string_view value) {
  value = Trim(value);
  if (!value.empty() && value.front() == '<') value.remove_prefix(1);
  const size_t at = value.find('@');
  return at == std::string_view::npos ? "" : CheckedId(value.substr(0, at));
}

std::string Content(GMimePart* part) {
  GMimeDataWrapper* content = g_mime_part_get_content(part);
  if (content == nullptr) return "";
  const Ref<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, stream.get());
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
  return std::string(reinterpret_cast<const char*>(bytes->data), bytes->len);
}

// The value of a field in lines of `Name: value`, the first of that name; empty: none.
std::string Field(std::string_view lines, std::string_view name) {
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    const size_t colon = line.find(':');
    if (colon != std::string_view::npos && Lower(line.substr(0, colon)) == name) {
      return std::string(Trim(line.substr(colon + 1)));
    }
  }
  return "";
}

// "<id>" → "id".
std::string_view Bare(std::string_view value) {
  value = Trim(value);
  if (!value.empty() && value.front() == '<') value.remove_prefix(1);
  if (!value.empty() && value.back() == '>') value.remove_suffix(1);
  return value;
}

// "rfc822; <a@b>" → "a@b"; empty for an address of another kind.
std::string AddressIn(std::string_view value) {
  const size_t end = value.find(';');
  if (end == std::string_view::npos || Lower(Trim(value.substr(0, end))) != "rfc822") return "";
  return std::string(Bare(value.substr(end + 1)));
}

// What the parts of a report say.
struct Report {
  bool failed = false;
  bool delayed = false;
  std::string recipient;
  std::string status;
  std::string envelope_id;
  std::string returned_id;
};

void TakeStatus(const std::string& lines, Report* report) {
  report->envelope_id = CheckedId(Bare(Field(lines, "original-envelope-id")));
  report->failed = Lower(Field(lines, "action")) == "failed";
  report->delayed = Lower(Field(lines, "action")) == "delayed";
  report->recipient = AddressIn(Field(lines, "original-recipient"));
  if (report->recipient.empty()) report->recipient = AddressIn(Field(lines, "final-recipient"));
  const std::string status = Field(lines, "status");
  const std::string digits = status.substr(0, status.find_first_not_of("0123456789."));
  if (digits.size() <= 9) report->status = digits;
}

void TakePart(GMimeObject*, GMimeObject* part, gpointer data) {
  auto* report = static_cast<Report*>(data);
  GMimeContentType* type = g_mime_object_get_content_type(part);
  if (GMIME_IS_MESSAGE_PART(part)) {
    GMimeMessage* returned = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
    const char* id = returned == nullptr ? nullptr : g_mime_message_get_message_id(returned);
    if (id != nullptr) report->returned_id = IdOfMessageId(id);
  } else if (GMIME_IS_PART(part)) {
    if (g_mime_content_type_is_type(type, "message", "delivery-status")) {
      TakeStatus(Content(GMIME_PART(part)), report);
    } else if (g_mime_content_type_is_type(type, "text", "rfc822-headers")) {
      report->returned_id = IdOfMessageId(Field(Content(GMIME_PART(part)), "message-id"));
    }
  }
}

std::string IdOfRecipient(GMimeMessage* message) {
  for (const char* name : {"Delivered-To", "X-Original-To", "Envelope-To", "To"}) {
    const char* value = g_mime_object_get_header(GMIME_OBJECT(message), name);
    if (value == nullptr) continue;
    if (std::string id = IdOfAddress(value); !id.empty()) return id;
  }
  return "";
}

Ref<GMimeMessage> Parse(std::string_view mail) {
  InitGmime();
  const Ref<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(mail.data(), mail.size()));
  const Ref<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  return Ref<GMimeMessage>(g_mime_parser_construct_message(parser.get(), nullptr));
}

// nullopt where the mail is no report.
std::optional<Report> ReportOf(GMimeMessage* message) {
  if (message == nullptr) return std::nullopt;
  GMimeObject* body = g_mime_message_get_mime_part(message);
  if (body == nullptr || !GMIME_IS_MULTIPART(body) ||
      !g_mime_content_type_is_type(g_mime_object_get_content_type(body), "multipart", "report")) {
    return std::nullopt;
  }
  Report report;
  g_mime_multipart_foreach(GMIME_MULTIPART(body), TakePart, &report);
  return report;
}

}  // namespace

std::string BouncedTo(std::string_view mail) {
  const Ref<GMimeMessage> message = Parse(mail);
  return message == nullptr ? "" : IdOfRecipient(message.get());
}

bool ReportsDelay(std::string_view mail) {
  const Ref<GMimeMessage> message = Parse(mail);
  const std::optional<Report> report = ReportOf(message.get());
  return report.has_value() && report->delayed;
}

std::optional<Bounce> ParseBounce(std::string_view mail) {
  const Ref<GMimeMessage> message = Parse(mail);
  const std::optional<Report> report = ReportOf(message.get());
  if (!report.has_value() || !report->failed) return std::nullopt;
  for (const std::string& id :
       {IdOfRecipient(message.get()), report->envelope_id, report->returned_id}) {
    if (!id.empty()) return Bounce{id, report->status, report->recipient};
  }
  return std::nullopt;
}

}  // namespace vigil::alert
