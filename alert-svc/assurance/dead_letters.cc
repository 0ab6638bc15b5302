#include "alert-svc/assurance/dead_letters.h"

#include <algorithm>
#include <map>
#include <utility>

#include "alert-svc/assurance/message_book.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/engine/dead_letter.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

v1::PlannedMessage::Form FormOf(const World& world, const DeadLetter& letter) {
  if (!letter.digest) return v1::PlannedMessage::FORM_SINGLE;
  for (const auto& [name, subscription] : world.settings().subscriptions()) {
    if (SummaryId(name) == letter.id) return v1::PlannedMessage::FORM_SUMMARY;
  }
  return v1::PlannedMessage::FORM_DIGEST;
}

v1::PlannedItem ItemOf(const World& world, const Receipt& receipt) {
  Planned told;
  told.form = receipt.step() == kMovedStep       ? PlannedForm::kMoved
              : receipt.step() == kWithdrawnStep ? PlannedForm::kWithdrawn
                                                 : PlannedForm::kReminder;
  told.alert = receipt.alert();
  told.deadline = receipt.deadline();
  told.earliest = receipt.earliest();
  told.latest = receipt.latest();
  told.step = receipt.step();
  return ItemOf(*world.FindCase(ParentOf(receipt.deadline())), told);
}

v1::DeadLetter LetterOf(const World& world, const DeadLetter& from) {
  v1::DeadLetter letter;
  letter.set_name("deadLetters/" + from.id);
  letter.set_receiver(from.receiver);
  letter.set_form(FormOf(world, from));
  letter.set_over(WhyOver(world, from));
  *letter.mutable_first_time() = ToProto(from.first_time);
  const World::DigestState digest = world.DigestOf(from.id);
  letter.set_attempts(digest.attempts);
  for (const Receipt* receipt : from.receipts) {
    if (!letter.has_time() || TimeOf(receipt->time()) > TimeOf(letter.time())) {
      *letter.mutable_time() = receipt->time();
      letter.set_error(receipt->error());
    }
    letter.set_attempts(std::max(letter.attempts(), receipt->attempts()));
    letter.set_bounced(letter.bounced() || receipt->bounced());
    if (from.findings_day.empty()) *letter.add_items() = ItemOf(world, *receipt);
  }
  if (letter.error().empty()) letter.set_error(digest.error);
  return letter;
}

}  // namespace

std::vector<v1::DeadLetter> DeadLetters(const World& world) {
  std::vector<v1::DeadLetter> letters;
  for (const auto& [id, letter] : DeadLettersOf(world)) letters.push_back(LetterOf(world, letter));
  std::sort(letters.begin(), letters.end(), [](const v1::DeadLetter& a, const v1::DeadLetter& b) {
    return std::make_pair(TimeOf(b.time()), b.name()) < std::make_pair(TimeOf(a.time()), a.name());
  });
  return letters;
}

}  // namespace vigil::alert
