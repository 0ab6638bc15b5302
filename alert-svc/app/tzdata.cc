#include "alert-svc/app/tzdata.h"

#include <fstream>
#include <string_view>

namespace vigil::alert {

std::string TzdataVersion() {
  constexpr std::string_view kLead = "# version ";
  std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
  std::string line;
  std::getline(file, line);
  return line.starts_with(kLead) ? line.substr(kLead.size()) : std::string();
}

}  // namespace vigil::alert
