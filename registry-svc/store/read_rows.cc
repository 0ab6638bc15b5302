#include "registry-svc/store/read_rows.h"

#include <fmt/format.h>

namespace vigil::registry {

absl::Status ParseRow(std::string_view bytes, google::protobuf::Message& out) {
  if (out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return absl::OkStatus();
  return absl::DataLossError(
      fmt::format("a {} in the database cannot be read: restore it from a backup",
                  out.GetDescriptor()->name()));
}

absl::Status ForEachRow(Statement& statement,
                        const std::function<absl::Status(const Statement&)>& take) {
  while (true) {
    absl::StatusOr<bool> row = statement.Step();
    if (!row.ok()) return row.status();
    if (!*row) return absl::OkStatus();
    if (absl::Status s = take(statement); !s.ok()) return s;
  }
}

absl::Status ForEachRow(Database& database, std::string_view sql,
                        const std::function<absl::Status(const Statement&)>& take) {
  absl::StatusOr<Statement> statement = database.Prepare(sql);
  return statement.ok() ? ForEachRow(*statement, take) : statement.status();
}

absl::Status FirstFailure(std::initializer_list<std::function<absl::Status()>> steps) {
  for (const auto& step : steps) {
    if (absl::Status status = step(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace vigil::registry
