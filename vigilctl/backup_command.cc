#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "registry-svc/store/backup.h"
#include "vigilctl/commands.h"

namespace vigil::vigilctl {
namespace {

struct BackupArguments {
  std::string file, data = ".vigil", keyring;

  std::string Database() const { return data + "/registry.db"; }
  std::string Keyring() const { return Database() + ".keys"; }
};

void Check(const absl::Status& status) {
  if (!status.ok()) Fail(status);
}

void Backup(const BackupArguments& arguments) {
  Check(registry::BackupDatabase(arguments.Database(), arguments.file));
  fmt::print("{}: written\n", arguments.file);
  // After the database: a key that it needs is there already.
  if (!arguments.keyring.empty()) {
    Check(registry::BackupKeyring(arguments.Keyring(), arguments.keyring));
    fmt::print("{}: written; it opens with {}/master-key, keep them apart\n", arguments.keyring,
               arguments.data);
  }
}

void Restore(const BackupArguments& arguments) {
  if (!arguments.keyring.empty()) {
    if (std::filesystem::exists(arguments.Keyring())) {
      Fail(absl::FailedPreconditionError(
          fmt::format("{}: is there, and knows of every erasure since: leave --keyring out",
                      arguments.Keyring())));
    }
    Check(registry::BackupKeyring(arguments.keyring, arguments.Keyring()));
  }
  const auto restored = registry::RestoreDatabase(arguments.file, arguments.Database());
  if (!restored.ok()) Fail(restored.status());
  fmt::print("{}: restored to revision {}; its journal is {}\n", arguments.Database(),
             restored->head.journal().number(), restored->head.journal_id());
  if (!restored->put_aside.empty()) {
    fmt::print("what was there is {}\n", restored->put_aside);
  }
}

}  // namespace

void AddBackup(CLI::App& app) {
  auto arguments = std::make_shared<BackupArguments>();
  auto* backup = app.add_subcommand(
      "backup", "copies the registry's database, also while it runs; keys are not in it");
  backup->add_option("FILE", arguments->file, "the backup to write; must not be there")->required();
  backup->add_option("--data", arguments->data, "the data folder")->capture_default_str();
  backup->add_option("--keyring", arguments->keyring,
                     "also copies the keys of cases to this file, replacing the copy of before");
  backup->callback([arguments] { Backup(*arguments); });
}

void AddRestore(CLI::App& app) {
  auto arguments = std::make_shared<BackupArguments>();
  auto* restore = app.add_subcommand(
      "restore", "verifies a backup and puts it in the place of the database; stop Vigil first");
  restore->add_option("FILE", arguments->file, "the backup")->required()->check(CLI::ExistingFile);
  restore->add_option("--data", arguments->data, "the data folder")->capture_default_str();
  restore->add_option("--keyring", arguments->keyring,
                      "a copy of the keys of cases, for a folder that has none");
  restore->callback([arguments] { Restore(*arguments); });
}

}  // namespace vigil::vigilctl
