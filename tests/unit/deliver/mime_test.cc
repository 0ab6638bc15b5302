#include "alert-svc/deliver/mime.h"

#include <gmime/gmime.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace vigil::alert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
using MessagePtr = std::unique_ptr<GMimeMessage, Unref>;

Mail Sample() {
  Mail mail;
  mail.from = "vigil@example.org";
  mail.to = "lawyer@example.org";
  mail.subject = "[c-7f3k9q2m] in 3 days";
  mail.text = "Lawful until the end of 6 June 2018.\n";
  mail.html = "<p>Lawful until the end of 6 June 2018.</p>";
  mail.id = "r-0123";
  mail.thread = "c-7f3k9q2m";
  mail.date = absl::FromUnixSeconds(1528081200);  // 2018-06-04T03:00:00Z
  return mail;
}

MessagePtr Parse(const std::string& bytes) {
  g_mime_init();
  const std::unique_ptr<GMimeStream, Unref> stream(
      g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  const std::unique_ptr<GMimeParser, Unref> parser(g_mime_parser_new_with_stream(stream.get()));
  return MessagePtr(g_mime_parser_construct_message(parser.get(), nullptr));
}

std::string Header(GMimeMessage* message, const char* name) {
  const char* value = g_mime_object_get_header(GMIME_OBJECT(message), name);
  return value == nullptr ? "" : value;
}

std::string PartText(GMimeMessage* message, int index) {
  GMimeObject* part =
      g_mime_multipart_get_part(GMIME_MULTIPART(g_mime_message_get_mime_part(message)), index);
  const std::unique_ptr<char, decltype(&g_free)> text(
      g_mime_text_part_get_text(GMIME_TEXT_PART(part)), g_free);
  // The lines of a mail end with CR LF.
  std::string lines = text.get();
  lines.erase(std::remove(lines.begin(), lines.end(), '\r'), lines.end());
  return lines;
}

TEST(Mime, TextComesFirstAndHtmlLast) {
  const MessagePtr message = Parse(*WriteMail(Sample()));
  auto* body = g_mime_message_get_mime_part(message.get());
  ASSERT_TRUE(GMIME_IS_MULTIPART(body));
  auto* type = g_mime_object_get_content_type(body);
  EXPECT_TRUE(g_mime_content_type_is_type(type, "multipart", "alternative"));
  ASSERT_EQ(g_mime_multipart_get_count(GMIME_MULTIPART(body)), 2);
  EXPECT_THAT(PartText(message.get(), 0), HasSubstr("Lawful until"));
  EXPECT_THAT(PartText(message.get(), 1), HasSubstr("<p>Lawful until"));
}

TEST(Mime, HeadersSayWhatAMachineSentAndWhereItBelongs) {
  const MessagePtr message = Parse(*WriteMail(Sample()));
  EXPECT_STREQ(g_mime_message_get_message_id(message.get()), "r-0123@example.org");
  EXPECT_EQ(Header(message.get(), "In-Reply-To"), "<c-7f3k9q2m.thread@example.org>");
  EXPECT_EQ(Header(message.get(), "References"), "<c-7f3k9q2m.thread@example.org>");
  EXPECT_EQ(Header(message.get(), "Auto-Submitted"), "auto-generated");
  EXPECT_EQ(Header(message.get(), "X-Auto-Response-Suppress"), "All");
  EXPECT_EQ(Header(message.get(), "List-Id"), "<vigil.example.org>");
  EXPECT_EQ(Header(message.get(), "MIME-Version"), "1.0");
}

TEST(Mime, DateIsTheCalendarTimeOfTheMessage) {
  const MessagePtr message = Parse(*WriteMail(Sample()));
  EXPECT_EQ(g_date_time_to_unix(g_mime_message_get_date(message.get())), 1528081200);
}

TEST(Mime, SameMailGivesTheSameBytes) { EXPECT_EQ(*WriteMail(Sample()), *WriteMail(Sample())); }

TEST(Mime, SubjectInAnyScriptSurvivesTheRoundTrip) {
  Mail mail = Sample();
  mail.subject = "Срок: 3 дня · мерзімі";
  const std::string bytes = *WriteMail(mail);
  EXPECT_THAT(bytes, HasSubstr("=?"));
  EXPECT_STREQ(g_mime_message_get_subject(Parse(bytes).get()), mail.subject.c_str());
}

TEST(Mime, TextInAnyScriptSurvivesTheRoundTrip) {
  Mail mail = Sample();
  mail.text = "Айыптау · Әділет — 3 дня\n.\n..\nFrom here\n";
  EXPECT_EQ(PartText(Parse(*WriteMail(mail)).get(), 0), mail.text);
}

// Whatever a field holds, no header is added and the message keeps its two parts.
class MimeInjection : public ::testing::TestWithParam<std::string> {};

TEST_P(MimeInjection, NoFieldAddsAHeader) {
  const std::string evil = GetParam();
  Mail mail = Sample();
  mail.subject = mail.id = mail.thread = mail.text = mail.html = evil;
  const std::string bytes = *WriteMail(mail);
  const std::string head = bytes.substr(0, bytes.find("\r\n\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("\nBcc:")));
  const MessagePtr message = Parse(bytes);
  ASSERT_NE(message, nullptr);
  EXPECT_EQ(Header(message.get(), "Bcc"), "");
  EXPECT_EQ(Header(message.get(), "X-Evil"), "");
  ASSERT_TRUE(GMIME_IS_MULTIPART(g_mime_message_get_mime_part(message.get())));
  EXPECT_EQ(
      g_mime_multipart_get_count(GMIME_MULTIPART(g_mime_message_get_mime_part(message.get()))), 2);
  // A line of a mail holds 998 bytes at most.
  for (size_t start = 0; start < bytes.size();) {
    const size_t end = std::min(bytes.find("\r\n", start), bytes.size());
    EXPECT_LE(end - start, 998u);
    start = end + 2;
  }
}

INSTANTIATE_TEST_SUITE_P(Texts, MimeInjection,
                         ::testing::Values("", "x\r\nBcc: spy@example.org", "x\nX-Evil: 1",
                                           "x\rBcc: y", "x\r\n\r\n<b>body</b>",
                                           std::string("a\0b", 3), "\xff\xfe broken \x80",
                                           "\u2028Bcc: y", "Имя\r\nBcc: z", ">\r\nBcc: x <",
                                           std::string(100000, 'a'), std::string(50000, '\n'),
                                           "=?utf-8?q?x=0D=0ABcc:_y?="));

TEST(Mime, AddressThatIsNotPlainIsRefused) {
  for (const char* address : {"", "a", "@b", "a@", "a b@c", "a@b\r\nBcc: c@d", "<a@b>", "a@b@c",
                              "a@b>", "\"a\"@b", "имя@example.org", "-oX@example.org"}) {
    Mail mail = Sample();
    mail.to = address;
    EXPECT_FALSE(WriteMail(mail).ok()) << address;
    mail = Sample();
    mail.from = address;
    EXPECT_FALSE(WriteMail(mail).ok()) << address;
  }
}

}  // namespace
}  // namespace vigil::alert
