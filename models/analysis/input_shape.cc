#include "models/analysis/input_shape.h"

#include <fmt/format.h>

#include <algorithm>

namespace anemon::models {
namespace {

constexpr size_t kListed = 8;  // enumerated shapes in one line of text

bool has_shape(const Feature& feature) {
  return feature.tensor.ranked && !feature.tensor.shape.empty();
}

bool within(const std::vector<ExtentRange>& ranges, const Shape& shape) {
  if (ranges.size() != shape.size()) return false;
  for (size_t i = 0; i < shape.size(); ++i) {
    const bool unbounded = ranges[i].upper < 0;
    if (shape[i] < ranges[i].lower || (!unbounded && shape[i] > ranges[i].upper)) return false;
  }
  return true;
}

bool takes(const Feature& feature, const Shape& shape) {
  if (std::any_of(shape.begin(), shape.end(), [](int64_t extent) { return extent < 1; })) {
    return false;
  }
  if (has_shape(feature) && shape == feature.tensor.shape) return true;
  if (std::find(feature.enumerated.begin(), feature.enumerated.end(), shape) !=
      feature.enumerated.end()) {
    return true;
  }
  if (!feature.ranges.empty()) return within(feature.ranges, shape);
  return !has_shape(feature) && feature.enumerated.empty();
}

std::string to_text(const ExtentRange& range) {
  if (range.lower == range.upper) return std::to_string(range.lower);
  if (range.upper < 0) return fmt::format("{}..", range.lower);
  return fmt::format("{}..{}", range.lower, range.upper);
}

std::string what_it_takes(const Feature& feature) {
  std::string text;
  const auto append = [&](const std::string& part, const char* separator) {
    if (!text.empty()) text += separator;
    text += part;
  };
  if (!feature.enumerated.empty()) {
    const size_t listed = std::min(feature.enumerated.size(), kListed);
    for (size_t i = 0; i < listed; ++i) append(models::to_text(feature.enumerated[i]), ", ");
    if (listed < feature.enumerated.size()) {
      text += fmt::format(" and {} more", feature.enumerated.size() - listed);
    }
    return "it takes one of " + text;
  }
  if (!feature.ranges.empty()) {
    for (const ExtentRange& range : feature.ranges) append(to_text(range), "x");
    return "it takes " + text;
  }
  return "it takes " + models::to_text(feature.tensor.shape);
}

// Images are [channels,H,W]; people write them with a batch of one or without channels too.
Shape as_image(const Feature& feature, Shape shape) {
  while (shape.size() > 3 && shape.front() == 1) shape.erase(shape.begin());
  if (shape.size() == 2 && feature.tensor.shape.size() == 3) {
    shape.insert(shape.begin(), feature.tensor.shape.front());
  }
  return shape;
}

}  // namespace

std::optional<Shape> first_shape(const Feature& feature) {
  if (has_shape(feature) && is_known(feature.tensor)) return feature.tensor.shape;
  if (!feature.enumerated.empty()) return feature.enumerated.front();
  const bool same_rank =
      !has_shape(feature) || feature.tensor.shape.size() == feature.ranges.size();
  if (!feature.ranges.empty() && same_rank) {
    Shape shape;
    for (size_t i = 0; i < feature.ranges.size(); ++i) {
      const int64_t stated = has_shape(feature) ? feature.tensor.shape[i] : kAnyExtent;
      shape.push_back(stated >= 0 ? stated : std::max<int64_t>(feature.ranges[i].lower, 1));
    }
    return shape;
  }
  return has_shape(feature) ? std::optional(feature.tensor.shape) : std::nullopt;
}

Shape shape_taken(const Feature& feature, const Shape& asked) {
  Shape shape = feature.kind == FeatureKind::image ? as_image(feature, asked) : asked;
  if (!takes(feature, shape)) throw refused(feature, asked, what_it_takes(feature));
  return shape;
}

Error refused(const Feature& feature, const Shape& asked, const std::string& why) {
  return Error(
      fmt::format("input '{}' does not take the shape {}: {}", feature.name, to_text(asked), why));
}

}  // namespace anemon::models
