#include <CommonCrypto/CommonDigest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "platform/file_digest.h"

namespace anemon {

struct FileDigest::State {
  CC_SHA256_CTX context{};
};

FileDigest::FileDigest() : state_(std::make_unique<State>()) { CC_SHA256_Init(&state_->context); }

FileDigest::~FileDigest() = default;

void FileDigest::add(std::span<const std::byte> bytes) {
  constexpr size_t kLargest = size_t{1} << 30;  // lengths are 32 bits wide there
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(bytes.size(), kLargest));
    CC_SHA256_Update(&state_->context, piece.data(), static_cast<CC_LONG>(piece.size()));
    bytes = bytes.subspan(piece.size());
  }
}

std::string FileDigest::hex() {
  std::array<unsigned char, CC_SHA256_DIGEST_LENGTH> digest{};
  CC_SHA256_Final(digest.data(), &state_->context);
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

}  // namespace anemon
