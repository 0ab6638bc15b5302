// No word of a confidential fact, of whichever kind, outlives its erasure: neither in the fact nor
// in what followed from it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using testing::HasSubstr;
using testing::Not;

constexpr char kWord[] = "Sarsenbay";

// What fields that are no free text are written like, by their bare names.
const std::map<std::string, std::string>& Values() {
  static const auto* const values = new std::map<std::string, std::string>{
      {"term", "P3Y"},
      {"new_term", "P2Y"},
      {"every", "P1M"},
      {"length", "P2M"},
      {"suspended_for", "P1Y"},
      {"served", "2018-04-22"},
      {"placed", "2018-04-22"},
      {"transmitted", "2018-04-22"},
      {"reply_due", "2018-06-22"},
      {"running_since", "2018-04-22"},
      {"until", "2018-06-22"},
      {"country", "UA"},
      {"holding_state", "UA"},
      {"requesting_state", "KZ"},
      {"requested_state", "UA"},
      {"email", "sarsenbay@post.example"},
      {"phone", "+77010000000"},
      {"deadline", "d1"},
  };
  return *values;
}

// Names of facts, which are ids and no words.
bool IsReference(const FieldDescriptor& field) {
  static const std::set<std::string> names = {"of", "replaces", "total_with", "alternative_starts"};
  return names.contains(field.name()) || field.full_name() == "vigil.registry.v1.StateReply.to";
}

std::string TextFor(const FieldDescriptor& field) {
  const auto value = Values().find(field.name());
  return value != Values().end() ? value->second : fmt::format("{} {}", kWord, field.name());
}

// Fills in every field that holds a text, and the first value of every enum.
void Fill(Message& message) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* const field = message.GetDescriptor()->field(i);
    const bool many = field->is_repeated();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Fill(*(many ? reflection.AddMessage(&message, field)
                  : reflection.MutableMessage(&message, field)));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      if (!many) reflection.SetEnumValue(&message, field, 1);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !IsReference(*field)) {
      if (many) {
        reflection.AddString(&message, field, TextFor(*field));
      } else {
        reflection.SetString(&message, field, TextFor(*field));
      }
    }
  }
}

class ErasedWords : public BookTest {
 protected:
  // A confidential fact of a kind, with the word wherever one may be written.
  static v1::Fact FactOf(const FieldDescriptor* kind) {
    v1::Fact fact;
    fact.set_date("2018-04-20");
    fact.mutable_source()->set_title(std::string("file of ") + kWord);
    fact.mutable_source()->set_locator(kWord);
    fact.set_as_stated(kWord);
    fact.set_note(kWord);
    fact.set_place(kWord);
    fact.add_institutions(kWord);
    fact.add_concerns("cases/c-other");
    fact.set_confidential(true);
    Fill(*fact.GetReflection()->MutableMessage(&fact, kind));
    if (fact.has_verdict()) fact.mutable_verdict()->clear_suspended_for();
    return fact;
  }

  // The payloads of all entries.
  std::string Journal() {
    std::string bytes;
    const auto entries = store_->ReadJournal(0, 100'000, INT64_MAX);
    EXPECT_THAT(entries, IsOk());
    for (const JournalEntry& entry : *entries) bytes += entry.payload;
    return bytes;
  }
  // All files of the database.
  std::string Raw() const {
    std::string bytes;
    for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
      bytes += ReadFile(file.path());
    }
    return bytes;
  }
};

TEST_F(ErasedWords, OfEachKindOfFact_AreNowhere) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateCase("c-other", "Another"), IsOk());
  const auto* const what = v1::Fact::descriptor()->FindOneofByName("what");
  int deadlines = 0;
  for (int i = 0; i < what->field_count(); ++i) {
    const v1::Fact fact = FactOf(what->field(i));
    ASSERT_THAT(fact.SerializeAsString(), HasSubstr(kWord));
    ASSERT_THAT(CreateFact("cases/c-test", fact), IsOk()) << what->field(i)->name();
    const DayReading& reading = *book_->Present()->Find("cases/c-test")->present;
    deadlines = std::max(deadlines, static_cast<int>(reading.derived.deadlines.size()));
  }
  ASSERT_GT(deadlines, 5) << "or nothing follows from them";
  clock_.Advance(absl::Hours(24 * 60));
  TurnDay();
  EXPECT_THAT(Journal(), Not(HasSubstr(kWord))) << "before the erasure";
  v1::EraseCaseRequest request;
  request.set_name("cases/c-test");
  request.set_reason("asked for");
  ASSERT_THAT(Call(&Casebook::EraseCase, request), IsOk());
  EXPECT_THAT(Journal(), Not(HasSubstr(kWord)));
  EXPECT_THAT(Raw(), Not(HasSubstr(kWord)));
  book_.reset();
  store_.reset();
  EXPECT_THAT(Raw(), Not(HasSubstr(kWord))) << "after the checkpoint";
}

}  // namespace
}  // namespace vigil::registry
