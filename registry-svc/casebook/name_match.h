// How near folded words (name_fold.h) are to those of a name. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vigil::registry {

// From nothing in common to the same word.
enum class Nearness {
  kNone,
  // One letter more, less or other, the longer of the two having four at least.
  kSlip,
  // The same sounds in another spelling, see SoundOf.
  kSound,
  // The query is how the word begins.
  kBeginning,
  kWhole
};

// The sounds of a folded word: its consonants, those that are written now this way and now that
// taken for one, and its first vowel where it begins with one. `narymbayev` and `narimbaev` have
// the same. Empty for a number.
std::string SoundOf(std::string_view word);

// Whether a sound is long enough (three letters) to find a name by it alone.
bool SaysEnough(std::string_view sound);

// Every word that is one letter off; empty for words of fewer than four letters and for numbers.
// Some 500 of them for a word of nine letters.
std::vector<std::string> OneLetterOff(std::string_view word);

// How near a word of a query is to one of a name.
Nearness NearnessOf(std::string_view query, std::string_view word);

// How well the words of a query match those of a name, to choose among names; 0: no word does.
// Among equal matches the name with fewer other words is nearer.
int ScoreName(const std::vector<std::string>& query, const std::vector<std::string>& name);

}  // namespace vigil::registry
