// What files state of cases and dossiers, and where they state it.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "vigil/registry/v1/exchange.pb.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

// Where something stands.
struct Place {
  std::string file;
  // From 1.
  int line = 1;
  // Of a CSV file, from 1; else 0.
  int column = 0;
  // The path within the file; of a CSV file the column's name.
  std::string key;
};

// A case or dossier as files state it: of one whose facts alone are stated, no more than the name.
struct Document {
  v1::CaseDocument content;
  // The place of a path such as `case.person.born` or `facts[2].date`; where nothing is written
  // there, that of the nearest thing around it.
  std::function<Place(const std::string& path)> place_of;
};

inline v1::ImportProblem ProblemAt(std::string reason, const Place& place, std::string message) {
  v1::ImportProblem problem;
  problem.set_file(place.file);
  problem.set_line(place.line);
  problem.set_column(place.column);
  problem.set_key(place.key);
  problem.set_reason(std::move(reason));
  problem.set_message(std::move(message));
  return problem;
}

// Something in a file that cannot be read.
inline v1::ImportProblem BadFile(const Place& place, std::string message) {
  return ProblemAt("BAD_FILE", place, std::move(message));
}

}  // namespace vigil::registry
