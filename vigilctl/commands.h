// The commands; each adds itself to the command line.
#pragma once

#include <CLI/CLI.hpp>

#include "vigilctl/session.h"

namespace vigil::vigilctl {

// alerts forecast, explain, unwatched, test, dead-letters, resend, held, held-messages, release:
// what will be sent, why, and what went wrong.
void AddAlerts(CLI::App& app, Session& session);
// audit head, audit verify, audit list: the chains and the access trail.
void AddAudit(CLI::App& app, Session& session);
// audit notifications: who was told what, with the links that prove it. Added by AddAudit.
void AddNotifications(CLI::App& audit);
// erase NAME: destroys what is confidential in a case.
void AddErase(CLI::App& app, Session& session);
// backup FILE: copies the database.
void AddBackup(CLI::App& app);
// restore FILE: puts a backup in its place.
void AddRestore(CLI::App& app);
// clock init FILE: writes the clock that all services of an instance share.
void AddClock(CLI::App& app);
// import PATH…: brings in the cases of files or folders.
void AddImport(CLI::App& app, Session& session);
// export PATH: writes cases to files.
void AddExport(CLI::App& app, Session& session);
// get NAME: prints one resource of any kind.
void AddGet(CLI::App& app, Session& session);
// list WHAT [PARENT]: prints resources, a line each; an option that a list does not take is
// refused.
void AddList(CLI::App& app, Session& session);
// search WORD…: finds cases, best first.
void AddSearch(CLI::App& app, Session& session);
// duplicates [CASE]: prints pairs of cases that may be about one person.
void AddDuplicates(CLI::App& app, Session& session);
// explain DEADLINE: prints a deadline with its reasoning.
void AddExplain(CLI::App& app, Session& session);
// what-if NAME: prints which dates would move under other facts, rules or calendars.
void AddWhatIf(CLI::App& app, Session& session);
// public-list diff OLD NEW: who was put on the public list or taken off it, and which cases that
// may be.
void AddPublicList(CLI::App& app, Session& session);
// rules check [DIR], rules explain RULE: reads rule packs, without a service.
void AddRules(CLI::App& app);
// token new FILE: makes a bearer token.
void AddToken(CLI::App& app);

}  // namespace vigil::vigilctl
