#include "profiler/coreml/features_apple.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "models/analysis/input_shape.h"
#include "profiler/coreml/foundation_apple.h"
#include "profiler/coreml/images_apple.h"
#include "profiler/coreml/input_check.h"

namespace anemon::profiler {
namespace {

using models::DataType;
using models::Feature;
using models::FeatureKind;
using models::Flexibility;

constexpr auto kFloat16 = static_cast<MLMultiArrayDataType>(0x10000 | 16);
constexpr auto kInt8 = static_cast<MLMultiArrayDataType>(0x20000 | 8);  // macOS 26
constexpr auto kState = static_cast<MLFeatureType>(8);                  // macOS 15

constexpr std::pair<MLMultiArrayDataType, DataType> kArrayTypes[] = {
    {kFloat16, DataType::fp16},
    {MLMultiArrayDataTypeFloat32, DataType::fp32},
    {MLMultiArrayDataTypeDouble, DataType::fp64},
    {MLMultiArrayDataTypeInt32, DataType::int32},
    {kInt8, DataType::int8},
};

FeatureKind to_kind(MLFeatureType type) {
  switch (static_cast<NSInteger>(type)) {
    case MLFeatureTypeInt64:
      return FeatureKind::integer;
    case MLFeatureTypeDouble:
      return FeatureKind::number;
    case MLFeatureTypeString:
      return FeatureKind::string;
    case MLFeatureTypeImage:
      return FeatureKind::image;
    case MLFeatureTypeMultiArray:
      return FeatureKind::array;
    case MLFeatureTypeDictionary:
      return FeatureKind::dictionary;
    case MLFeatureTypeSequence:
      return FeatureKind::sequence;
    case kState:
      return FeatureKind::state;
    default:
      return FeatureKind::unknown;
  }
}

// A range without an end is told as one of the largest length.
models::ExtentRange to_extents(NSRange range) {
  models::ExtentRange extents;
  extents.lower = static_cast<int64_t>(range.location);
  const bool unbounded = range.length >= static_cast<NSUInteger>(INT32_MAX);
  extents.upper =
      unbounded ? models::kAnyExtent : static_cast<int64_t>(range.location + range.length) - 1;
  return extents;
}

Flexibility flexibility_of(const std::vector<models::ExtentRange>& ranges) {
  const bool open =
      std::any_of(ranges.begin(), ranges.end(), [](const auto& range) { return range.upper < 0; });
  return open ? Flexibility::unbounded : Flexibility::range;
}

void describe_array(MLMultiArrayConstraint* constraint, Feature& feature) {
  feature.tensor.dtype = to_data_type(constraint.dataType);
  feature.tensor.shape = to_shape(constraint.shape);
  MLMultiArrayShapeConstraint* const shapes = constraint.shapeConstraint;
  if (shapes.type == MLMultiArrayShapeConstraintTypeEnumerated) {
    for (NSArray<NSNumber*>* shape in shapes.enumeratedShapes) {
      feature.enumerated.push_back(to_shape(shape));
    }
    if (feature.enumerated.size() > 1) feature.flexibility = Flexibility::enumerated;
  } else if (shapes.type == MLMultiArrayShapeConstraintTypeRange) {
    for (NSValue* range in shapes.sizeRangeForDimension) {
      feature.ranges.push_back(to_extents([range rangeValue]));
    }
    feature.flexibility = flexibility_of(feature.ranges);
  }
}

void describe_image(MLImageConstraint* constraint, Feature& feature) {
  const PixelFormat format = to_pixel_format(constraint.pixelFormatType);
  const auto depth = static_cast<int64_t>(channels(format));
  feature.color_space = color_space(format);
  feature.tensor.dtype = format == PixelFormat::gray_half ? DataType::fp16 : DataType::uint8;
  feature.tensor.shape = {depth, static_cast<int64_t>(constraint.pixelsHigh),
                          static_cast<int64_t>(constraint.pixelsWide)};
  MLImageSizeConstraint* const sizes = constraint.sizeConstraint;
  if (sizes.type == MLImageSizeConstraintTypeEnumerated) {
    for (MLImageSize* size in sizes.enumeratedImageSizes) {
      feature.enumerated.push_back(
          {depth, static_cast<int64_t>(size.pixelsHigh), static_cast<int64_t>(size.pixelsWide)});
    }
    if (feature.enumerated.size() > 1) feature.flexibility = Flexibility::enumerated;
  } else if (sizes.type == MLImageSizeConstraintTypeRange) {
    feature.ranges = {
        {depth, depth}, to_extents(sizes.pixelsHighRange), to_extents(sizes.pixelsWideRange)};
    feature.flexibility = flexibility_of(feature.ranges);
  }
}

void describe_state(MLFeatureDescription* description, Feature& feature) {
#if __has_include(<CoreML/MLState.h>)
  if (ANEMON_MACOS(15.0)) {
    MLStateConstraint* const constraint = description.stateConstraint;
    feature.tensor.dtype = to_data_type(constraint.dataType);
    feature.tensor.shape = to_shape(constraint.bufferShape);
  }
#endif
  static_cast<void>(description);
  static_cast<void>(feature);
}

Feature to_feature(NSString* name, MLFeatureDescription* description) {
  Feature feature;
  feature.name = to_text(name);
  feature.kind = to_kind(description.type);
  feature.optional = description.isOptional;
  switch (feature.kind) {
    case FeatureKind::array:
      describe_array(description.multiArrayConstraint, feature);
      break;
    case FeatureKind::image:
      describe_image(description.imageConstraint, feature);
      break;
    case FeatureKind::state:
      describe_state(description, feature);
      break;
    case FeatureKind::integer:
      feature.tensor.dtype = DataType::int64;
      break;
    case FeatureKind::number:
      feature.tensor.dtype = DataType::fp64;
      break;
    case FeatureKind::string:
      feature.tensor.dtype = DataType::string;
      break;
    case FeatureKind::dictionary:
      feature.tensor.dtype = description.dictionaryConstraint.keyType == MLFeatureTypeInt64
                                 ? DataType::int64
                                 : DataType::string;
      break;
    default:
      break;
  }
  return feature;
}

}  // namespace

models::DataType to_data_type(MLMultiArrayDataType type) {
  for (const auto& [array_type, data_type] : kArrayTypes) {
    if (array_type == type) return data_type;
  }
  return DataType::unknown;
}

MLMultiArrayDataType to_array_type(models::DataType type) {
  for (const auto& [array_type, data_type] : kArrayTypes) {
    if (data_type == type) return array_type;
  }
  return static_cast<MLMultiArrayDataType>(0);
}

std::vector<models::Feature> to_features(
    NSDictionary<NSString*, MLFeatureDescription*>* described) {
  std::vector<Feature> features;
  for (NSString* name in described) {
    features.push_back(to_feature(name, [described objectForKey:name]));
  }
  std::sort(features.begin(), features.end(),
            [](const Feature& a, const Feature& b) { return a.name < b.name; });
  return features;
}

void settle_shapes(std::vector<models::Feature>& inputs, const models::InputShapes& asked) {
  for (const auto& [name, shape] : asked) {
    const Feature* const input = find_feature(inputs, name);
    if (input == nullptr) throw Error("a shape is asked for '" + name + "', which is no input");
    if (input->kind != FeatureKind::array && input->kind != FeatureKind::image) {
      throw Error("a shape is asked for '" + name + "', which has none");
    }
  }
  for (Feature& input : inputs) {
    if (input.kind != FeatureKind::array && input.kind != FeatureKind::image) continue;
    const auto found = asked.find(input.name);
    const auto settled = found != asked.end()
                             ? std::optional(models::shape_taken(input, found->second))
                             : models::first_shape(input);
    if (settled) {
      input.tensor.shape = *settled;
    } else if (!input.optional) {
      throw Error("the model does not say which shape input '" + input.name + "' has",
                  "ask for one");
    }
  }
}

}  // namespace anemon::profiler
