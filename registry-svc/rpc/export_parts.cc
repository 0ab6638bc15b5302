#include "registry-svc/rpc/export_parts.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "common/yaml/yaml_writer.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/rpc/fact_as_of.h"

namespace vigil::registry {
namespace {

constexpr size_t kPartBytes = 64 << 10;

struct CsvFile {
  CsvRows rows;
  const char* name;
};
constexpr std::array<CsvFile, 3> kCsvFiles = {{{CsvRows::kCases, "cases.csv"},
                                               {CsvRows::kDossiers, "dossiers.csv"},
                                               {CsvRows::kFacts, "facts.csv"}}};

v1::Fact ExportedFact(const v1::Fact& fact) {
  v1::Fact out = fact;
  ClearOutputs(out);
  // The one output that an import takes: it retracts.
  out.set_retract_reason(fact.retract_reason());
  out.set_name(std::string(IdOf(fact.name())));
  out.set_lineage(std::string(IdOf(fact.lineage())));
  return out;
}

std::string JsonOf(const v1::CaseDocument& document) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  // Fails for text that is not UTF-8 alone, which no message holds.
  (void)google::protobuf::util::MessageToJsonString(document, &json, options);
  while (json.ends_with('\n')) json.pop_back();
  return json;
}

}  // namespace

ExportParts::ExportParts(ExportSource source, v1::ExportFilesRequest request,
                         std::optional<civil::Day> day)
    : source_(std::move(source)), request_(std::move(request)), day_(day) {}

bool ExportParts::Tells(const v1::Fact& fact) const {
  if (fact.has_erase_time() || (request_.redacted() && fact.confidential())) return false;
  return IsAsOf(fact, day_);
}

v1::CaseDocument ExportParts::DocumentOf(const CaseFile& file, Disclosure& disclosure) const {
  v1::CaseDocument out;
  if (file.record) {
    v1::Case& record = *out.mutable_case_();
    record = *file.record;
    ClearOutputs(record);
    if (record.has_person()) {
      for (v1::Name& name : *record.mutable_person()->mutable_names()) name.clear_script();
    }
  } else {
    *out.mutable_dossier() = *file.dossier;
    ClearOutputs(*out.mutable_dossier());
  }
  for (const auto& fact : *file.own) {
    const v1::Fact& message = *fact->message;
    if (Tells(message)) *out.add_facts() = ExportedFact(disclosure.Show(message));
  }
  return out;
}

FilePtr ExportParts::Read(const std::string& name) {
  absl::StatusOr<FilePtr> file = source_.read(name);
  status_.Update(file.status());
  return file.ok() ? *std::move(file) : nullptr;
}

void ExportParts::Begin(Disclosure& disclosure) {
  begun_ = true;
  const std::set<std::string> wanted(request_.names().begin(), request_.names().end());
  names_.assign(wanted.begin(), wanted.end());
  if (wanted.empty()) {
    absl::StatusOr<std::vector<std::string>> all = source_.names();
    status_.Update(all.status());
    if (all.ok()) names_ = *std::move(all);
  }
  if (request_.format() != v1::FILE_FORMAT_CSV) return;
  // What is only learnt from is not shown.
  Disclosure unnoted = disclosure;
  v1::CaseDocument document;
  while (NextDocument(unnoted, document)) tables_.Learn(document);
  next_ = 0;
}

bool ExportParts::NextDocument(Disclosure& disclosure, v1::CaseDocument& document) {
  while (status_.ok() && next_ < names_.size()) {
    const FilePtr file = Read(names_[next_++]);
    if (!file || file->deleted()) continue;
    document = DocumentOf(*file, disclosure);
    return true;
  }
  return false;
}

// A dossier whose id a case has too is told apart.
std::string ExportParts::YamlFileOf(const std::string& name) {
  const std::string id(IdOf(name));
  const bool taken = IsDossierName(name) && Read("cases/" + id);
  return (taken ? "dossier." : "") + id + ".yaml";
}

bool ExportParts::NextYaml(Disclosure& disclosure, v1::ExportFilesResponse& part) {
  v1::CaseDocument document;
  if (!NextDocument(disclosure, document)) return false;
  part.set_file(YamlFileOf(names_[next_ - 1]));
  part.set_data(WriteYaml(document));
  return true;
}

bool ExportParts::NextJson(Disclosure& disclosure, v1::ExportFilesResponse& part) {
  if (closed_) return false;
  part.set_file("cases.json");
  std::string& data = *part.mutable_data();
  v1::CaseDocument document;
  while (data.size() < kPartBytes) {
    if (!NextDocument(disclosure, document)) {
      closed_ = true;
      data += opened_ ? "\n]\n" : "[]\n";
      return true;
    }
    data += opened_ ? ",\n" : "[\n";
    opened_ = true;
    data += JsonOf(document);
  }
  return true;
}

bool ExportParts::NextCsv(Disclosure& disclosure, v1::ExportFilesResponse& part) {
  std::string& data = *part.mutable_data();
  while (status_.ok() && table_ < kCsvFiles.size()) {
    const CsvFile& file = kCsvFiles[table_];
    part.set_file(file.name);
    if (next_ == 0) data = tables_.Header(file.rows);
    v1::CaseDocument document;
    while (data.size() < kPartBytes) {
      // The rows of cases and dossiers show no fact.
      Disclosure unnoted = disclosure;
      if (!NextDocument(file.rows == CsvRows::kFacts ? disclosure : unnoted, document)) break;
      data += tables_.RowsOf(file.rows, document);
    }
    if (next_ == names_.size()) {
      ++table_;
      next_ = 0;
    }
    if (!data.empty()) return true;
  }
  return false;
}

bool ExportParts::Next(Disclosure& disclosure, v1::ExportFilesResponse& part) {
  part.Clear();
  part.set_revision(source_.revision);
  if (!begun_) Begin(disclosure);
  bool more = false;
  switch (request_.format()) {
    case v1::FILE_FORMAT_JSON:
      more = NextJson(disclosure, part);
      break;
    case v1::FILE_FORMAT_CSV:
      more = NextCsv(disclosure, part);
      break;
    default:
      more = NextYaml(disclosure, part);
  }
  return more && status_.ok();
}

}  // namespace vigil::registry
