#include "registry-svc/domain/supposed_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/yaml/yaml.h"
#include "registry-svc/domain/rule_book.h"
#include "registry-svc/domain/rule_places.h"

namespace vigil::registry {
namespace {

absl::Status CheckAlone(const rules::v1::RulePack& pack) {
  return RuleBook::Compile({pack}, {}).status();
}

absl::Status CheckAlone(const rules::v1::Calendar& calendar) {
  return RuleBook::Compile({}, {calendar}).status();
}

// Reads each text and puts it where `key_of` is the same.
template <class Message>
absl::Status Put(const std::vector<RuleText>& texts, const std::string& (*key_of)(const Message&),
                 google::protobuf::RepeatedPtrField<Message>& kept) {
  std::set<std::string> keys;
  for (const RuleText& text : texts) {
    Message read;
    YamlLines lines;
    if (absl::Status s = ParseYaml(text.yaml, text.file, &read, &lines); !s.ok()) return s;
    // Alone first, so that a refusal can name the text.
    if (absl::Status s = CheckAlone(read); !s.ok()) return Located(s, text.file, lines);
    if (!keys.insert(key_of(read)).second) {
      return absl::InvalidArgumentError(
          fmt::format("{}:1: {} is given twice; keep one", text.file, key_of(read)));
    }
    const auto same = std::find_if(kept.begin(), kept.end(), [&](const Message& other) {
      return key_of(other) == key_of(read);
    });
    (same == kept.end() ? *kept.Add() : *same) = std::move(read);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PutPacks(const std::vector<RuleText>& texts, rules::v1::RuleArchive& archive) {
  const auto id = [](const rules::v1::RulePack& pack) -> const std::string& { return pack.id(); };
  return Put<rules::v1::RulePack>(texts, id, *archive.mutable_packs());
}

absl::Status PutCalendars(const std::vector<RuleText>& texts, rules::v1::RuleArchive& archive) {
  const auto country = [](const rules::v1::Calendar& calendar) -> const std::string& {
    return calendar.country();
  };
  return Put<rules::v1::Calendar>(texts, country, *archive.mutable_calendars());
}

}  // namespace vigil::registry
