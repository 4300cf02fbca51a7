// A Core ML model as its file describes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/graph/function.h"
#include "models/graph/tensor_type.h"

namespace anemon {
class MappedFile;
}

namespace anemon::models {

enum class FeatureKind : uint8_t {
  unknown,
  integer,
  number,
  string,
  image,
  array,
  dictionary,
  sequence,
  state,
};

enum class Flexibility : uint8_t { fixed, enumerated, range, unbounded };

struct ExtentRange {
  int64_t lower = 0;
  int64_t upper = 0;  // inclusive; kAnyExtent: unbounded
};

// One input, output or state.
struct Feature {
  std::string name;
  std::string description;
  FeatureKind kind = FeatureKind::unknown;
  bool optional = false;
  TensorType tensor;        // arrays and states: the default shape; images: uint8 [channels,H,W]
  std::string color_space;  // images: "RGB", "BGR", "GRAYSCALE", "GRAYSCALE_FLOAT16"
  Flexibility flexibility = Flexibility::fixed;
  std::vector<Shape> enumerated;    // same rank as tensor.shape
  std::vector<ExtentRange> ranges;  // one per dimension of tensor.shape
};

struct Interface {
  std::string function;  // empty but for models of several functions
  std::vector<Feature> inputs, outputs, states;
  std::string predicted_feature, predicted_probabilities;  // outputs of classifiers and regressors
};

// Kinds that are no networks; only their size matters.
struct TreeEnsemble {
  uint64_t trees = 0;
  uint64_t nodes = 0;
  uint64_t leaves = 0;
  uint64_t max_depth = 0;  // comparisons on the longest path
};
struct LinearModel {
  uint64_t rows = 0;
  uint64_t weights = 0;  // of all rows: multiplications of one prediction
};

// Something odd about the file that does not stop the reading. Rules turn it into a finding.
struct Oddity {
  enum class Kind : uint8_t {
    weights_missing,  // a weight file is absent
    weights_damaged,  // a blob does not fit its file, its sentinel or its type
    weight_count,     // an old layer's weights are not as many as its parameters say
    no_manifest,      // a package without Manifest.json
    newer_version,    // specification beyond what this program knows
    unknown_layer,    // a layer kind without a row in the table
    other,
  };
  Kind kind = Kind::other;
  std::string message;    // what, where, why: one line
  std::string operation;  // the name of the one concerned; may be empty
};

// One list for a model and all its members: a pipeline has many of either.
using MappedFiles = std::shared_ptr<const std::vector<std::shared_ptr<const MappedFile>>>;

struct Model {
  std::string name;  // a pipeline member's; else the file's name
  std::filesystem::path path;
  std::string kind;       // the oneof's name: "mlProgram", "neuralNetworkClassifier"
  std::string container;  // "mlmodel", "mlpackage", "mlmodelc"
  int specification_version = 0;
  bool updatable = false;
  Interface interface;                          // of the default function
  std::vector<Interface> interfaces;            // models of several functions: one each
  std::map<std::string, std::string> metadata;  // author, license, version, and userDefined's
  std::vector<Function> functions;              // networks and programs; the default function first
  std::optional<TreeEnsemble> trees;
  std::optional<LinearModel> linear;
  std::map<std::string, uint64_t> counts;      // other kinds: "support_vectors", "categories"
  std::map<std::string, std::string> details;  // other kinds: "class_name", "iou_threshold"
  std::vector<Model> members;                  // of a pipeline, in order
  uint64_t stored_bytes = 0;                   // all files of the model on disk
  std::vector<Oddity> oddities;
  MappedFiles files;  // what constants point into; may be null
  // The message of its kind as it stands in `files`, for who runs it: trees, classes, factors.
  // Empty where the file is none (compiled models).
  std::span<const std::byte> parameters;
};

// What the model's description says of one of its functions; of models of one function the only
// one.
const Interface& described_interface(const Model& model, const Function& function);

// "macOS 13, iOS 16"; the least a specification version needs, of a pipeline the most of its
// members'. Empty beyond the newest known.
std::string minimum_os(const Model& model);
int newest_version(const Model& model);  // the model's own or a member's

// Networks that can use the Neural Engine at all (and Apple's built-in ones, which do).
bool can_use_ane(const Model& model);

// A shape of the feature (its default, or one asked for) as the network sees it: [C] is
// [1,1,C,1,1], [C,H,W] is [1,1,C,H,W], unless Function::exact_arrays or, for images,
// Function::rank4_images say otherwise. Functions that are no old networks: `shape` as it is.
Shape network_shape(const Feature& feature, const Shape& shape, const Function& function);

std::string_view name_of(FeatureKind kind);
std::string_view name_of(Flexibility flexibility);
std::string_view name_of(Oddity::Kind kind);

}  // namespace anemon::models
