#include "registry-svc/domain/rule_compiler.h"

#include <fmt/format.h>

#include <map>
#include <set>

namespace vigil::registry {
namespace {

// Reads texts of one rule. `path` is where the message stands in its file.
class Reader {
 public:
  Reader(std::string where, std::string path, std::vector<PackProblem>& problems)
      : where_(std::move(where)), path_(std::move(path)), problems_(problems) {}

  void Term(std::string_view key, const std::string& text, civil::Term& out) {
    if (text.empty()) return;
    absl::StatusOr<civil::Term> term = civil::ParseTerm(text);
    if (term.ok()) {
      out = *term;
    } else {
      Refuse(key, std::string(term.status().message()));
    }
  }

  void Fraction(std::string_view key, const std::string& text,
                std::optional<civil::Fraction>& out) {
    if (text.empty()) return;
    absl::StatusOr<civil::Fraction> fraction = civil::ParseFraction(text);
    if (fraction.ok()) {
      out = *fraction;
    } else {
      Refuse(key, std::string(fraction.status().message()));
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
    if (out.from && out.until && *out.until < *out.from) {
      Refuse("in_force.until", "before in_force.from");
    }
    out.ongoing = in_force.ongoing();
    out.reaches_back = in_force.reaches_back();
  }

  void Need(std::string_view key, bool there) {
    if (!there) Refuse(key, "missing");
  }

  void Refuse(std::string_view key, std::string_view what) {
    ok_ = false;
    problems_.push_back(
        {fmt::format("{}.{}", path_, key), fmt::format("{}: {}: {}", where_, key, what)});
  }

  bool ok() const { return ok_; }

 private:
  std::string where_;
  std::string path_;
  std::vector<PackProblem>& problems_;
  bool ok_ = true;
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

void ReadTerms(Reader& reader, std::string_view name, const rules::v1::ByGravity& by,
               PerGravity<civil::Term>& out) {
  ForEachGravity(by, [&](int category, const char* key, const std::string& text) {
    if (text.empty()) return;
    civil::Term term;
    reader.Term(fmt::format("{}.{}", name, key), text, term);
    out[category] = term;
  });
}

void ReadAmount(Reader& reader, CompiledRule& rule) {
  const rules::v1::Amount& amount = rule.rule.amount();
  reader.Term("amount.term", amount.term(), rule.term);
  reader.Term("amount.term_if_held", amount.term_if_held(), rule.term_if_held);
  reader.Term("amount.less", amount.less(), rule.less);
  reader.Term("amount.at_least_served", amount.at_least_served(), rule.at_least_served);
  reader.Fraction("amount.rest_fraction", amount.rest_fraction(), rule.rest_fraction);
  ForEachGravity(amount.fraction(), [&](int category, const char* key, const std::string& text) {
    reader.Fraction(fmt::format("amount.fraction.{}", key), text, rule.fraction[category]);
  });
  rule.by_gravity = amount.has_by_gravity();
  ReadTerms(reader, "amount.by_gravity", amount.by_gravity(), rule.gravity_term);
  ReadTerms(reader, "amount.by_gravity_if_hidden", amount.by_gravity_if_hidden(),
            rule.term_if_hidden);
  const int forms = !amount.term().empty() + amount.whole_term() + amount.has_fraction() +
                    amount.has_by_gravity() + amount.each_ban() + amount.stated_term() +
                    rule.rest_fraction.has_value();
  if (forms > 1) reader.Refuse("amount", "more than one of term, whole_term, fraction, …");
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

// Forms that read well and can never give a date, or not the one meant.
void CheckForms(Reader& reader, const rules::v1::Rule& rule) {
  if (rule.trigger().facts().empty() && rule.anchor() != rules::v1::ANCHOR_LAST_FACT) {
    reader.Refuse("trigger.facts", "missing: only the anchor LAST_FACT needs no fact");
  }
  if (rule.has_recurrence() && rule.has_amount()) {
    reader.Refuse("amount", "a deadline that recurs counts by its recurrence alone");
  }
  if (rule.amount().whole_term() && rule.anchor() != rules::v1::ANCHOR_TERM_START) {
    reader.Refuse("amount.whole_term", "only from the anchor TERM_START");
  }
  if (rule.amount().each_ban() && rule.anchor() != rules::v1::ANCHOR_BAN_START) {
    reader.Refuse("amount.each_ban", "only from the anchor BAN_START");
  }
  if (rule.amount().has_by_gravity_if_hidden() && !rule.amount().has_by_gravity()) {
    reader.Refuse("amount.by_gravity_if_hidden", "only beside amount.by_gravity");
  }
  if (rule.counting().working_days() && rule.amount().term().empty()) {
    reader.Refuse("counting.working_days", "needs amount.term, in days");
  }
  if (rule.nature() == v1::DEADLINE_NATURE_LIMIT && rule.opens_right()) {
    reader.Refuse("opens_right", "a limit on the State opens no right");
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

void CompileRule(const std::string& pack, const rules::v1::Rule& rule, int index,
                 CompiledBook& book, std::vector<PackProblem>& problems) {
  Reader reader(fmt::format("pack {}: rule {}", pack, rule.id()), fmt::format("rules[{}]", index),
                problems);
  CheckRequired(reader, rule);
  CheckForms(reader, rule);
  CompiledRule out;
  out.rule = rule;
  reader.Law(rule.in_force(), out.law);
  ReadAmount(reader, out);
  reader.Term("trigger.known_within", rule.trigger().known_within(), out.known_within);
  out.any_class = SetOf(rule.trigger().any_class());
  out.no_class = SetOf(rule.trigger().no_class());
  for (const rules::v1::Bar& bar : rule.bars()) out.bar_classes.push_back(SetOf(bar.classes()));
  out.prototype = PrototypeOf(rule);
  if (reader.ok() && (!rule.has_enabled() || rule.enabled())) book.rules.push_back(std::move(out));
}

void CompileArticles(const std::string& pack, const rules::v1::ArticleTable& table, int index,
                     CompiledBook& book, std::vector<PackProblem>& problems) {
  for (int i = 0; i < table.articles_size(); ++i) {
    const rules::v1::Article& article = table.articles(i);
    Reader reader(fmt::format("pack {}: article {}", pack, article.number()),
                  fmt::format("articles[{}].articles[{}]", index, i), problems);
    reader.Need("number", !article.number().empty());
    ArticleInfo info;
    info.classes = SetOf(article.classes());
    info.parts.assign(article.parts().begin(), article.parts().end());
    info.parts_complete = article.parts_complete();
    info.words.assign(article.words().begin(), article.words().end());
    if (!book.articles.try_emplace({table.code(), article.number()}, std::move(info)).second) {
      reader.Refuse("number", "listed twice");
    }
  }
}

void CompileProcedure(const std::string& pack, const rules::v1::Procedure& procedure, int index,
                      CompiledBook& book, std::vector<PackProblem>& problems) {
  Reader reader(fmt::format("pack {}: procedure {}", pack, procedure.country()),
                fmt::format("procedures[{}]", index), problems);
  CompiledProcedure out;
  out.procedure = procedure;
  reader.Need("country", !procedure.country().empty());
  reader.Need("appeal_term", !procedure.appeal_term().empty());
  reader.Term("appeal_term", procedure.appeal_term(), out.appeal_term);
  reader.Term("longest_custody", procedure.longest_custody(), out.longest_custody);
  reader.Term("shortest_ban", procedure.shortest_ban(), out.shortest_ban);
  reader.Term("longest_ban", procedure.longest_ban(), out.longest_ban);
  reader.Term("shortest_restriction", procedure.shortest_restriction(), out.shortest_restriction);
  reader.Term("longest_restriction", procedure.longest_restriction(), out.longest_restriction);
  reader.Term("usual_appeal", procedure.usual_appeal(), out.usual_appeal);
  for (const rules::v1::Credit& credit : procedure.credits()) {
    CompiledCredit compiled{credit, {}};
    reader.Law(credit.in_force(), compiled.law);
    reader.Need("credits.of", credit.of() != rules::v1::CREDIT_OF_UNSPECIFIED);
    reader.Need("credits.numerator", credit.numerator() > 0 && credit.numerator() < 100);
    reader.Need("credits.denominator", credit.denominator() > 0 && credit.denominator() < 100);
    out.credits.push_back(std::move(compiled));
  }
  if (!reader.ok()) return;
  out.plain_entry_count =
      fmt::format(" +{}{} +P1D", civil::FormatTerm(out.appeal_term),
                  procedure.roll() ? fmt::format(" roll/{}", procedure.country()) : "");
  if (!book.procedures.try_emplace(procedure.country(), std::move(out)).second) {
    reader.Refuse("country", "given twice");
  }
}

// Two versions may be law on the same day.
bool Overlap(const LawSpan& a, const LawSpan& b) {
  return (!a.until || !b.from || *b.from <= *a.until) &&
         (!b.until || !a.from || *a.from <= *b.until);
}

}  // namespace

void CompilePack(const rules::v1::RulePack& pack, CompiledBook& book,
                 std::vector<PackProblem>& problems) {
  if (pack.id().empty()) problems.push_back({"", "pack: id: missing"});
  for (int i = 0; i < pack.rules_size(); ++i) {
    CompileRule(pack.id(), pack.rules(i), i, book, problems);
  }
  for (int i = 0; i < pack.articles_size(); ++i) {
    CompileArticles(pack.id(), pack.articles(i), i, book, problems);
  }
  for (int i = 0; i < pack.procedures_size(); ++i) {
    CompileProcedure(pack.id(), pack.procedures(i), i, book, problems);
  }
}

void CheckVersions(const CompiledBook& book, std::vector<PackProblem>& problems) {
  std::set<std::string> seen;
  std::map<std::string, std::vector<const CompiledRule*>> versions;
  for (const CompiledRule& rule : book.rules) {
    if (!seen.insert(rule.prototype.rule()).second) {
      problems.push_back({"", fmt::format("rule {}: given twice; raise its version or remove one",
                                          rule.prototype.rule())});
      continue;
    }
    for (const CompiledRule* other : versions[rule.rule.id()]) {
      const bool both_reach = rule.law.reaches_back && other->law.reaches_back;
      // Rights that go on would hold under both, and nothing would say which.
      const bool both_go_on = rule.law.ongoing || other->law.ongoing;
      if (both_reach || (!both_go_on && !Overlap(rule.law, other->law))) continue;
      problems.push_back(
          {"", fmt::format("rule {}: law on a day on which {} is law too; end one, or say "
                           "in_force.reaches_back of both",
                           rule.prototype.rule(), other->prototype.rule())});
    }
    versions[rule.rule.id()].push_back(&rule);
  }
}

}  // namespace vigil::registry
