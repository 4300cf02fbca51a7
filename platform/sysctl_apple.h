// Values of the kernel by their sysctl names (macOS).
#pragma once

#include <sys/sysctl.h>

#include <cstdint>
#include <optional>
#include <string>

namespace anemon {

// An integer of four or eight bytes; unset when there is no such value, or it is none.
std::optional<uint64_t> sysctl_number(const char* name);

// Empty when there is no such text.
std::string sysctl_text(const char* name);

// A structure; false, and `value` without meaning, unless the kernel's is exactly as large.
template <class Structure>
bool sysctl_structure(const char* name, Structure& value) {
  size_t size = sizeof value;
  return ::sysctlbyname(name, &value, &size, nullptr, 0) == 0 && size == sizeof value;
}

}  // namespace anemon
