#pragma once

#include <string>

namespace vigil::yaml {

// The line, from 1, of what stands behind the first document of a text; 0 where nothing does.
// YAML::LoadAll must not be asked: it takes a comma that stands where none may for an empty
// document, and never gets past it. Throws YAML::Exception for what is not well-formed.
int LineOfSecondDocument(const std::string& text);

}  // namespace vigil::yaml
