#include "sdk/client/last_error.h"

#include <algorithm>
#include <cstring>

namespace anemon {
namespace {

constexpr size_t kMaxBytes = 512;
thread_local char text_of_this_thread[kMaxBytes] = "";

}  // namespace

void set_last_error(std::string_view text) noexcept {
  const size_t size = std::min(text.size(), kMaxBytes - 1);
  std::memcpy(text_of_this_thread, text.data(), size);
  text_of_this_thread[size] = '\0';
}

const char* last_error() noexcept { return text_of_this_thread; }

}  // namespace anemon
