// Whether two runs computed the same: their outputs side by side, number by number. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "profiler/runner/runner_process.h"

namespace anemon::profiler {

// A cosine below means that engines do not compute the same; fp16 stays well above it, where a
// relative error of single numbers says nothing (a value near 0 can be off by any factor).
inline constexpr double kAgreeingCosine = 0.999;

struct Agreement {
  // Of the pairs in which both numbers are finite. Cosine: of the output that agrees least; 1 of
  // two outputs of zeros, 0 where one of them alone is. Unset: there was no such pair.
  std::optional<double> cosine;
  std::optional<double> max_error;  // largest absolute difference, of all outputs
  uint64_t compared = 0;            // such pairs
  uint64_t not_compared = 0;        // elements that were not kept
  // Pairs of which one is NaN or infinite and the other is not the same.
  uint64_t one_sided = 0;
  bool identical = false;  // every element of every output, bit by bit; also those not kept
  // What else differs, a sentence each: an output that is missing, a label, sizes.
  std::vector<std::string> differences;

  bool agrees() const {
    return identical ||
           (one_sided == 0 && differences.empty() && cosine.value_or(0) >= kAgreeingCosine);
  }
  std::string words() const;
};

// By the outputs' names; numbers of a dictionary are paired by their keys.
Agreement compare_outputs(const std::vector<OutputResult>& reference,
                          const std::vector<OutputResult>& other);

// The section `agreement` of a result; `reference`: the name of the run compared with.
Json agreement_section(const Agreement& agreement, const std::string& reference);

}  // namespace anemon::profiler
