// What in the sources themselves needs care.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/findings.h"

namespace vigil::registry {
namespace {

// Cyrillic letters that look like Latin ones.
constexpr std::array<char32_t, 22> kLookAlikes = {
    0x410, 0x412, 0x415, 0x41A, 0x41C, 0x41D, 0x41E, 0x420, 0x421, 0x422, 0x423,
    0x425, 0x430, 0x435, 0x43E, 0x440, 0x441, 0x443, 0x445, 0x455, 0x456, 0x458};

// Latin text with Cyrillic letters all of which look like Latin ones. Cyrillic words beside Latin
// ones are another thing.
bool HasLookAlikes(std::string_view text) {
  bool latin = false, look_alike = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    latin |= (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    // Cyrillic is U+0400 to U+04FF: two bytes in UTF-8, the first 0xD0 to 0xD3.
    if (byte < 0xD0 || byte > 0xD3 || i + 1 == text.size()) continue;
    const char32_t letter = ((byte & 0x1Fu) << 6) | (static_cast<unsigned char>(text[++i]) & 0x3Fu);
    if (std::find(kLookAlikes.begin(), kLookAlikes.end(), letter) == kLookAlikes.end()) {
      return false;
    }
    look_alike = true;
  }
  return latin && look_alike;
}

void FindInNames(const v1::Person& person, Findings& findings) {
  std::string mixed, spellings;
  for (const v1::Name& name : person.names()) {
    if (HasLookAlikes(name.text())) mixed += (mixed.empty() ? "" : ", ") + name.text();
    if (name.kind() == v1::NAME_KIND_SPELLING) {
      spellings += (spellings.empty() ? "" : ", ") + name.text();
    }
  }
  if (!mixed.empty()) {
    findings.Add(kNameMixedScript, nullptr,
                 fmt::format("Printed with Cyrillic letters that look like Latin ones: {}. An "
                             "exact search for the name misses it.",
                             mixed),
                 "Keep it as printed beside the name in one script.", 0);
  }
  if (!spellings.empty()) {
    findings.Add(kNameSpellings, nullptr, fmt::format("Also spelled {}.", spellings),
                 "Search under each spelling before a new case is opened.", 0);
  }
}

// The article whose words the description uses, where it uses none of its own article's.
const std::string* OtherArticle(const ArticleIndex& articles, const v1::Charge& charge) {
  const auto own =
      articles.find(std::pair<int, std::string>(charge.code_edition(), charge.article()));
  if (own == articles.end() || own->second.words.empty()) return nullptr;
  const auto named = [&](const ArticleInfo& article) {
    return std::any_of(article.words.begin(), article.words.end(), [&](const std::string& word) {
      return charge.description().find(word) != std::string::npos;
    });
  };
  if (named(own->second)) return nullptr;
  for (const auto& [key, article] : articles) {
    if (key.first == charge.code_edition() && named(article)) return &key.second;
  }
  return nullptr;
}

// The charges may be those that the court of appeal left.
Ground OnAppeal(const Sentence& sentence) {
  return {.facts = {sentence.on_appeal ? sentence.appeal : nullptr}};
}

void FindInCharges(const Reading& reading, const CheckedFact& fact, const ChargeList& charges,
                   const Ground& ground, Findings& findings) {
  std::string old_code, dropped, open;
  bool acquitted = false, convicted = false;
  for (const v1::Charge& charge : charges) {
    if (charge.code_edition() == v1::CODE_EDITION_KZ_CC_1997) {
      old_code += (old_code.empty() ? "" : ", ") + charge.article();
    }
    const bool gone = charge.outcome() == v1::CHARGE_OUTCOME_DROPPED;
    std::string& list = gone ? dropped : open;
    list += (list.empty() ? "" : ", ") + charge.article();
    acquitted |= charge.outcome() == v1::CHARGE_OUTCOME_ACQUITTED;
    convicted |= charge.outcome() == v1::CHARGE_OUTCOME_CONVICTED;
    if (const std::string* other = OtherArticle(reading.book().articles, charge)) {
      findings.Add(kArticleContradicted, &fact,
                   fmt::format("The charge names article {} and describes the crime of article {}: "
                               "one of them is wrong.",
                               charge.article(), *other),
                   "Check the article against the verdict or the charge sheet.", 0, ground);
    }
  }
  if (!old_code.empty()) {
    findings.Add(kCodeEditionAmbiguous, &fact,
                 fmt::format("Article {} is read as one of the code of 1997, which the source does "
                             "not say; in the code of 2014 the same number is another crime.",
                             old_code),
                 "Check the code and the act in the verdict or the charge sheet.", 0, ground);
  }
  if (!dropped.empty()) {
    findings.Add(kChargesChanged, &fact,
                 fmt::format("The charges changed: article {} was dropped, article {} stands.",
                             dropped, open.empty() ? "none" : open),
                 "Check that measures ordered under the dropped charge have ended.", 0, ground);
  }
  if (acquitted && convicted) {
    findings.Add(kOutcomesDiffer, &fact,
                 "Acquitted of one charge and convicted of another in the same verdict.",
                 "Check for which charge each penalty was given.", 0, ground);
  }
}

// The gravity that is stated is counted with, whatever article and term say.
void FindGravity(const Sentence& sentence, Findings& findings) {
  // A total is no term of this crime alone.
  if (!sentence.charges.gravity_contradicted || !sentence.in_effect() ||
      sentence.what().total_with_size() > 0) {
    return;
  }
  findings.Add(
      kGravityContradicted, sentence.verdict,
      fmt::format("The crime is stated to be {}; by {}{} it can only be {}. The dates are "
                  "counted with what is stated.",
                  DescribeGravity(sentence.charges.gravity), DescribeCharges(sentence.decided()),
                  sentence.term.empty() ? std::string() : ", " + civil::DescribeTerm(sentence.term),
                  DescribeGravity(sentence.charges.unstated_gravity)),
      "Check article, part and gravity against the verdict and the code.", 0, OnAppeal(sentence));
}

void FindInVerdicts(const Reading& reading, Findings& findings) {
  for (const Sentence& sentence : reading.sentences()) {
    const v1::Verdict& verdict = sentence.what();
    FindInCharges(reading, *sentence.verdict, sentence.decided(), OnAppeal(sentence), findings);
    FindGravity(sentence, findings);
    if (verdict.total_with_size() > 0) {
      findings.Add(kTotalOfVerdicts, sentence.verdict,
                   "The term is one total of several verdicts; from which of them it runs is not "
                   "said.",
                   "Find the start of the term in the later verdict.", 0);
    }
    for (const std::string& ref : verdict.replaces()) {
      const CheckedFact* other = reading.Find(ref, *sentence.verdict);
      if (other == nullptr || !other->fact().has_verdict() ||
          other->fact().verdict().penalty() != v1::PENALTY_NONE ||
          sentence.penalty == v1::PENALTY_NONE) {
        continue;
      }
      findings.Add(kConvictedAfterAcquittal, sentence.verdict,
                   "Acquitted first, and convicted of the same later.",
                   "Ask counsel whether the acquittal was set aside lawfully.", 0,
                   {.facts = {other}});
    }
  }
}

bool NamesNoArticle(const ChargeList& charges) {
  return std::any_of(charges.begin(), charges.end(),
                     [](const v1::Charge& charge) { return charge.article().empty(); });
}

void FindArticles(const Reading& reading, Findings& findings) {
  const Sentence* sentence = reading.Current();
  const CheckedFact* about = sentence != nullptr ? sentence->verdict : reading.accusation();
  if (about == nullptr) return;
  const v1::Fact& fact = about->fact();
  const auto& charges = sentence != nullptr     ? sentence->decided()
                        : fact.has_accusation() ? fact.accusation().charges()
                                                : fact.case_opened().charges();
  if (!NamesNoArticle(charges)) return;
  findings.Add(kArticleUnknown, about,
               "No article is named, so its class is not known. A right that a class would bar is "
               "shown as open.",
               "Find the article in the verdict or the charge sheet.", 0,
               sentence != nullptr ? OnAppeal(*sentence) : Ground());
}

}  // namespace

void FindInSources(const Reading& reading, Findings& findings) {
  if (reading.view().record != nullptr) FindInNames(reading.view().record->person(), findings);
  for (const CheckedFact* fact : reading.facts()) {
    const v1::Fact& message = fact->fact();
    if (HasLookAlikes(message.as_stated())) {
      findings.Add(kTextMixedScript, fact,
                   "The source's wording holds Cyrillic letters that look like Latin ones.",
                   "Read the abbreviation by its look, not by its letters.", 0);
    }
    if (message.has_accusation()) {
      FindInCharges(reading, *fact, message.accusation().charges(), {}, findings);
    }
  }
  FindInVerdicts(reading, findings);
  FindArticles(reading, findings);
}

}  // namespace vigil::registry
