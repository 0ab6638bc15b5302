#include "registry-svc/casebook/validate.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/civil/span.h"
#include "common/rpc/errors.h"
#include "registry-svc/casebook/case_file.h"
#include "registry-svc/casebook/name_fold.h"
#include "registry-svc/casebook/refusals.h"

namespace vigil::registry {
namespace {

using refusals::BadField;

constexpr size_t kMaxText = 4096;
constexpr int kMaxNames = 100;
constexpr int kMaxTags = 100;
constexpr int64_t kMaxFactBytes = 64 * 1024;

bool IsIdLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

bool IsRecordLetter(char c) {
  return IsIdLetter(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '~';
}

bool IsControl(char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }

// The id after `collection`; empty where the name is none of it.
std::string_view IdAfter(std::string_view name, std::string_view collection) {
  return name.starts_with(collection) ? name.substr(collection.size()) : std::string_view();
}

absl::Status CheckText(const std::string& field, std::string_view text) {
  if (text.size() > kMaxText) {
    return BadField("TEXT_TOO_LONG", field,
                    fmt::format("{}: at most {} bytes are kept", field, kMaxText));
  }
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return IsControl(c) && c != '\n' && c != '\t' && c != '\r';
  });
  if (!control) return absl::OkStatus();
  return BadField("BAD_TEXT", field,
                  fmt::format("{}: holds a control character: take it out", field));
}

// Of one line. Lists are ordered by such texts, with a NUL after them.
absl::Status CheckLine(const std::string& field, std::string_view text) {
  if (absl::Status s = CheckText(field, text); !s.ok()) return s;
  if (std::none_of(text.begin(), text.end(), IsControl)) return absl::OkStatus();
  return BadField("BAD_TEXT", field,
                  fmt::format("{}: is one line: take line breaks and tabs out", field));
}

absl::Status CheckZone(const std::string& field, const std::string& name) {
  absl::TimeZone zone;
  if (FindZone(name, zone)) return absl::OkStatus();
  return BadField("BAD_TIME_ZONE", field,
                  fmt::format("{}: write an IANA zone such as Asia/Almaty", field));
}

absl::Status CheckTitle(const std::string& field, const std::string& title) {
  if (title.empty()) {
    return BadField("REQUIRED", field, fmt::format("{}: missing", field));
  }
  return CheckLine(field, title);
}

absl::Status CheckNames(std::string_view field, v1::Person& person) {
  const std::string path = fmt::format("{}.person.names", field);
  if (person.names_size() > kMaxNames) {
    return BadField("TOO_MANY", path, fmt::format("{}: at most {}", path, kMaxNames));
  }
  for (int i = 0; i < person.names_size(); ++i) {
    v1::Name& name = *person.mutable_names(i);
    const std::string text = fmt::format("{}[{}].text", path, i);
    if (absl::Status s = CheckTitle(text, name.text()); !s.ok()) return s;
    name.set_script(ScriptOf(name.text()));
  }
  return absl::OkStatus();
}

absl::Status CheckCountry(std::string_view field, const std::string& country) {
  if (country.empty() || IsCountry(country)) return absl::OkStatus();
  const std::string path = fmt::format("{}.country", field);
  return BadField("BAD_COUNTRY", path,
                  fmt::format("{}: write the ISO 3166-1 code, such as KZ", path));
}

absl::Status CheckMandate(const std::string& path, const v1::Mandate& mandate) {
  if (!v1::Consent_IsValid(mandate.given_by())) {
    return BadField("BAD_MANDATE", path + ".given_by",
                    path +
                        ".given_by: write CONSENT_PERSON, CONSENT_COUNSEL, CONSENT_FAMILY or "
                        "CONSENT_REFUSED");
  }
  const bool allows = mandate.act() || mandate.publish() || mandate.write_to_un();
  if (allows && mandate.given_by() == v1::CONSENT_REFUSED) {
    return BadField("BAD_MANDATE", path + ".given_by",
                    path +
                        ".given_by: what was refused allows nothing: clear act, publish and "
                        "write_to_un");
  }
  if (!civil::ParseSpan(mandate.since()).ok()) {
    return refusals::BadDate(path + ".since", mandate.since());
  }
  if (!mandate.until().empty() && !civil::ParseDay(mandate.until())) {
    return refusals::BadDate(path + ".until", mandate.until());
  }
  return CheckText(path + ".limits", mandate.limits());
}

absl::Status CheckTags(std::string_view field, const v1::Case& record) {
  const std::string path = fmt::format("{}.tags", field);
  if (record.tags_size() > kMaxTags) {
    return BadField("TOO_MANY", path, fmt::format("{}: at most {}", path, kMaxTags));
  }
  for (const std::string& tag : record.tags()) {
    if (IsId(tag, 1, 40)) continue;
    return BadField("BAD_TAG", path,
                    fmt::format("{}: a tag has 1 to 40 letters of a-z, 0-9 and -", path));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsId(std::string_view id, size_t least, size_t most) {
  return id.size() >= least && id.size() <= most && std::all_of(id.begin(), id.end(), IsIdLetter);
}

bool IsCaseName(std::string_view name) { return IsId(IdAfter(name, "cases/"), 1, 40); }
bool IsDossierName(std::string_view name) { return IsId(IdAfter(name, "dossiers/"), 1, 40); }

bool IsFactName(std::string_view name) {
  const size_t at = name.find("/facts/");
  if (at == std::string_view::npos) return false;
  const std::string_view parent = name.substr(0, at);
  return (IsCaseName(parent) || IsDossierName(parent)) && IsId(name.substr(at + 7), 1, 40);
}

bool IsRecordName(std::string_view name) {
  const std::string_view rest = IdAfter(name, "records/");
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos || slash == 0 || rest.size() > 200) return false;
  const std::string_view id = rest.substr(slash + 1);
  const std::string_view type = rest.substr(0, slash);
  return !id.empty() && std::all_of(type.begin(), type.end(), IsRecordLetter) &&
         std::all_of(id.begin(), id.end(), IsRecordLetter);
}

std::string ParentOf(std::string_view name) {
  const size_t first = name.find('/');
  const size_t second = first == std::string_view::npos ? first : name.find('/', first + 1);
  return std::string(name.substr(0, second));
}

absl::Status CheckCase(std::string_view field, v1::Case& record) {
  const std::string prefix(field);
  if (absl::Status s = CheckTitle(prefix + ".display_name", record.display_name()); !s.ok())
    return s;
  if (record.has_person()) {
    if (absl::Status s = CheckNames(field, *record.mutable_person()); !s.ok()) return s;
    if (!civil::ParseSpan(record.person().born()).ok()) {
      return refusals::BadDate(prefix + ".person.born", record.person().born());
    }
  }
  if (absl::Status s = CheckMandate(prefix + ".mandate", record.mandate()); !s.ok()) return s;
  if (absl::Status s = CheckCountry(field, record.country()); !s.ok()) return s;
  if (absl::Status s = CheckLine(prefix + ".place", record.place()); !s.ok()) return s;
  if (absl::Status s = CheckTags(field, record); !s.ok()) return s;
  return CheckZone(prefix + ".time_zone", record.time_zone());
}

absl::Status CheckDossier(std::string_view field, v1::Dossier& dossier) {
  const std::string prefix(field);
  if (absl::Status s = CheckTitle(prefix + ".display_name", dossier.display_name()); !s.ok())
    return s;
  for (const std::string& name : dossier.cases()) {
    if (!IsCaseName(name)) return refusals::BadName(prefix + ".cases", "cases/{case}");
  }
  return CheckZone(prefix + ".time_zone", dossier.time_zone());
}

void ClearOutputs(v1::Case& record) {
  record.clear_uid();
  record.clear_etag();
  record.clear_create_time();
  record.clear_update_time();
  record.clear_delete_time();
  record.clear_situation();
  record.clear_situation_since();
  record.clear_flags();
  record.clear_erase_time();
}

void ClearOutputs(v1::Dossier& dossier) {
  dossier.clear_uid();
  dossier.clear_etag();
  dossier.clear_create_time();
  dossier.clear_update_time();
  dossier.clear_delete_time();
}

void ClearOutputs(v1::Fact& fact) {
  fact.clear_create_time();
  fact.clear_author();
  fact.clear_retract_time();
  fact.clear_retract_reason();
  fact.clear_retract_author();
  fact.clear_erase_time();
}

absl::StatusOr<CheckedFact> CheckInput(std::string_view field, const v1::Fact& fact) {
  if (static_cast<int64_t>(fact.ByteSizeLong()) > kMaxFactBytes) {
    return BadField("TEXT_TOO_LONG", field,
                    fmt::format("{}: a fact has at most {} bytes", field, kMaxFactBytes));
  }
  absl::StatusOr<CheckedFact> checked = CheckFact(fact);
  if (checked.ok()) {
    if (absl::Status s = CheckFields(field, *checked); !s.ok()) return s;
    return checked;
  }
  const std::string path = fmt::format("{}.{}", field, FieldOf(checked.status()));
  return BadField("BAD_FACT", path,
                  fmt::format("{}.{}", field, std::string(checked.status().message())));
}

absl::Status CheckRequestId(std::string_view request_id) {
  const bool letters = std::all_of(request_id.begin(), request_id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-';
  });
  if (request_id.empty() || (request_id.size() == 36 && letters)) return absl::OkStatus();
  return BadField("BAD_REQUEST_ID", "request_id", "request_id: write a UUID, or leave it out");
}

}  // namespace vigil::registry
