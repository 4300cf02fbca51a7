#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include "platform/resident_memory.h"

namespace anemon {

// glibc's own values at start; setting them is what keeps it from moving them.
void keep_heap_small() {
#if defined(__GLIBC__)
  constexpr int kLarge = 128 * 1024;
  mallopt(M_MMAP_THRESHOLD, kLarge);
  mallopt(M_TRIM_THRESHOLD, kLarge);
#endif
}

// Segments that may not be written hold what the file holds, so that dropping them loses nothing.
// (Relocated data that is sealed later lies in a segment that says it is writable.)
void return_startup_pages() {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
  dl_iterate_phdr(
      [](dl_phdr_info* object, size_t, void*) {
        const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
        for (int i = 0; i < object->dlpi_phnum; ++i) {
          const auto& segment = object->dlpi_phdr[i];
          if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
          // The last page may be shared with the next segment: only whole pages.
          const uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
          const uintptr_t end = begin + segment.p_memsz;
          const uintptr_t first = (begin + page - 1) / page * page;
          const uintptr_t last = end / page * page;
          if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
        }
        return 0;
      },
      nullptr);
}

}  // namespace anemon
