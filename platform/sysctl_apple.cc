#include "platform/sysctl_apple.h"

#include <array>
#include <cstring>
#include <string_view>

namespace anemon {

std::optional<uint64_t> sysctl_number(const char* name) {
  std::array<char, sizeof(uint64_t)> bytes{};
  size_t size = bytes.size();
  if (::sysctlbyname(name, bytes.data(), &size, nullptr, 0) != 0) return std::nullopt;
  if (size == sizeof(uint64_t)) {
    uint64_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  int32_t number = 0;
  if (size != sizeof number) return std::nullopt;
  std::memcpy(&number, bytes.data(), sizeof number);
  if (number < 0) return std::nullopt;
  return static_cast<uint64_t>(number);
}

std::string sysctl_text(const char* name) {
  std::array<char, 256> text{};
  size_t size = text.size();
  if (::sysctlbyname(name, text.data(), &size, nullptr, 0) != 0) return {};
  const std::string_view filled(text.data(), size);
  return std::string(filled.substr(0, filled.find('\0')));
}

}  // namespace anemon
