// Keys of cases: what is confidential is sealed before it reaches a disk, and forgotten by
// destroying its key (docs/adr: keys of cases).
//
// Each case and dossier with confidential content has a random key. The keys lie in a keyring, a
// small SQLite file beside the database, each wrapped with the master key, which lies in a file of
// its own. Neither is part of a backup of the database, so that a key that is destroyed is gone for
// the backups too. Sealed text: a version byte, the key's id (16 bytes), a nonce (24), and
// XChaCha20-Poly1305 with the name of what was sealed as additional data.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "registry-svc/store/sqlite.h"

namespace vigil::registry {

class Vault {
 public:
  struct Options {
    // The SQLite file of the keys.
    std::string keyring;
    // 64 hexadecimal digits.
    std::string master_key_file;
  };
  // What a sealed text held.
  struct Opened {
    std::string text;
    // When its key was destroyed: the text is gone for good. InfiniteFuture: it was not.
    absl::Time erased = absl::InfiniteFuture();
  };

  // Opens or creates the keyring. The master key is made, mode 0600, where there is none and the
  // keyring holds no key. FAILED_PRECONDITION where it is missing or that of another keyring;
  // errors of sqlite.h.
  static absl::StatusOr<std::unique_ptr<Vault>> Open(const Options& options);
  ~Vault();

  // Seals a text under the key of `parent`, drawn where it has none; it opens only under the same
  // `name`. The key is durable after the next Flush: nothing sealed may reach the disk before it.
  // Writer's thread.
  std::string Seal(std::string_view parent, std::string_view name, std::string_view text);
  // Makes the keys drawn since the last time durable. Costs nothing where there are none. Writer's
  // thread.
  absl::Status Flush();

  // Any thread. DATA_LOSS where the keyring lacks the key, or the text was changed or moved.
  absl::StatusOr<Opened> Unseal(std::string_view name, std::string_view sealed) const;

  // A print of a text under a secret of the master key: 32 bytes, the same for the same text. Who
  // has the database alone cannot tell from it whether a guess at the text is right. Any thread.
  std::string Print(std::string_view text) const;

  // From now on texts of `parent` are sealed under another key. Returns the ids of those that it
  // had. Writer's thread.
  std::vector<std::string> Retire(std::string_view parent);
  // Destroys keys, for good and durably; ids of unknown and of destroyed keys are passed over.
  // After an error they are gone from memory and may be on disk still: the next call, whatever its
  // ids, finishes it. Writer's thread.
  absl::Status Destroy(const std::vector<std::string>& ids, absl::Time now);

 private:
  using Bytes = std::array<unsigned char, 32>;
  struct Key {
    std::string parent;
    Bytes bytes{};
    // Seconds since the epoch; 0: it lives.
    int64_t destroyed = 0;
  };

  explicit Vault(Database keyring) : keyring_(std::move(keyring)) {}
  absl::Status Load(const Options& options);
  absl::Status ReadKeys(const Options& options);
  std::string Wrap(std::string_view id, const Key& key) const;
  bool Unwrap(std::string_view id, std::string_view wrapped, Key& key) const;
  absl::Status Write(const std::vector<std::string>& ids);

  Database keyring_;  // writer's thread
  Bytes master_{};
  Bytes print_key_{};  // of the master key
  mutable absl::Mutex mutex_;
  std::unordered_map<std::string, Key> keys_ ABSL_GUARDED_BY(mutex_);
  // Id of the key that seals, by parent.
  std::map<std::string, std::string, std::less<>> sealing_ ABSL_GUARDED_BY(mutex_);
  // Not yet on disk: keys drawn, and keys destroyed.
  std::vector<std::string> drawn_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> dying_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil::registry
