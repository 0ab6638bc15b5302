// What a fact must hold beyond its dates and terms.
#include <fmt/format.h>
#include <unicode/uloc.h>

#include <algorithm>
#include <string>

#include "common/civil/span.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/domain/references.h"

namespace vigil::registry {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

constexpr size_t kMaxText = 4096;
constexpr int kMaxElements = 1000;
constexpr int kMaxDocuments = 20;
constexpr int kMaxAge = 130;

absl::Status Bad(const std::string& field, std::string_view what) {
  return refusals::BadField("BAD_FACT", field, fmt::format("{}: {}", field, what));
}

bool IsCountryField(const std::string& name) {
  return name == "country" || name == "requesting_state" || name == "requested_state" ||
         name == "holding_state";
}

absl::Status CheckString(const std::string& field, const std::string& name,
                         const std::string& text) {
  if (text.size() > kMaxText) {
    return refusals::BadField("TEXT_TOO_LONG", field,
                              fmt::format("{}: at most {} bytes are kept", field, kMaxText));
  }
  const bool control = std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return c < 0x20 && c != '\n' && c != '\t' && c != '\r';
  });
  if (control) return Bad(field, "holds a control character: take it out");
  if (IsCountryField(name) && !text.empty() && !IsCountry(text)) {
    return refusals::BadField("BAD_COUNTRY", field,
                              fmt::format("{}: write the ISO 3166-1 code, such as KZ", field));
  }
  return absl::OkStatus();
}

absl::Status CheckEnum(const std::string& path, const FieldDescriptor* field, int number) {
  if (field->enum_type()->FindValueByNumber(number) != nullptr) return absl::OkStatus();
  return Bad(path, fmt::format("{} is no value of {}", number, field->enum_type()->name()));
}

absl::Status CheckMessage(const std::string& path, const Message& message);

// One value of a field; an element where `index` is not negative.
absl::Status CheckValue(const std::string& path, const Message& message,
                        const FieldDescriptor* field, int index) {
  const auto& reflection = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return CheckString(path, field->name(),
                         index < 0 ? reflection.GetString(message, field)
                                   : reflection.GetRepeatedString(message, field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return CheckEnum(path, field,
                       index < 0 ? reflection.GetEnumValue(message, field)
                                 : reflection.GetRepeatedEnumValue(message, field, index));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return CheckMessage(path, index < 0 ? reflection.GetMessage(message, field)
                                          : reflection.GetRepeatedMessage(message, field, index));
    default:
      return absl::OkStatus();
  }
}

// Every set field, however deep: texts, enum values, country codes.
absl::Status CheckMessage(const std::string& path, const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string at = path + '.' + field->name();
    if (!field->is_repeated()) {
      if (absl::Status s = CheckValue(at, message, field, -1); !s.ok()) return s;
      continue;
    }
    const int size = message.GetReflection()->FieldSize(message, field);
    if (size > kMaxElements) {
      return refusals::BadField("TOO_MANY", at, fmt::format("{}: at most {}", at, kMaxElements));
    }
    for (int i = 0; i < size; ++i) {
      absl::Status s = CheckValue(fmt::format("{}[{}]", at, i), message, field, i);
      if (!s.ok()) return s;
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSource(const std::string& path, const v1::Source& source) {
  if (!civil::ParseSpan(source.date()).ok()) return Bad(path + ".date", "cannot be read as a date");
  if (source.documents_size() > kMaxDocuments) {
    const std::string field = path + ".documents";
    return refusals::BadField("TOO_MANY", field,
                              fmt::format("{}: at most {}", field, kMaxDocuments));
  }
  for (int i = 0; i < source.documents_size(); ++i) {
    const v1::Document& document = source.documents(i);
    const std::string at = fmt::format("{}.documents[{}]", path, i);
    const std::string& hash = document.sha256();
    const bool hex = std::all_of(hash.begin(), hash.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
    if (hash.size() != 64 || !hex) {
      return Bad(at + ".sha256", "write the SHA-256 as 64 hexadecimal digits in lower case");
    }
    if (document.location().find(':') == std::string::npos) {
      return Bad(at + ".location", "write a URI, such as https://… or urn:…");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckVerdict(const std::string& path, const v1::Verdict& verdict) {
  const bool cleared =
      verdict.charges_size() > 0 &&
      std::all_of(verdict.charges().begin(), verdict.charges().end(), [](const v1::Charge& charge) {
        return charge.outcome() == v1::CHARGE_OUTCOME_ACQUITTED ||
               charge.outcome() == v1::CHARGE_OUTCOME_DROPPED;
      });
  const bool punished =
      verdict.penalty() != v1::PENALTY_UNSPECIFIED && verdict.penalty() != v1::PENALTY_NONE;
  if (cleared && punished) {
    return Bad(path + ".penalty", "no charge was convicted of: write PENALTY_NONE");
  }
  const bool without_term =
      verdict.penalty() == v1::PENALTY_NONE || verdict.penalty() == v1::PENALTY_LIFE;
  if (without_term && !verdict.term().empty()) {
    return Bad(path + ".term", "this penalty has no term: leave it out");
  }
  for (int i = 0; i < verdict.bans_size(); ++i) {
    if (!verdict.bans(i).what().empty()) continue;
    return Bad(fmt::format("{}.bans[{}].what", path, i), "missing: say what is banned");
  }
  return absl::OkStatus();
}

absl::Status CheckContact(const std::string& path, const v1::Fact& fact) {
  const v1::Contact& contact = fact.contact();
  if (!fact.confidential()) {
    return Bad(path + ".confidential", "a contact is always confidential: set it");
  }
  if (contact.name().empty()) return Bad(path + ".contact.name", "missing");
  const std::string& email = contact.email();
  const size_t at = email.find('@');
  if (!email.empty() && (at == 0 || at == std::string::npos || at + 1 == email.size() ||
                         email.find_first_of(" \t\r\n<>") != std::string::npos)) {
    return Bad(path + ".contact.email", "write one address, name@host");
  }
  const std::string& phone = contact.phone();
  if (!phone.empty() && (phone[0] != '+' || phone.size() < 6 || phone.size() > 17 ||
                         phone.find_first_not_of("0123456789", 1) != std::string::npos)) {
    return Bad(path + ".contact.phone", "write + and digits");
  }
  return absl::OkStatus();
}

// What a kind cannot do without, and what it cannot be.
absl::Status CheckKind(const std::string& path, const v1::Fact& fact) {
  switch (fact.what_case()) {
    case v1::Fact::kAccusation:
      if (fact.accusation().charges().empty()) {
        return Bad(path + ".accusation.charges", "missing: say of what");
      }
      return absl::OkStatus();
    case v1::Fact::kVerdict:
      return CheckVerdict(path + ".verdict", fact.verdict());
    case v1::Fact::kPersonal:
      if (fact.personal().age() < 0 || fact.personal().age() > kMaxAge) {
        return Bad(path + ".personal.age", fmt::format("write whole years up to {}", kMaxAge));
      }
      return absl::OkStatus();
    case v1::Fact::kExtraditionStep:
      if (!fact.extradition_step().requesting_state().empty() &&
          fact.extradition_step().requesting_state() == fact.extradition_step().requested_state()) {
        return Bad(path + ".extradition_step.requested_state", "a State does not ask itself");
      }
      return absl::OkStatus();
    case v1::Fact::kWhereabouts:
      if (fact.whereabouts().country().empty() && fact.whereabouts().place().empty()) {
        return Bad(path + ".whereabouts.country", "missing: say the country or the place");
      }
      return absl::OkStatus();
    case v1::Fact::kRelation:
      if (fact.relation().kind() == v1::Relation::KIND_UNSPECIFIED) {
        return Bad(path + ".relation.kind", "missing: say how they stand to each other");
      }
      if (fact.relation().people().empty() && fact.concerns().empty()) {
        return Bad(path + ".relation.people",
                   "missing: name somebody, or a case of theirs in concerns");
      }
      return absl::OkStatus();
    case v1::Fact::kManualDate:
      if (fact.manual_date().what().empty()) {
        return Bad(path + ".manual_date.what", "missing: say what is due");
      }
      if (fact.manual_date().reason().empty()) {
        return Bad(path + ".manual_date.reason", "missing: say why it is set by hand");
      }
      return absl::OkStatus();
    case v1::Fact::kContact:
      return CheckContact(path, fact);
    default:
      return absl::OkStatus();
  }
}

// What is planned or set by hand is known before it happens.
bool MayLieAhead(const v1::Fact& fact) {
  return fact.has_planned_event() || fact.has_manual_date() || fact.has_extradition_step() ||
         fact.has_custody_extension() || fact.has_deferral();
}

absl::Status CheckDates(const std::string& path, const CheckedFact& checked) {
  static const civil::Day kFirst = civil::MakeDay(1900, 1, 1);
  static const civil::Day kLast = civil::MakeDay(2199, 12, 31);
  const civil::Span& date = checked.date;
  if ((date.first && *date.first < kFirst) || (date.last && *date.last > kLast)) {
    return Bad(path + ".date", "lies outside of 1900 to 2199");
  }
  if (date.first && checked.known_date.last && *checked.known_date.last < *date.first &&
      !MayLieAhead(checked.fact())) {
    return Bad(path + ".known_date", "lies before the date it happened");
  }
  return absl::OkStatus();
}

}  // namespace

bool IsCountry(std::string_view code) {
  for (const char* const* known = uloc_getISOCountries(); *known != nullptr; ++known) {
    if (code == *known) return true;
  }
  return false;
}

absl::Status CheckFields(std::string_view field, const CheckedFact& checked) {
  const std::string path(field);
  const v1::Fact& fact = checked.fact();
  if (absl::Status s = CheckMessage(path, fact); !s.ok()) return s;
  if (absl::Status s = CheckSource(path + ".source", fact.source()); !s.ok()) return s;
  if (absl::Status s = CheckKind(path, fact); !s.ok()) return s;
  return CheckDates(path, checked);
}

absl::Status CheckReferences(std::string_view field, const v1::Fact& fact,
                             const std::function<bool(const std::string&)>& is_there) {
  absl::Status out;
  ForEachReference(fact, [&](std::string_view name, const std::string& to, Order) {
    if (!out.ok() || is_there(to)) return;
    const auto* what = v1::Fact::descriptor()->FindFieldByNumber(fact.what_case());
    const std::string at = fmt::format("{}.{}.{}", field, what->name(), name);
    out = refusals::BadField("UNKNOWN_REFERENCE", at,
                             fmt::format("{}: there is no fact {:.120}", at, to));
  });
  return out;
}

}  // namespace vigil::registry
