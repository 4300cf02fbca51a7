#include "profiler/runner/output_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace anemon::profiler {
namespace {

// FNV-1a (Fowler, Noll, Vo).
class Checksum {
 public:
  void add(uint8_t byte) { hash_ = (hash_ ^ byte) * 0x100000001b3; }
  void add(float number) {
    const auto bits = std::bit_cast<uint32_t>(number);
    for (int shift = 0; shift < 32; shift += 8) add(static_cast<uint8_t>(bits >> shift));
  }
  std::string text() const { return fmt::format("{:016x}", hash_); }

 private:
  uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace

Results summary(const FeatureValue& value) {
  Results results;
  results.value.name = value.name;
  results.value.shape = value.shape;
  results.value.text = value.text;
  results.value.dictionary = value.dictionary;
  results.count = value.numbers.size();
  ResultStatistics& statistics = results.statistics;
  Checksum checksum;
  double sum = 0;
  double squares = 0;
  uint64_t finite = 0;
  for (const float number : value.numbers) {
    checksum.add(number);
    if (std::isnan(number)) {
      ++statistics.not_a_number;
    } else if (std::isinf(number)) {
      ++statistics.infinite;
    } else {
      const double exact = number;
      statistics.least = finite == 0 ? exact : std::min(statistics.least, exact);
      statistics.most = finite == 0 ? exact : std::max(statistics.most, exact);
      sum += exact;
      squares += exact * exact;
      ++finite;
    }
  }
  if (finite > 0) {
    statistics.mean = sum / static_cast<double>(finite);
    statistics.rms = std::sqrt(squares / static_cast<double>(finite));
  }
  results.checksum = checksum.text();
  return results;
}

}  // namespace anemon::profiler
