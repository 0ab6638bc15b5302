// What follows from the facts of a case under the rules: deadlines with their reasoning, and
// findings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/civil/day.h"
#include "registry-svc/domain/case_view.h"
#include "registry-svc/domain/rule_book.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::registry {

// Kinds of findings; the texts are part of the API.
inline constexpr std::string_view kCustodyStartUnknown = "CUSTODY_START_UNKNOWN";
inline constexpr std::string_view kCustodyNotCredited = "CUSTODY_NOT_CREDITED";
inline constexpr std::string_view kReplacementTooEarly = "REPLACEMENT_TOO_EARLY";
inline constexpr std::string_view kParoleTooEarly = "PAROLE_TOO_EARLY";
inline constexpr std::string_view kPartUnknown = "PART_UNKNOWN";
inline constexpr std::string_view kArticleUnknown = "ARTICLE_UNKNOWN";
inline constexpr std::string_view kBarred = "BARRED";
inline constexpr std::string_view kEndedUnconfirmed = "ENDED_UNCONFIRMED";
inline constexpr std::string_view kTermNotBegun = "TERM_NOT_BEGUN";
inline constexpr std::string_view kStateRefused = "STATE_REFUSED";
inline constexpr std::string_view kOtherLimitPossible = "OTHER_LIMIT_POSSIBLE";
inline constexpr std::string_view kBanTermUnusual = "BAN_TERM_UNUSUAL";
inline constexpr std::string_view kReferenceUnknown = "REFERENCE_UNKNOWN";
inline constexpr std::string_view kRestrictionTermUnusual = "RESTRICTION_TERM_UNUSUAL";
inline constexpr std::string_view kRegimeUnknown = "REGIME_UNKNOWN";
inline constexpr std::string_view kAppealUnknown = "APPEAL_UNKNOWN";
inline constexpr std::string_view kAppealTermMissed = "APPEAL_TERM_MISSED";
inline constexpr std::string_view kTermUnknown = "TERM_UNKNOWN";
inline constexpr std::string_view kGravityNotRead = "GRAVITY_ASSUMED";
inline constexpr std::string_view kDateImprecise = "DATE_IMPRECISE";
inline constexpr std::string_view kDateMissing = "DATE_MISSING";
inline constexpr std::string_view kReadingsDiffer = "READINGS_DIFFER";
inline constexpr std::string_view kBanStartDisputed = "BAN_START_DISPUTED";
inline constexpr std::string_view kTransmissionUnknown = "TRANSMISSION_UNKNOWN";
inline constexpr std::string_view kStateSilent = "STATE_SILENT";
inline constexpr std::string_view kCustodyLimitPassed = "CUSTODY_LIMIT_PASSED";
inline constexpr std::string_view kReleaseUnconfirmed = "RELEASE_UNCONFIRMED";
inline constexpr std::string_view kProtectionLapsing = "PROTECTION_LAPSING";
inline constexpr std::string_view kRecordUnconfirmed = "RECORD_UNCONFIRMED";
inline constexpr std::string_view kOutcomeUnknown = "OUTCOME_UNKNOWN";
inline constexpr std::string_view kMandateEnded = "MANDATE_ENDED";
inline constexpr std::string_view kMandateEnding = "MANDATE_ENDING";
inline constexpr std::string_view kCaseReview = "CASE_REVIEW";
inline constexpr std::string_view kNameMixedScript = "NAME_MIXED_SCRIPT";
inline constexpr std::string_view kTextMixedScript = "TEXT_MIXED_SCRIPT";
inline constexpr std::string_view kNameSpellings = "NAME_SPELLINGS";
inline constexpr std::string_view kCodeEditionAmbiguous = "CODE_EDITION_AMBIGUOUS";
inline constexpr std::string_view kArticleContradicted = "ARTICLE_CONTRADICTED";
inline constexpr std::string_view kChargesChanged = "CHARGES_CHANGED";
inline constexpr std::string_view kConvictedAfterAcquittal = "CONVICTED_AFTER_ACQUITTAL";
inline constexpr std::string_view kOutcomesDiffer = "OUTCOMES_DIFFER";
inline constexpr std::string_view kMarkIdle = "MARK_IDLE";
inline constexpr std::string_view kOutOfOrder = "OUT_OF_ORDER";
inline constexpr std::string_view kBeforeTheTreaty = "BEFORE_THE_TREATY";
inline constexpr std::string_view kGravityContradicted = "GRAVITY_CONTRADICTED";
inline constexpr std::string_view kTotalOfVerdicts = "TOTAL_OF_VERDICTS";

// Where a finding stands in every list, by bytes: by the urgency of its kind, then by how far it
// could move a date, then by kind and name. No two findings have the same. Urgency, first to last:
//  0  what should have ended or been done by now: somebody may be held without a ground, or
//     without protection
//  1  what the State, or we, owe by now
//  2  what could move a date: gaps and contradictions
//  3  what is worth asking, and moves no date
//  4  remarks on the sources
std::string FindingKey(const v1::Finding& finding);

// All that is derived for a case on one day.
struct Derivation {
  // By earliest day, then kind, then name. Every state, withdrawn ones too.
  std::vector<v1::Deadline> deadlines;
  // Most important first, by FindingKey.
  std::vector<v1::Finding> findings;
  // The first later day on which something else may follow from the same facts; until then it is
  // the same, byte for byte. Day::max() where nothing waits for a day.
  civil::Day next_change = civil::Day::max();
};

// Derives the deadlines and findings of a case or a dossier as of a day in its zone.
//
// Pure: the same arguments give the same answer, byte for byte. Facts dated after `as_of` do not
// count, but for planned events and dates set by hand. Recurring deadlines reach 400 days ahead of
// `as_of`, two occurrences at least. What would follow under other rules or calendars is a call
// with another book (RuleBook::archive, Compile), under other facts a call with another view;
// deadlines of two derivations of one case pair by name. Names depend on the case's name, the line
// of the trigger, the rule's id and the occurrence alone, so that a corrected fact or a new version
// of a rule keeps them.
Derivation DeriveDeadlines(const CaseView& view, const RuleBook& rules, civil::Day as_of);

}  // namespace vigil::registry
