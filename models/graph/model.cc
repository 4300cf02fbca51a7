#include "models/graph/model.h"

#include <algorithm>
#include <array>

namespace anemon::models {
namespace {

// By specification version, from 1. Source: coremltools' table of versions and deployment targets.
constexpr std::array<std::string_view, 10> kMinimumOs = {
    "macOS 10.13, iOS 11", "macOS 10.13.2, iOS 11.2", "macOS 10.14, iOS 12", "macOS 10.15, iOS 13",
    "macOS 11, iOS 14",    "macOS 12, iOS 15",        "macOS 13, iOS 16",    "macOS 14, iOS 17",
    "macOS 15, iOS 18",    "macOS 26, iOS 26"};

constexpr std::array<std::string_view, 7> kAneKinds = {
    "neuralNetwork",      "neuralNetworkClassifier", "neuralNetworkRegressor",    "mlProgram",
    "visionFeaturePrint", "audioFeaturePrint",       "soundAnalysisPreprocessing"};

}  // namespace

const Interface& described_interface(const Model& model, const Function& function) {
  const auto found =
      std::find_if(model.interfaces.begin(), model.interfaces.end(),
                   [&](const Interface& each) { return each.function == function.name; });
  return found == model.interfaces.end() ? model.interface : *found;
}

int newest_version(const Model& model) {
  int newest = model.specification_version;
  for (const Model& member : model.members) newest = std::max(newest, newest_version(member));
  return newest;
}

std::string minimum_os(const Model& model) {
  const int version = newest_version(model);
  if (version < 1 || version > static_cast<int>(kMinimumOs.size())) return {};
  return std::string(kMinimumOs[static_cast<size_t>(version - 1)]);
}

bool can_use_ane(const Model& model) {
  return std::find(kAneKinds.begin(), kAneKinds.end(), model.kind) != kAneKinds.end() ||
         std::any_of(model.members.begin(), model.members.end(), can_use_ane);
}

Shape network_shape(const Feature& feature, const Shape& shape, const Function& function) {
  if (!function.old_network) return shape;
  if (feature.kind != FeatureKind::image && function.exact_arrays) return shape;
  const bool image = feature.kind == FeatureKind::image;
  const size_t rank = image && function.rank4_images ? 4 : 5;
  Shape mapped = shape;
  if (mapped.size() == 1 && !image) mapped.insert(mapped.end(), {1, 1});
  if (mapped.size() < rank) mapped.insert(mapped.begin(), rank - mapped.size(), 1);
  return mapped;
}

std::string_view name_of(FeatureKind kind) {
  switch (kind) {
    case FeatureKind::integer:
      return "int64";
    case FeatureKind::number:
      return "double";
    case FeatureKind::string:
      return "string";
    case FeatureKind::image:
      return "image";
    case FeatureKind::array:
      return "multiArray";
    case FeatureKind::dictionary:
      return "dictionary";
    case FeatureKind::sequence:
      return "sequence";
    case FeatureKind::state:
      return "state";
    case FeatureKind::unknown:
      break;
  }
  return "unknown";
}

std::string_view name_of(Flexibility flexibility) {
  switch (flexibility) {
    case Flexibility::enumerated:
      return "enumerated";
    case Flexibility::range:
      return "range";
    case Flexibility::unbounded:
      return "unbounded";
    case Flexibility::fixed:
      break;
  }
  return "fixed";
}

std::string_view name_of(Oddity::Kind kind) {
  switch (kind) {
    case Oddity::Kind::weights_missing:
      return "weights: missing";
    case Oddity::Kind::weights_damaged:
      return "weights: damaged";
    case Oddity::Kind::weight_count:
      return "weight count";
    case Oddity::Kind::no_manifest:
      return "no manifest";
    case Oddity::Kind::newer_version:
      return "newer version";
    case Oddity::Kind::unknown_layer:
      return "unknown layer";
    case Oddity::Kind::other:
      break;
  }
  return "note";
}

}  // namespace anemon::models
