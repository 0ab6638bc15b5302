#include "registry-svc/rpc/disclosure.h"

#include <algorithm>

#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"

namespace vigil::registry {

v1::Fact Disclosure::Show(const v1::Fact& fact) {
  if (!IsSecret(fact)) return fact;
  if (!sees_) return Veiled(fact);
  facts_.insert(fact.name());
  return fact;
}

const v1::Case& Disclosure::CaseOf(const DayReading& reading) const {
  return sees_ ? reading.rendered : ToldCase(reading);
}

const std::vector<v1::Finding>& Disclosure::FindingsOf(const DayReading& reading) const {
  return sees_ ? reading.derived.findings : ToldFindings(reading);
}

const v1::Case& Disclosure::Show(const CaseFile& file, const DayReading& reading) {
  const v1::Case& shown = CaseOf(reading);
  if (reading.open && sees_ && !Same(shown, ToldCase(reading))) NoteFile(file);
  return shown;
}

v1::Deadline Disclosure::Show(const CaseFile& file, const DayReading& reading, size_t deadline) {
  if (!sees_) return ToldDeadline(reading, deadline);
  const v1::Deadline& shown = reading.derived.deadlines[deadline];
  if (IsVeiled(reading, deadline) && !NoteFacts(file, shown)) NoteFile(file);
  return shown;
}

void Disclosure::NoteDeadline(const CaseFile& file, const v1::Deadline& deadline) {
  if (sees_) NoteFacts(file, deadline);
}

bool Disclosure::NoteFacts(const CaseFile& file, const v1::Deadline& shown) {
  bool rests = false;
  for (const FactList* facts : {file.own.get(), file.foreign.get()}) {
    for (const auto& fact : *facts) {
      const std::string& name = fact->message->name();
      if (!IsSecret(*fact->message) ||
          std::find(shown.facts().begin(), shown.facts().end(), name) == shown.facts().end()) {
        continue;
      }
      rests = true;
      facts_.insert(name);
    }
  }
  return rests;
}

void Disclosure::NoteFinding(const CaseFile& file, const DayReading& reading,
                             const v1::Finding& finding) {
  if (!sees_ || !reading.open) return;
  const std::vector<v1::Finding>& told = reading.open->findings;
  const bool open = std::any_of(told.begin(), told.end(),
                                [&](const v1::Finding& other) { return Same(other, finding); });
  if (!open) NoteFile(file);
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
