// What the kernel's accounting tells of one process (macOS): rusage version 6.
#pragma once

#include <libproc.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace anemon {

enum class ProcessRead : uint8_t { ok, refused, gone };

// Why a call of libproc failed, by errno.
ProcessRead failed_process_read();

ProcessRead read_usage(pid_t pid, rusage_info_v6& usage);

// Memory held for the Neural Engine beside the footprint: now and at its peak.
struct NeuralFootprint {
  uint64_t bytes = 0;
  uint64_t peak_bytes = 0;
};

// By their offset: older SDKs have the fields only as reserved words, and each names more of these.
template <class Usage>
NeuralFootprint neural_footprint(const Usage& usage) {
  constexpr size_t kOffset = 368;  // behind two words of secure time, which follow ri_penergy_nj
  static_assert(sizeof(Usage) == 464 && offsetof(Usage, ri_energy_nj) == kOffset - 32);
  if constexpr (requires { usage.ri_neural_footprint; }) {
    static_assert(offsetof(Usage, ri_neural_footprint) == kOffset &&
                  offsetof(Usage, ri_lifetime_max_neural_footprint) == kOffset + 8);
  }
  uint64_t words[2];
  std::memcpy(words, reinterpret_cast<const char*>(&usage) + kOffset, sizeof words);
  return {words[0], words[1]};
}

// Whether this kernel fills those fields: Darwin 24.4 (macOS 15.4) and later. Before, they are zero
// and say nothing.
bool kernel_counts_neural_footprint();

}  // namespace anemon
