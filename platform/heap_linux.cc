#include <malloc.h>

#include "platform/heap.h"

namespace anemon {

// glibc's own values at start; setting them is what keeps it from moving them.
void keep_heap_small() {
#if defined(__GLIBC__)
  constexpr int kLarge = 128 * 1024;
  mallopt(M_MMAP_THRESHOLD, kLarge);
  mallopt(M_TRIM_THRESHOLD, kLarge);
#endif
}

}  // namespace anemon
