// What shape rules ask of an operation before they compute.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "models/analysis/extent.h"
#include "models/analysis/shape_rules.h"

namespace anemon::models {

// The first value of an argument; null when it is absent or not even its rank is known.
inline const TensorType* ranked(const OperationView& view, std::string_view argument) {
  const TensorType* type = view.type(argument);
  return type != nullptr && type->ranked ? type : nullptr;
}

inline bool given(const OperationView& view, std::string_view argument) {
  return view.operation().argument(argument) != nullptr;
}

// A parameter: `otherwise` where it is absent, none where it is known only when running.
inline std::optional<int64_t> parameter(const OperationView& view, std::string_view name,
                                        int64_t otherwise) {
  return given(view, name) ? view.integer(name) : std::optional(otherwise);
}
inline std::optional<bool> flag(const OperationView& view, std::string_view name, bool otherwise) {
  return given(view, name) ? view.flag(name) : std::optional(otherwise);
}

// A list of `count` parameters, likewise; none also when it has another length.
inline std::optional<std::vector<int64_t>> parameters(const OperationView& view,
                                                      std::string_view name, size_t count,
                                                      int64_t otherwise) {
  if (!given(view, name)) return std::vector<int64_t>(count, otherwise);
  auto list = view.integers(name);
  return list && list->size() == count ? list : std::nullopt;
}

inline ResultTypes result_of(DataType dtype, Shape shape) {
  return {TensorType{dtype, true, std::move(shape)}};
}

// `type` as the element type of the text parameter `name` ("int32"); `otherwise` when absent.
inline DataType element_type(const OperationView& view, std::string_view name, DataType otherwise) {
  const auto word = view.text(name);
  return word ? data_type_of_name(*word) : otherwise;
}

}  // namespace anemon::models
