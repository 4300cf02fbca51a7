#include "models/read/feature.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/utf8.h"
#include "models/read/interface.h"

namespace anemon::models {
namespace {

constexpr size_t kMostRank = 100;       // Core ML takes 5; more is described all the same
constexpr size_t kMostShapes = 10'000;  // Core ML takes 128
constexpr size_t kDescriptionBytes = 10'000;

int64_t extent(uint64_t value) {
  return static_cast<int64_t>(
      std::min(value, static_cast<uint64_t>(std::numeric_limits<int64_t>::max())));
}

ExtentRange read_range(Bytes message) {
  ExtentRange range;
  for (WireReader reader(message, "SizeRange"); auto field = reader.next();) {
    if (field->number == 1) range.lower = extent(field->uint64());
    if (field->number == 2) range.upper = field->int64();
  }
  if (range.upper < 0) range.upper = kAnyExtent;
  return range;
}

Shape read_shape(Bytes message, const char* name) {
  Shape shape;
  for (WireReader reader(message, name); auto field = reader.next();) {
    if (field->number == 1) field->append_to(shape, kMostRank);
  }
  return shape;
}

void keep(std::vector<Shape>& shapes, Shape shape, Budget& budget) {
  budget.take_values();
  if (shapes.size() < kMostShapes) shapes.push_back(std::move(shape));
}

void read_array(Bytes message, Feature& feature, Budget& budget) {
  for (WireReader reader(message, "ArrayFeatureType"); auto field = reader.next();) {
    switch (field->number) {
      case 1:
        field->append_to(feature.tensor.shape, kMostRank);
        break;
      case 2:
        feature.tensor.dtype = data_type_of_array(field->uint64());
        break;
      case 21:  // a oneof with 31: the last one counts
        feature.ranges.clear();
        for (WireReader shapes(field->message(), "EnumeratedShapes"); auto each = shapes.next();) {
          if (each->number == 1) {
            keep(feature.enumerated, read_shape(each->message(), "Shape"), budget);
          }
        }
        break;
      case 31:
        feature.enumerated.clear();
        for (WireReader ranges(field->message(), "ShapeRange"); auto each = ranges.next();) {
          if (each->number != 1 || feature.ranges.size() >= kMostRank) continue;
          feature.ranges.push_back(read_range(each->message()));
        }
        break;
    }
  }
}

Shape image_shape(const Feature& feature, int64_t height, int64_t width) {
  const bool grey = feature.color_space.starts_with("GRAYSCALE");
  return {grey ? 1 : 3, height, width};
}

void read_image(Bytes message, Feature& feature, Budget& budget) {
  int64_t width = 0, height = 0;
  std::vector<std::pair<int64_t, int64_t>> sizes;
  std::vector<ExtentRange> ranges;  // height, width
  for (WireReader reader(message, "ImageFeatureType"); auto field = reader.next();) {
    switch (field->number) {
      case 1:
        width = field->int64();
        break;
      case 2:
        height = field->int64();
        break;
      case 3:
        switch (field->uint64()) {
          case 10:
            feature.color_space = "GRAYSCALE";
            break;
          case 20:
            feature.color_space = "RGB";
            break;
          case 30:
            feature.color_space = "BGR";
            break;
          case 40:
            feature.color_space = "GRAYSCALE_FLOAT16";
            break;
        }
        break;
      case 21:
        ranges.clear();
        for (WireReader list(field->message(), "EnumeratedImageSizes"); auto each = list.next();) {
          if (each->number != 1) continue;
          budget.take_values();
          std::pair<int64_t, int64_t> size;
          for (WireReader image(each->message(), "ImageSize"); auto part = image.next();) {
            if (part->number == 1) size.second = extent(part->uint64());
            if (part->number == 2) size.first = extent(part->uint64());
          }
          if (sizes.size() < kMostShapes) sizes.push_back(size);
        }
        break;
      case 31:
        sizes.clear();
        ranges.assign(2, {});
        for (WireReader list(field->message(), "ImageSizeRange"); auto each = list.next();) {
          if (each->number == 1) ranges[1] = read_range(each->message());
          if (each->number == 2) ranges[0] = read_range(each->message());
        }
        break;
    }
  }
  feature.tensor.dtype =
      feature.color_space == "GRAYSCALE_FLOAT16" ? DataType::fp16 : DataType::uint8;
  feature.tensor.shape = image_shape(feature, height, width);
  const int64_t channels = feature.tensor.shape.front();
  for (const auto& [high, wide] : sizes) {
    feature.enumerated.push_back(image_shape(feature, high, wide));
  }
  if (!ranges.empty()) feature.ranges = {{channels, channels}, ranges[0], ranges[1]};
}

void read_type(Bytes message, Feature& feature, Budget& budget) {
  for (WireReader reader(message, "FeatureType"); auto field = reader.next();) {
    switch (field->number) {
      case 1:
        feature.kind = FeatureKind::integer;
        feature.tensor.dtype = DataType::int64;
        break;
      case 2:
        feature.kind = FeatureKind::number;
        feature.tensor.dtype = DataType::fp64;
        break;
      case 3:
        feature.kind = FeatureKind::string;
        feature.tensor.dtype = DataType::string;
        break;
      case 4:
        feature.kind = FeatureKind::image;
        read_image(field->message(), feature, budget);
        break;
      case 5:
        feature.kind = FeatureKind::array;
        read_array(field->message(), feature, budget);
        break;
      case 6:
        feature.kind = FeatureKind::dictionary;
        for (WireReader key(field->message(), "DictionaryFeatureType"); auto part = key.next();) {
          if (part->number == 1) feature.tensor.dtype = DataType::int64;
          if (part->number == 2) feature.tensor.dtype = DataType::string;
        }
        break;
      case 7:
        feature.kind = FeatureKind::sequence;
        for (WireReader item(field->message(), "SequenceFeatureType"); auto part = item.next();) {
          if (part->number == 1) feature.tensor.dtype = DataType::int64;
          if (part->number == 3) feature.tensor.dtype = DataType::string;
        }
        break;
      case 8:
        feature.kind = FeatureKind::state;
        for (WireReader state(field->message(), "StateFeatureType"); auto part = state.next();) {
          if (part->number == 1) read_array(part->message(), feature, budget);
        }
        break;
      case 1000:
        feature.optional = field->boolean();
        break;
    }
  }
}

}  // namespace

void settle_flexibility(Feature& feature, OddityLog& oddities) {
  Shape& shape = feature.tensor.shape;
  if (shape.empty() && !feature.enumerated.empty()) shape = feature.enumerated.front();
  if (shape.empty()) {
    for (const ExtentRange& range : feature.ranges) shape.push_back(range.lower);
  }
  if (shape.empty()) {
    feature.tensor.ranked = false;
    return;
  }
  const auto wrong = [&](const char* what) {
    oddities.note(Oddity::Kind::other, what,
                  "the " + std::string(what) + " of " + feature.name +
                      " have another rank than its default shape " + to_text(shape));
  };
  const auto misfits = std::erase_if(
      feature.enumerated, [&](const Shape& each) { return each.size() != shape.size(); });
  if (misfits > 0) wrong("enumerated shapes");
  if (!feature.ranges.empty() && feature.ranges.size() != shape.size()) {
    wrong("ranges");
    feature.ranges.clear();
  }
  const auto is_default = [&](const Shape& each) { return each == shape; };
  if (!std::all_of(feature.enumerated.begin(), feature.enumerated.end(), is_default)) {
    feature.flexibility = Flexibility::enumerated;
    return;
  }
  feature.enumerated.clear();
  const auto open = [](const ExtentRange& range) { return range.upper == kAnyExtent; };
  const auto single = [](const ExtentRange& range) { return range.lower == range.upper; };
  if (std::any_of(feature.ranges.begin(), feature.ranges.end(), open)) {
    feature.flexibility = Flexibility::unbounded;
  } else if (!std::all_of(feature.ranges.begin(), feature.ranges.end(), single)) {
    feature.flexibility = Flexibility::range;
  } else if (!feature.ranges.empty()) {
    for (size_t i = 0; i < shape.size(); ++i) shape[i] = feature.ranges[i].lower;
    feature.ranges.clear();
  }
}

Feature read_feature(Bytes message, Budget& budget, OddityLog& oddities) {
  Feature feature;
  for (WireReader reader(message, "FeatureDescription"); auto field = reader.next();) {
    switch (field->number) {
      case 1:
        feature.name = read_name(*field);
        break;
      case 2:
        feature.description = to_clean_utf8(field->text(), kDescriptionBytes, " ");
        break;
      case 3:
        read_type(field->message(), feature, budget);
        break;
    }
  }
  const bool shaped = feature.kind == FeatureKind::array || feature.kind == FeatureKind::image ||
                      feature.kind == FeatureKind::state;
  if (shaped) settle_flexibility(feature, oddities);
  return feature;
}

}  // namespace anemon::models
