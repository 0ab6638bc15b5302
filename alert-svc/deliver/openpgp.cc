#include "alert-svc/deliver/openpgp.h"

#include <fmt/format.h>
#include <gpgme.h>
#include <sys/stat.h>

#include <cerrno>
#include <mutex>

#include "absl/status/status.h"

namespace vigil::alert {
namespace {

struct ReleaseContext {
  void operator()(gpgme_ctx_t context) const { gpgme_release(context); }
};
struct ReleaseData {
  void operator()(gpgme_data_t data) const { gpgme_data_release(data); }
};
struct ReleaseKey {
  void operator()(gpgme_key_t key) const { gpgme_key_unref(key); }
};
using Context = std::unique_ptr<gpgme_context, ReleaseContext>;
using Data = std::unique_ptr<gpgme_data, ReleaseData>;
using Key = std::unique_ptr<_gpgme_key, ReleaseKey>;

void InitOnce() {
  static std::once_flag once;
  std::call_once(once, [] { gpgme_check_version(nullptr); });
}

absl::Status Broken(std::string_view what, gpgme_error_t error) {
  return absl::UnavailableError(fmt::format("OpenPGP: {}: {}", what, gpgme_strerror(error)));
}

absl::StatusOr<Context> MakeContext(const std::string& home) {
  gpgme_ctx_t raw = nullptr;
  if (gpgme_error_t error = gpgme_new(&raw)) return Broken("cannot start", error);
  Context context(raw);
  if (gpgme_error_t error =
          gpgme_ctx_set_engine_info(raw, GPGME_PROTOCOL_OpenPGP, nullptr, home.c_str())) {
    return Broken("cannot use its folder", error);
  }
  gpgme_set_armor(raw, 1);
  gpgme_set_textmode(raw, 0);
  return context;
}

absl::StatusOr<Data> MakeData(std::string_view bytes) {
  gpgme_data_t raw = nullptr;
  if (gpgme_error_t error = gpgme_data_new_from_mem(&raw, bytes.data(), bytes.size(), 0)) {
    return Broken("no memory", error);
  }
  return Data(raw);
}

// Imports the key, and finds it as it is now in the keyring.
absl::StatusOr<Key> Import(gpgme_ctx_t context, const std::string& armoured) {
  absl::StatusOr<Data> data = MakeData(armoured);
  if (!data.ok()) return data.status();
  if (gpgme_error_t error = gpgme_op_import(context, data->get())) {
    return gpgme_err_code(error) == GPG_ERR_NO_DATA
               ? absl::InvalidArgumentError("OpenPGP: the receiver's key is no key")
               : Broken("cannot import", error);
  }
  const gpgme_import_result_t result = gpgme_op_import_result(context);
  if (result == nullptr || result->imports == nullptr || result->imports->result != 0 ||
      result->considered != 1) {
    return absl::InvalidArgumentError("OpenPGP: the receiver's key is not exactly one key");
  }
  gpgme_key_t key = nullptr;
  const std::string fingerprint = result->imports->fpr;
  if (gpgme_error_t error = gpgme_get_key(context, fingerprint.c_str(), &key, 0)) {
    return Broken("cannot read the key", error);
  }
  return Key(key);
}

}  // namespace

absl::StatusOr<std::unique_ptr<OpenPgp>> OpenPgp::Open(std::string home) {
  InitOnce();
  if (mkdir(home.c_str(), 0700) != 0 && errno != EEXIST) {
    return absl::UnavailableError(fmt::format("OpenPGP: cannot make {}", home));
  }
  if (gpgme_error_t error = gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP)) {
    return Broken("GnuPG is not there", error);
  }
  return std::unique_ptr<OpenPgp>(new OpenPgp(std::move(home)));
}

absl::StatusOr<std::string> OpenPgp::Encrypt(std::string_view plain, const std::string& key) const {
  absl::StatusOr<Context> context = MakeContext(home_);
  if (!context.ok()) return context.status();
  absl::StatusOr<Key> to = Import(context->get(), key);
  if (!to.ok()) return to.status();
  if ((*to)->expired || (*to)->revoked || (*to)->disabled || (*to)->invalid ||
      !(*to)->can_encrypt) {
    return absl::InvalidArgumentError("OpenPGP: the receiver's key cannot be encrypted to");
  }
  absl::StatusOr<Data> in = MakeData(plain);
  if (!in.ok()) return in.status();
  gpgme_data_t raw = nullptr;
  if (gpgme_error_t error = gpgme_data_new(&raw)) return Broken("no memory", error);
  Data out(raw);
  gpgme_key_t recipients[] = {to->get(), nullptr};
  // Whose key it is was settled when the receiver was set up; there is no web of trust here.
  if (gpgme_error_t error = gpgme_op_encrypt(context->get(), recipients, GPGME_ENCRYPT_ALWAYS_TRUST,
                                             in->get(), out.get())) {
    return Broken("cannot encrypt", error);
  }
  size_t size = 0;
  char* bytes = gpgme_data_release_and_get_mem(out.release(), &size);
  if (bytes == nullptr) return absl::UnavailableError("OpenPGP: no memory");
  std::string armoured(bytes, size);
  gpgme_free(bytes);
  return armoured;
}

}  // namespace vigil::alert
