#pragma once

#include <mach/mach_types.h>

struct alignas(8) vm_statistics64 {
  natural_t free_count, active_count, inactive_count, wire_count;
  uint64_t zero_fill_count, reactivations, pageins, pageouts, faults, cow_faults;
  uint64_t lookups, hits, purges;
  natural_t purgeable_count, speculative_count;
  uint64_t decompressions, compressions, swapins, swapouts;
  natural_t compressor_page_count, throttled_count, external_page_count, internal_page_count;
  uint64_t total_uncompressed_pages_in_compressor;
};
typedef vm_statistics64 vm_statistics64_data_t;
static_assert(sizeof(vm_statistics64) == 152);
