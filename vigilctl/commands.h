// The commands; each adds itself to the command line.
#pragma once

#include <CLI/CLI.hpp>

#include "vigilctl/session.h"

namespace vigil::vigilctl {

// clock init FILE: writes the clock that all services of an instance share.
void AddClock(CLI::App& app);
// import PATH…: creates the cases of files or folders.
void AddImport(CLI::App& app, Session& session);
// get NAME: prints one resource of any kind.
void AddGet(CLI::App& app, Session& session);
// list WHAT [PARENT]: prints resources, a line each.
void AddList(CLI::App& app, Session& session);
// explain DEADLINE: prints a deadline with its reasoning.
void AddExplain(CLI::App& app, Session& session);
// rules check [DIR], rules explain RULE: reads rule packs, without a service.
void AddRules(CLI::App& app);
// token new FILE: makes a bearer token.
void AddToken(CLI::App& app);

}  // namespace vigil::vigilctl
