#include "registry-svc/domain/compiled_rules.h"

#include <fmt/format.h>

#include <set>

#include "absl/strings/cord.h"
#include "registry-svc/domain/ids.h"
#include "registry-svc/domain/rule_book.h"

namespace vigil::registry {
namespace {

absl::Status Wrong(std::string_view where, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", where, what));
}

// Reads texts of one rule and keeps the first refusal. `path` is where the message stands in its
// file.
class Reader {
 public:
  Reader(std::string where, std::string path) : where_(std::move(where)), path_(std::move(path)) {}

  void Term(std::string_view key, const std::string& text, civil::Term& out) {
    if (text.empty()) return;
    absl::StatusOr<civil::Term> term = civil::ParseTerm(text);
    if (term.ok()) {
      out = *term;
    } else {
      Refuse(key, std::string(term.status().message()));
    }
  }

  void Day(std::string_view key, const std::string& text, std::optional<civil::Day>& out) {
    if (text.empty()) return;
    out = civil::ParseDay(text);
    if (!out) Refuse(key, fmt::format("'{}' is no YYYY-MM-DD", text));
  }

  void Law(const rules::v1::InForce& in_force, LawSpan& out) {
    Day("in_force.from", in_force.from(), out.from);
    Day("in_force.until", in_force.until(), out.until);
    out.ongoing = in_force.ongoing();
  }

  void Need(std::string_view key, bool there) {
    if (!there) Refuse(key, "missing");
  }

  void Refuse(std::string_view key, std::string_view what) {
    if (!status_.ok()) return;
    status_ = Wrong(fmt::format("{}: {}", where_, key), what);
    status_.SetPayload(kRulePathPayload, absl::Cord(fmt::format("{}.{}", path_, key)));
  }

  const absl::Status& status() const { return status_; }

 private:
  std::string where_;
  std::string path_;
  absl::Status status_;
};

// Calls `visit(category, key, text)` for each category that states a value.
template <class Visit>
void ForEachGravity(const rules::v1::ByGravity& by, Visit visit) {
  visit(v1::GRAVITY_VALUE_MISDEMEANOUR, "misdemeanour", by.misdemeanour());
  visit(v1::GRAVITY_VALUE_MINOR, "minor", by.minor());
  visit(v1::GRAVITY_VALUE_MEDIUM, "medium", by.medium());
  visit(v1::GRAVITY_VALUE_GRAVE, "grave", by.grave());
  visit(v1::GRAVITY_VALUE_ESPECIALLY_GRAVE, "especially_grave", by.especially_grave());
}

template <class List>
ClassSet SetOf(const List& classes) {
  ClassSet set = 0;
  for (int c : classes) set |= Bit(static_cast<rules::v1::CrimeClass>(c));
  return set;
}

void ReadAmount(Reader& reader, CompiledRule& rule) {
  const rules::v1::Amount& amount = rule.rule.amount();
  reader.Term("amount.term", amount.term(), rule.term);
  reader.Term("amount.term_if_held", amount.term_if_held(), rule.term_if_held);
  reader.Term("amount.less", amount.less(), rule.less);
  reader.Term("amount.at_least_served", amount.at_least_served(), rule.at_least_served);
  if (amount.has_fraction()) {
    ForEachGravity(amount.fraction(), [&](int category, const char* key, const std::string& text) {
      if (text.empty()) return;
      absl::StatusOr<civil::Fraction> fraction = civil::ParseFraction(text);
      if (fraction.ok()) {
        rule.fraction[category] = *fraction;
      } else {
        reader.Refuse(fmt::format("amount.fraction.{}", key),
                      std::string(fraction.status().message()));
      }
    });
  }
  if (amount.has_by_gravity()) {
    rule.by_gravity = true;
    ForEachGravity(amount.by_gravity(),
                   [&](int category, const char* key, const std::string& text) {
                     if (text.empty()) return;
                     civil::Term term;
                     reader.Term(fmt::format("amount.by_gravity.{}", key), text, term);
                     rule.gravity_term[category] = term;
                   });
  }
  reader.Term("recurrence.every", rule.rule.recurrence().every(), rule.every);
  reader.Term("recurrence.first", rule.rule.recurrence().first(), rule.first);
  if (rule.first.empty()) rule.first = rule.every;
}

void CheckRequired(Reader& reader, const rules::v1::Rule& rule) {
  reader.Need("id", !rule.id().empty());
  reader.Need("version", rule.version() > 0);
  reader.Need("kind", rule.kind() != v1::DEADLINE_KIND_UNSPECIFIED);
  reader.Need("title", !rule.title().empty());
  reader.Need("nature", rule.nature() != v1::DEADLINE_NATURE_UNSPECIFIED);
  reader.Need("actor", rule.actor() != v1::DEADLINE_ACTOR_UNSPECIFIED);
  reader.Need("boundary", rule.boundary() != v1::DEADLINE_BOUNDARY_UNSPECIFIED);
  reader.Need("action", !rule.action().empty());
  reader.Need("citation", !rule.citation().empty());
  reader.Need("confidence", rule.confidence() != v1::CONFIDENCE_UNSPECIFIED);
  reader.Need("anchor", rule.anchor() != rules::v1::ANCHOR_UNSPECIFIED);
  for (const rules::v1::Bar& bar : rule.bars()) {
    reader.Need("bars.result", bar.result() != v1::ELIGIBILITY_UNSPECIFIED);
    reader.Need("bars.reason", !bar.reason().empty());
  }
  if (rule.has_recurrence()) {
    reader.Need("recurrence.every",
                rule.recurrence().from_fact() || !rule.recurrence().every().empty());
  }
}

v1::Deadline PrototypeOf(const rules::v1::Rule& rule) {
  v1::Deadline out;
  out.set_kind(rule.kind());
  out.set_title(rule.title());
  out.set_nature(rule.nature());
  out.set_actor(rule.actor());
  out.set_rule(fmt::format("{}@{}", rule.id(), rule.version()));
  out.set_boundary(rule.boundary());
  *out.mutable_assumptions() = rule.assumptions();
  out.set_citation(rule.citation());
  out.set_confidence(rule.confidence());
  out.set_action(rule.action());
  out.set_step(rule.step());
  if (rule.has_recurrence()) out.set_recurrence(rule.recurrence().every());
  return out;
}

absl::Status CompileRule(const std::string& pack, const rules::v1::Rule& rule, int index,
                         CompiledBook& book) {
  Reader reader(fmt::format("pack {}: rule {}", pack, rule.id()), fmt::format("rules[{}]", index));
  CheckRequired(reader, rule);
  CompiledRule out;
  out.rule = rule;
  reader.Law(rule.in_force(), out.law);
  ReadAmount(reader, out);
  out.any_class = SetOf(rule.trigger().any_class());
  out.no_class = SetOf(rule.trigger().no_class());
  for (const rules::v1::Bar& bar : rule.bars()) out.bar_classes.push_back(SetOf(bar.classes()));
  out.prototype = PrototypeOf(rule);
  if (reader.status().ok() && (!rule.has_enabled() || rule.enabled())) {
    book.rules.push_back(std::move(out));
  }
  return reader.status();
}

absl::Status CompileArticles(const std::string& pack, const rules::v1::ArticleTable& table,
                             CompiledBook& book) {
  for (const rules::v1::Article& article : table.articles()) {
    ArticleInfo info;
    info.classes = SetOf(article.classes());
    info.parts.assign(article.parts().begin(), article.parts().end());
    info.parts_complete = article.parts_complete();
    if (article.number().empty()) {
      return Wrong(fmt::format("pack {}: articles.number", pack), "missing");
    }
    if (!book.articles.try_emplace({table.code(), article.number()}, std::move(info)).second) {
      return Wrong(fmt::format("pack {}: article {}", pack, article.number()), "listed twice");
    }
  }
  return absl::OkStatus();
}

absl::Status CompileProcedure(const std::string& pack, const rules::v1::Procedure& procedure,
                              int index, CompiledBook& book) {
  Reader reader(fmt::format("pack {}: procedure {}", pack, procedure.country()),
                fmt::format("procedures[{}]", index));
  CompiledProcedure out;
  out.procedure = procedure;
  reader.Need("country", !procedure.country().empty());
  reader.Need("appeal_term", !procedure.appeal_term().empty());
  reader.Term("appeal_term", procedure.appeal_term(), out.appeal_term);
  reader.Term("longest_custody", procedure.longest_custody(), out.longest_custody);
  reader.Term("shortest_ban", procedure.shortest_ban(), out.shortest_ban);
  reader.Term("longest_ban", procedure.longest_ban(), out.longest_ban);
  for (const rules::v1::Credit& credit : procedure.credits()) {
    CompiledCredit compiled{credit, {}};
    reader.Law(credit.in_force(), compiled.law);
    reader.Need("credits.of", credit.of() != rules::v1::CREDIT_OF_UNSPECIFIED);
    reader.Need("credits.numerator", credit.numerator() > 0 && credit.numerator() < 100);
    reader.Need("credits.denominator", credit.denominator() > 0 && credit.denominator() < 100);
    out.credits.push_back(std::move(compiled));
  }
  if (!reader.status().ok()) return reader.status();
  if (!book.procedures.try_emplace(procedure.country(), std::move(out)).second) {
    return Wrong(fmt::format("pack {}: procedure {}", pack, procedure.country()), "given twice");
  }
  return absl::OkStatus();
}

absl::Status CheckUnique(const CompiledBook& book) {
  std::set<std::string> seen;
  for (const CompiledRule& rule : book.rules) {
    if (!seen.insert(rule.prototype.rule()).second) {
      return Wrong(fmt::format("rule {}", rule.prototype.rule()),
                   "given twice; raise its version or remove one");
    }
  }
  return absl::OkStatus();
}

void Index(CompiledBook& book) {
  for (const CompiledRule& rule : book.rules) {
    if (rule.rule.trigger().facts().empty()) book.by_kind[0].push_back(&rule);
    for (int kind : rule.rule.trigger().facts()) book.by_kind.at(kind).push_back(&rule);
  }
}

std::string VersionOf(const std::vector<rules::v1::RulePack>& packs,
                      const std::vector<rules::v1::Calendar>& calendars) {
  std::set<std::string> parts;  // by content, so that the order of files does not count
  for (const auto& pack : packs) parts.insert("rules" + pack.SerializeAsString());
  for (const auto& calendar : calendars) parts.insert("calendar" + calendar.SerializeAsString());
  IdHash low, high(0x6c62272e07bb0142ull);
  for (const std::string& part : parts) {
    low.Add(part);
    high.Add(part).Add(int64_t(part.size()));
  }
  return low.Hex() + high.Hex();
}

absl::Status CompilePack(const rules::v1::RulePack& pack, CompiledBook& book) {
  if (pack.id().empty()) return Wrong("pack: id", "missing");
  for (int i = 0; i < pack.rules_size(); ++i) {
    if (absl::Status s = CompileRule(pack.id(), pack.rules(i), i, book); !s.ok()) return s;
  }
  for (const rules::v1::ArticleTable& table : pack.articles()) {
    if (absl::Status s = CompileArticles(pack.id(), table, book); !s.ok()) return s;
  }
  for (int i = 0; i < pack.procedures_size(); ++i) {
    if (absl::Status s = CompileProcedure(pack.id(), pack.procedures(i), i, book); !s.ok()) {
      return s;
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool LawSpan::Covers(const civil::Span& when) const {
  if (until && when.first && *when.first > *until) return false;
  if (ongoing || !from) return true;
  return !when.last || *when.last >= *from;
}

const CompiledProcedure* CompiledBook::ProcedureOf(std::string_view country) const {
  const auto found = procedures.find(std::string(country));
  return found == procedures.end() ? nullptr : &found->second;
}

const civil::WorkingDays& CompiledBook::CalendarOf(std::string_view country) const {
  static const civil::WorkingDays& kWeekendsOnly = *new civil::WorkingDays();
  const auto found = calendars.find(country);
  return found == calendars.end() ? kWeekendsOnly : found->second;
}

absl::StatusOr<RuleBook> RuleBook::Compile(const std::vector<rules::v1::RulePack>& packs,
                                           const std::vector<rules::v1::Calendar>& calendars) {
  auto book = std::make_shared<CompiledBook>();
  for (const rules::v1::RulePack& pack : packs) {
    if (absl::Status s = CompilePack(pack, *book); !s.ok()) return s;
  }
  for (const rules::v1::Calendar& calendar : calendars) {
    absl::StatusOr<civil::WorkingDays> days = civil::WorkingDays::Make(calendar);
    if (!days.ok()) {
      return Wrong(fmt::format("calendar {}", calendar.country()),
                   std::string(days.status().message()));
    }
    if (!book->calendars.try_emplace(calendar.country(), *std::move(days)).second) {
      return Wrong(fmt::format("calendar {}", calendar.country()), "given twice");
    }
  }
  if (absl::Status s = CheckUnique(*book); !s.ok()) return s;
  Index(*book);
  book->version = VersionOf(packs, calendars);
  return RuleBook(std::move(book));
}

const std::string& RuleBook::version() const { return book_->version; }

const civil::Calendars& RuleBook::calendars() const { return book_->calendars; }

}  // namespace vigil::registry
