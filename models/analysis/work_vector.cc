#include <algorithm>
#include <bit>

#include "models/analysis/work_rules.h"

namespace anemon::models {
namespace {

Count window(const OperationView& view) {
  const std::optional<std::vector<int64_t>> sizes = view.integers("kernel_sizes");
  if (!sizes) return {};
  Count product = 1;
  for (const int64_t size : *sizes) {
    product = product * (size < 0 ? Count() : Count(static_cast<uint64_t>(size)));
  }
  return product;
}

}  // namespace

std::optional<Work> work_of(Count macs, Count vector_flops) {
  if (!macs.known() || !vector_flops.known()) return std::nullopt;
  return Work{macs.or_zero(), vector_flops.or_zero()};
}

Count elements(const OperationView& view, std::string_view argument) {
  const TensorType* type = view.type(argument);
  return type == nullptr ? Count() : Count(element_count(*type));
}

Count result_elements(const OperationView& view) {
  return view.operation().results.empty() ? Count() : Count(element_count(view.result()));
}

std::optional<Work> input_work(const OperationView& view, unsigned flops) {
  const std::string_view argument = view.type("x") != nullptr ? "x" : "data";
  return work_of(0, elements(view, argument) * flops);
}

std::optional<Work> pool_work(const OperationView& view) {
  return work_of(0, result_elements(view) * window(view));
}

std::optional<Work> l2_pool_work(const OperationView& view) {
  return work_of(0, result_elements(view) * window(view) * 2);
}

std::optional<Work> lrn_work(const OperationView& view) {
  const std::optional<int64_t> size = view.integer("size");
  if (!size || *size < 0) return std::nullopt;
  return work_of(0, result_elements(view) * (Count(static_cast<uint64_t>(*size)) + 4));
}

std::optional<Work> gelu_work(const OperationView& view) {
  const std::string mode = view.text("mode").value_or("EXACT");
  const unsigned flops = mode.starts_with("TANH") ? 9 : mode.starts_with("SIGMOID") ? 8 : 10;
  return work_of(0, result_elements(view) * flops);
}

std::optional<Work> resize_work(const OperationView& view) {
  const bool nearest = view.text("interpolation_mode").value_or("LINEAR") == "NEAREST_NEIGHBOR";
  return work_of(0, nearest ? Count(0) : result_elements(view) * 8);
}

std::optional<Work> sort_work(const OperationView& view) {
  const TensorType* x = view.type("x");
  if (x == nullptr || !is_known(*x)) return std::nullopt;
  const auto rank = static_cast<int64_t>(x->shape.size());
  int64_t axis = view.integer("axis").value_or(-1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return std::nullopt;
  // ceil(log2 n) comparisons of each element.
  const auto extent = static_cast<uint64_t>(x->shape[static_cast<size_t>(axis)]);
  const auto rounds = static_cast<uint64_t>(std::bit_width(std::max<uint64_t>(extent, 1) - 1));
  return work_of(0, Count(element_count(*x)) * rounds);
}

std::optional<Work> scatter_work(const OperationView& view) {
  return work_of(0, elements(view, "updates"));
}

std::optional<Work> boxes_work(const OperationView& view) {
  const TensorType* boxes = view.type("boxes");
  if (boxes == nullptr || !is_known(*boxes) || boxes->shape.size() < 2) return std::nullopt;
  const Count count = static_cast<uint64_t>(boxes->shape[boxes->shape.size() - 2]);
  const Count batch =
      element_count({boxes->dtype, true, Shape(boxes->shape.begin(), boxes->shape.end() - 2)});
  return work_of(0, batch * count * count);
}

std::optional<Work> classify_work(const OperationView& view) {
  return work_of(0, elements(view, "probabilities"));
}

std::optional<Work> many_work(const OperationView& view) {
  const size_t values = view.types("values").size();
  // An average is one sum and one division.
  const bool divides = view.operation().type == "average";
  const uint64_t rounds = values == 0 ? 0 : values - (divides ? 0 : 1);
  return work_of(0, result_elements(view) * rounds);
}

std::optional<Work> dot_work(const OperationView& view) {
  // Cosine: also the two norms' squares and sums.
  const unsigned flops = view.flag("cosine").value_or(false) ? 6 : 2;
  return work_of(0, elements(view, "x") * flops);
}

std::optional<Work> embedding_work(const OperationView& view) {
  return work_of(0, view.type("bias") == nullptr ? Count(0) : result_elements(view));
}

std::optional<Work> unknown_work(const OperationView&) { return std::nullopt; }

}  // namespace anemon::models
