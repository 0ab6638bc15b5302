// From the bytes of files to documents.
#pragma once

#include <utility>
#include <vector>

#include "registry-svc/exchange/document.h"

namespace vigil::registry {

// What the files of an import hold.
struct FilesRead {
  // In the order of the files; what CSV files say of one case or dossier is one document, in the
  // place of the first row about it.
  std::vector<Document> documents;
  // What could not be read (BAD_FILE, REQUIRED for a file without a name); the rest was. As many as
  // anybody will read: a table can be wrong in every cell.
  std::vector<v1::ImportProblem> problems;

  void Add(v1::ImportProblem problem) {
    constexpr size_t kMost = 1000;
    if (problems.size() < kMost) problems.push_back(std::move(problem));
  }
};

// Reads YAML (one document a file), JSON (an array of documents) and CSV (csv_documents.h), UTF-8
// with or without a byte order mark. Costs some milliseconds a megabyte: not for a reactor.
FilesRead ReadFiles(const google::protobuf::RepeatedPtrField<v1::ImportFile>& files);

}  // namespace vigil::registry
