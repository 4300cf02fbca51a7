#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>

#include "core/error.h"
#include "platform/file_digest.h"

namespace anemon {

struct FileDigest::State {
  struct Free {
    void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};

  static void require(bool done) {
    if (done) return;
    const char* reason = ERR_reason_error_string(ERR_get_error());
    throw Error(fmt::format("no SHA-256 of libcrypto: {}", reason ? reason : "unknown reason"));
  }
};

FileDigest::FileDigest() : state_(std::make_unique<State>()) {
  State::require(state_->context &&
                 EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}

FileDigest::~FileDigest() = default;

void FileDigest::add(std::span<const std::byte> bytes) {
  State::require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

std::string FileDigest::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  State::require(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size) == 1);
  return fmt::format("{:02x}", fmt::join(digest.data(), digest.data() + size, ""));
}

}  // namespace anemon
