#pragma once

#include <string>

#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// A message as plain text for a chat room: the heading, what to know, the link, and a short code
// that is the same on every attempt, so that who reads it twice knows that it is one. Of a digest
// one line an item, at most 30 kB, with how many are left out. Discreet as a mail is. Pure.
std::string WriteChat(const Message& message, const std::string& page_url);

// The bodies that Slack's incoming webhooks and Matrix's m.room.message take. Pure.
std::string SlackBody(const std::string& text);
std::string MatrixBody(const std::string& text);

// The path of the request that puts a message into a Matrix room; `id` is the transaction's, so
// that a second PUT changes nothing. Pure.
std::string MatrixPath(const std::string& room, const std::string& id);

}  // namespace vigil::alert
