#include "registry-svc/casebook/search_terms.h"

#include <algorithm>
#include <array>

#include "registry-svc/casebook/name_fold.h"
#include "registry-svc/casebook/name_match.h"

namespace vigil::registry {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

// Words of a name that are paired; further ones are left out.
constexpr size_t kPairedWords = 6;

// Fields of facts whose words are searched, by bare name: what somebody wrote in words.
constexpr std::array kWordFields = {
    "title", "description", "what",  "how",     "result", "demand", "status", "by",       "as",
    "to",    "note",        "about", "outcome", "people", "cause",  "reason", "as_stated"};
// Places, courts and institutions, whether of a vocabulary or in words.
constexpr std::array kPlaceFields = {"place", "court", "institutions"};
// Of the above, what is another thing than its name says.
constexpr const char* kTransferTo = "vigil.registry.v1.Transfer.to";
constexpr const char* kReplyTo = "vigil.registry.v1.StateReply.to";
constexpr std::array kLocalities = {"vigil.registry.v1.Fact.place",
                                    "vigil.registry.v1.Whereabouts.place"};

template <class Names>
bool IsOneOf(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The kinds of keys that a text of the field makes; none for ids, dates and codes.
std::vector<KeyField> KeysOfField(const FieldDescriptor& field) {
  if (field.full_name() == kReplyTo) return {};
  if (field.full_name() == kTransferTo) return {kPlaceKey};
  if (field.full_name() == "vigil.registry.v1.Charge.article") return {kArticleKey};
  if (IsOneOf(kLocalities, field.full_name())) return {kPlaceKey, kLocalityKey};
  if (IsOneOf(kPlaceFields, field.name())) return {kPlaceKey};
  if (IsOneOf(kWordFields, field.name())) return {kFactKey};
  return {};
}

// Gathers the keys of one file.
class Keys {
 public:
  Keys(const std::string& file, std::set<SearchKey>& keys) : file_(file), keys_(keys) {}

  void AddRecord(const v1::Case& record) {
    for (const FoldedName& name : FoldNames(record)) AddName(name.words);
    AddText({kPlaceKey, kLocalityKey}, record.place());
  }

  void AddFact(const v1::Fact& fact) {
    const FieldDescriptor* const kind = v1::Fact::descriptor()->FindFieldByNumber(fact.what_case());
    if (kind != nullptr) Add(kKindKey, kind->name());
    AddTexts(fact);
  }

 private:
  // The texts of a message, however deep.
  void AddTexts(const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    const auto& reflection = *message.GetReflection();
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < size; ++i) AddValue(message, *field, i);
    }
  }

  void Add(KeyField field, std::string key) {
    keys_.insert({.field = field, .key = std::move(key), .file = file_});
  }

  void AddText(const std::vector<KeyField>& fields, std::string_view text) {
    if (fields.empty()) return;
    for (const std::string& word : KeyWords(text)) {
      for (const KeyField field : fields) Add(field, word);
    }
  }

  void AddValue(const Message& message, const FieldDescriptor& field, int i) {
    const auto& reflection = *message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return AddTexts(field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, i)
                                          : reflection.GetMessage(message, &field));
    }
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING) return;
    AddText(KeysOfField(field), field.is_repeated()
                                    ? reflection.GetRepeatedString(message, &field, i)
                                    : reflection.GetString(message, &field));
  }

  void AddName(const std::vector<std::string>& words) {
    std::set<std::string> sounds;
    for (const std::string& word : words) {
      Add(kNameKey, word);
      const std::string sound = SoundOf(word);
      if (SaysEnough(sound)) Add(kSoundKey, sound);
      if (!sound.empty() && sounds.size() < kPairedWords) sounds.insert(sound);
    }
    if (sounds.size() == 1) Add(kPairKey, *sounds.begin());
    for (auto first = sounds.begin(); first != sounds.end(); ++first) {
      for (auto second = std::next(first); second != sounds.end(); ++second) {
        Add(kPairKey, *first + ' ' + *second);
      }
    }
  }

  const std::string& file_;
  std::set<SearchKey>& keys_;
};

bool IsGone(const v1::Fact& fact) { return fact.has_retract_time() || fact.has_erase_time(); }

const std::string& LineOf(const v1::Fact& fact) {
  return fact.lineage().empty() ? fact.name() : fact.lineage();
}

// Facts that stand and may be told: of each line the last.
std::vector<const v1::Fact*> OpenFacts(const CaseFile& file) {
  std::vector<const v1::Fact*> facts;
  for (const FactList* list : {file.own.get(), file.foreign.get()}) {
    for (const auto& checked : *list) {
      const v1::Fact& fact = *checked->message;
      if (IsGone(fact)) continue;
      if (!fact.lineage().empty()) {
        std::erase_if(facts,
                      [&](const v1::Fact* other) { return LineOf(*other) == fact.lineage(); });
      }
      facts.push_back(&fact);
    }
  }
  std::erase_if(facts, [](const v1::Fact* fact) { return fact->confidential(); });
  return facts;
}

bool SameRecord(const v1::Case& a, const v1::Case& b) {
  const auto same_name = [](const v1::Name& x, const v1::Name& y) { return x.text() == y.text(); };
  return a.has_delete_time() == b.has_delete_time() && a.display_name() == b.display_name() &&
         a.place() == b.place() &&
         std::equal(a.person().names().begin(), a.person().names().end(),
                    b.person().names().begin(), b.person().names().end(), same_name);
}

// Whether `after` is `before` with facts at its end that correct none. Facts never change but by
// being retracted or erased.
bool OnlyGrows(const FactList& before, const FactList& after) {
  const auto same = [](const auto& a, const auto& b) {
    return a == b ||
           (a->message->name() == b->message->name() && IsGone(*a->message) == IsGone(*b->message));
  };
  return before.size() <= after.size() &&
         std::equal(before.begin(), before.end(), after.begin(), same) &&
         std::all_of(after.begin() + static_cast<ptrdiff_t>(before.size()), after.end(),
                     [](const auto& fact) { return fact->message->lineage().empty(); });
}

void AddGrowth(const FactList& before, const FactList& after, Keys& keys) {
  for (size_t i = before.size(); i < after.size(); ++i) {
    const v1::Fact& fact = *after[i]->message;
    if (!fact.confidential() && !IsGone(fact)) keys.AddFact(fact);
  }
}

}  // namespace

std::vector<std::string> KeyWords(std::string_view text) {
  std::vector<std::string> words = FoldWords(text);
  for (std::string& word : words) {
    if (word.size() <= kMaxKey) continue;
    size_t end = kMaxKey;
    // Not within a letter of several bytes.
    while (end > 0 && (static_cast<unsigned char>(word[end]) & 0xC0) == 0x80) --end;
    word.resize(end);
  }
  return words;
}

std::vector<FoldedName> FoldNames(const v1::Case& record) {
  std::vector<FoldedName> names;
  const auto add = [&](const std::string& text) {
    const bool known = std::any_of(names.begin(), names.end(),
                                   [&](const FoldedName& name) { return name.text == text; });
    if (!known) names.push_back({.text = text, .words = KeyWords(text)});
  };
  add(record.display_name());
  for (const v1::Name& name : record.person().names()) add(name.text());
  return names;
}

std::set<SearchKey> SearchKeysOf(const CaseFile& file) {
  std::set<SearchKey> all;
  if (!file.record || file.deleted()) return all;
  Keys keys(file.name(), all);
  keys.AddRecord(*file.record);
  for (const v1::Fact* fact : OpenFacts(file)) keys.AddFact(*fact);
  return all;
}

void NoteKeyChanges(const CaseFile* before, const CaseFile& after, KeyChanges& changes) {
  if (!after.record) return;
  std::set<SearchKey> had, has;
  if (before != nullptr && SameRecord(*before->record, *after.record) &&
      OnlyGrows(*before->own, *after.own) && OnlyGrows(*before->foreign, *after.foreign)) {
    if (after.deleted()) return;
    Keys keys(after.name(), has);
    AddGrowth(*before->own, *after.own, keys);
    AddGrowth(*before->foreign, *after.foreign, keys);
  } else {
    if (before != nullptr) had = SearchKeysOf(*before);
    has = SearchKeysOf(after);
  }
  for (const SearchKey& key : had) {
    if (!has.contains(key)) changes[key] = false;
  }
  for (const SearchKey& key : has) {
    if (!had.contains(key)) changes[key] = true;
  }
}

}  // namespace vigil::registry
