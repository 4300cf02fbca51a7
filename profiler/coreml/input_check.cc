#include "profiler/coreml/input_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"

namespace anemon::profiler {
namespace {

using models::Feature;
using models::FeatureKind;

std::string names_of(const std::vector<Feature>& features) {
  std::string text;
  for (const Feature& feature : features) {
    if (!text.empty()) text += ", ";
    text += feature.name;
  }
  return text.empty() ? "none" : text;
}

void check_tensor(const Feature& feature, const FeatureValue& value) {
  if (!value.shape.empty() && value.shape != feature.tensor.shape) {
    throw Error(
        fmt::format("input '{}': a shape of {} is given, the model was loaded for {}", feature.name,
                    models::to_text(value.shape), models::to_text(feature.tensor.shape)),
        "load the model again for another shape");
  }
  const auto wanted = models::element_count(feature.tensor);
  if (wanted && value.numbers.size() != *wanted) {
    throw Error(fmt::format("input '{}': {} numbers are given, {} has {}", feature.name,
                            value.numbers.size(), models::to_text(feature.tensor.shape), *wanted));
  }
}

void check_value(const Feature& feature, const FeatureValue& value) {
  switch (feature.kind) {
    case FeatureKind::array:
    case FeatureKind::image:
    case FeatureKind::state:
      check_tensor(feature, value);
      break;
    case FeatureKind::integer:
    case FeatureKind::number:
      if (value.numbers.size() != 1) {
        throw Error(fmt::format("input '{}' is one number, {} are given", feature.name,
                                value.numbers.size()));
      }
      break;
    default:
      break;
  }
}

}  // namespace

const Feature* find_feature(const std::vector<Feature>& features, std::string_view name) {
  const auto found = std::find_if(features.begin(), features.end(),
                                  [&](const Feature& feature) { return feature.name == name; });
  return found == features.end() ? nullptr : &*found;
}

void check_inputs(const std::vector<Feature>& inputs, const std::vector<FeatureValue>& given) {
  for (size_t i = 0; i < given.size(); ++i) {
    const std::string& name = given[i].name;
    const Feature* const feature = find_feature(inputs, name);
    if (feature == nullptr) {
      throw Error(fmt::format("the model has no input '{}'", name),
                  fmt::format("its inputs: {}", names_of(inputs)));
    }
    const auto before = given.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::any_of(given.begin(), before,
                    [&](const FeatureValue& other) { return other.name == name; })) {
      throw Error(fmt::format("input '{}' is given twice", name));
    }
    check_value(*feature, given[i]);
  }
  for (const Feature& feature : inputs) {
    const bool is_given = std::any_of(given.begin(), given.end(), [&](const FeatureValue& value) {
      return value.name == feature.name;
    });
    if (!is_given && !feature.optional) {
      throw Error(fmt::format("input '{}' is missing", feature.name),
                  fmt::format("the model's inputs: {}", names_of(inputs)));
    }
  }
}

}  // namespace anemon::profiler
