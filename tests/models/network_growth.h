// What makers of random operations share: chance, the network so far, and its known shapes.
#pragma once

#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/models/graph_builder.h"
#include "tests/models/reference_costs.h"

namespace anemon::models::test {

class NetworkGrowth {
 protected:
  explicit NetworkGrowth(unsigned seed) : random_(seed) {}

  size_t below(size_t limit) { return random_() % limit; }
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(below(static_cast<size_t>(high - low + 1)));
  }
  template <typename T>
  const T& any(const std::vector<T>& of) {
    return of[below(of.size())];
  }

  ValueId input(const Shape& shape, DataType dtype = DataType::fp16) {
    const ValueId id =
        graph_.input("in" + std::to_string(graph_.function().values.size()), dtype, shape);
    if (dtype == DataType::fp16) values_.push_back(id);
    return id;
  }
  const Shape& shape(ValueId id) {
    const std::vector<Value>& values = graph_.function().values;
    while (shapes_.size() <= id) shapes_.push_back(values[shapes_.size()].type.tensor.shape);
    return shapes_[id];
  }

  // A value of at least `least` and at most `most` dimensions; none when chance finds none.
  std::optional<ValueId> value(size_t least = 1, size_t most = 5) {
    for (int attempt = 0; attempt < 8; ++attempt) {
      const ValueId id = any(values_);
      const size_t rank = shape(id).size();
      if (rank >= least && rank <= most) return id;
    }
    return std::nullopt;
  }

  void add(const std::string& type, std::vector<Argument> arguments, size_t results = 1,
           bool half = true) {
    std::vector<TensorType> types(results, GraphBuilder::unstated());
    const std::vector<ValueId> ids = graph_.add(type, std::move(arguments), types);
    Function& function = graph_.function();
    shape(static_cast<ValueId>(function.values.size() - 1));  // of all operands and results
    ReferenceCost cost = reference_cost(function, function.body.operations.back(), shapes_);
    for (size_t i = 0; i < ids.size() && i < cost.results.size(); ++i) {
      shapes_[ids[i]] = cost.results[i];
      int64_t elements = 1;
      for (const int64_t extent : cost.results[i]) elements *= extent;
      // Small enough to loop over, large enough to go on with.
      if (half && elements > 0 && elements < 3000 && !cost.results[i].empty()) {
        values_.push_back(ids[i]);
      }
    }
    expected_.push_back(std::move(cost));
  }

  // Another operand that broadcasts with this shape.
  ValueId companion(Shape with) {
    for (int64_t& extent : with) {
      if (below(3) == 0) extent = 1;
    }
    if (below(3) == 0 && with.size() > 1) with.erase(with.begin());
    return below(2) == 0 ? graph_.weight(DataType::fp16, with) : input(with);
  }

  std::mt19937 random_;
  GraphBuilder graph_;
  std::vector<ValueId> values_;  // fp16 tensors to go on with
  std::vector<Shape> shapes_;    // by ValueId
  std::vector<ReferenceCost> expected_;
};

}  // namespace anemon::models::test
