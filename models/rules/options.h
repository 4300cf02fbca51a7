// What could be changed about a network without its being wrong as it is: smaller weights, larger
// batches, integer arithmetic. Each appears only where the numbers of the model and chip support
// it.
#pragma once

#include <cstdint>
#include <vector>

#include "models/analysis/analysis.h"
#include "models/rules/recommendations.h"

namespace anemon::models {

// Energy of reading a byte from DRAM in the cost model of the Neural Engine's compiler: a constant
// of that model, not a measurement. Source: 751K microarchitecture study (M6).
inline constexpr double kDramJoulesPerByte = 50e-12;

inline constexpr double kWeightBoundShare = 0.1;            // of the run time, for smaller weights
inline constexpr double kBatchingShare = 0.3;               // bound by weights, for larger batches
inline constexpr double kComputeBoundShare = 0.5;           // for integer arithmetic
inline constexpr double kWorthwhile = 0.05;                 // of the run time, for anything
inline constexpr uint64_t kResidentBytes = 64 * 1024;       // weights that stay in the engine (M6)
inline constexpr uint64_t kLargeWeights = 2 * 1024 * 1024;  // more than one engine's cache (M6)
inline constexpr uint64_t kUsualBatch = 8;
// The most that int8 arithmetic gave on chains of convolutions (M4), however fast the peak is.
inline constexpr double kMostGainOfInt8 = 1.88;

// Every input is one sample, so that there are more to be had in one call.
bool takes_single_samples(const Model& model, const Function& function);

// Each appends at most one recommendation per kind. `function`: index into analysis->functions.
void weight_options(const Report& report, size_t function, std::vector<Recommendation>& all);
void batch_option(const Report& report, size_t function, std::vector<Recommendation>& all);
void integer_option(const Report& report, size_t function, std::vector<Recommendation>& all);

}  // namespace anemon::models
