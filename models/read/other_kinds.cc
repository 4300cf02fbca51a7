#include "models/read/other_kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "core/utf8.h"
#include "models/read/tree_ensemble.h"

namespace anemon::models {
namespace {

// What is told of a field.
enum class Telling : uint8_t {
  occurrences,  // how often it is there
  varints,      // how many elements a repeated integer has
  doubles,
  floats,
  bytes,   // its length
  sum,     // the integers themselves, added up
  text,    // a detail: as it is
  number,  // a detail: a double
};

// A fact of a kind: the field at the end of `path`, through all occurrences of those before it.
// Several rows of a name add up: they are the choices of a oneof.
struct Fact {
  std::string_view kind;
  const char* name;
  std::array<uint32_t, 3> path;  // 0: not so deep
  Telling telling;
};

// Source: the messages of Core ML's model kinds.
constexpr Fact kFacts[] = {
    {"glmClassifier", "classes", {100, 1}, Telling::occurrences},
    {"glmClassifier", "classes", {101, 1}, Telling::varints},
    {"treeEnsembleClassifier", "classes", {100, 1}, Telling::occurrences},
    {"treeEnsembleClassifier", "classes", {101, 1}, Telling::varints},
    {"treeEnsembleClassifier", "prediction_dimensions", {1, 2}, Telling::sum},
    {"treeEnsembleRegressor", "prediction_dimensions", {1, 2}, Telling::sum},
    {"supportVectorRegressor", "support_vectors", {2, 1}, Telling::occurrences},
    {"supportVectorRegressor", "support_vectors", {3, 1}, Telling::occurrences},
    {"supportVectorRegressor", "coefficients", {4, 1}, Telling::doubles},
    {"supportVectorClassifier", "support_vectors", {3, 1}, Telling::occurrences},
    {"supportVectorClassifier", "support_vectors", {4, 1}, Telling::occurrences},
    {"supportVectorClassifier", "coefficients", {5, 1}, Telling::doubles},
    {"supportVectorClassifier", "classes", {100, 1}, Telling::occurrences},
    {"supportVectorClassifier", "classes", {101, 1}, Telling::varints},
    {"bayesianProbitRegressor", "features", {1}, Telling::sum},
    {"bayesianProbitRegressor", "feature_weights", {3, 2}, Telling::occurrences},
    {"kNearestNeighborsClassifier", "samples", {1, 2}, Telling::occurrences},
    {"kNearestNeighborsClassifier", "sample_values", {1, 2, 1}, Telling::floats},
    {"kNearestNeighborsClassifier", "dimensions", {1, 1}, Telling::sum},
    {"kNearestNeighborsClassifier", "neighbors", {3, 1}, Telling::sum},
    {"kNearestNeighborsClassifier", "classes", {100, 1}, Telling::occurrences},
    {"kNearestNeighborsClassifier", "classes", {101, 1}, Telling::varints},
    {"itemSimilarityRecommender", "items", {1}, Telling::occurrences},
    {"itemSimilarityRecommender", "similarities", {1, 2}, Telling::occurrences},
    {"customModel", "class_name", {10}, Telling::text},
    {"customModel", "parameters", {30}, Telling::occurrences},
    {"linkedModel", "file", {1, 1, 1}, Telling::text},
    {"linkedModel", "search_path", {1, 2, 1}, Telling::text},
    {"classConfidenceThresholding", "curves", {100}, Telling::occurrences},
    {"oneHotEncoder", "categories", {1, 1}, Telling::occurrences},
    {"oneHotEncoder", "categories", {2, 1}, Telling::varints},
    {"imputer", "values", {4, 1}, Telling::doubles},
    {"imputer", "values", {5, 1}, Telling::varints},
    {"imputer", "values", {6, 1}, Telling::occurrences},
    {"imputer", "values", {7, 1}, Telling::occurrences},
    {"featureVectorizer", "columns", {1}, Telling::occurrences},
    {"featureVectorizer", "dimensions", {1, 2}, Telling::sum},
    {"dictVectorizer", "entries", {1, 1}, Telling::occurrences},
    {"dictVectorizer", "entries", {2, 1}, Telling::varints},
    {"scaler", "shifts", {1}, Telling::doubles},
    {"scaler", "scales", {2}, Telling::doubles},
    {"categoricalMapping", "entries", {1, 1}, Telling::occurrences},
    {"categoricalMapping", "entries", {2, 1}, Telling::occurrences},
    {"arrayFeatureExtractor", "indices", {1}, Telling::varints},
    {"nonMaximumSuppression", "classes", {100, 1}, Telling::occurrences},
    {"nonMaximumSuppression", "classes", {101, 1}, Telling::varints},
    {"nonMaximumSuppression", "iou_threshold", {110}, Telling::number},
    {"nonMaximumSuppression", "confidence_threshold", {111}, Telling::number},
    {"nonMaximumSuppression", "confidence_input", {200}, Telling::text},
    {"nonMaximumSuppression", "coordinates_input", {201}, Telling::text},
    {"textClassifier", "revision", {1}, Telling::sum},
    {"textClassifier", "language", {10}, Telling::text},
    {"textClassifier", "parameter_bytes", {100}, Telling::bytes},
    {"textClassifier", "classes", {200, 1}, Telling::occurrences},
    {"wordTagger", "revision", {1}, Telling::sum},
    {"wordTagger", "language", {10}, Telling::text},
    {"wordTagger", "parameter_bytes", {100}, Telling::bytes},
    {"wordTagger", "tags", {200, 1}, Telling::occurrences},
    {"gazetteer", "revision", {1}, Telling::sum},
    {"gazetteer", "language", {10}, Telling::text},
    {"gazetteer", "parameter_bytes", {100}, Telling::bytes},
    {"gazetteer", "classes", {200, 1}, Telling::occurrences},
    {"wordEmbedding", "revision", {1}, Telling::sum},
    {"wordEmbedding", "language", {10}, Telling::text},
    {"wordEmbedding", "parameter_bytes", {100}, Telling::bytes},
    {"visionFeaturePrint", "scene_version", {20, 1}, Telling::sum},
    {"visionFeaturePrint", "objects_version", {21, 1}, Telling::sum},
    {"audioFeaturePrint", "sound_version", {20, 1}, Telling::sum},
    {"serializedModel", "identifier", {1}, Telling::text},
    {"serializedModel", "bytes", {2}, Telling::bytes},
};

// Elements of a repeated scalar of `size` bytes each, packed or not; 0: varints.
uint64_t elements(const Field& field, size_t size) {
  if (field.type != WireType::length) return 1;
  if (size > 0) return field.bytes.size() / size;
  return static_cast<uint64_t>(std::count_if(field.bytes.begin(), field.bytes.end(), [](auto byte) {
    return (byte & std::byte{0x80}) == std::byte{0};  // the last of each
  }));
}

void tell(const Field& field, const Fact& fact, Model& model) {
  uint64_t& count = model.counts[fact.name];
  switch (fact.telling) {
    case Telling::occurrences:
      count += 1;
      break;
    case Telling::varints:
      count += elements(field, 0);
      break;
    case Telling::doubles:
      count += elements(field, sizeof(double));
      break;
    case Telling::floats:
      count += elements(field, sizeof(float));
      break;
    case Telling::bytes:
      count += field.message().size();
      break;
    case Telling::sum:
      count += field.uint64();
      break;
    case Telling::text:
    case Telling::number:
      model.counts.erase(fact.name);
      model.details[fact.name] = fact.telling == Telling::text ? to_clean_utf8(field.text(), 1000)
                                                               : fmt::format("{}", field.float64());
      break;
  }
}

void follow(Bytes message, const Fact& fact, size_t step, Model& model) {
  const bool last = step + 1 == fact.path.size() || fact.path[step + 1] == 0;
  for (WireReader reader(message, fact.kind.data()); auto field = reader.next();) {
    if (field->number != fact.path[step]) continue;
    if (last) {
      tell(*field, fact, model);
    } else {
      follow(field->message(), fact, step + 1, model);
    }
  }
}

LinearModel read_linear(Bytes message) {
  LinearModel linear;
  for (WireReader reader(message, "GLM"); auto field = reader.next();) {
    if (field->number != 1) continue;
    ++linear.rows;
    for (WireReader row(field->message(), "DoubleArray"); auto value = row.next();) {
      if (value->number == 1) linear.weights += elements(*value, sizeof(double));
    }
  }
  return linear;
}

}  // namespace

void read_other_kind(Bytes message, Model& model) {
  const std::string_view kind = model.kind;
  for (const Fact& fact : kFacts) {
    if (fact.kind == kind) follow(message, fact, 0, model);
  }
  if (kind.starts_with("glm")) model.linear = read_linear(message);
  if (kind.starts_with("treeEnsemble")) {
    model.trees.emplace();
    for (WireReader reader(message, "TreeEnsemble"); auto field = reader.next();) {
      if (field->number == 1) {
        model.trees = read_tree_ensemble(field->message(), model.oddities);
      }
    }
  }
}

}  // namespace anemon::models
