#include "profiler/reference/tensor.h"

#include <cstdlib>
#include <cstring>
#include <new>

namespace anemon::profiler::reference {

void Buffer::allocate() {
  constexpr size_t kAlignment = 64;
  const size_t bytes =
      std::max<size_t>((elements * sizeof(float) + kAlignment - 1) & ~(kAlignment - 1), kAlignment);
  void* memory = std::aligned_alloc(kAlignment, bytes);
  if (memory == nullptr) throw std::bad_alloc();
  std::memset(memory, 0, bytes);
  own = {static_cast<float*>(memory), std::free};
  data = own.get();
}

size_t count_of(const Shape& shape) { return extent_between(shape, 0, shape.size()); }

size_t extent_between(const Shape& shape, size_t begin, size_t end) {
  size_t count = 1;
  for (size_t i = begin; i < end; ++i) count *= static_cast<size_t>(shape[i]);
  return count;
}

std::vector<size_t> strides_of(const Shape& shape) {
  std::vector<size_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * static_cast<size_t>(shape[i]);
  }
  return strides;
}

size_t Tensor::count() const { return count_of(type.shape); }

size_t Tensor::elements() const { return layout.plain() ? count() : layout.elements(); }

}  // namespace anemon::profiler::reference
