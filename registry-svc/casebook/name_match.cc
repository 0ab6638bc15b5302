#include "registry-svc/casebook/name_match.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vigil::registry {
namespace {

constexpr size_t kMinSlip = 4;
constexpr size_t kMinSound = 3;

// Ways to write one consonant, longer ones first. Kazakh Latin has q, x and ş where others have k,
// kh and sh; names on -ov end in -off or -ow elsewhere.
constexpr std::array<std::pair<std::string_view, char>, 17> kConsonants = {{{"shch", 's'},
                                                                            {"sch", 's'},
                                                                            {"tch", 'c'},
                                                                            {"sh", 's'},
                                                                            {"ch", 'c'},
                                                                            {"ts", 'c'},
                                                                            {"tz", 'c'},
                                                                            {"dz", 'j'},
                                                                            {"kh", 'k'},
                                                                            {"gh", 'g'},
                                                                            {"ph", 'v'},
                                                                            {"ck", 'k'},
                                                                            {"q", 'k'},
                                                                            {"x", 'k'},
                                                                            {"h", 'k'},
                                                                            {"w", 'v'},
                                                                            {"f", 'v'}}};

bool IsLetter(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Vowels in three groups: within one they are taken for each other.
char VowelOf(char c) {
  switch (c) {
    case 'a':
      return 'a';
    case 'e':
    case 'i':
    case 'y':
      return 'e';
    case 'o':
    case 'u':
      return 'o';
    default:
      return '\0';
  }
}

// Takes one consonant off the front.
char TakeConsonant(std::string_view& word) {
  for (const auto& [letters, sound] : kConsonants) {
    if (!word.starts_with(letters)) continue;
    word.remove_prefix(letters.size());
    return sound;
  }
  const char letter = word[0];
  word.remove_prefix(1);
  return letter;
}

bool AlmostEqual(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() < kMinSlip || b.size() - a.size() > 1) return false;
  const auto [at_a, at_b] = std::mismatch(a.begin(), a.end(), b.begin());
  const std::string_view rest_a(at_a, a.end()), rest_b(at_b, b.end());
  if (rest_b.empty()) return true;
  return rest_a == rest_b.substr(1) ||
         (a.size() == b.size() && rest_a.substr(1) == rest_b.substr(1));
}

}  // namespace

std::string SoundOf(std::string_view word) {
  if (word.empty() || IsDigit(word[0])) return {};
  std::string sound;
  // Of the vowels that it begins with the last one is kept: `ye` and `e`, `yu` and `u`.
  while (!word.empty() && VowelOf(word[0]) != '\0') {
    sound = VowelOf(word[0]);
    word.remove_prefix(1);
  }
  bool apart = true;
  while (!word.empty()) {
    if (VowelOf(word[0]) != '\0') {
      word.remove_prefix(1);
      apart = true;
      continue;
    }
    const char consonant = TakeConsonant(word);
    if (apart || sound.back() != consonant) sound += consonant;
    apart = false;
  }
  return sound;
}

bool SaysEnough(std::string_view sound) { return sound.size() >= kMinSound; }

std::vector<std::string> OneLetterOff(std::string_view word) {
  std::vector<std::string> words;
  if (word.size() < kMinSlip || !std::all_of(word.begin(), word.end(), IsLetter)) return words;
  words.reserve(word.size() * 52 + 26);
  const auto add = [&](size_t at, std::string_view between, size_t skipped) {
    words.push_back(std::string(word.substr(0, at)) + std::string(between) +
                    std::string(word.substr(at + skipped)));
  };
  for (size_t at = 0; at <= word.size(); ++at) {
    if (at < word.size()) add(at, "", 1);
    for (char letter = 'a'; letter <= 'z'; ++letter) {
      add(at, std::string_view(&letter, 1), 0);
      if (at < word.size() && letter != word[at]) add(at, std::string_view(&letter, 1), 1);
    }
  }
  return words;
}

Nearness NearnessOf(std::string_view query, std::string_view word) {
  if (query == word) return Nearness::kWhole;
  if (word.starts_with(query)) return Nearness::kBeginning;
  const std::string sound = SoundOf(query);
  if (SaysEnough(sound) && sound == SoundOf(word)) return Nearness::kSound;
  return AlmostEqual(query, word) ? Nearness::kSlip : Nearness::kNone;
}

int ScoreName(const std::vector<std::string>& query, const std::vector<std::string>& name) {
  int total = 0;
  for (const std::string& word : query) {
    Nearness best = Nearness::kNone;
    for (const std::string& candidate : name) best = std::max(best, NearnessOf(word, candidate));
    total += static_cast<int>(best);
  }
  return total == 0 ? 0 : total * 16 - static_cast<int>(std::min<size_t>(name.size(), 15));
}

}  // namespace vigil::registry
