// The words by which a case is found, as keys of a plain table. Pure.
//
// Any SQL engine can hold the table: a key is looked up whole or by how it begins, never by rules
// of the engine. What is confidential, retracted, erased or corrected makes no key, and a deleted
// case has none, so that a search tells nothing that its reader may not see.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "registry-svc/casebook/case_file.h"
#include "registry-svc/casebook/store.h"

namespace vigil::registry {

// What a key is taken from; SearchKey::field. Never give a number another meaning.
enum KeyField {
  // Folded words (name_fold.h), numbered as v1::SearchField: of names; of facts; of articles of
  // charges; of places, courts and institutions.
  kNameKey = 1,
  kFactKey = 2,
  kArticleKey = 3,
  kPlaceKey = 4,
  // The sound (name_match.h) of each word of a name, where it says enough.
  kSoundKey = 5,
  // The sounds of each two words of a name, sorted, with a space between; the sound alone of a name
  // of one word. Who shares one may be one person.
  kPairKey = 6,
  // Words of places proper: those of kPlaceKey that are counted in facets.
  kLocalityKey = 7,
  // Kinds of facts: the names of their fields in v1::Fact.
  kKindKey = 8
};

// Of the keys as this build makes them, kept in the database: another one makes a start fill the
// table anew.
inline constexpr char kSearchKeysVersion[] = "2";
// Bytes of a key; longer words are cut.
inline constexpr size_t kMaxKey = 64;

// A name of the case, and its folded words.
struct FoldedName {
  std::string text;
  std::vector<std::string> words;
};
// The name to show and the person's names, each once.
std::vector<FoldedName> FoldNames(const v1::Case& record);

// The words of a text, folded and cut as keys are.
std::vector<std::string> KeyWords(std::string_view text);

// All keys of a file; none for a dossier. Folds every word of it.
std::set<SearchKey> SearchKeysOf(const CaseFile& file);

// Keys that come (true) and go (false).
using KeyChanges = std::map<SearchKey, bool>;
// Adds what a change of a file does to its keys; `before` is null for a new file. Where facts were
// only added, no other fact is read.
void NoteKeyChanges(const CaseFile* before, const CaseFile& after, KeyChanges& changes);

}  // namespace vigil::registry
