#pragma once

#include <string>
#include <string_view>

namespace vigil::gateway::http {

/// Whether a client takes gzip by its `Accept-Encoding` (RFC 9110): it is named, or `*` is, and not
/// with a weight of 0. Without the header: no.
bool TakesGzip(std::string_view accept_encoding);

/// The bytes as gzip (RFC 1952), the same ones for the same ones.
std::string Gzip(std::string_view bytes);

}  // namespace vigil::gateway::http
