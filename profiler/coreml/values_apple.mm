#include "profiler/coreml/values_apple.h"

#include <cmath>
#include <cstdlib>

#include "core/error.h"
#include "profiler/coreml/arrays_apple.h"
#include "profiler/coreml/foundation_apple.h"
#include "profiler/coreml/images_apple.h"

namespace anemon::profiler {
namespace {

using models::Feature;
using models::FeatureKind;

MLFeatureValue* image_value(const FeatureValue& value, const Feature& feature,
                            MLFeatureDescription* description) {
  const models::Shape& shape = feature.tensor.shape;  // [channels, H, W]
  const ImageSize size{static_cast<size_t>(shape.at(1)), static_cast<size_t>(shape.at(2))};
  const PixelBuffer image =
      make_image(value.numbers, description.imageConstraint.pixelFormatType, size);
  return [MLFeatureValue featureValueWithPixelBuffer:image.get()];
}

MLFeatureValue* dictionary_value(const FeatureValue& value, MLFeatureDescription* description) {
  const bool integers = description.dictionaryConstraint.keyType == MLFeatureTypeInt64;
  NSMutableDictionary* const entries = [NSMutableDictionary dictionary];
  for (const auto& [key, number] : value.dictionary) {
    id<NSCopying> coreml_key = nil;
    if (integers) {
      char* end = nullptr;
      const long long integer = std::strtoll(key.c_str(), &end, 10);
      if (key.empty() || *end != '\0') {
        throw Error("input '" + value.name + "' has integers as keys, '" + key + "' is none");
      }
      coreml_key = [NSNumber numberWithLongLong:integer];
    } else {
      coreml_key = to_nsstring(key);
    }
    [entries setObject:[NSNumber numberWithDouble:number] forKey:coreml_key];
  }
  NSError* error = nil;
  MLFeatureValue* const made = [MLFeatureValue featureValueWithDictionary:entries error:&error];
  if (made == nil) {
    const auto causes = causes_of(error);
    throw Error("input '" + value.name + "' cannot be made" +
                (causes.empty() ? "" : ": " + causes.front().text));
  }
  return made;
}

MLFeatureValue* sequence_value(const FeatureValue& value, MLFeatureDescription* description) {
  if (description.sequenceConstraint.valueDescription.type == MLFeatureTypeString) {
    NSArray<NSString*>* const lines = [to_nsstring(value.text) componentsSeparatedByString:@"\n"];
    return [MLFeatureValue featureValueWithSequence:[MLSequence sequenceWithStringArray:lines]];
  }
  NSMutableArray<NSNumber*>* const integers = [NSMutableArray array];
  for (const float number : value.numbers) {
    [integers addObject:[NSNumber numberWithLongLong:std::llround(number)]];
  }
  return [MLFeatureValue featureValueWithSequence:[MLSequence sequenceWithInt64Array:integers]];
}

std::map<std::string, double> to_map(NSDictionary* entries) {
  std::map<std::string, double> map;
  for (id key in entries) {
    // Integers write themselves in decimal.
    map[to_text([key description])] = [[entries objectForKey:key] doubleValue];
  }
  return map;
}

void read_sequence(MLSequence* sequence, FeatureValue& value) {
  if (sequence.type == MLFeatureTypeString) {
    value.text = to_text([sequence.stringValues componentsJoinedByString:@"\n"]);
    return;
  }
  for (NSNumber* number in sequence.int64Values) value.numbers.push_back([number floatValue]);
  value.shape = {static_cast<int64_t>(value.numbers.size())};
}

void read_image_value(CVPixelBufferRef image, FeatureValue& value) {
  ImageSize size;
  value.numbers = read_image(image, size);
  const auto height = static_cast<int64_t>(size.height);
  const auto width = static_cast<int64_t>(size.width);
  const auto pixels = height * width;
  value.shape = {pixels == 0 ? 0 : static_cast<int64_t>(value.numbers.size()) / pixels, height,
                 width};
}

}  // namespace

MLFeatureValue* to_coreml(const FeatureValue& value, const Feature& feature,
                          MLFeatureDescription* description) {
  switch (feature.kind) {
    case FeatureKind::array:
      return [MLFeatureValue featureValueWithMultiArray:make_array(feature.tensor, value.numbers)];
    case FeatureKind::image:
      return image_value(value, feature, description);
    case FeatureKind::integer:
      return [MLFeatureValue featureValueWithInt64:std::llround(value.numbers.front())];
    case FeatureKind::number:
      return [MLFeatureValue featureValueWithDouble:static_cast<double>(value.numbers.front())];
    case FeatureKind::string:
      return [MLFeatureValue featureValueWithString:to_nsstring(value.text)];
    case FeatureKind::dictionary:
      return dictionary_value(value, description);
    case FeatureKind::sequence:
      return sequence_value(value, description);
    default:
      throw Error("input '" + feature.name + "' is of a kind that cannot be given");
  }
}

FeatureValue from_coreml(MLFeatureValue* value, const std::string& name) {
  FeatureValue result;
  result.name = name;
  switch (value.type) {
    case MLFeatureTypeMultiArray:
      result.shape = to_shape(value.multiArrayValue.shape);
      result.numbers = read_array(value.multiArrayValue);
      break;
    case MLFeatureTypeImage:
      read_image_value(value.imageBufferValue, result);
      break;
    case MLFeatureTypeInt64:
      result.numbers = {static_cast<float>(value.int64Value)};
      break;
    case MLFeatureTypeDouble:
      result.numbers = {static_cast<float>(value.doubleValue)};
      break;
    case MLFeatureTypeString:
      result.text = to_text(value.stringValue);
      break;
    case MLFeatureTypeDictionary:
      result.dictionary = to_map(value.dictionaryValue);
      break;
    case MLFeatureTypeSequence:
      read_sequence(value.sequenceValue, result);
      break;
    default:
      throw Error("output '" + name + "' is of a kind that cannot be read");
  }
  return result;
}

}  // namespace anemon::profiler
