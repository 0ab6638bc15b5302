#include "registry-svc/casebook/search_query.h"

#include <algorithm>

#include "registry-svc/casebook/name_match.h"

namespace vigil::registry {
namespace {

// Keys read for one demand; a file may bring several.
constexpr int kMaxKeys = 2 * static_cast<int>(kMaxFound);

// What a key is worth. A name weighs more than all else, and a slip in one less than the same word
// elsewhere.
constexpr int kNameWhole = 32, kNameBeginning = 16, kNameSound = 12, kNameSlip = 3;
constexpr int kArticle = 8;
constexpr int kPlaceWhole = 6, kPlaceBeginning = 4;
constexpr int kFactWhole = 5, kFactBeginning = 2;
// Letters by which a word other than a name is found before it is written out.
constexpr size_t kMinBeginning = 3;

bool IsNumber(std::string_view word) {
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return (c >= '0' && c <= '9') || c == '-'; });
}

int WorthOfName(Nearness nearness) {
  switch (nearness) {
    case Nearness::kWhole:
      return kNameWhole;
    case Nearness::kBeginning:
      return kNameBeginning;
    case Nearness::kSound:
      return kNameSound;
    case Nearness::kSlip:
      return kNameSlip;
    case Nearness::kNone:
      return 0;
  }
  return 0;
}

// What one demand found.
struct Met {
  std::unordered_map<std::string, Found> files;
  bool complete = true;
};

void Note(const SearchDemand& demand, const SearchKey& key, Found& found) {
  const int worth = demand.WorthOf(key).value_or(0);
  found.worth = std::max(found.worth, worth);
  if (demand.exact()) return;
  const int field = key.field == kSoundKey ? kNameKey : key.field;
  found.fields |= 1u << field;
}

// The best that keys of one file are worth to the demand; nothing where none meets it.
template <class Keys>
std::optional<Found> BestOf(const SearchDemand& demand, const Keys& keys) {
  std::optional<Found> found;
  for (const SearchKey& key : keys) {
    if (!demand.WorthOf(key)) continue;
    if (!found) found.emplace();
    Note(demand, key, *found);
  }
  return found;
}

absl::StatusOr<Met> Meet(Store& store, const SearchDemand& demand) {
  absl::StatusOr<std::vector<SearchKey>> keys = store.FindKeys(demand.Lookups(), kMaxKeys);
  if (!keys.ok()) return keys.status();
  Met met;
  met.complete = keys->size() < kMaxKeys;
  for (const SearchKey& key : *keys) {
    if (met.files.size() == kMaxFound && !met.files.contains(key.file)) {
      met.complete = false;
      continue;
    }
    Note(demand, key, met.files[key.file]);
  }
  return met;
}

// What a file has for a demand of which not all files were read.
absl::StatusOr<std::optional<Found>> Check(Store& store, const SearchDemand& demand,
                                           const std::string& file) {
  absl::StatusOr<std::vector<SearchKey>> keys =
      store.KeysOf({file}, {kNameKey, kSoundKey, kArticleKey, kPlaceKey, kFactKey});
  if (!keys.ok()) return keys.status();
  return BestOf(demand, *keys);
}

// Of the files those that meet one more demand.
absl::Status Keep(Store& store, const SearchDemand& demand, const Met& met,
                  std::unordered_map<std::string, Found>& files) {
  for (auto file = files.begin(); file != files.end();) {
    std::optional<Found> found;
    if (const auto at = met.files.find(file->first); at != met.files.end()) {
      found = at->second;
    } else if (!met.complete) {
      absl::StatusOr<std::optional<Found>> checked = Check(store, demand, file->first);
      if (!checked.ok()) return checked.status();
      found = *checked;
    }
    if (!found) {
      file = files.erase(file);
      continue;
    }
    file->second.worth += found->worth;
    file->second.fields |= found->fields;
    ++file;
  }
  return absl::OkStatus();
}

// Fewest files first; those of which not all were read last.
bool IsNarrower(const Met& a, const Met& b) {
  if (a.complete != b.complete) return a.complete;
  return a.files.size() < b.files.size();
}

}  // namespace

SearchDemand SearchDemand::Word(std::string word) {
  SearchDemand demand;
  demand.word_ = std::move(word);
  demand.number_ = IsNumber(demand.word_);
  if (std::string sound = SoundOf(demand.word_); SaysEnough(sound)) {
    demand.sound_ = std::move(sound);
  }
  return demand;
}

SearchDemand SearchDemand::Exactly(KeyField field, std::string key) {
  SearchDemand demand;
  demand.exact_ = field;
  demand.word_ = std::move(key);
  return demand;
}

std::vector<KeyLookup> SearchDemand::Lookups() const {
  std::vector<KeyLookup> lookups;
  const auto add = [&](KeyField field, std::string key, bool beginning) {
    lookups.push_back({.field = field, .key = std::move(key), .beginning = beginning});
  };
  if (exact_) {
    add(*exact_, word_, false);
    return lookups;
  }
  if (number_) {
    for (const KeyField field : {kNameKey, kArticleKey, kPlaceKey, kFactKey}) {
      add(field, word_, false);
      add(field, word_ + '-', true);
    }
    return lookups;
  }
  add(kNameKey, word_, true);
  if (!sound_.empty()) add(kSoundKey, sound_, false);
  for (std::string& word : OneLetterOff(word_)) add(kNameKey, std::move(word), false);
  const bool beginning = word_.size() >= kMinBeginning;
  for (const KeyField field : {kArticleKey, kPlaceKey, kFactKey}) add(field, word_, beginning);
  return lookups;
}

std::optional<int> SearchDemand::WorthOf(const SearchKey& key) const {
  if (exact_) {
    return key.field == *exact_ && key.key == word_ ? std::optional<int>(0) : std::nullopt;
  }
  const auto worth = [](int value) { return value > 0 ? std::optional<int>(value) : std::nullopt; };
  const bool whole = key.key == word_;
  const bool beginning = number_ ? key.key.starts_with(word_ + '-')
                                 : word_.size() >= kMinBeginning && key.key.starts_with(word_);
  switch (key.field) {
    case kNameKey:
      if (number_) return worth(whole ? kNameWhole : beginning ? kNameBeginning : 0);
      return worth(WorthOfName(NearnessOf(word_, key.key)));
    case kSoundKey:
      return worth(!sound_.empty() && key.key == sound_ ? kNameSound : 0);
    case kArticleKey:
      return worth(whole || beginning ? kArticle : 0);
    case kPlaceKey:
      return worth(whole ? kPlaceWhole : beginning ? kPlaceBeginning : 0);
    case kFactKey:
      return worth(whole ? kFactWhole : beginning ? kFactBeginning : 0);
    default:
      return std::nullopt;
  }
}

absl::StatusOr<FoundFiles> FindFiles(Store& store, const std::vector<SearchDemand>& demands) {
  std::vector<Met> met;
  size_t narrowest = 0;
  for (size_t i = 0; i < demands.size(); ++i) {
    absl::StatusOr<Met> next = Meet(store, demands[i]);
    if (!next.ok()) return next.status();
    met.push_back(*std::move(next));
    if (IsNarrower(met[i], met[narrowest])) narrowest = i;
  }
  FoundFiles out{.files = std::move(met[narrowest].files), .cut_off = !met[narrowest].complete};
  for (size_t i = 0; i < demands.size(); ++i) {
    if (i == narrowest) continue;
    if (absl::Status s = Keep(store, demands[i], met[i], out.files); !s.ok()) return s;
  }
  return out;
}

std::optional<Found> FindIn(const std::set<SearchKey>& keys,
                            const std::vector<SearchDemand>& demands) {
  Found all;
  for (const SearchDemand& demand : demands) {
    const std::optional<Found> found = BestOf(demand, keys);
    if (!found) return std::nullopt;
    all.worth += found->worth;
    all.fields |= found->fields;
  }
  return all;
}

}  // namespace vigil::registry
