#include "profiler/measure/item_shapes.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "models/analysis/input_shape.h"

namespace anemon::profiler {
namespace {

using models::Feature;
using models::FeatureKind;
using models::Shape;

bool takes(const Feature& feature, const Shape& shape) {
  try {
    models::shape_taken(feature, shape);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// The extents that an axis can have: a list, or a range.
struct Extents {
  std::vector<int64_t> listed;  // ascending, each once
  models::ExtentRange range{1, 1};

  bool open() const { return listed.empty() ? range.lower != range.upper : listed.size() > 1; }
  bool operator==(const Extents& other) const {
    return listed == other.listed && range.lower == other.range.lower &&
           range.upper == other.range.upper;
  }
};

Extents extents_of(const Feature& feature, size_t axis) {
  Extents extents;
  if (!feature.enumerated.empty()) {
    for (const Shape& shape : feature.enumerated) {
      if (axis < shape.size()) extents.listed.push_back(shape[axis]);
    }
    std::sort(extents.listed.begin(), extents.listed.end());
    extents.listed.erase(std::unique(extents.listed.begin(), extents.listed.end()),
                         extents.listed.end());
  } else if (axis < feature.ranges.size()) {
    extents.range = feature.ranges[axis];
  } else if (axis < feature.tensor.shape.size()) {
    extents.range = {feature.tensor.shape[axis], feature.tensor.shape[axis]};
  }
  return extents;
}

// "1x3x32x32 or 1x3x64x64", "1x1..128".
std::string shapes_in_words(const Feature& feature) {
  std::string text;
  for (const Shape& shape : feature.enumerated) {
    text += (text.empty() ? "" : " or ") + models::to_text(shape);
  }
  if (!text.empty()) return text;
  for (size_t axis = 0; axis < rank_of(feature); ++axis) {
    const models::ExtentRange range = extents_of(feature, axis).range;
    text += fmt::format("{}{}", axis == 0 ? "" : "x", range.lower);
    if (range.upper != range.lower) text += "..";
    if (range.upper != range.lower && range.upper >= 0) text += std::to_string(range.upper);
  }
  return text;
}

}  // namespace

size_t rank_of(const Feature& feature) {
  if (!feature.tensor.shape.empty()) return feature.tensor.shape.size();
  if (!feature.enumerated.empty()) return feature.enumerated.front().size();
  return feature.ranges.size();
}

Shape starting_shape(const Feature& feature, const models::InputShapes& shapes) {
  if (const auto given = shapes.find(feature.name); given != shapes.end()) {
    return models::shape_taken(feature, given->second);
  }
  if (auto shape = models::first_shape(feature)) return *std::move(shape);
  throw Error(fmt::format("the file does not say which shapes input '{}' takes", feature.name),
              fmt::format("give one: --shape {}=...", feature.name));
}

std::optional<Shape> shape_with(const Feature& feature, const Shape& start,
                                const AxisExtents& extents) {
  Shape shape = start;
  for (const auto& [axis, extent] : extents) shape.at(axis) = extent;
  if (takes(feature, shape)) return shape;
  for (const Shape& listed : feature.enumerated) {
    const bool fits = std::all_of(extents.begin(), extents.end(), [&](const auto& each) {
      return each.first < listed.size() && listed[each.first] == each.second;
    });
    if (fits) return listed;
  }
  return std::nullopt;
}

Shape require_shape(const Feature& feature, const Shape& start, const AxisExtents& extents) {
  if (auto shape = shape_with(feature, start, extents)) return *std::move(shape);
  Shape asked = start;
  for (const auto& [axis, extent] : extents) asked.at(axis) = extent;
  return models::shape_taken(feature, asked);  // throws, for it does not take it
}

bool is_open(const Feature& feature, size_t axis) { return extents_of(feature, axis).open(); }

bool vary_alike(const Feature& a, size_t axis_a, const Feature& b, size_t axis_b) {
  const Extents of_a = extents_of(a, axis_a);
  return of_a.open() && of_a == extents_of(b, axis_b);
}

ItemShapes with_batch(const Feature& leader, const Shape& start, AxisExtents extents,
                      uint64_t batch, bool has_batch_axis) {
  const auto asked = static_cast<int64_t>(batch);
  ItemShapes result;
  if (has_batch_axis) {
    AxisExtents with = extents;
    with.emplace_back(0, asked);
    if (auto shape = shape_with(leader, start, with)) {
      result.shapes[leader.name] = *std::move(shape);
      return result;
    }
    // A shape that holds several takes several of these.
    const int64_t held = start.empty() || start[0] < 1 ? 1 : start[0];
    if (asked % held != 0) require_shape(leader, start, with);
    result.items = batch / static_cast<uint64_t>(held);
  } else {
    result.items = batch;
  }
  result.shapes[leader.name] = require_shape(leader, start, extents);
  return result;
}

bool takes_batches(const std::vector<Feature>& inputs, const std::vector<uint64_t>& sizes) {
  const auto takes_all = [&](const Feature& input) {
    if (input.kind != FeatureKind::array || rank_of(input) < 2 || !is_open(input, 0)) return false;
    const auto start = models::first_shape(input);
    if (!start || start->front() != 1) return false;
    return std::all_of(sizes.begin(), sizes.end(), [&](uint64_t size) {
      return shape_with(input, *start, {{0, static_cast<int64_t>(size)}}).has_value();
    });
  };
  return !inputs.empty() && std::all_of(inputs.begin(), inputs.end(), takes_all);
}

models::InputShapes batch_shapes(const std::vector<Feature>& inputs, uint64_t size) {
  models::InputShapes shapes;
  for (const Feature& input : inputs) {
    shapes[input.name] =
        require_shape(input, starting_shape(input, {}), {{0, static_cast<int64_t>(size)}});
  }
  return shapes;
}

std::string list_of_inputs(const std::vector<Feature>& inputs) {
  std::string text;
  for (const Feature& input : inputs) {
    if (!text.empty()) text += ", ";
    text += input.name;
    if (input.kind != FeatureKind::array && input.kind != FeatureKind::image) {
      text += fmt::format(" ({})", name_of(input.kind));
      continue;
    }
    text += ' ' + shapes_in_words(input);
  }
  return text.empty() ? "none" : text;
}

}  // namespace anemon::profiler
