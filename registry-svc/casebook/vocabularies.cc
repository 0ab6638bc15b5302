#include "registry-svc/casebook/vocabularies.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/yaml/nearest.h"
#include "common/yaml/yaml.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/journal/entry.h"

namespace vigil::registry {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

struct Vocabularies::Index {
  // One vocabulary, to look up in.
  struct Words {
    // Names and aliases; an alias leads to the name of its entry.
    std::map<std::string, std::string, std::less<>> names;
    std::vector<std::string> spellings;
  };

  std::vector<v1::Vocabulary> all;
  std::map<std::string, Words, std::less<>> words;
  std::map<std::pair<v1::CodeEdition, std::string>, const v1::Article*> articles;
};

namespace {

constexpr std::array<const char*, 4> kNames = {"vocabularies/articles", "vocabularies/courts",
                                               "vocabularies/institutions", "vocabularies/places"};
constexpr const char* kPlaces = kNames[3];

// The fields of facts that hold an entry, by their full name; besides them every `court` does.
struct Holder {
  const char* field;
  const char* vocabulary;
};
constexpr std::array kHolders = {
    Holder{"vigil.registry.v1.Fact.place", kNames[3]},
    Holder{"vigil.registry.v1.Fact.institutions", kNames[2]},
    Holder{"vigil.registry.v1.Whereabouts.place", kNames[3]},
    Holder{"vigil.registry.v1.Intervention.institutions", kNames[2]},
};

const char* VocabularyOf(const FieldDescriptor* field) {
  if (field->name() == "court") return kNames[1];
  for (const Holder& holder : kHolders) {
    if (field->full_name() == holder.field) return holder.vocabulary;
  }
  return nullptr;
}

absl::Status NotThere(const std::string& field, std::string_view text, std::string_view vocabulary,
                      const std::string& nearest) {
  const std::string remedy = nearest.empty()
                                 ? fmt::format("GET /v1/{}/entries lists all", vocabulary)
                                 : fmt::format("did you mean '{}'?", nearest);
  return refusals::BadField(
      "NOT_IN_VOCABULARY", field,
      fmt::format("{}: '{:.80}' is not in {}; {}", field, text, vocabulary, remedy));
}

absl::Status Wrong(const std::string& file, int line, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}:{}: {}", file, std::max(line, 1), what));
}

// Adds the entries of one file; refuses a name that is there twice.
template <class Words>
absl::Status AddEntries(const std::string& file, const YamlLines& lines,
                        const v1::Vocabulary& vocabulary, Words& words) {
  for (int i = 0; i < vocabulary.entries_size(); ++i) {
    const v1::Entry& entry = vocabulary.entries(i);
    const std::string at = fmt::format("entries[{}]", i);
    if (entry.name().empty()) return Wrong(file, lines.LineOf(at), at + ".name: missing");
    if (!words.names.emplace(entry.name(), entry.name()).second) {
      return Wrong(file, lines.LineOf(at + ".name"),
                   fmt::format("{}.name: '{}' is there twice", at, entry.name()));
    }
    words.spellings.push_back(entry.name());
    for (const std::string& alias : entry.aliases()) {
      if (!words.names.emplace(alias, entry.name()).second) {
        return Wrong(file, lines.LineOf(at + ".aliases"),
                     fmt::format("{}.aliases: '{}' is there twice", at, alias));
      }
      words.spellings.push_back(alias);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckHead(const std::string& file, const YamlLines& lines,
                       const v1::Vocabulary& vocabulary) {
  if (std::find(kNames.begin(), kNames.end(), vocabulary.name()) == kNames.end()) {
    return Wrong(file, lines.LineOf("name"),
                 fmt::format("name: '{}' is none; write one of {}", vocabulary.name(),
                             fmt::join(kNames, ", ")));
  }
  if (vocabulary.version().empty()) return Wrong(file, 1, "version: missing");
  if (vocabulary.scope().empty()) return Wrong(file, 1, "scope: missing: say how far it goes");
  return absl::OkStatus();
}

std::string NameOf(const v1::CodeEdition edition) {
  return v1::CodeEdition_Name(edition).substr(std::string("CODE_EDITION_").size());
}

// An article stands under the name that refusals give it.
absl::Status CheckArticle(const std::string& file, int line, const v1::Entry& entry) {
  const v1::Article& article = entry.article();
  const std::string name = fmt::format("{} {}", NameOf(article.code_edition()), article.number());
  if (article.code_edition() != v1::CODE_EDITION_UNSPECIFIED && entry.name() == name) {
    return absl::OkStatus();
  }
  return Wrong(file, line, fmt::format("the article's code and number make the name '{}'", name));
}

bool HasPoint(const v1::Article::Part& part, const std::string& point) {
  return point.empty() ||
         std::find(part.points().begin(), part.points().end(), point) != part.points().end();
}

absl::Status CheckPart(const std::string& field, const v1::Charge& charge,
                       const v1::Article& article) {
  if (charge.part().empty()) {
    return charge.point().empty() ? absl::OkStatus()
                                  : refusals::BadField("REQUIRED", field + ".part",
                                                       field + ".part: a point is one of a part");
  }
  if (article.parts().empty()) return absl::OkStatus();
  std::vector<std::string> known;
  for (const v1::Article::Part& part : article.parts()) {
    known.push_back(part.number());
    if (part.number() != charge.part()) continue;
    if (HasPoint(part, charge.point())) return absl::OkStatus();
    return refusals::BadField("NOT_IN_VOCABULARY", field + ".point",
                              fmt::format("{}.point: part {} of article {} has no point '{:.40}'",
                                          field, part.number(), article.number(), charge.point()));
  }
  return refusals::BadField(
      "NOT_IN_VOCABULARY", field + ".part",
      fmt::format("{}.part: article {} has no part '{:.40}'; it has {}", field, article.number(),
                  charge.part(), fmt::join(known, ", ")));
}

}  // namespace

std::string ArchiveKey(const v1::VocabularyVersion& version) {
  return version.name() + ' ' + Hex(version.digest());
}

absl::StatusOr<Vocabularies> Vocabularies::Load(const std::string& folder) {
  absl::StatusOr<std::vector<std::string>> files = YamlFilesIn(folder);
  if (!files.ok()) return files.status();
  auto index = std::make_shared<Index>();
  index->all.resize(files->size());
  for (size_t i = 0; i < files->size(); ++i) {
    const std::string& file = (*files)[i];
    v1::Vocabulary& vocabulary = index->all[i];
    YamlLines lines;
    if (absl::Status s = LoadYaml(file, &vocabulary, &lines); !s.ok()) return s;
    if (absl::Status s = CheckHead(file, lines, vocabulary); !s.ok()) return s;
    const auto [words, fresh] = index->words.try_emplace(vocabulary.name());
    if (!fresh) return Wrong(file, lines.LineOf("name"), "name: another file has this vocabulary");
    if (absl::Status s = AddEntries(file, lines, vocabulary, words->second); !s.ok()) return s;
    for (int e = 0; e < vocabulary.entries_size(); ++e) {
      const v1::Entry& entry = vocabulary.entries(e);
      if (!entry.has_article()) continue;
      const int line = lines.LineOf(fmt::format("entries[{}].article", e));
      if (absl::Status s = CheckArticle(file, line, entry); !s.ok()) return s;
      const v1::Article& article = entry.article();
      index->articles[{article.code_edition(), article.number()}] = &article;
    }
  }
  for (const char* name : kNames) {
    if (!index->words.contains(name)) {
      return absl::NotFoundError(fmt::format("{}: no file has {}", folder, name));
    }
  }
  const auto& places = index->words.at(kPlaces).names;
  for (const v1::Vocabulary& vocabulary : index->all) {
    for (const v1::Entry& entry : vocabulary.entries()) {
      const auto place = places.find(entry.within());
      if (entry.within().empty() || (place != places.end() && place->second == entry.within())) {
        continue;
      }
      return absl::InvalidArgumentError(fmt::format("{}: {}: within: '{}' is no place of {}",
                                                    folder, entry.name(), entry.within(), kPlaces));
    }
  }
  std::sort(index->all.begin(), index->all.end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  return Vocabularies(std::move(index));
}

namespace {

// Walks the set fields of a fact, however deep. Each check is told the path and the value.
template <class OnEntry, class OnCharge>
absl::Status Walk(const std::string& path, const Message& message, const OnEntry& on_entry,
                  const OnCharge& on_charge) {
  if (message.GetDescriptor() == v1::Charge::descriptor()) {
    if (absl::Status s = on_charge(path, static_cast<const v1::Charge&>(message)); !s.ok())
      return s;
  }
  std::vector<const FieldDescriptor*> fields;
  const auto& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const char* const vocabulary = VocabularyOf(field);
    const bool deep = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (vocabulary == nullptr && !deep) continue;
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      const std::string at = field->is_repeated() ? fmt::format("{}.{}[{}]", path, field->name(), i)
                                                  : fmt::format("{}.{}", path, field->name());
      absl::Status s;
      if (deep) {
        s = Walk(at,
                 field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                      : reflection.GetMessage(message, field),
                 on_entry, on_charge);
      } else {
        s = on_entry(at, vocabulary,
                     field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                          : reflection.GetString(message, field));
      }
      if (!s.ok()) return s;
    }
  }
  return absl::OkStatus();
}

template <class Words>
absl::Status CheckEntry(const Words& words, const std::string& field, std::string_view vocabulary,
                        const std::string& text) {
  const auto known = words.names.find(text);
  if (known != words.names.end() && known->second == text) return absl::OkStatus();
  // An alias leads to its entry, and so does a slip in either.
  const std::string spelling =
      known != words.names.end() ? known->first : Nearest(text, words.spellings);
  const auto near = words.names.find(spelling);
  return NotThere(field, text, vocabulary,
                  near == words.names.end() ? std::string() : near->second);
}

}  // namespace

absl::Status Vocabularies::Check(std::string_view field, const v1::Case& record,
                                 const v1::Case* before) const {
  if (record.place().empty() || (before != nullptr && before->place() == record.place())) {
    return absl::OkStatus();
  }
  return CheckEntry(index_->words.at(kPlaces), fmt::format("{}.place", field), kPlaces,
                    record.place());
}

absl::Status Vocabularies::Check(std::string_view field, const v1::Fact& fact) const {
  const auto on_entry = [this](const std::string& at, const char* vocabulary,
                               const std::string& text) {
    return CheckEntry(index_->words.at(vocabulary), at, vocabulary, text);
  };
  const auto on_charge = [this](const std::string& at, const v1::Charge& charge) {
    if (charge.article().empty()) {
      return charge.part().empty() && charge.point().empty()
                 ? absl::OkStatus()
                 : refusals::BadField("REQUIRED", at + ".article",
                                      at + ".article: a part is one of an article");
    }
    if (charge.code_edition() == v1::CODE_EDITION_UNSPECIFIED) {
      return refusals::BadField(
          "REQUIRED", at + ".code_edition",
          at + ".code_edition: say of which code: the same number is another crime in the other");
    }
    const auto article = index_->articles.find({charge.code_edition(), charge.article()});
    if (article != index_->articles.end()) return CheckPart(at, charge, *article->second);
    const std::string name = fmt::format("{} {}", NameOf(charge.code_edition()), charge.article());
    return CheckEntry(index_->words.at(kNames[0]), at + ".article", kNames[0], name);
  };
  return Walk(std::string(field), fact, on_entry, on_charge);
}

const std::vector<v1::Vocabulary>& Vocabularies::all() const { return index_->all; }

std::vector<v1::VocabularyVersion> Vocabularies::Versions() const {
  std::vector<v1::VocabularyVersion> versions;
  for (const v1::Vocabulary& vocabulary : all()) {
    v1::VocabularyVersion& version = versions.emplace_back();
    version.set_name(vocabulary.name());
    version.set_version(vocabulary.version());
    version.set_digest(Sha256(vocabulary.SerializeAsString()));
  }
  return versions;
}

const v1::Vocabulary* Vocabularies::Find(std::string_view name) const {
  for (const v1::Vocabulary& vocabulary : index_->all) {
    if (vocabulary.name() == name) return &vocabulary;
  }
  return nullptr;
}

}  // namespace vigil::registry
