// Noise that is the same on every standard library, whose distributions differ.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

namespace anemon::profiler {

class Noise {
 public:
  explicit Noise(uint64_t seed) : bits_(seed) {}

  double uniform() { return (static_cast<double>(bits_() >> 11) + 0.5) * 0x1p-53; }  // in (0, 1)

  double normal() {  // Box and Muller
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

  std::vector<double> normals(size_t n, double mean = 0, double deviation = 1) {
    std::vector<double> values(n);
    for (double& value : values) value = mean + deviation * normal();
    return values;
  }

  // As latencies are: skewed, with a long tail upwards; the median is `median`.
  std::vector<double> latencies(size_t n, double median = 1, double deviation = 0.1) {
    std::vector<double> values(n);
    for (double& value : values) value = median * std::exp(deviation * normal());
    return values;
  }

  // AR(1) of mean 0 and variance 1; its integrated autocorrelation time is (1 + phi) / (1 - phi).
  std::vector<double> autoregressive(size_t n, double phi) {
    std::vector<double> values(n);
    double value = normal();
    for (double& next : values) {
      next = value;
      value = phi * value + std::sqrt(1 - phi * phi) * normal();
    }
    return values;
  }

 private:
  std::mt19937_64 bits_;
};

}  // namespace anemon::profiler
