// Limits of rules and recommendations that belong to no chip, each where it is from in the row of
// its rule (docs/rules.md).
#pragma once

#include <cstdint>

namespace anemon::models {

inline constexpr double kDispatchBoundSeconds = 0.25e-3;    // PF-1
inline constexpr uint64_t kSlowToCompileOperations = 500;   // CP-1
inline constexpr uint64_t kSlowToCompileBytes = 300000000;  // CP-1
inline constexpr uint64_t kDeepChain = 380;                 // CP-3
inline constexpr uint64_t kManySwitches = 4;                // MX-1

inline constexpr double kWastefulPadding = 4;                // SH-2: times the packed size
inline constexpr uint64_t kSmallTensorBytes = 64 * 1024;     // SH-2, with its padding
inline constexpr int64_t kLargestExtent = 65536;             // SH-3, on any chip
inline constexpr int64_t kLargestOldExtent = 16384;          // SH-3, up to M3 and A16
inline constexpr int64_t kSlowKernelArea = 169;              // SH-6
inline constexpr int64_t kLargestTestedAverage = 14;         // SH-7
inline constexpr uint64_t kHugeActivationBytes = 100000000;  // SH-14

inline constexpr uint64_t kLargestWeightFile = uint64_t{1} << 31;  // WT-1
inline constexpr uint64_t kLargestChunk = 1000000000;              // WT-2
inline constexpr double kSmallBitsPerWeight = 6.5;                 // WT-2: 6 bits and their tables
inline constexpr double kAccumulatorLimit = 32768;                 // DT-5

}  // namespace anemon::models
