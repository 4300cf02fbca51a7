// Counts the allocations of a test program. Include it in exactly one file of the program: it
// replaces the global operators new and delete.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace anemon::test {

inline std::atomic<uint64_t>& allocations() {
  static std::atomic<uint64_t> count{0};
  return count;
}

}  // namespace anemon::test

void* operator new(size_t size) {
  anemon::test::allocations().fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
// GCC, inlining, sees free() of what it still takes for the standard operator new.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif
void* operator new[](size_t size) { return ::operator new(size); }
// Replaced too, because what it gives is freed by the operators below (AddressSanitizer checks).
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  anemon::test::allocations().fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
