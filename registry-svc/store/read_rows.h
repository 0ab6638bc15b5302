// Rows of a database as messages.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "registry-svc/store/sqlite.h"

namespace vigil::registry {

// DATA_LOSS where the bytes are no such message.
absl::Status ParseRow(std::string_view bytes, google::protobuf::Message& out);

// Hands each row that is left to `take`, until that fails.
absl::Status ForEachRow(Statement& statement,
                        const std::function<absl::Status(const Statement&)>& take);
absl::Status ForEachRow(Database& database, std::string_view sql,
                        const std::function<absl::Status(const Statement&)>& take);

// Hands the message in the first column of each row to `take`.
template <class Message>
absl::Status ForEachMessage(Database& database, std::string_view sql,
                            const std::function<absl::Status(Message)>& take) {
  return ForEachRow(database, sql, [&](const Statement& row) {
    Message message;
    if (absl::Status s = ParseRow(row.Blob(0), message); !s.ok()) return s;
    return take(std::move(message));
  });
}

// Takes steps until one fails.
absl::Status FirstFailure(std::initializer_list<std::function<absl::Status()>> steps);

}  // namespace vigil::registry
