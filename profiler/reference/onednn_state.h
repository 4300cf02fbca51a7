// Inside of the primitives: what only onednn*.cc may include.
#pragma once

#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>
#include <utility>
#include <vector>

#include "profiler/reference/onednn.h"

namespace anemon::profiler::reference {

struct Layout::Form {
  dnnl::memory::desc desc;
  models::Shape image;
};

namespace onednn {

const dnnl::engine& engine();
dnnl::stream& stream();

dnnl::memory::dims dims_of(const Shape& shape);
dnnl::memory::desc plain_desc(const Shape& shape);
dnnl::memory::desc any_desc(const Shape& shape);
// How a tensor of that layout lies in memory, seen as `shape` when it is plain.
dnnl::memory::desc desc_of(const Shape& shape, const Layout& layout);
Layout layout_of(const dnnl::memory::desc& desc);  // plain where rows lie one after the other

struct Primitive::State {
  struct Operand {
    dnnl::memory memory;
    int argument;  // DNNL_ARG_
  };
  dnnl::primitive primitive;
  std::vector<dnnl::memory::desc> sources;
  std::vector<int> source_arguments;
  dnnl::memory::desc destination;
  std::vector<Operand> weights;  // packed, with memory of their own
  size_t weight_bytes = 0;

  void source(const dnnl::memory::desc& desc, int argument);
  // Takes a copy of plain weights in the order that `wanted` asks for.
  void keep(std::span<const float> elements, const dnnl::memory::desc& plain,
            const dnnl::memory::desc& wanted, int argument);
};

}  // namespace onednn
}  // namespace anemon::profiler::reference
