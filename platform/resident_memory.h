// How much of this process the system keeps in memory.
#pragma once

namespace anemon {

// For a process that lives long and allocates little: large blocks go back to the system as soon
// as they are freed, instead of raising the size from which blocks count as large. Call it first.
void keep_heap_small();

// Gives back the pages of program and libraries that were only needed to start: linking, the tables
// of error texts that a library loads, and the like. What is used again comes back by itself.
void return_startup_pages();

}  // namespace anemon
