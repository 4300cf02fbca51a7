#include "platform/resident_memory.h"

namespace anemon {

void keep_heap_small() {}       // it does so by itself
void return_startup_pages() {}  // the shared cache of libraries belongs to all processes

}  // namespace anemon
