#include "common/filter/parser.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "common/filter/path.h"
#include "common/filter/value.h"
#include "common/rpc/errors.h"

namespace vigil::filter {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using Node = Filter::Node;
using NodePtr = std::shared_ptr<const Node>;

constexpr size_t kMaxBytes = 4096;
constexpr int kMaxComparisons = 100;
constexpr int kMaxLevels = 20;

constexpr std::array<std::pair<std::string_view, Op>, 7> kOps{{{"!=", Op::kNotEqual},
                                                               {"<=", Op::kLessEqual},
                                                               {">=", Op::kGreaterEqual},
                                                               {"=", Op::kEqual},
                                                               {"<", Op::kLess},
                                                               {">", Op::kGreater},
                                                               {":", Op::kHas}}};

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

// Recursive descent over AIP-160's grammar:
//   expression = sequence {AND sequence}      sequence = factor {factor}
//   factor     = term {OR term}               term     = [NOT | -] simple
//   simple     = field op value | ( expression )
class Parser {
 public:
  Parser(std::string_view text, const Descriptor* of) : text_(text), of_(of) {}

  absl::StatusOr<NodePtr> Parse() {
    if (text_.size() > kMaxBytes) return Error("the filter is longer than 4 KiB; shorten it");
    SkipSpace();
    if (AtEnd()) return NodePtr();
    auto root = Expression();
    if (root.ok() && !AtEnd()) return Error("a `)` closes nothing; take it away");
    return root;
  }

 private:
  using Result = absl::StatusOr<NodePtr>;

  absl::Status Error(std::string_view what) const {
    return rpc::InvalidArgument("FILTER_INVALID", "filter",
                                fmt::format("filter, column {}: {}", at_ + 1, what));
  }

  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  void SkipSpace() {
    while (!AtEnd() && IsSpace(text_[at_])) ++at_;
  }

  std::string_view PeekWord() const {
    size_t end = at_;
    while (end < text_.size() && IsWord(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  bool TakeKeyword(std::string_view keyword) {
    if (PeekWord() != keyword) return false;
    at_ += keyword.size();
    SkipSpace();
    return true;
  }

  static NodePtr Join(Node::Kind kind, std::vector<NodePtr> children) {
    if (children.size() == 1) return std::move(children[0]);
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->children = std::move(children);
    return node;
  }

  Result Expression() {
    if (++levels_ > kMaxLevels) return Error("nested too deep; 20 levels hold");
    std::vector<NodePtr> all;
    do {
      auto factor = Factor();
      if (!factor.ok()) return factor;
      all.push_back(*std::move(factor));
    } while (TakeKeyword("AND") || (!AtEnd() && Peek() != ')'));
    --levels_;
    return Join(Node::Kind::kAnd, std::move(all));
  }

  Result Factor() {
    std::vector<NodePtr> any;
    do {
      auto term = Term();
      if (!term.ok()) return term;
      any.push_back(*std::move(term));
    } while (TakeKeyword("OR"));
    return Join(Node::Kind::kOr, std::move(any));
  }

  Result Term() {
    bool negated = TakeKeyword("NOT");
    if (!negated && Peek() == '-') {
      negated = true;
      ++at_;
    }
    auto simple = Simple();
    if (!simple.ok() || !negated) return simple;
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::kNot;
    node->children.push_back(*std::move(simple));
    return NodePtr(std::move(node));
  }

  Result Simple() {
    if (Peek() != '(') return Comparison();
    ++at_;
    SkipSpace();
    auto inner = Expression();
    if (!inner.ok()) return inner;
    if (Peek() != ')') return Error("a `(` is not closed; write `)`");
    ++at_;
    SkipSpace();
    return inner;
  }

  Result Comparison() {
    if (++comparisons_ > kMaxComparisons) return Error("more than 100 comparisons; write fewer");
    auto node = std::make_shared<Node>();
    if (auto status = TakePath(node->path); !status.ok()) return status;
    SkipSpace();
    if (!TakeOp(node->op)) {
      return Error("an operator is missing after the field; write = != < <= > >= or :");
    }
    SkipSpace();
    const size_t begin = at_;
    std::string value;
    bool quoted = false;
    if (auto status = TakeValue(value, quoted); !status.ok()) return status;
    const auto* field = node->path.back();
    if (const auto wrong = MakeValue(field, node->op, value, quoted, node->value); !wrong.empty()) {
      at_ = begin;
      return Error(fmt::format("{}: {}", field->name(), wrong));
    }
    SkipSpace();
    return NodePtr(std::move(node));
  }

  absl::Status TakePath(std::vector<const FieldDescriptor*>& path) {
    const std::string_view word = PeekWord();
    if (word.empty()) {
      return Error("a field is missing; write `field = value`");
    }
    if (const auto wrong = FindPath(of_, word, path); !wrong.empty()) return Error(wrong);
    at_ += word.size();
    return absl::OkStatus();
  }

  bool TakeOp(Op& op) {
    for (const auto& [sign, known] : kOps) {
      if (!text_.substr(at_).starts_with(sign)) continue;
      op = known;
      at_ += sign.size();
      return true;
    }
    return false;
  }

  absl::Status TakeValue(std::string& value, bool& quoted) {
    const char quote = Peek();
    if (quote == '"' || quote == '\'') {
      quoted = true;
      return TakeQuoted(quote, value);
    }
    while (!AtEnd() && !IsSpace(Peek()) && Peek() != '(' && Peek() != ')' && Peek() != '"') {
      value += text_[at_++];
    }
    if (value.empty()) return Error("a value is missing; write a word or \"text\"");
    return absl::OkStatus();
  }

  absl::Status TakeQuoted(char quote, std::string& value) {
    const size_t begin = at_++;
    while (!AtEnd() && Peek() != quote) {
      if (Peek() == '\\') ++at_;
      if (!AtEnd()) value += text_[at_++];
    }
    if (AtEnd()) {
      at_ = begin;
      return Error(fmt::format("a text is not closed; write {} at its end", quote));
    }
    ++at_;
    return absl::OkStatus();
  }

  const std::string_view text_;
  const Descriptor* const of_;
  size_t at_ = 0;
  int levels_ = 0;
  int comparisons_ = 0;
};

}  // namespace

absl::StatusOr<NodePtr> Parse(std::string_view text, const Descriptor* of) {
  return Parser(text, of).Parse();
}

}  // namespace vigil::filter
