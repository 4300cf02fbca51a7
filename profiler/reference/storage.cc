// Weights as files store them, which are unpacked while planning; states; integers of quantisation.
#include <algorithm>
#include <cmath>

#include "profiler/reference/families.h"
#include "profiler/reference/nest.h"

namespace anemon::profiler::reference {
namespace {

// One element per index along `axis`, or one for all.
Steps along_axis(const Tensor& table, size_t axis, size_t rank) {
  Steps steps(rank, 0);
  if (table.count() > 1) steps[axis] = 1;
  return steps;
}

// A table of blocks: block size on a dimension = data's extent / table's extent. As the data's
// index divided by it, since blocks are no step of a nest.
struct BlockTable {
  std::vector<size_t> data_strides, table_strides, block;
  Shape data;

  BlockTable(const StepBuilder& step, const Shape& data_shape, const Shape& table)
      : data_strides(strides_of(data_shape)), table_strides(strides_of(table)), data(data_shape) {
    if (table.size() != data.size()) step.refuse("its scale has another rank than its data");
    for (size_t i = 0; i < data.size(); ++i) {
      if (table[i] < 1 || data[i] % table[i] != 0) step.refuse("its blocks do not fit its data");
      block.push_back(static_cast<size_t>(data[i] / table[i]));
    }
  }
  size_t at(size_t index) const {
    size_t place = 0;
    for (size_t d = 0; d < data.size(); ++d) {
      place += index / data_strides[d] % static_cast<size_t>(data[d]) / block[d] * table_strides[d];
    }
    return place;
  }
};

Kernel dequantized(StepBuilder& step, const char* data_name, const char* zero_name, size_t axis) {
  const Tensor data = step.plain(data_name);
  const Tensor scale = step.plain("scale");
  const bool shifted = step.given(zero_name);
  const Tensor zero = shifted ? step.plain(zero_name) : scale;
  const Tensor y = step.result();
  const Nest<3> nest(data.shape(), {steps_of(data.shape()), along_axis(scale, axis, data.rank()),
                                    along_axis(zero, axis, data.rank())});
  return [=] {
    nest.each_row([&](const auto& at) {
      for (size_t i = 0; i < nest.row(); ++i) {
        const auto n = static_cast<std::ptrdiff_t>(i);
        const float from = shifted ? zero.data()[at[2] + n * nest.step(2)] : 0.0F;
        const std::ptrdiff_t place = at[0] + n * nest.step(0);
        y.data()[place] = (data.data()[place] - from) * scale.data()[at[1] + n * nest.step(1)];
      }
    });
  };
}

}  // namespace

Kernel affine_dequantize(StepBuilder& step) {
  const size_t axis = step.axis("axis", 0, step.type("quantized_data").shape.size());
  return dequantized(step, "quantized_data", "zero_point", axis);
}

Kernel dequantize(StepBuilder& step) {
  const size_t rank = step.type("input").shape.size();
  const size_t axis = step.given("axis") ? step.axis("axis", 0, rank) : 0;
  return dequantized(step, "input", "zero_point", axis);
}

Kernel quantize(StepBuilder& step) {
  const Tensor x = step.plain("input");
  const Tensor scale = step.plain("scale");
  const bool shifted = step.given("zero_point");
  const Tensor zero = shifted ? step.plain("zero_point") : scale;
  const size_t axis = step.given("axis") ? step.axis("axis", 0, x.rank()) : 0;
  const Tensor y = step.result();
  const bool is_unsigned = step.result_type().dtype == models::DataType::uint8;
  const float lowest = is_unsigned ? 0 : -128;
  const float highest = is_unsigned ? 255 : 127;
  const Nest<3> nest(x.shape(), {steps_of(x.shape()), along_axis(scale, axis, x.rank()),
                                 along_axis(zero, axis, x.rank())});
  return [=] {
    nest.each_row([&](const auto& at) {
      for (size_t i = 0; i < nest.row(); ++i) {
        const auto n = static_cast<std::ptrdiff_t>(i);
        const float to = shifted ? zero.data()[at[2] + n * nest.step(2)] : 0.0F;
        const std::ptrdiff_t place = at[0] + n * nest.step(0);
        const float quotient = x.data()[place] / scale.data()[at[1] + n * nest.step(1)];
        y.data()[place] = std::clamp(std::nearbyint(quotient) + to, lowest, highest);
      }
    });
  };
}

namespace {

// Up to iOS 17: the indices are a stream of bits in uint8, the first element in the lowest bits.
Kernel lut_of_bits(StepBuilder& step, const Tensor& indices, const Tensor& lut) {
  size_t bits = 0;
  while ((size_t{1} << bits) < lut.count()) ++bits;
  const Tensor y = step.result();
  if (indices.count() * 8 < y.count() * bits) step.refuse("it has too few indices");
  return [=] {
    for (size_t i = 0; i < y.count(); ++i) {
      size_t index = 0;
      for (size_t bit = 0; bit < bits; ++bit) {
        const size_t at = i * bits + bit;
        const auto byte = static_cast<unsigned>(indices.data()[at / 8]);
        index |= static_cast<size_t>(byte >> (at % 8) & 1U) << bit;
      }
      y.data()[i] = lut.data()[std::min(index, lut.count() - 1)];
    }
  };
}

}  // namespace

Kernel lut_to_dense(StepBuilder& step) {
  const Tensor indices = step.plain("indices");
  const Tensor lut = step.plain("lut");
  if (step.given("shape")) return lut_of_bits(step, indices, lut);
  // Since iOS 18: lut is [groups.., palette, vector], indices have the result's rank.
  const size_t rank = indices.rank();
  if (lut.rank() != rank + 2) step.refuse("its table does not fit its indices");
  const auto palette = static_cast<size_t>(lut.shape()[rank]);
  const auto vector = static_cast<size_t>(lut.shape()[rank + 1]);
  const Shape groups(lut.shape().begin(), lut.shape().end() - 2);
  const BlockTable table(step, indices.shape(), groups);
  const size_t axis = vector > 1 ? step.axis("vector_axis", 0, rank) : 0;
  const Tensor y = step.result();
  const std::vector<size_t> y_strides = strides_of(y.shape());
  const std::vector<size_t> strides = strides_of(indices.shape());
  return [=] {
    for (size_t i = 0; i < indices.count(); ++i) {
      const auto index = std::min(static_cast<size_t>(indices.data()[i]), palette - 1);
      const float* entry = lut.data() + (table.at(i) * palette + index) * vector;
      size_t to = 0;
      for (size_t d = 0; d < rank; ++d) {
        const size_t at = i / strides[d] % static_cast<size_t>(indices.shape()[d]);
        to += at * y_strides[d] * (d == axis ? vector : 1);
      }
      for (size_t v = 0; v < vector; ++v) y.data()[to + v * y_strides[axis]] = entry[v];
    }
  };
}

Kernel sparse_to_dense(StepBuilder& step) {
  const Tensor values = step.plain("nonzero_data");
  const Tensor mask = step.plain("mask");
  const Tensor y = step.result();
  // Up to iOS 17 the mask is bits in uint8, the first in the lowest.
  const bool bits = step.given("shape");
  if (mask.count() * (bits ? 8 : 1) < y.count()) step.refuse("its mask is too short");
  return [=] {
    size_t next = 0;
    for (size_t i = 0; i < y.count(); ++i) {
      const bool set = bits ? (static_cast<unsigned>(mask.data()[i / 8]) >> (i % 8) & 1U) != 0
                            : mask.data()[i] != 0;
      y.data()[i] = set && next < values.count() ? values.data()[next++] : 0;
    }
  };
}

namespace {

// The elements that a mask lets through, changed by change(element, index in the whole), and the
// mask as it is: sparse weights that are palettised or quantised too.
template <typename Change>
Kernel sparse(StepBuilder& step, const Tensor& mask, const Tensor& values, Change change) {
  const Tensor same_mask = step.result(0);
  const Tensor y = step.result(1);
  if (y.count() != values.count()) step.refuse("it has not as many elements as its mask");
  return [=] {
    std::copy_n(mask.data(), mask.count(), same_mask.data());
    size_t next = 0;
    for (size_t i = 0; i < mask.count() && next < values.count(); ++i) {
      if (mask.data()[i] == 0) continue;
      y.data()[next] = change(values.data()[next], i);
      ++next;
    }
  };
}

}  // namespace

Kernel lut_to_sparse(StepBuilder& step) {
  const Tensor mask = step.plain("indices_mask");
  const Tensor indices = step.plain("indices_nonzero_data");
  const Tensor lut = step.plain("lut");
  const size_t rank = mask.rank();
  if (lut.rank() != rank + 2 || lut.shape()[rank + 1] != 1) {
    step.refuse("tables of vectors are not supported for sparse weights");
  }
  const auto palette = static_cast<size_t>(lut.shape()[rank]);
  const BlockTable table(step, mask.shape(), Shape(lut.shape().begin(), lut.shape().end() - 2));
  return sparse(step, mask, indices, [=](float index, size_t at) {
    return lut.data()[table.at(at) * palette + std::min(static_cast<size_t>(index), palette - 1)];
  });
}

Kernel sparse_blockwise_shift_scale(StepBuilder& step) {
  const Tensor mask = step.plain("data_mask");
  const Tensor values = step.plain("nonzero_data");
  const Tensor scale = step.plain("scale");
  const bool shifted = step.given("offset");
  const Tensor offset = shifted ? step.plain("offset") : scale;
  const BlockTable table(step, mask.shape(), scale.shape());
  return sparse(step, mask, values, [=](float value, size_t at) {
    const size_t block = table.at(at);
    return (value - (shifted ? offset.data()[block] : 0.0F)) * scale.data()[block];
  });
}

Kernel blockwise_shift_scale(StepBuilder& step) {
  const Tensor data = step.plain("data");
  const Tensor scale = step.plain("scale");
  const bool shifted = step.given("offset");
  const Tensor offset = shifted ? step.plain("offset") : scale;
  const BlockTable table(step, data.shape(), scale.shape());
  const Tensor y = step.result();
  return [=] {
    for (size_t i = 0; i < data.count(); ++i) {
      const size_t at = table.at(i);
      y.data()[i] = (data.data()[i] - (shifted ? offset.data()[at] : 0.0F)) * scale.data()[at];
    }
  };
}

Kernel constexpr_cast(StepBuilder& step) { return passed_on(step, step.plain("source_val")); }

// A copy: what reads it may run after the state was written.
Kernel read_state(StepBuilder& step) {
  const Tensor state = step.plain("input");
  const Tensor y = step.result();
  return [=] { std::copy_n(state.data(), state.count(), y.data()); };
}

Kernel write_state(StepBuilder& step) {
  const bool updates = step.operation().type == "coreml_update_state";
  const Tensor state = step.plain(updates ? "state" : "input");
  const Tensor value = step.plain(updates ? "value" : "data");
  if (value.count() != state.count()) step.refuse("its value does not fit the state");
  if (updates && !step.operation().results.empty()) step.same_memory(value);
  return [=] { std::copy_n(value.data(), value.count(), state.data()); };
}

}  // namespace anemon::profiler::reference
