// May 2018 as its readers live it: the 49 cases of the report under the policies as shipped, nobody
// acknowledging anything. Each message is counted by person and day; the counts stand in
// docs/messages.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "alert-svc/assurance/message_book.h"
#include "tests/unit/alert/plan_fixture.h"
#include "tests/unit/domain/case_builder.h"

namespace vigil::alert {
namespace {

using v1::PlannedMessage;

constexpr char kCounsel[] = "receivers/counsel";
constexpr char kDeputy[] = "receivers/deputy";  // of the desk, where a test asks for one
constexpr char kFrom[] = "2018-05-01T07:00";    // the same day in both zones

std::string Page() {
  std::ifstream in(VIGIL_SOURCE_DIR "/docs/messages.md");
  std::stringstream page;
  page << in.rdbuf();
  return page.str();
}

bool IsOnThePage(const std::string& text) { return Page().find(text) != std::string::npos; }

class May : public PlanFixture {
 protected:
  May() {
    delivered_.clear();  // everybody begins
    // A second reader in another zone, and one who hears where the desk does not answer.
    for (const char* name : {kCounsel, kDeputy}) {
      v1::Receiver receiver = *settings_.FindReceiver(kDesk);
      receiver.set_name(name);
      EXPECT_TRUE(settings_.Put(receiver).ok());
    }
    v1::Subscription desk = *settings_.FindSubscription(kDeskSubscription);
    v1::Subscription counsel = desk;
    counsel.set_name("subscriptions/counsel");
    counsel.set_receiver(kCounsel);
    counsel.set_time_zone("Europe/Berlin");
    EXPECT_TRUE(settings_.Put(counsel).ok());
    for (const registry::TestCase& one : registry::ReportCases()) Add(one);
  }

  void Add(const registry::TestCase& one) {
    auto& state = cases_.emplace_back();
    state.about.set_name(one.name());
    const registry::Derivation derivation = one.Derive("2018-05-01");
    for (const registry::v1::Deadline& deadline : derivation.deadlines) {
      World::DeadlineState& own = state.deadlines[deadline.name()];
      own.deadline = deadline;
      own.known_since = At(kFrom);
    }
    state.about.set_situation(one.is_case() ? one.Situation("2018-05-01").situation
                                            : registry::v1::SITUATION_UNSPECIFIED);
    state.about.set_country("KZ");
  }

  // Every message of the month.
  std::vector<PlannedMessage> Messages() {
    MessageBook book(settings_, {At(kFrom), civil::MakeDay(2018, 5, 31), ""});
    for (const World::CaseState& state : cases_) {
      CaseView view;
      view.name = state.about.name();
      view.country = state.about.country();
      view.situation = state.about.situation();
      view.came_in = At(kFrom);
      for (const auto& [name, own] : state.deadlines) {
        view.deadlines.push_back({&own.deadline, own.gone, own.known_since, &own.receipts});
      }
      PlanContext context{settings_, Days(), delivered_, At(kFrom), absl::Hours(1)};
      book.Add(state, Forecast(view, context, At("2018-06-02T00:00")));
    }
    return book.Take();
  }

  static const civil::WorkingDays& Days() { return registry::Rules().calendars().at("KZ"); }
  static civil::Day DayOf(const PlannedMessage& message) { return *civil::ParseDay(message.day()); }
  static bool IsHeldOnly(const PlannedMessage& message) {
    return std::all_of(message.items().begin(), message.items().end(),
                       [](const v1::PlannedItem& item) { return IsHeld(item.kind()); });
  }

  std::deque<World::CaseState> cases_;
};

TEST_F(May, AllCasesAreThere) {
  EXPECT_EQ(std::count_if(cases_.begin(), cases_.end(),
                          [](const auto& c) { return c.about.name().starts_with("cases/"); }),
            49);
}

TEST_F(May, AtMostOneDigestAWorkingDayAndAPerson) {
  std::map<std::pair<std::string, std::string>, int> digests;
  for (const PlannedMessage& message : Messages()) {
    if (message.form() != PlannedMessage::FORM_DIGEST) continue;
    EXPECT_TRUE(Days().IsWorking(DayOf(message))) << message.day();
    EXPECT_EQ(++digests[std::make_pair(message.receiver(), message.day())], 1) << message.day();
  }
  std::map<std::string, int> days;
  for (const auto& [key, count] : digests) ++days[key.first];
  EXPECT_GT(days[kDesk], 0);
  EXPECT_EQ(days[kDesk], days[kCounsel]);
}

TEST_F(May, OneSummaryAPerson) {
  std::map<std::string, int> summaries;
  for (const PlannedMessage& message : Messages()) {
    summaries[message.receiver()] += message.form() == PlannedMessage::FORM_SUMMARY;
  }
  EXPECT_EQ(summaries[kDesk], 1);
  EXPECT_EQ(summaries[kCounsel], 1);
}

// By its own message on the day of its lead, whatever the day of the week; never in a digest.
TEST_F(May, CustodyIsToldAtOnceAndAlone) {
  std::map<std::string, int> told;
  for (const PlannedMessage& message : Messages()) {
    if (message.form() == PlannedMessage::FORM_DIGEST) {
      for (const auto& item : message.items()) EXPECT_FALSE(IsHeld(item.kind())) << message.day();
    }
    if (message.form() != PlannedMessage::FORM_SINGLE || !IsHeldOnly(message)) continue;
    ++told[message.receiver()];
    const v1::PlannedItem& item = message.items(0);
    const civil::Day lead =
        std::max(*civil::ParseDay(item.earliest()) - std::chrono::days(item.step()),
                 civil::MakeDay(2018, 5, 1));
    EXPECT_EQ(DayOf(message), lead) << item.deadline() << " step " << item.step();
  }
  EXPECT_GT(told[kDesk], 0);
  EXPECT_EQ(told[kDesk], told[kCounsel]);
}

// Where the desk does not answer its deputy hears, of each alert by its own message.
TEST_F(May, WhatIsPassedOnComesAloneAndToNobodyTwice) {
  v1::Subscription desk = *settings_.FindSubscription(kDeskSubscription);
  desk.set_stand_in(kDeputy);
  ASSERT_TRUE(settings_.Put(desk).ok());
  std::set<std::string> alerts;
  int passed_on = 0;
  for (const PlannedMessage& message : Messages()) {
    if (message.receiver() != kDeputy) continue;
    EXPECT_EQ(message.form(), PlannedMessage::FORM_SINGLE);
    EXPECT_TRUE(alerts.insert(message.items(0).alert()).second) << message.id();
    ++passed_on;
  }
  EXPECT_TRUE(IsOnThePage(fmt::format(" {} messages go on to a stand-in", passed_on))) << passed_on;
}

// "| 2018-05-02 | | 12 | 1 |": a row of the table in docs/messages.md.
std::vector<std::string> Table(const std::vector<PlannedMessage>& messages,
                               const std::string& receiver) {
  struct Row {
    int digest = 0, alone = 0, summary = 0;
  };
  std::map<std::string, Row> rows;
  for (const PlannedMessage& message : messages) {
    if (message.receiver() != receiver) continue;
    Row& row = rows[message.day()];
    if (message.form() == PlannedMessage::FORM_DIGEST) row.digest += message.items_size();
    if (message.form() == PlannedMessage::FORM_SINGLE) ++row.alone;
    if (message.form() == PlannedMessage::FORM_SUMMARY) row.summary += message.items_size();
  }
  const auto number = [](int count) { return count > 0 ? std::to_string(count) : ""; };
  std::vector<std::string> lines;
  for (const auto& [day, row] : rows) {
    lines.push_back(fmt::format("| {} | {} | {} | {} |", day, number(row.summary),
                                number(row.digest), number(row.alone)));
  }
  return lines;
}

TEST_F(May, CountsAreAsThePageSays) {
  const std::vector<std::string> rows = Table(Messages(), kDesk);
  for (const std::string& row : rows) EXPECT_TRUE(IsOnThePage(row + "\n")) << row;
  std::size_t there = 0;
  const std::string page = Page();
  for (auto at = page.find("\n| 2018-05-"); at != std::string::npos;
       at = page.find("\n| 2018-05-", at + 1)) {
    ++there;
  }
  EXPECT_EQ(there, rows.size()) << "a row of a day without messages";
}

}  // namespace
}  // namespace vigil::alert
