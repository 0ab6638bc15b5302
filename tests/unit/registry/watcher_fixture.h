#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/feed/core.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {

// A registry that is killed and started again, and watches of it.
class WatcherFixture : public testing::Test {
 protected:
  void SetUp() override {
    options_.path = dir_.File("registry.db");
    Open();
  }

  // Kills the process and starts it again.
  void Open() {
    core_.reset();
    auto core = Core::Open(options_, clock_, TreeRules());
    ASSERT_THAT(core, IsOk());
    core_ = *std::move(core);
  }

  template <class Request, class Response>
  absl::StatusOr<Response> Call(void (Casebook::*method)(Origin, Request, Done<Response>),
                                Request request) {
    Waiter<Response> waiter;
    (core_->book().*method)({.actor = "tester", .request_id = "t1"}, std::move(request),
                            waiter.Take());
    return waiter.Wait();
  }

  static v1::PutRecordRequest Record(const std::string& id, const std::string& text = "x") {
    v1::PutRecordRequest request;
    request.mutable_record()->set_name("records/test/" + id);
    request.mutable_record()->mutable_body()->set_value(text);
    return request;
  }
  void Put(const std::string& id, const std::string& text = "x") {
    ASSERT_THAT(Call(&Casebook::PutRecord, Record(id, text)), IsOk());
  }
  void PutMany(int count) {
    for (int i = 0; i < count; ++i) Put("r");
  }
  void Delete(const std::string& id) {
    v1::DeleteRecordRequest request;
    request.set_name("records/test/" + id);
    ASSERT_THAT(Call(&Casebook::DeleteRecord, request), IsOk());
  }
  std::string CreateCase() {
    v1::CreateCaseRequest request;
    request.mutable_case_()->set_display_name("Person");
    return Call(&Casebook::CreateCase, request)->name();
  }

  static v1::WatchChangesRequest FromStart() { return {}; }
  static v1::WatchChangesRequest FromSnapshot() {
    v1::WatchChangesRequest request;
    request.set_snapshot(true);
    return request;
  }
  static v1::WatchChangesRequest From(const std::string& token) {
    v1::WatchChangesRequest request;
    request.set_token(token);
    return request;
  }
  // The status with which a watch is refused.
  absl::Status Refusal(const v1::WatchChangesRequest& request) {
    PulledWatch watch(*core_, request);
    EXPECT_FALSE(watch.Pull());
    EXPECT_TRUE(watch.ended());
    return watch.status();
  }
  std::string TokenAt(int64_t revision) {
    PulledWatch watch(*core_, FromStart());
    for (const auto& message : watch.Drain()) {
      if (message.revision() == revision) return message.token();
    }
    ADD_FAILURE() << "no revision " << revision;
    return "";
  }
  int64_t head() const { return core_->book().Present()->revision(); }

  static std::vector<int64_t> Revisions(const std::vector<v1::WatchChangesResponse>& messages) {
    std::vector<int64_t> revisions;
    for (const auto& message : messages) {
      if (message.has_change()) revisions.push_back(message.change().revision());
      for (const auto& change : message.changes().changes()) revisions.push_back(change.revision());
    }
    return revisions;
  }
  static std::vector<int64_t> Range(int64_t from, int64_t to) {
    std::vector<int64_t> revisions;
    for (; from <= to; ++from) revisions.push_back(from);
    return revisions;
  }

  TempDir dir_;
  ManualClock clock_;
  Core::Options options_;
  std::unique_ptr<Core> core_;
};

}  // namespace vigil::registry
