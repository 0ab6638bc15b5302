#include "alert-svc/deliver/mime.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "absl/status/status.h"
#include "alert-svc/deliver/gmime.h"
#include "alert-svc/domain/address.h"

namespace vigil::alert {
namespace {

constexpr size_t kMaxSubject = 200;

struct FreeFormat {
  void operator()(GMimeFormatOptions* options) const { g_mime_format_options_free(options); }
};

// Ids stand in headers and between angle brackets: what could end either becomes a dash.
std::string Token(std::string_view text) {
  std::string token(text.substr(0, 128));
  for (char& c : token) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    if (!plain) c = '-';
  }
  return token.empty() ? "none" : token;
}

// One line, valid UTF-8, no control characters, of bearable length.
std::string OneLine(const std::string& text) {
  const std::unique_ptr<char, decltype(&g_free)> valid(
      g_utf8_make_valid(text.c_str(), static_cast<gssize>(text.size())), g_free);
  std::string line;
  for (const char* p = valid.get(); *p != '\0' && line.size() < kMaxSubject;) {
    const gunichar c = g_utf8_get_char(p);
    const char* next = g_utf8_next_char(p);
    const bool breaks = g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029;
    line += breaks ? std::string_view(" ") : std::string_view(p, static_cast<size_t>(next - p));
    p = next;
  }
  return line;
}

Ref<GMimeTextPart> TextPart(const char* subtype, const std::string& text) {
  const std::unique_ptr<char, decltype(&g_free)> valid(
      g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())), g_free);
  Ref<GMimeTextPart> part(g_mime_text_part_new_with_subtype(subtype));
  g_mime_text_part_set_charset(part.get(), "utf-8");
  g_mime_text_part_set_text(part.get(), valid.get());
  g_mime_part_set_content_encoding(GMIME_PART(part.get()), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  return part;
}

Ref<GMimeMultipart> Multipart(const char* subtype, const std::string& id) {
  Ref<GMimeMultipart> body(g_mime_multipart_new_with_subtype(subtype));
  // A fixed boundary keeps the bytes of a retry the same; none may begin with another.
  g_mime_multipart_set_boundary(body.get(),
                                fmt::format("=_{}_{}", subtype, id.substr(0, 40)).c_str());
  return body;
}

Ref<GMimeTextPart> CalendarPart(const std::string& calendar) {
  Ref<GMimeTextPart> part = TextPart("calendar", calendar);
  GMimeObject* object = GMIME_OBJECT(part.get());
  g_mime_object_set_content_type_parameter(object, "method", "PUBLISH");
  g_mime_object_set_disposition(object, GMIME_DISPOSITION_ATTACHMENT);
  g_mime_part_set_filename(GMIME_PART(part.get()), "vigil.ics");
  // Its CR LF and folded lines are to stay as they are.
  g_mime_part_set_content_encoding(GMIME_PART(part.get()), GMIME_CONTENT_ENCODING_BASE64);
  return part;
}

Ref<GMimeMultipart> Body(const Mail& mail, const std::string& id) {
  Ref<GMimeMultipart> texts = Multipart("alternative", id);
  g_mime_multipart_add(texts.get(), GMIME_OBJECT(TextPart("plain", mail.text).get()));
  g_mime_multipart_add(texts.get(), GMIME_OBJECT(TextPart("html", mail.html).get()));
  if (mail.calendar.empty()) return texts;
  Ref<GMimeMultipart> all = Multipart("mixed", id);
  g_mime_multipart_add(all.get(), GMIME_OBJECT(texts.get()));
  g_mime_multipart_add(all.get(), GMIME_OBJECT(CalendarPart(mail.calendar).get()));
  return all;
}

// As it goes over the wire: CR LF.
std::string Bytes(GMimeObject* object) {
  const std::unique_ptr<GMimeFormatOptions, FreeFormat> format(g_mime_format_options_new());
  g_mime_format_options_set_newline_format(format.get(), GMIME_NEWLINE_FORMAT_DOS);
  const std::unique_ptr<char, decltype(&g_free)> bytes(
      g_mime_object_to_string(object, format.get()), g_free);
  return bytes.get();
}

Ref<GMimePart> BytesPart(const char* subtype, const std::string& bytes) {
  Ref<GMimePart> part(g_mime_part_new_with_type("application", subtype));
  const Ref<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  const Ref<GMimeDataWrapper> content(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_7BIT));
  g_mime_part_set_content(part.get(), content.get());
  g_mime_part_set_content_encoding(part.get(), GMIME_CONTENT_ENCODING_7BIT);
  return part;
}

absl::StatusOr<Ref<GMimeMultipart>> Encrypted(const Mail& mail, const std::string& id,
                                              GMimeMultipart* body) {
  absl::StatusOr<std::string> armoured = mail.encrypt(Bytes(GMIME_OBJECT(body)));
  if (!armoured.ok()) return armoured.status();
  Ref<GMimeMultipart> all = Multipart("encrypted", id);
  g_mime_object_set_content_type_parameter(GMIME_OBJECT(all.get()), "protocol",
                                           "application/pgp-encrypted");
  g_mime_multipart_add(all.get(), GMIME_OBJECT(BytesPart("pgp-encrypted", "Version: 1\n").get()));
  g_mime_multipart_add(all.get(), GMIME_OBJECT(BytesPart("octet-stream", *armoured).get()));
  return all;
}

void SetHeader(GMimeMessage* message, const char* name, const std::string& value) {
  g_mime_object_set_header(GMIME_OBJECT(message), name, value.c_str(), "utf-8");
}

void SetDate(GMimeMessage* message, absl::Time date) {
  const std::unique_ptr<GDateTime, decltype(&g_date_time_unref)> utc(
      g_date_time_new_from_unix_utc(absl::ToUnixSeconds(date)), g_date_time_unref);
  if (utc != nullptr) g_mime_message_set_date(message, utc.get());
}

}  // namespace

std::string DomainOf(const std::string& address) {
  const size_t at = address.rfind('@');
  return at == std::string::npos ? "" : address.substr(at + 1);
}

std::string BounceAddress(const std::string& id, const std::string& from) {
  return fmt::format("bounce+{}@{}", Token(id).substr(0, 50), DomainOf(from));
}

absl::StatusOr<std::string> WriteMail(const Mail& mail) {
  InitGmime();
  if (!IsPlainAddress(mail.from)) return absl::InvalidArgumentError("mail.from: not an address");
  if (!IsPlainAddress(mail.to)) return absl::InvalidArgumentError("receiver: not an address");
  const std::string domain = DomainOf(mail.from);
  const std::string id = Token(mail.id);
  const std::string root = fmt::format("<{}.thread@{}>", Token(mail.thread), domain);

  Ref<GMimeMessage> message(g_mime_message_new(TRUE));
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_FROM, "Vigil", mail.from.c_str());
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_TO, nullptr, mail.to.c_str());
  g_mime_message_set_subject(message.get(), OneLine(mail.subject).c_str(), "utf-8");
  SetDate(message.get(), mail.date);
  g_mime_message_set_message_id(message.get(), fmt::format("{}@{}", id, domain).c_str());
  SetHeader(message.get(), "In-Reply-To", root);
  SetHeader(message.get(), "References", root);
  SetHeader(message.get(), "Auto-Submitted", "auto-generated");
  SetHeader(message.get(), "X-Auto-Response-Suppress", "All");
  SetHeader(message.get(), "X-Vigil-Form", Token(mail.form));
  SetHeader(message.get(), "List-Id", fmt::format("<vigil.{}>", domain));
  Ref<GMimeMultipart> body = Body(mail, id);
  if (mail.encrypt != nullptr) {
    absl::StatusOr<Ref<GMimeMultipart>> encrypted = Encrypted(mail, id, body.get());
    if (!encrypted.ok()) return encrypted.status();
    body = *std::move(encrypted);
  }
  g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(body.get()));
  return Bytes(GMIME_OBJECT(message.get()));
}

}  // namespace vigil::alert
