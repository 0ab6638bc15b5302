#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "vigil/alert/v1/settings.pb.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::alert {

// What a message says about one deadline.
struct MessageItem {
  // What happened to the date since the receiver was told.
  enum class Change { kNone, kMoved, kWithdrawn };
  // What is not known that can move the date, where its precision says that something can.
  enum class Doubt { kSomeFact, kCustodyBegin, kAppeal };

  // The deadline. Where the receiver is not private the engine has emptied what could name a
  // person: display name, title, explanation, assumptions, eligibility's reason, citation, facts,
  // action.
  registry::v1::Deadline deadline;
  std::string alert;  // the alert's id, for links: `alerts/{alert}`
  // Where the receiver answers the alert without signing in; the sender sets it, see
  // deliver/action_links.h. Whoever has it can answer: it goes to the receiver and nowhere else.
  std::string action_link;
  int step = 0;  // days before the date; negative after it
  // Of what was handed over, and only to a private receiver: who did it, and what they said.
  std::string handed_over_by;
  std::string note;
  Change change = Change::kNone;
  Doubt doubt = Doubt::kSomeFact;
  std::string told_earliest;  // of a change: the dates the receiver was told before
  std::string told_latest;
  std::vector<registry::v1::Deadline> alternatives;  // the same limit "if counted from …"
};

// One message owed to one receiver, not yet worded.
struct Message {
  enum class Form { kSingle, kDigest, kSummary, kTest, kTrouble };
  // What a single goes out for.
  enum class Why {
    kPlanned,     // a step of the policy, or a change of the date
    kHourly,      // one of the hours before a limit that is exact to the hour
    kHandedOver,  // a person handed the alert over to the receiver
    kPutOff,      // the alert was put off until now
  };

  std::string id;  // of the reminder: left part of the Message-ID, webhook-id; [a-z0-9-]
  Form form = Form::kSingle;
  v1::Receiver receiver;
  // One for kSingle, none for kTest and kTrouble; else by case, then by date.
  std::vector<MessageItem> items;
  int level = 0;                  // escalation level, 0 first
  bool undelivered = false;       // of a level beyond 0: it reached nobody of a level before
  int repeat = 0;                 // as in its receipt: see domain/addressee.h
  Why why = Why::kPlanned;        // of level 0; of one beyond what was passed on went out for it
  int again = 0;                  // how often it went out for that before, 0 the first time
  int hours_left = 0;             // of kHourly
  int attempt = 1;                // of this message, 1 the first
  absl::Time time;                // calendar time of this attempt
  std::string time_zone;          // of the subscription
  std::chrono::sys_days today{};  // the local day in it
  // Of a week's digest: what is missing or does not fit in the cases it is about, the most
  // important first. Where the receiver is not private only the names are set.
  std::vector<registry::v1::Finding> findings;
  bool more_findings = false;          // there are others, which could not be read
  absl::Time findings_asked;           // when the registry was asked for them (calendar)
  std::optional<absl::Time> known_at;  // set where the registry lags: "as known at …"
  std::int64_t revision = 0;           // of the registry, that it tells things as of
  // Of kTrouble: which receiver cannot be reached, what is wrong, and how many messages to it were
  // given up.
  std::string troubled;
  v1::Trouble trouble;
  int given_up = 0;
};

// What came of an attempt.
struct Outcome {
  enum class Kind {
    kSent,       // the peer took it
    kRetry,      // try again after `retry_after`
    kPermanent,  // trying again cannot help, or the ladder of retries has ended
    kAmbiguous,  // all was sent and no answer came; try again after `retry_after` with the same id
    kNotNow,     // nothing was tried, and it counts as no attempt: come again after `retry_after`
  };
  // What the attempt says of its receiver, whatever becomes of the message.
  enum class Said {
    kNothing,   // it was not asked, or we ended the attempt before it answered
    kAnswered,  // it took the message, or refused it for good
    kFailed,    // it cannot be reached, does not answer, or asks to be tried again
  };
  Kind kind = Kind::kRetry;
  Said said = Said::kNothing;
  absl::Duration retry_after = absl::Minutes(1);  // calendar time
  // How long the peer asks that nothing comes to this receiver, this message or another (calendar).
  absl::Duration hold_back;
  std::string message_id;  // as sent
  std::string error;       // without addresses or names
  // What the answer says to be wrong with the receiver, beyond this message.
  v1::Trouble::Kind trouble = v1::Trouble::KIND_UNSPECIFIED;
  // What failed is ours to mend, and `trouble` is not the receiver's: the mail server is away, or
  // does not let us in, or the outbox cannot be written.
  bool ours = false;
};

// Carries messages to receivers. Asynchronous: `done` is called once, on the engine's thread.
// A send takes a bounded time (wall). The same id may be sent twice, by design, one at a time, and
// must then look the same to the peer.
class Sender {
 public:
  virtual ~Sender() = default;
  virtual void Send(Message message, std::function<void(Outcome)> done) = 0;

  // Ends the sending of a message within one second (wall): `done` is called as ever, with kSent
  // or another answer of the peer that came before, kAmbiguous where it may have taken the message,
  // kRetry where it has not (kPermanent where the ladder ends with this attempt), kNotNow where
  // nothing was tried yet. Nothing happens where no such message is on its way.
  virtual void Cut(const std::string& id) = 0;
};

}  // namespace vigil::alert
