// How the system's allocator treats this process.
#pragma once

namespace anemon {

// For a process that lives long and allocates little: large blocks go back to the system as soon
// as they are freed, instead of raising the size from which blocks count as large. Call it first.
void keep_heap_small();

}  // namespace anemon
