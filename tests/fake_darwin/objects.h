// Inside the fake frameworks: objects with counted references. Memory comes from malloc, so that
// the allocations of the code under test can be counted apart.
#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace anemon::fake {

enum class Kind : uint32_t {
  string = 0x1001,
  number,
  boolean,
  data,
  array,
  dictionary,
  subscription,
  hid_client,
  hid_service,
  hid_event
};

struct Object {
  Kind kind;
  uint32_t mark;  // tells a live object from a released one or from something else
  std::atomic<int64_t> references;
  bool constant;
};

struct Text : Object {
  size_t size;
  char bytes[1];  // and NUL
};

struct Array : Object {
  bool is_mutable;
  CFIndex count, capacity;
  const void** values;
};

// Small: searched from the front.
struct Dictionary : Object {
  bool is_mutable;
  CFIndex count, capacity;
  const void** keys;
  const void** values;
};

// Ends the program as the frameworks do on misuse.
[[noreturn]] void misuse(const char* function, const char* what);

// Memory for an object with one reference; counted.
void* make_object(Kind kind, size_t size);
// `object`, or the end of the program when it is null, released or of another kind.
const Object* checked(const void* object, Kind kind, const char* function);

void count_io_object(int64_t change);  // IOKit's, in the same count

CFStringRef make_text(const char* bytes, size_t size);

}  // namespace anemon::fake
