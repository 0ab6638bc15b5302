#pragma once

#include <google/protobuf/message.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace vigil {

// YAML files as protobuf messages: one walker over node and descriptor, for configuration, rules,
// calendars and cases alike. Keys are field names in snake_case. Scalars of string fields are taken
// as written (`2018-04-13` stays text); enum values by full name or without the enum's prefix, in
// any case (`imprisonment` for PENALTY_IMPRISONMENT); google.protobuf.Timestamp in RFC 3339,
// google.protobuf.Duration as `1.5s`; maps as mappings. Anchors and aliases hold.
//
// Everything else is refused with INVALID_ARGUMENT and `file:line: key.path: what is wrong; what to
// write instead`: an unknown or doubled key, a key without a value, two members of a oneof, a wrong
// type, a number out of range, several documents in one file, bytes that are no UTF-8, more than 32
// levels, 8 MiB, or a million values once aliases are followed. The message is left in an
// unspecified state then.
absl::Status ParseYaml(std::string_view text, std::string_view file,
                       google::protobuf::Message* message);

// The same for a file. NOT_FOUND where it cannot be read.
absl::Status LoadYaml(const std::string& path, google::protobuf::Message* message);

// The line on which each present field was written, for errors that are found later. Keys are paths
// as errors print them: `facts[2].date`.
class YamlLines {
 public:
  // 0 where the field was not in the file.
  int LineOf(std::string_view path) const;
  // The same, but of the nearest thing around it where it was not; 1 where nothing was.
  int LineAround(std::string path) const;

 private:
  friend class YamlReader;
  std::vector<std::pair<std::string, int>> lines_;  // sorted
};

// The same, noting the lines.
absl::Status ParseYaml(std::string_view text, std::string_view file,
                       google::protobuf::Message* message, YamlLines* lines);
absl::Status LoadYaml(const std::string& path, google::protobuf::Message* message,
                      YamlLines* lines);

// A JSON array of messages, each put where `add` says: JSON is YAML too, and so is read by the same
// walker, with the same refusals. Keys are field names in snake_case or camelCase. Paths begin with
// the element: `[3].facts[2].date`.
absl::Status ParseJsonArray(std::string_view text, std::string_view file,
                            const std::function<google::protobuf::Message*()>& add,
                            YamlLines* lines);

// A refusal of the functions above, taken apart.
struct YamlProblem {
  // From 1.
  int line = 1;
  // What stood before the first `: `, where that is a path; else empty.
  std::string key;
  // What is wrong; what to write instead.
  std::string text;
};
YamlProblem TakeApart(const absl::Status& status, std::string_view file);

// The .yaml files of a folder, not of those below it, by name. NOT_FOUND where there is no folder.
absl::StatusOr<std::vector<std::string>> YamlFilesIn(const std::string& folder);

// Every file of a folder with its path, by name. One that is refused refuses all.
template <class Message>
absl::StatusOr<std::vector<std::pair<std::string, Message>>> LoadYamlDir(
    const std::string& folder) {
  auto files = YamlFilesIn(folder);
  if (!files.ok()) return files.status();
  std::vector<std::pair<std::string, Message>> loaded;
  loaded.reserve(files->size());
  for (auto& file : *files) {
    auto& entry = loaded.emplace_back(std::move(file), Message());
    if (auto status = LoadYaml(entry.first, &entry.second); !status.ok()) return status;
  }
  return loaded;
}

}  // namespace vigil
