#include <algorithm>

#include "profiler/reference/families.h"
#include "profiler/reference/nest.h"

namespace anemon::profiler::reference {
namespace {

struct Part {
  Tensor tensor;
  BlockCopy copy;
};

// Images whose channels are joined, at least one in a layout of oneDNN's. Empty: it is no such
// case.
Kernel joined_channels(StepBuilder& step, size_t axis) {
  std::vector<Tensor> made;
  const Tensor* blocked = nullptr;
  for (size_t i = 0; i < step.count("values"); ++i) made.push_back(step.as_made("values", i));
  for (const Tensor& each : made) {
    if (!each.layout.plain()) blocked = &each;
  }
  if (blocked == nullptr) return {};
  const Shape& image = blocked->layout.image();
  const size_t rank = blocked->rank();
  if (axis + image.size() - 1 != rank) return {};
  std::vector<Shape> images;
  std::vector<Layout> layouts;
  std::vector<const Buffer*> buffers;
  for (const Tensor& each : made) {
    Shape own = image;
    own[1] = each.shape()[axis];
    if (!each.layout.plain() && each.layout.image() != own) return {};
    images.push_back(std::move(own));
    layouts.push_back(each.layout);
    buffers.push_back(each.buffer);
  }
  const onednn::Primitive primitive = onednn::concatenate_channels(images, layouts);
  const Tensor y = step.result(0, primitive.destination());
  return step.kernel(primitive, buffers, y.buffer);
}

Kernel parts_kernel(std::vector<Part> parts, const Tensor& whole, bool joins) {
  return [parts = std::move(parts), whole, joins] {
    for (const Part& part : parts) {
      if (joins) {
        part.copy.run(whole.data(), part.tensor.data());
      } else {
        part.copy.run(part.tensor.data(), whole.data());
      }
    }
  };
}

}  // namespace

Kernel concat(StepBuilder& step) {
  const size_t rank = step.result_type().shape.size();
  const size_t axis = step.axis("axis", 0, rank);
  const bool interleaved = step.flag("interleave", false);
  if (!interleaved) {
    if (Kernel kernel = joined_channels(step, axis)) return kernel;
  }
  std::vector<Tensor> values;
  for (size_t i = 0; i < step.count("values"); ++i) values.push_back(step.plain("values", i));
  const Tensor y = step.result();
  Steps to = steps_of(y.shape());
  const std::ptrdiff_t one = to[axis];
  if (interleaved) to[axis] *= static_cast<std::ptrdiff_t>(values.size());
  std::vector<Part> parts;
  std::ptrdiff_t start = 0;
  for (const Tensor& each : values) {
    if (each.rank() != rank) step.refuse("its operands have different ranks");
    parts.push_back({each, BlockCopy(each.shape(), to, steps_of(each.shape()), start)});
    start += interleaved ? one : one * each.shape()[axis];
  }
  return parts_kernel(std::move(parts), y, true);
}

Kernel stack(StepBuilder& step) {
  std::vector<Tensor> values;
  for (size_t i = 0; i < step.count("values"); ++i) values.push_back(step.plain("values", i));
  const Tensor y = step.result();
  const size_t axis = step.axis("axis", 0, y.rank());
  Steps to = steps_of(y.shape());
  const std::ptrdiff_t one = to[axis];
  to.erase(to.begin() + static_cast<std::ptrdiff_t>(axis));
  std::vector<Part> parts;
  for (size_t i = 0; i < values.size(); ++i) {
    const Shape& shape = values[i].shape();
    if (shape.size() + 1 != y.rank()) step.refuse("its operands have different ranks");
    parts.push_back(
        {values[i], BlockCopy(shape, to, steps_of(shape), one * static_cast<std::ptrdiff_t>(i))});
  }
  return parts_kernel(std::move(parts), y, true);
}

Kernel split(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const size_t axis = step.axis("axis", 0, x.rank());
  const Steps from = steps_of(x.shape());
  std::vector<Part> parts;
  std::ptrdiff_t start = 0;
  for (size_t i = 0; i < step.operation().results.size(); ++i) {
    const Tensor y = step.result(i);
    parts.push_back({y, BlockCopy(y.shape(), steps_of(y.shape()), from, 0, start)});
    start += from[axis] * y.shape()[axis];
  }
  return parts_kernel(std::move(parts), x, false);
}

Kernel identity_n(StepBuilder& step) {
  std::vector<std::pair<Tensor, Tensor>> copies;
  for (size_t i = 0; i < step.count("values") && i < step.operation().results.size(); ++i) {
    const Tensor from = step.plain("values", i);
    copies.emplace_back(from, step.result(i));
  }
  return [copies] {
    for (const auto& [from, to] : copies) std::copy_n(from.data(), from.count(), to.data());
  };
}

}  // namespace anemon::profiler::reference
