#pragma once

#include <string>

namespace vigil::alert {

// The version of the machine's time-zone data, "2024a"; empty where it does not say.
std::string TzdataVersion();

}  // namespace vigil::alert
