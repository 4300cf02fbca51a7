#include "models/placement/support.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace anemon::models {
namespace {

template <size_t n>
bool contains(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Arguments that say how to compute rather than what with: shapes, positions, choices. Core ML
// narrows indices of its own accord.
constexpr std::array<std::string_view, 25> kParameters = {
    "axes",        "axis",     "batch_dims",  "begin",        "begin_mask",
    "box_indices", "crops",    "dilations",   "dtype",        "end",
    "end_mask",    "groups",   "indices",     "kernel_sizes", "output_shape",
    "pad",         "paddings", "perm",        "reps",         "shape",
    "size",        "sizes",    "split_sizes", "strides",      "stride"};

// The study's list of what has no implementation on the Neural Engine, seen on the GPU or not.
constexpr std::array<std::string_view, 4> kCpuOnly = {"crop_resize", "non_zero", "range_1d",
                                                      "sliding_windows"};
constexpr std::array<std::string_view, 2> kNotOnGpu = {"affine", "resize"};

bool is_constant(const OperationView& view, ValueId value) {
  return view.function().values[value].constant.has_value();
}

// Tensors that are computed with while the model runs: operands, then results.
void each_tensor(const OperationView& view,
                 const std::function<void(const TensorType&, std::string_view place)>& visit) {
  const Operation& operation = view.operation();
  for (const Argument& argument : operation.arguments) {
    if (contains(kParameters, argument.name)) continue;
    const std::vector<const TensorType*> types = view.types(argument.name);
    for (size_t i = 0; i < types.size() && i < argument.values.size(); ++i) {
      if (types[i] == nullptr || is_constant(view, argument.values[i])) continue;
      visit(*types[i], "operand");
    }
  }
  // The second result of topk is indices, which Core ML narrows.
  const size_t results = operation.type == "topk" ? 1 : operation.results.size();
  for (size_t i = 0; i < std::min(results, operation.results.size()); ++i) {
    visit(view.result(i), "result");
  }
}

bool is_wide(DataType type) {
  return type == DataType::int64 || type == DataType::uint64 || type == DataType::fp64 ||
         type == DataType::string || type == DataType::bf16;
}

// -1 is the last dimension; none when the rank is not known.
std::optional<int64_t> axis_from_end(const OperationView& view) {
  const std::optional<int64_t> axis = view.integer("axis");
  const TensorType* x = view.type("x");
  if (!axis || x == nullptr || !x->ranked) return std::nullopt;
  return *axis < 0 ? *axis : *axis - static_cast<int64_t>(x->shape.size());
}

std::optional<Refusal> refused_argument(const OperationView& view) {
  const std::string& type = view.operation().type;
  const auto refuse = [](std::string_view rule, std::string reason) {
    return Refusal{rule, std::move(reason), Confidence::measured};
  };
  const bool gathers = type == "gather" || type == "gather_nd";
  if ((gathers && is_dynamic(view, "indices")) || type == "embedding") {
    return refuse("OP-5", type + " by indices that are computed");
  }
  if (type == "slice_update") return refuse("OP-8", "slice_update, which some systems refuse");
  if (type.starts_with("slice") && (is_dynamic(view, "begin") || is_dynamic(view, "end"))) {
    return refuse("OP-4", "slice at a place that is computed");
  }
  if (type == "pad" || type == "constantPad") {
    const std::optional<std::string> mode = view.text("mode");
    const Constant* fill = view.constant("constant_val");
    const double filling = fill == nullptr ? 0 : number(*fill).value_or(0);
    if (mode.value_or("constant") == "constant" && filling != 0) {
      return refuse("OP-7", fmt::format("padding with {} instead of 0", filling));
    }
  }
  if (type == "reduce_argmax" || type == "reduce_argmin") {
    const std::optional<int64_t> axis = axis_from_end(view);
    if (axis && *axis < -3) return refuse("OP-7", type + " over neither channels nor space");
  }
  const TensorType* x = view.type("x");
  if ((type == "space_to_batch" || type == "batch_to_space") && x != nullptr &&
      x->shape.size() > 4 && !view.function().old_network) {
    return refuse("OP-7", type + " in three dimensions");
  }
  if (type == "non_maximum_suppression") {
    const TensorType* boxes = view.type("boxes");
    if (boxes != nullptr && boxes->shape.size() >= 2) {
      const int64_t count = boxes->shape[boxes->shape.size() - 2];
      if (count > 2048) return refuse("OP-7", fmt::format("{} boxes, more than 2048", count));
    }
  }
  if (type == "linear" && view.integer("channel_axis") && x != nullptr && x->shape.size() >= 3) {
    const size_t rank = x->shape.size();
    if (x->shape[rank - 1] > 1 || x->shape[rank - 2] > 1) {
      return refuse("OP-7", "inner product over height and width");
    }
  }
  return std::nullopt;
}

std::optional<Refusal> over(const std::optional<Fact>& limit, int64_t extent, std::string_view rule,
                            std::string_view what) {
  if (!limit || static_cast<double>(extent) <= limit->value) return std::nullopt;
  return Refusal{rule, fmt::format("{} {}, more than {:.0f}", what, extent, limit->value),
                 limit->confidence};
}

std::optional<Refusal> refused_window(const OperationView& view, const Chip& chip) {
  const TensorType* weight = view.type("weight");
  if (weight == nullptr || weight->shape.size() < 3) return std::nullopt;
  const int64_t width = weight->shape.back();
  const int64_t height = weight->shape.size() > 3 ? weight->shape[weight->shape.size() - 2] : 1;
  // A square window may be a little larger than a flat one.
  if (width == height && chip.max_conv_kernel_square &&
      static_cast<double>(width) <= chip.max_conv_kernel_square->value) {
    return std::nullopt;
  }
  if (auto refusal = over(chip.max_conv_kernel_width, width, "SH-5", "convolution window of width"))
    return refusal;
  return over(chip.max_conv_kernel_height, height, "SH-5", "convolution window of height");
}

// The extent that matmul and linear sum over; none when it is not known.
std::optional<int64_t> inner_extent(const OperationView& view) {
  const std::string& type = view.operation().type;
  const TensorType* x = view.type("x");
  if (x == nullptr || x->shape.empty()) return std::nullopt;
  if (type == "linear" && !view.integer("channel_axis")) return x->shape.back();
  if (type != "matmul") return std::nullopt;
  const bool turned = view.flag("transpose_x").value_or(false) && x->shape.size() > 1;
  return turned ? x->shape[x->shape.size() - 2] : x->shape.back();
}

}  // namespace

bool is_dynamic(const OperationView& view, std::string_view argument) {
  const Argument* given = view.operation().argument(argument);
  return given != nullptr && std::any_of(given->values.begin(), given->values.end(),
                                         [&](ValueId value) { return !is_constant(view, value); });
}

bool is_control_flow(const Operation& operation) {
  constexpr std::array<std::string_view, 5> kTypes = {"cond", "while_loop", "make_list",
                                                      "loopBreak", "loopContinue"};
  return contains(kTypes, operation.type) || operation.type.starts_with("list_") ||
         !operation.blocks.empty();
}

bool is_recurrent(const Operation& operation) {
  return operation.type == "lstm" || operation.type == "gru" || operation.type == "rnn";
}

bool is_custom(const Operation& operation) {
  return operation.type == "custom" || operation.type.starts_with("custom_");
}

std::optional<Refusal> refused_by_type(const OperationView& view) {
  const Operation& operation = view.operation();
  const bool is_cast = operation.type == "cast";
  std::optional<Refusal> refusal;
  const auto refuse = [&](std::string_view rule, const TensorType& type, std::string_view place,
                          Confidence confidence) {
    if (refusal) return;
    refusal = {rule, fmt::format("{} {}", name_of(type.dtype), place), confidence};
  };
  each_tensor(view, [&](const TensorType& type, std::string_view place) {
    if (is_wide(type.dtype)) {
      refuse("DT-4", type, place, Confidence::documented);
    } else if (type.dtype == DataType::int32 || type.dtype == DataType::uint32) {
      refuse("DT-3", type, place, Confidence::measured);
    } else if (is_cast && place == "result" &&
               (type.dtype == DataType::int8 || type.dtype == DataType::uint8)) {
      refuse("DT-3", type, place, Confidence::measured);
    } else if (type.dtype == DataType::fp32 && !is_cast && !view.function().old_network) {
      refuse("DT-1", type, place, Confidence::documented);
    }
  });
  return refusal;
}

std::vector<Refusal> refused_by_operation(const OperationView& view) {
  const Operation& operation = view.operation();
  const std::string& type = operation.type;
  std::vector<Refusal> refusals;
  const auto refuse = [&](std::string_view rule, std::string reason, Confidence confidence) {
    refusals.push_back({rule, std::move(reason), confidence});
  };
  if (is_control_flow(operation)) {
    refuse("OP-3", type + " is control flow or works on lists", Confidence::measured);
    return refusals;
  }
  if (is_custom(operation)) {
    refuse("OP-2", "custom code", Confidence::documented);
    return refusals;
  }
  if (is_recurrent(operation)) {
    refuse("OP-1", type + " has no implementation", Confidence::documented);
    return refusals;
  }
  const OperationKind* kind = find_operation_kind(type);
  const AneSupport support = kind == nullptr ? AneSupport::unknown : kind->ane;
  if (support == AneSupport::no) {
    refuse("OP-4", type + " has no implementation", Confidence::measured);
  } else if (support == AneSupport::unknown) {
    refuse("OP-6", type + " is not among the operations that were studied", Confidence::folklore);
  } else if (std::optional<Refusal> refusal = refused_argument(view)) {
    refusals.push_back(std::move(*refusal));
  }
  if (type == "shape" || type == "non_zero" || type == "range_1d") {
    refuse("SH-10", type + " makes a shape depend on data", Confidence::measured);
  } else if ((type == "reshape" && is_dynamic(view, "shape")) ||
             (type == "tile" && is_dynamic(view, "reps"))) {
    refuse("SH-10", type + " to a shape that is computed", Confidence::measured);
  }
  return refusals;
}

std::vector<Refusal> refused_by_limits(const OperationView& view, const Chip& chip) {
  std::vector<Refusal> refusals;
  const auto add = [&](std::optional<Refusal> refusal) {
    if (refusal) refusals.push_back(std::move(*refusal));
  };
  size_t rank = 0;
  int64_t extent = 0;
  each_tensor(view, [&](const TensorType& type, std::string_view) {
    rank = std::max(rank, type.shape.size());
    for (const int64_t each : type.shape) extent = std::max(extent, each);
  });
  if (rank > 5) {
    add(Refusal{"SH-1", fmt::format("rank {}, more than 5", rank), Confidence::documented});
  }
  add(over(chip.max_dimension, extent, "SH-3", "extent"));
  if (const std::optional<int64_t> inner = inner_extent(view)) {
    add(over(chip.max_matmul_inner, *inner, "SH-4", "inner extent"));
  }
  const std::string& type = view.operation().type;
  if (type == "conv" || type == "conv_transpose") add(refused_window(view, chip));
  // Windows of maxima were measured; those of averages had no limit up to 14.
  if (type == "max_pool") {
    const auto window = view.integers("kernel_sizes");
    if (window && !window->empty()) {
      add(over(chip.max_pool_kernel, window->back(), "SH-7", "pooling window of width"));
    }
  }
  return refusals;
}

std::optional<Refusal> refused_model(const Model& model) {
  if (!can_use_ane(model)) {
    return Refusal{"MX-3", "a " + model.kind + " is no network", Confidence::documented};
  }
  if (model.updatable) return Refusal{"MX-3", "updatable model", Confidence::documented};
  return std::nullopt;
}

std::vector<Refusal> ane_refusals(const OperationView& view, const Chip& chip) {
  std::vector<Refusal> refusals = refused_by_operation(view);
  if (std::optional<Refusal> refusal = refused_by_type(view)) {
    refusals.push_back(std::move(*refusal));
  }
  for (Refusal& refusal : refused_by_limits(view, chip)) refusals.push_back(std::move(refusal));
  return refusals;
}

std::optional<Refusal> ane_refusal(const OperationView& view, const Chip& chip) {
  std::vector<Refusal> refusals = ane_refusals(view, chip);
  if (refusals.empty()) return std::nullopt;
  return std::move(refusals.front());
}

std::optional<Refusal> gpu_refusal(const OperationView& view) {
  const Operation& operation = view.operation();
  if (is_control_flow(operation)) {
    return Refusal{"OP-3", operation.type + " is control flow or works on lists",
                   Confidence::folklore};
  }
  if (contains(kCpuOnly, operation.type) || contains(kNotOnGpu, operation.type)) {
    return Refusal{"OP-4", operation.type + " runs on no GPU", Confidence::measured};
  }
  return std::nullopt;
}

}  // namespace anemon::models
