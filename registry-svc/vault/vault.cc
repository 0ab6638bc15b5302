#include "registry-svc/vault/vault.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "registry-svc/vault/master_key.h"

namespace vigil::registry {
namespace {

constexpr char kVersion = 1;
constexpr size_t kId = 16;
constexpr size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);

// A key that is destroyed keeps its row without the key: what it sealed is erased, not damaged.
constexpr char kSchema[] = R"sql(
PRAGMA secure_delete=ON;
PRAGMA busy_timeout=250;
CREATE TABLE IF NOT EXISTS keys(
  id BLOB PRIMARY KEY, parent TEXT NOT NULL, wrapped BLOB NOT NULL, destroyed INTEGER NOT NULL)
  STRICT, WITHOUT ROWID;
)sql";

// Eight characters, for libsodium; never to be changed: prints would differ.
constexpr char kPrintContext[] = "requests";

const unsigned char* Data(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string Encrypt(const std::array<unsigned char, 32>& key, std::string_view text,
                    std::string_view bound_to) {
  std::string out(kNonce + text.size() + kTag, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  randombytes_buf(bytes, kNonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + kNonce, nullptr, Data(text), text.size(),
                                             Data(bound_to), bound_to.size(), nullptr, bytes,
                                             key.data());
  return out;
}

// Into `size` bytes at `out`, which is the length of the text.
bool Decrypt(const std::array<unsigned char, 32>& key, std::string_view sealed,
             std::string_view bound_to, unsigned char* out) {
  return crypto_aead_xchacha20poly1305_ietf_decrypt(out, nullptr, nullptr, Data(sealed) + kNonce,
                                                    sealed.size() - kNonce, Data(bound_to),
                                                    bound_to.size(), Data(sealed), key.data()) == 0;
}

absl::Status Unreadable(std::string_view name, std::string_view what) {
  return absl::DataLossError(fmt::format("{}: {}", name, what));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(const Options& options) {
  if (sodium_init() < 0) return absl::InternalError("libsodium cannot be set up");
  absl::StatusOr<Database> keyring = Database::Open(options.keyring);
  if (!keyring.ok()) return keyring.status();
  std::unique_ptr<Vault> vault(new Vault(*std::move(keyring)));
  if (absl::Status s = vault->Load(options); !s.ok()) return s;
  return vault;
}

Vault::~Vault() {
  sodium_memzero(master_.data(), master_.size());
  sodium_memzero(print_key_.data(), print_key_.size());
  absl::MutexLock lock(&mutex_);
  for (auto& [id, key] : keys_) sodium_memzero(key.bytes.data(), key.bytes.size());
}

absl::Status Vault::Load(const Options& options) {
  if (absl::Status s = keyring_.Execute(kSchema); !s.ok()) return s;
  absl::StatusOr<int64_t> count = keyring_.QueryInteger("SELECT count(*) FROM keys");
  if (!count.ok()) return count.status();
  absl::StatusOr<Bytes> master = ReadMasterKey(options.master_key_file);
  if (absl::IsNotFound(master.status()) && *count == 0) {
    if (absl::Status s = MakeMasterKey(options.master_key_file); !s.ok()) return s;
    master = ReadMasterKey(options.master_key_file);
  }
  if (absl::IsNotFound(master.status())) {
    return absl::FailedPreconditionError(
        fmt::format("{}: put it back: without it nothing confidential can be read",
                    std::string(master.status().message())));
  }
  if (!master.ok()) return master.status();
  master_ = *master;
  static_assert(crypto_kdf_KEYBYTES == sizeof(Bytes));
  crypto_kdf_derive_from_key(print_key_.data(), print_key_.size(), 1, kPrintContext,
                             master_.data());
  return ReadKeys(options);
}

absl::Status Vault::ReadKeys(const Options& options) {
  absl::StatusOr<Statement> rows =
      keyring_.Prepare("SELECT id, parent, wrapped, destroyed FROM keys");
  if (!rows.ok()) return rows.status();
  absl::MutexLock lock(&mutex_);
  absl::StatusOr<bool> row = true;
  while ((row = rows->Step()).ok() && *row) {
    std::string id(rows->Blob(0));
    Key key{.parent = std::string(rows->Text(1)), .destroyed = rows->Integer(3)};
    if (key.destroyed == 0) {
      if (!Unwrap(id, rows->Blob(2), key)) {
        return absl::FailedPreconditionError(
            fmt::format("{}: not the master key of the keyring {}: put back the right one",
                        options.master_key_file, options.keyring));
      }
      sealing_[key.parent] = id;
    }
    keys_.emplace(std::move(id), std::move(key));
  }
  return row.status();
}

std::string Vault::Wrap(std::string_view id, const Key& key) const {
  const std::string_view bytes(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
  return Encrypt(master_, bytes, std::string(id) + key.parent);
}

bool Vault::Unwrap(std::string_view id, std::string_view wrapped, Key& key) const {
  return wrapped.size() == kNonce + key.bytes.size() + kTag &&
         Decrypt(master_, wrapped, std::string(id) + key.parent, key.bytes.data());
}

std::string Vault::Print(std::string_view text) const {
  std::string out(32, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(), Data(text),
                     text.size(), print_key_.data(), print_key_.size());
  return out;
}

std::string Vault::Seal(std::string_view parent, std::string_view name, std::string_view text) {
  absl::MutexLock lock(&mutex_);
  auto at = sealing_.find(parent);
  if (at == sealing_.end()) {
    std::string id(kId, '\0');
    randombytes_buf(id.data(), id.size());
    Key& key = keys_[id];
    key.parent = std::string(parent);
    randombytes_buf(key.bytes.data(), key.bytes.size());
    drawn_.push_back(id);
    at = sealing_.emplace(key.parent, std::move(id)).first;
  }
  return kVersion + at->second + Encrypt(keys_.at(at->second).bytes, text, name);
}

absl::Status Vault::Flush() {
  std::vector<std::string> drawn;
  {
    absl::MutexLock lock(&mutex_);
    drawn = drawn_;
  }
  if (drawn.empty()) return absl::OkStatus();
  if (absl::Status s = Write(drawn); !s.ok()) return s;
  absl::MutexLock lock(&mutex_);
  drawn_.clear();
  return absl::OkStatus();
}

// Writes keys as they are in memory, in one transaction.
absl::Status Vault::Write(const std::vector<std::string>& ids) {
  absl::StatusOr<Statement> put = keyring_.Prepare("INSERT OR REPLACE INTO keys VALUES(?,?,?,?)");
  if (!put.ok()) return put.status();
  absl::Status status = keyring_.Execute("BEGIN IMMEDIATE");
  if (!status.ok()) return status;
  for (const std::string& id : ids) {
    Key key;
    {
      absl::MutexLock lock(&mutex_);
      key = keys_.at(id);
    }
    const std::string wrapped = key.destroyed == 0 ? Wrap(id, key) : std::string();
    put->BindBlob(1, id).Bind(2, key.parent).BindBlob(3, wrapped).Bind(4, key.destroyed);
    status = put->Run();
    sodium_memzero(key.bytes.data(), key.bytes.size());
    if (!status.ok()) break;
  }
  if (status.ok()) status = keyring_.Execute("COMMIT");
  if (!status.ok()) (void)keyring_.Execute("ROLLBACK");
  return status;
}

absl::StatusOr<Vault::Opened> Vault::Unseal(std::string_view name, std::string_view sealed) const {
  if (sealed.size() < 1 + kId + kNonce + kTag || sealed[0] != kVersion) {
    return Unreadable(name, "what is sealed is damaged: restore the database from a backup");
  }
  const std::string id(sealed.substr(1, kId));
  sealed.remove_prefix(1 + kId);
  Opened opened;
  absl::ReaderMutexLock lock(&mutex_);
  const auto key = keys_.find(id);
  if (key == keys_.end()) {
    return Unreadable(name, "the keyring lacks its key: put back the keyring of this database");
  }
  if (key->second.destroyed != 0) {
    opened.erased = absl::FromUnixSeconds(key->second.destroyed);
    return opened;
  }
  opened.text.resize(sealed.size() - kNonce - kTag);
  if (!Decrypt(key->second.bytes, sealed, name,
               reinterpret_cast<unsigned char*>(opened.text.data()))) {
    return Unreadable(name, "what is sealed was changed: restore the database from a backup");
  }
  return opened;
}

std::vector<std::string> Vault::Retire(std::string_view parent) {
  std::vector<std::string> ids;
  absl::MutexLock lock(&mutex_);
  for (const auto& [id, key] : keys_) {
    if (key.parent == parent && key.destroyed == 0) ids.push_back(id);
  }
  if (const auto at = sealing_.find(parent); at != sealing_.end()) sealing_.erase(at);
  return ids;
}

absl::Status Vault::Destroy(const std::vector<std::string>& ids, absl::Time now) {
  std::vector<std::string> dying;
  {
    absl::MutexLock lock(&mutex_);
    for (const std::string& id : ids) {
      const auto at = keys_.find(id);
      if (at == keys_.end() || at->second.destroyed != 0) continue;
      at->second.destroyed = std::max<int64_t>(1, absl::ToUnixSeconds(now));
      sodium_memzero(at->second.bytes.data(), at->second.bytes.size());
      const auto seals = sealing_.find(at->second.parent);
      if (seals != sealing_.end() && seals->second == id) sealing_.erase(seals);
      std::erase(drawn_, id);
      dying_.push_back(id);
    }
    dying = dying_;
  }
  if (dying.empty()) return absl::OkStatus();
  if (absl::Status s = Write(dying); !s.ok()) return s;
  // The log still holds the page as it was; a reader of the keyring can be in the way.
  absl::StatusOr<int64_t> busy = keyring_.QueryInteger("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!busy.ok()) return busy.status();
  if (*busy != 0) return absl::UnavailableError("the keyring is being read: try again");
  absl::MutexLock lock(&mutex_);
  dying_.clear();
  return absl::OkStatus();
}

}  // namespace vigil::registry
