// What the kernel's accounting tells of one process (macOS): rusage version 6.
#pragma once

#include <libproc.h>

#include <cstdint>
#include <optional>

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

// SDKs before macOS 15.4 have the fields only as reserved words.
template <class Usage>
NeuralFootprint neural_footprint(const Usage& usage) {
  if constexpr (requires { usage.ri_neural_footprint; }) {
    return {usage.ri_neural_footprint, usage.ri_lifetime_max_neural_footprint};
  } else {
    return {usage.ri_reserved[2], usage.ri_reserved[3]};
  }
}

// Whether this kernel fills those fields: Darwin 24.4 (macOS 15.4) and later. Before, they are zero
// and say nothing.
bool kernel_counts_neural_footprint();

}  // namespace anemon
