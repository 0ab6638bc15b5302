#include "registry-svc/casebook/duplicates.h"

#include <algorithm>

#include "registry-svc/casebook/name_match.h"
#include "registry-svc/casebook/search_terms.h"

namespace vigil::registry {
namespace {

// They add up to 100.
constexpr int kSameName = 60, kSimilarName = 40;
constexpr int kSameBirth = 25, kSamePlace = 8, kSameArticle = 7;
// A birth of which only the year or the month is known says less, and a name of one word too.
constexpr int kImpreciseBirth = 10;
constexpr int kOneWord = 20;
// Letters of `1963-05-17`.
constexpr size_t kDay = 10;

bool SoundsLike(const std::string& a, const std::string& b) {
  const Nearness nearness = NearnessOf(a, b);
  if (nearness == Nearness::kBeginning) return SoundOf(a) == SoundOf(b);
  return nearness != Nearness::kNone;
}

// Each word of the shorter name has one of its own in the longer one.
bool IsSimilar(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.size() > b.size()) return IsSimilar(b, a);
  if (a.size() == 1 && b.size() > 1) return false;
  std::vector<std::string> left = b;
  return std::all_of(a.begin(), a.end(), [&](const std::string& word) {
    const auto at = std::find_if(left.begin(), left.end(),
                                 [&](const std::string& other) { return SoundsLike(word, other); });
    if (at == left.end()) return false;
    left.erase(at);
    return true;
  });
}

struct NameAlike {
  bool same = false, similar = false;
  size_t words = 0;
};

int WorthOf(const NameAlike& alike) {
  const int worth = alike.same ? kSameName : alike.similar ? kSimilarName : 0;
  return worth > 0 && alike.words == 1 ? worth - kOneWord : worth;
}

NameAlike CompareNames(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  NameAlike out{.same = false, .similar = false, .words = std::min(a.size(), b.size())};
  if (out.words == 0) return out;
  out.same = std::is_permutation(a.begin(), a.end(), b.begin(), b.end());
  out.similar = out.same || IsSimilar(a, b);
  return out;
}

bool HaveCommon(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const auto& value) { return b.contains(value); });
}

}  // namespace

Likeness LikenessOf(const CaseFile& file) {
  Likeness out;
  for (FoldedName& name : FoldNames(*file.record)) out.names.push_back(std::move(name.words));
  out.born = file.record->person().born();
  for (std::string& word : KeyWords(file.record->place())) out.place.insert(std::move(word));
  for (const SearchKey& key : SearchKeysOf(file)) {
    if (key.field == kArticleKey) out.articles.insert(key.key);
  }
  return out;
}

Alike Compare(const Likeness& a, const Likeness& b) {
  NameAlike best;
  for (const auto& one : a.names) {
    for (const auto& other : b.names) {
      const NameAlike alike = CompareNames(one, other);
      if (WorthOf(alike) > WorthOf(best)) best = alike;
    }
  }
  Alike out;
  out.score = WorthOf(best);
  if (out.score == 0) return out;
  out.reasons.push_back(best.same ? "SAME_NAME" : "SIMILAR_NAME");
  const auto add = [&](bool alike, int worth, std::string_view reason) {
    if (!alike) return;
    out.score += worth;
    out.reasons.push_back(reason);
  };
  add(!a.born.empty() && a.born == b.born, a.born.size() == kDay ? kSameBirth : kImpreciseBirth,
      "SAME_BIRTH");
  add(!a.place.empty() && a.place == b.place, kSamePlace, "SAME_PLACE");
  add(HaveCommon(a.articles, b.articles), kSameArticle, "SAME_ARTICLE");
  return out;
}

}  // namespace vigil::registry
