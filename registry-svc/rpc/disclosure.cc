#include "registry-svc/rpc/disclosure.h"

#include <algorithm>

#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"

namespace vigil::registry {
namespace {

bool IsSecret(const v1::Fact& fact) { return fact.confidential() && !fact.has_erase_time(); }

}  // namespace

v1::Fact Disclosure::Show(const v1::Fact& fact) {
  if (!IsSecret(fact)) return fact;
  if (!sees_) return Veiled(fact);
  facts_.insert(fact.name());
  return fact;
}

void Disclosure::NoteDeadline(const CaseFile& file, const v1::Deadline& deadline) {
  if (!sees_ || !HasConfidential(file)) return;
  for (const FactList* facts : {file.own.get(), file.foreign.get()}) {
    for (const auto& fact : *facts) {
      const std::string& name = fact->message->name();
      const bool rests = std::find(deadline.facts().begin(), deadline.facts().end(), name) !=
                         deadline.facts().end();
      if (rests && IsSecret(*fact->message)) facts_.insert(name);
    }
  }
}

void Disclosure::NoteFile(const CaseFile& file) {
  if (!sees_) return;
  for (const FactList* facts : {file.own.get(), file.foreign.get()}) {
    for (const auto& fact : *facts) {
      if (IsSecret(*fact->message)) facts_.insert(fact->message->name());
    }
  }
}

v1::Access Disclosure::Entry(std::string_view method) const {
  v1::Access access;
  access.set_method(std::string(method));
  std::set<std::string> parents;
  for (const std::string& fact : facts_) {
    access.add_facts(fact);
    parents.insert(ParentOf(fact));
  }
  if (parents.size() == 1) access.set_parent(*parents.begin());
  return access;
}

}  // namespace vigil::registry
