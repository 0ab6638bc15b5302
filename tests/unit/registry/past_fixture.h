// A casebook with the reader of its past.
#pragma once

#include <memory>
#include <string>

#include "registry-svc/casebook/past.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {

class PastTest : public BookTest {
 protected:
  void SetUp() override { Reopen(); }

  // Opens the database again, as a restart does.
  void Reopen() {
    past_.reset();
    Open();
    past_ = std::make_unique<Past>(*store_, *book_);
  }

  absl::StatusOr<FilePtr> Find(const std::string& name, int64_t revision) {
    return past_->Find(*book_->Present(), name, revision);
  }

  // A file that is there at a revision.
  CaseFile At(const std::string& name, int64_t revision) {
    const absl::StatusOr<FilePtr> file = Find(name, revision);
    EXPECT_THAT(file, IsOk());
    EXPECT_TRUE(file.ok() && *file) << name << " at " << revision;
    return file.ok() && *file ? **file : CaseFile();
  }

  absl::StatusOr<v1::Case> UpdateCase(const std::string& id, const std::string& display_name) {
    v1::UpdateCaseRequest request;
    request.mutable_case_()->set_name("cases/" + id);
    request.mutable_case_()->set_display_name(display_name);
    return Call(&Casebook::UpdateCase, request);
  }

  absl::StatusOr<v1::Fact> Retract(const std::string& name) {
    v1::RetractFactRequest request;
    request.set_name(name);
    request.set_reason("another person");
    return Call(&Casebook::RetractFact, request);
  }

  absl::Status SetDeleted(const std::string& name, bool deleted) {
    if (deleted) {
      v1::DeleteCaseRequest request;
      request.set_name(name);
      return Call(&Casebook::DeleteCase, request).status();
    }
    v1::UndeleteCaseRequest request;
    request.set_name(name);
    return Call(&Casebook::UndeleteCase, request).status();
  }

  static v1::Fact Confidential(const std::string& date) {
    v1::Fact fact = Custody(date);
    fact.set_confidential(true);
    fact.set_note("told by a guard");
    return fact;
  }

  std::unique_ptr<Past> past_;
};

}  // namespace vigil::registry
