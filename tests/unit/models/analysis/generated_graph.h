// Random graphs whose shapes are known from the slow reference.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/models/graph_builder.h"
#include "tests/models/reference_shapes.h"

namespace anemon::models::test {

class GeneratedGraph {
 public:
  struct Known {
    ValueId id;
    Extents shape;
  };

  explicit GeneratedGraph(uint64_t seed, size_t operations);

  GraphBuilder& graph() { return graph_; }
  const std::vector<Known>& values() const { return values_; }  // inputs and results

  // Kinds that all generated graphs together must have held.
  static const std::vector<std::string>& kinds();

 private:
  using Step = bool (GeneratedGraph::*)();  // false: does not go with what there is
  static const std::vector<std::pair<std::string, Step>>& steps();

  int64_t pick(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }
  bool chance() { return pick(0, 1) == 1; }
  const Known& any();
  // A value of this rank: an earlier one, or a new input.
  Known of_rank(size_t rank);
  Known input(Extents shape);
  Extents small_shape(size_t rank);
  int64_t axis_of(const Known& x, size_t axis);  // counted from either end
  bool small(const Extents& shape) const;

  bool add(const std::string& type, std::vector<Argument> arguments, Extents expected);
  bool add_all(const std::string& type, std::vector<Argument> arguments,
               const std::vector<Extents>& expected);
  ValueId list(const Extents& elements) { return graph_.integers(elements); }

  bool unary();
  bool binary();
  bool compare();
  bool select();
  bool cast();
  bool conv();
  bool conv_transpose();
  bool pool();
  bool linear();
  bool matmul();
  bool einsum();
  bool attention();
  bool reduce();
  bool reduce_arg();
  bool topk();
  bool reshape();
  bool squeeze();
  bool expand_dims();
  bool flatten2d();
  bool transpose();
  bool concat();
  bool stack();
  bool split();
  bool tile();
  bool pad();
  bool slice_by_index();
  bool slice_by_size();
  bool gather();
  bool gather_nd();
  bool one_hot();
  bool range_1d();
  bool upsample();
  bool depth_to_space();
  bool space_to_depth();
  bool sliding_windows();
  bool lstm();
  bool reshape_by_shape();

  std::mt19937_64 random_;
  GraphBuilder graph_;
  std::vector<Known> values_;
};

}  // namespace anemon::models::test
