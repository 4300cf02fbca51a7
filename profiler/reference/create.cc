#include <algorithm>
#include <cmath>
#include <random>

#include "profiler/reference/families.h"

namespace anemon::profiler::reference {

Kernel fill(StepBuilder& step) {
  const float value = step.number("value", 0);
  const Tensor y = step.result();
  return [=] { std::fill_n(y.data(), y.count(), value); };
}

Kernel range_1d(StepBuilder& step) {
  const Tensor y = step.result();
  const bool known = step.constant("start") && step.constant("step");
  if (!known) {
    const Tensor start = step.plain("start");
    const Tensor each = step.plain("step");
    return [=] {
      for (size_t i = 0; i < y.count(); ++i) {
        y.data()[i] = *start.data() + static_cast<float>(i) * *each.data();
      }
    };
  }
  const float start = step.number("start", 0);
  const float each = step.number("step", 1);
  return [=] {
    for (size_t i = 0; i < y.count(); ++i) y.data()[i] = start + static_cast<float>(i) * each;
  };
}

Kernel shape_of(StepBuilder& step) {
  const Shape shape = step.type("x").shape;
  const Tensor y = step.result();
  return [=] { std::copy(shape.begin(), shape.end(), y.data()); };
}

// Every run draws anew from one sequence; it begins with the seed that the file gives.
Kernel random(StepBuilder& step) {
  const std::string& type = step.operation().type;
  const auto seed = static_cast<uint32_t>(std::max<int64_t>(step.integer("seed", 0), 0));
  const auto numbers = std::make_shared<std::mt19937>(seed);
  const Tensor y = step.result();
  if (type.find("ormal") != std::string::npos) {
    std::normal_distribution<float> normal(step.number("mean", 0), step.number("stddev", 1));
    return
        [=]() mutable { std::generate_n(y.data(), y.count(), [&] { return normal(*numbers); }); };
  }
  if (type.find("niform") != std::string::npos) {
    std::uniform_real_distribution<float> uniform(step.number("low", 0), step.number("high", 1));
    return
        [=]() mutable { std::generate_n(y.data(), y.count(), [&] { return uniform(*numbers); }); };
  }
  if (type.find("ernoulli") != std::string::npos) {
    std::bernoulli_distribution bernoulli(static_cast<double>(step.number("prob", 0.5F)));
    return [=]() mutable {
      std::generate_n(y.data(), y.count(), [&] { return bernoulli(*numbers) ? 1.0F : 0.0F; });
    };
  }
  // random_categorical: `size` draws from each row of x.
  const Tensor x = step.plain("x");
  const bool logits = step.text("mode", "logits") == "logits";
  const auto classes = static_cast<size_t>(x.shape().back());
  const size_t draws = y.count() / std::max<size_t>(x.count() / classes, 1);
  return [=] {
    for (size_t i = 0; i < y.count(); ++i) {
      const float* row = x.data() + i / draws * classes;
      std::vector<double> weights;
      for (size_t c = 0; c < classes; ++c) {
        const auto value = static_cast<double>(row[c]);
        weights.push_back(logits ? std::exp(value) : value);
      }
      std::discrete_distribution<int> draw(weights.begin(), weights.end());
      y.data()[i] = static_cast<float>(draw(*numbers));
    }
  };
}

}  // namespace anemon::profiler::reference
