#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

// Ids that every replica, and every rebuild, computes alike. No rule version, fire time, policy or
// subscription goes into one: planning twice plans nothing new.
namespace vigil::alert {

// A stable 64-bit hash of a list of fields; ("a", "bc") and ("ab", "c") differ.
std::uint64_t Hash64(std::initializer_list<std::string_view> fields);

// Numbers of a member of the due set.
std::uint64_t DeadlineNumber(std::string_view deadline_name);
std::uint32_t ParentNumber(std::string_view parent_name);      // 24 bits
std::uint32_t ReceiverNumber(std::string_view receiver_name);  // 24 bits

// What a person acknowledges: hash(deadline, earliest, latest, step), 32 hex digits.
std::string AlertId(std::string_view deadline_name, std::string_view earliest,
                    std::string_view latest, int step);

// One message owed to one receiver: hash(alert, receiver, level, repeat), 32 hex digits.
std::string ReminderId(std::string_view alert_id, std::string_view receiver_name, int level,
                       int repeat);

// A digest: hash(subscription, local date), 32 hex digits.
std::string DigestId(std::string_view subscription_name, std::string_view local_date);

// A digest of findings alone: hash(subscription, local date), another one.
std::string FindingsId(std::string_view subscription_name, std::string_view local_date);

// What one receiver is told of another's trouble: hash(receiver, trouble, when it began, who is
// told), 32 hex digits.
std::string TroubleId(std::string_view receiver_name, int kind, std::int64_t start_seconds,
                      std::string_view hearer_name);

// What tells a revision from that of the same number of another journal: of the token that resumes
// after it, which names both. Empty without a token.
std::string RevisionMark(std::string_view token);

// Id of a receipt: hash(reminder, kind, attempts); recorded twice, it counts once.
std::string ReceiptId(std::string_view reminder_id, int kind, int attempts);

}  // namespace vigil::alert
