// Inside the fake IOKit: what a Mach port stands for. Room for a fixed number, so that calls do
// not allocate.
#pragma once

#include <IOKit/IOKitLib.h>

#include <array>
#include <cstdint>

namespace anemon::fake {

constexpr size_t kMostFound = 256;

struct IoObject {
  enum class Kind : uint8_t { none, entry, iterator, connection };
  Kind kind = Kind::none;
  uint64_t entry = 0;                      // the registry's identity of an entry or a service
  std::array<uint64_t, kMostFound> found;  // of an iterator
  size_t found_count = 0, next = 0;
};

io_object_t make_io_object(IoObject::Kind kind);
// The object, or null when it is none of that kind.
IoObject* io_object(io_object_t port, IoObject::Kind kind);
void drop_io_object(io_object_t port, const char* function);

}  // namespace anemon::fake
