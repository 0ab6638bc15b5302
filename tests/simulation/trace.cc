#include "tests/simulation/trace.h"

#include <fmt/format.h>

#include "tests/simulation/oracle_parts.h"

namespace vigil::alert::sim {

using registry::v1::Change;
using registry::v1::Deadline;
using registry::v1::Receipt;

namespace {

std::string TextOf(const Receipt& receipt) {
  std::string text =
      fmt::format("{} {} to {}, {} step {} level {} repeat {}, attempt {}, id {}",
                  Receipt::Kind_Name(receipt.kind()).substr(5), receipt.deadline(),
                  receipt.receiver(), receipt.earliest(), receipt.step(), receipt.level(),
                  receipt.repeat(), receipt.attempts(), receipt.reminder());
  if (!receipt.digest().empty()) text += ", in " + receipt.digest();
  if (receipt.receiver().empty()) {
    text += ", done " + Text(absl::FromUnixSeconds(receipt.time().seconds()));
  }
  if (receipt.has_until()) {
    text += ", until " + Text(absl::FromUnixSeconds(receipt.until().seconds()));
  }
  return text;
}

std::string TextOf(const MessageItem& item) {
  const char* changes[] = {"", " moved", " withdrawn"};
  return fmt::format("{} {} step {}{}", item.deadline.name(), item.deadline.earliest(), item.step,
                     changes[static_cast<int>(item.change)]);
}

}  // namespace

void Trace::Say(const std::string& what) const {
  if (!on_) return;
  fmt::print("{} {:8.3f} {}\n", Text(queue_.now()), absl::ToDoubleSeconds(queue_.wall() - start_),
             what);
}

void Trace::Committed(const Change& change) {
  if (!on_) return;
  for (const auto& item : change.items()) {
    for (const Deadline& d : item.deadlines_changed().before()) Say("journal: was " + d.name());
    for (const Deadline& d : item.deadlines_changed().after()) {
      names_[DeadlineNumber(d.name())] = d.name();
      Say(fmt::format("journal: {} is {}", d.name(), d.earliest()));
    }
    for (const Receipt& receipt : item.receipts_recorded().receipts()) {
      Say("journal: " + TextOf(receipt));
    }
    const std::string& record = item.record_changed().record().name();
    if (record.empty()) continue;
    const std::string setting = record.substr(record.find('/') + 1);
    names_[DeadlineNumber(setting)] = setting;
    Say("journal: " + setting);
  }
}

void Trace::Streamed(const std::string& receipts) const {
  if (!on_) return;
  registry::v1::ReceiptsRecorded recorded;
  recorded.ParseFromString(receipts);
  for (const Receipt& receipt : recorded.receipts()) Say("stream: " + TextOf(receipt));
}

std::string Trace::NameOf(const Member& member) const {
  auto name = names_.find(member.deadline);
  return fmt::format("{} form {} to {:06x}, {} step {} level {} repeat {}",
                     name != names_.end() ? name->second : std::to_string(member.deadline),
                     static_cast<int>(member.form), member.receiver,
                     civil::FormatDay(member.earliest), member.step, member.level, member.repeat);
}

void Trace::Claimed(const Member& member) const {
  if (on_) Say("claimed: " + NameOf(member));
}

void Trace::Placed(const Member& member, std::optional<absl::Time> due) const {
  if (on_) Say(fmt::format("placed: {}, due {}", NameOf(member), due ? Text(*due) : "never"));
}

void Trace::Sent(const char* what, int replica, const Message& message) const {
  if (!on_) return;
  for (const MessageItem& item : message.items) {
    Say(fmt::format("{}: {} to {} by {}, {} level {} repeat {}, attempt {}", what, message.id,
                    message.receiver.name(), replica, TextOf(item), message.level, message.repeat,
                    message.attempt));
  }
}

}  // namespace vigil::alert::sim
