// vigilctl: Vigil for people and scripts.
#include <CLI/CLI.hpp>

#include "vigilctl/commands.h"

int main(int argc, char** argv) {
  using namespace vigil::vigilctl;
  CLI::App app{"Vigil for people and scripts"};
  app.require_subcommand(1);
  app.fallthrough();  // inherited: these options may also stand behind a command
  Session session;
  app.add_option("--address", session.address, "gRPC address of the gateway or of registry-svc")
      ->envname("VIGIL_ADDRESS")
      ->capture_default_str();
  app.add_option("--token-file", session.token_file, "file that holds the bearer token")
      ->envname("VIGIL_TOKEN_FILE")
      ->capture_default_str();
  app.add_flag("--json", session.json, "print JSON");
  AddClock(app);
  AddImport(app, session);
  AddExport(app, session);
  AddGet(app, session);
  AddList(app, session);
  AddSearch(app, session);
  AddDuplicates(app, session);
  AddExplain(app, session);
  AddWhatIf(app, session);
  AddAlerts(app, session);
  AddPublicList(app, session);
  AddRules(app);
  AddToken(app);
  AddAudit(app, session);
  AddErase(app, session);
  AddBackup(app);
  AddRestore(app);
  CLI11_PARSE(app, argc, argv);
}
