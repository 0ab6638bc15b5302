#include "registry-svc/casebook/name_fold.h"

#include <unicode/locid.h>
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

bool IsLetter(char c) { return c >= 'a' && c <= 'z'; }

// Spellings of one sound: Dzh, Zh and J; ks and x; a doubled letter. Digits and bytes of other
// scripts stay.
std::string FoldSounds(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSounds = {
      {{"dzh", "j"}, {"dj", "j"}, {"zh", "j"}, {"ks", "x"}}};
  std::string out;
  while (!word.empty()) {
    const auto* sound = std::find_if(kSounds.begin(), kSounds.end(), [&](const auto& pair) {
      return word.starts_with(pair.first);
    });
    const std::string_view letters = sound != kSounds.end() ? sound->second : word.substr(0, 1);
    const bool doubled = !out.empty() && out.back() == letters[0] && IsLetter(letters[0]);
    if (!doubled) out += letters;
    word.remove_prefix(sound != kSounds.end() ? sound->first.size() : 1);
  }
  return out;
}

bool IsAscii(const icu::UnicodeString& word) {
  for (int32_t i = 0; i < word.length(); ++i) {
    if (word[i] >= 0x80) return false;
  }
  return true;
}

// In lower-case Latin letters. Most words are so already, and the transliterator is slow.
void ToLatin(icu::UnicodeString& word) {
  if (IsAscii(word)) {
    word.toLower(icu::Locale::getRoot());
    return;
  }
  if (ScriptOf(word) == v1::SCRIPT_MIXED) word = Unmix(std::move(word));
  if (icu::Transliterator* transliterator = ThreadTransliterator()) {
    transliterator->transliterate(word);
  }
}

std::string FoldWord(icu::UnicodeString word) {
  ToLatin(word);
  std::string ascii, letters;
  word.toUTF8String(ascii);
  // Marks that transliteration leaves, such as the apostrophe of a soft sign, are no letters.
  for (char c : ascii) {
    const bool kept = static_cast<unsigned char>(c) >= 0x80 || c == '-' ||
                      std::isalnum(static_cast<unsigned char>(c));
    if (kept) letters += c;
  }
  return FoldSounds(letters);
}

// A dash within a number is a part of it: `235-1`, `2018-04-28`.
bool JoinsNumber(const icu::UnicodeString& text, int32_t at) {
  return text[at] == '-' && at > 0 && at + 1 < text.length() && u_isdigit(text[at - 1]) &&
         u_isdigit(text[at + 1]);
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
    if (u_isalnum(letter) || mark || letter == '\'' || letter == 0x2019 || JoinsNumber(all, i)) {
      word.append(letter);
    } else {
      end_word();
    }
  }
  end_word();
  return words;
}

}  // namespace vigil::registry
