#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "alert-svc/deliver/standing.h"
#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// The names of the rows of a message, and its few fixed phrases.
struct Labels {
  const char* change;
  const char* person;
  const char* handed_over_by;
  const char* note;
  const char* what;
  const char* when;
  const char* now;
  const char* how_sure;
  const char* assumed;
  const char* condition;
  const char* other;  // the same limit counted from another day
  const char* rule;
  const char* confidence;
  const char* act;
  const char* steps;     // "How it was counted"
  const char* answer;    // before the action link
  const char* read_on;   // before the link
  const char* settings;  // how to change what one is told
  // Of a receiver's trouble.
  const char* receiver;
  const char* what_happened;
  const char* since;
  const char* answer_was;  // what its server said
  const char* given_up;
  const char* look_after;  // before the link, in place of read_on
};

// All wording of one language: plain words for what a deadline's fields mean, and for why a message
// came. One file a language holds every word of it (words_en.cc, words_ru.cc); a further language
// is one more such file and a line in wording.cc. Pure, immutable, thread-safe.
//
// But for AssumptionText and what is handed in, nothing reads a name, a title, an explanation or an
// assumption: whatever is returned may stand in a mail that must stay discreet.
class Words {
 public:
  virtual ~Words() = default;

  // BCP 47: "en".
  virtual const char* Language() const = 0;
  virtual const Labels& GetLabels() const = 0;

  // "Custody limit"; "Date" for a kind that this version does not know.
  virtual std::string_view KindText(registry::v1::DeadlineKind kind) const = 0;
  // What is due, one sentence: "Custody must be extended or end."
  virtual std::string_view WhatText(registry::v1::DeadlineKind kind) const = 0;
  // "7 June 2018".
  virtual std::string DayText(Day day) const = 0;
  // The same; the text itself where it is no date.
  std::string DayText(std::string_view iso_day) const;
  // One day or a span: "13 April 2018", "between … and …".
  virtual std::string SpanText(std::string_view earliest, std::string_view latest) const = 0;
  // When, with the boundary said: "Lawful until the end of 6 June 2018; must be extended or ended
  // before 7 June 2018 00:00."
  virtual std::string WhenText(const registry::v1::Deadline& deadline) const = 0;
  // How sure, with the precision said: "No later than 13 April 2018: may already be open; the day
  // custody began is unknown." `doubt` names what is not known.
  virtual std::string SureText(const registry::v1::Deadline& deadline,
                               MessageItem::Doubt doubt) const = 0;
  // Where it stands on `today`, the local day of the message, worded by nature: "Comes in 3 days.",
  // "Ends in 3 days.", "Overdue since …", "Open since …", "Passed on …, unconfirmed", "No reply
  // known …".
  virtual std::string StandText(const registry::v1::Deadline& deadline, Day today) const = 0;
  // The same in a few words for a subject line: "in 3 days", "overdue", "open", "passed,
  // unconfirmed", "no reply known", "withdrawn".
  virtual std::string UrgencyText(const registry::v1::Deadline& deadline, Day today) const = 0;
  // What to do on `today`, a sentence by who must act: of what the State does, and of what happens
  // by itself, another one once the date is past.
  virtual std::string_view ActionText(const registry::v1::Deadline& deadline, Day today) const = 0;
  // An assumption in words: "no appeal is assumed"; the code itself where it is not known.
  virtual std::string AssumptionText(std::string_view code) const = 0;
  virtual std::string_view ConfidenceText(registry::v1::Confidence confidence) const = 0;
  // "If counted from another possible day: …"
  virtual std::string OtherText(std::string_view when) const = 0;
  // What a change notice says; `told` the span told before, empty where nothing was: it was handed
  // over.
  virtual std::string MovedText(std::string_view told) const = 0;
  virtual std::string WithdrawnText(std::string_view told) const = 0;

  // Subject line; "58 dates, the next in 2 days" for what holds many. `next`: days, -1 none.
  virtual std::string SubjectText(const Message& message) const = 0;
  virtual std::string HeadingText(const Message& message) const = 0;
  virtual std::string WhyText(const Message& message) const = 0;
  // What is wrong with a receiver, and what its owner can do; one sentence or two each.
  virtual std::string_view TroubleText(v1::Trouble::Kind kind) const = 0;
  virtual std::string_view RemedyText(v1::Trouble::Kind kind) const = 0;
  // "3 messages".
  virtual std::string GivenUpText(int messages) const = 0;
  // How the dates of a digest spread over the next `days` and beyond.
  virtual std::string OverviewText(int soon, int days, int later, int past) const = 0;
  // "12 findings in 5 cases: what is missing or does not fit"; "and 7 more".
  virtual std::string FindingsText(size_t count, size_t cases, bool more) const = 0;
  virtual std::string MoreText(size_t count) const = 0;
  // Where the registry lags: "As known at …".
  virtual std::string KnownText(std::string_view moment) const = 0;
  // One line of a chat: how to acknowledge is said by the link after it.
  virtual std::string ShortCodeText(std::string_view code) const = 0;
};

// The words of a language; English where there are none in it.
const Words& WordsFor(std::string_view language);
// The words of a message: those of its receiver.
const Words& WordsFor(const Message& message);

// How a moment is said in every language: in the zone given, else in UTC.
std::string MomentText(absl::Time time, const std::string& zone);

// How many items a digest has, and the days to the next of their dates, -1 where none comes.
struct Spread {
  size_t count = 0;
  int64_t next = -1;
};
Spread SpreadOf(const Message& message);

// How the day on which a single reminder is sent lies to the one that it is meant for.
enum class Timing {
  kOnItsDay,
  kEarly,  // its own day is a day off
  kLate,   // the date became known after it, or something held it up
  kAgain,  // on another day than its own, as it is repeated or was passed on
};
Timing TimingOf(const Message& message);

namespace words {
// One for each language.
std::unique_ptr<Words> MakeEnglish();
std::unique_ptr<Words> MakeRussian();
}  // namespace words

}  // namespace vigil::alert
