#include "registry-svc/casebook/name_fold.h"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace vigil::registry {
namespace {

constexpr char16_t kCyrillicLookAlikes[] = u"АВЕЗКМНОРСТУХЅІЈаезкморстухѕіјһԁ";
constexpr char16_t kLatinLookAlikes[] = u"ABE3KMHOPCTYXSIJae3kmopctyxsijhd";
static_assert(std::size(kCyrillicLookAlikes) == std::size(kLatinLookAlikes));

// A word of two scripts is taken for the Latin one that it looks like. The general confusable
// skeleton is of no use here: it makes `rn` of every m.
icu::UnicodeString Unmix(icu::UnicodeString word) {
  for (int32_t i = 0; i < word.length(); ++i) {
    const char16_t* at = std::char_traits<char16_t>::find(
        kCyrillicLookAlikes, std::size(kCyrillicLookAlikes) - 1, word[i]);
    if (at != nullptr) word.setCharAt(i, kLatinLookAlikes[at - kCyrillicLookAlikes]);
  }
  return word;
}

v1::Script ScriptOf(const icu::UnicodeString& text) {
  bool latin = false, cyrillic = false, other = false;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 letter = text.char32At(i);
    if (!u_isalpha(letter)) continue;
    UErrorCode error = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(letter, &error);
    if (script == USCRIPT_LATIN) {
      latin = true;
    } else if (script == USCRIPT_CYRILLIC) {
      cyrillic = true;
    } else if (script != USCRIPT_COMMON && script != USCRIPT_INHERITED) {
      other = true;
    }
  }
  if (latin + cyrillic + other > 1) return v1::SCRIPT_MIXED;
  if (latin) return v1::SCRIPT_LATIN;
  if (cyrillic) return v1::SCRIPT_CYRILLIC;
  return v1::SCRIPT_OTHER;
}

// Opening one takes milliseconds, and one may not be shared by threads.
icu::Transliterator* ThreadTransliterator() {
  thread_local const std::unique_ptr<icu::Transliterator> transliterator = [] {
    UErrorCode error = U_ZERO_ERROR;
    return std::unique_ptr<icu::Transliterator>(icu::Transliterator::createInstance(
        "Kazakh-Latin/BGN; Any-Latin; Latin-ASCII; Lower", UTRANS_FORWARD, error));
  }();
  return transliterator.get();
}

// Spellings of one sound: Dzh, Zh and J; ks and x; a doubled letter.
std::string FoldSounds(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSounds = {
      {{"dzh", "j"}, {"dj", "j"}, {"zh", "j"}, {"ks", "x"}}};
  std::string out;
  while (!word.empty()) {
    const auto* sound = std::find_if(kSounds.begin(), kSounds.end(), [&](const auto& pair) {
      return word.starts_with(pair.first);
    });
    const std::string_view letters = sound != kSounds.end() ? sound->second : word.substr(0, 1);
    if (out.empty() || out.back() != letters[0]) out += letters;
    word.remove_prefix(sound != kSounds.end() ? sound->first.size() : 1);
  }
  return out;
}

std::string FoldWord(icu::UnicodeString word) {
  if (ScriptOf(word) == v1::SCRIPT_MIXED) word = Unmix(std::move(word));
  if (icu::Transliterator* transliterator = ThreadTransliterator()) {
    transliterator->transliterate(word);
  }
  std::string ascii, letters;
  word.toUTF8String(ascii);
  // Marks that transliteration leaves, such as the apostrophe of a soft sign, are no letters.
  for (char c : ascii) {
    if (static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c))) {
      letters += c;
    }
  }
  return FoldSounds(letters);
}

// One letter more, less or other.
bool AlmostEqual(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() < 4 || b.size() - a.size() > 1) return false;
  const auto [at_a, at_b] = std::mismatch(a.begin(), a.end(), b.begin());
  const std::string_view rest_a(at_a, a.end()), rest_b(at_b, b.end());
  if (rest_b.empty()) return true;
  return rest_a == rest_b.substr(1) ||
         (a.size() == b.size() && rest_a.substr(1) == rest_b.substr(1));
}

int WordScore(std::string_view query, std::string_view name) {
  if (query == name) return 8;
  if (name.starts_with(query)) return 4;
  if (AlmostEqual(query, name)) return 2;
  return query.size() >= 3 && name.find(query) != std::string_view::npos ? 1 : 0;
}

}  // namespace

v1::Script ScriptOf(std::string_view text) {
  return ScriptOf(
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size()))));
}

std::vector<std::string> FoldWords(std::string_view text) {
  const auto all =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
  std::vector<std::string> words;
  icu::UnicodeString word;
  const auto end_word = [&] {
    if (word.isEmpty()) return;
    if (std::string folded = FoldWord(word); !folded.empty()) words.push_back(std::move(folded));
    word.remove();
  };
  for (int32_t i = 0; i < all.length(); i = all.moveIndex32(i, 1)) {
    const UChar32 letter = all.char32At(i);
    const int8_t type = u_charType(letter);
    const bool mark = type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK;
    if (u_isalnum(letter) || mark || letter == '\'' || letter == 0x2019) {
      word.append(letter);
    } else {
      end_word();
    }
  }
  end_word();
  return words;
}

int MatchScore(const std::vector<std::string>& query, const std::vector<std::string>& name) {
  int total = 0;
  for (const std::string& word : query) {
    int best = 0;
    for (const std::string& candidate : name) best = std::max(best, WordScore(word, candidate));
    if (best == 0) return 0;
    total += best;
  }
  // Among equal matches the name with fewer other words is nearer.
  return total == 0 ? 0 : total * 16 - static_cast<int>(std::min<size_t>(name.size(), 15));
}

}  // namespace vigil::registry
