// Trees, linear models and the small kinds.
#include "models/read/other_kinds.h"

#include <string>

#include "models/read/tree_ensemble.h"
#include "tests/catch.h"
#include "tests/unit/models/layers/network_writer.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

Model read_kind(const char* kind, const ProtoWriter& message) {
  Model model;
  model.kind = kind;
  read_other_kind(as_message(message.bytes()), model);
  return model;
}

ProtoWriter node(int64_t tree, int64_t id, int64_t yes, int64_t no) {
  return ProtoWriter().integer(1, tree).integer(2, id).integer(12, yes).integer(13, no);
}
ProtoWriter leaf(int64_t tree, int64_t id) {
  return ProtoWriter().integer(1, tree).integer(2, id).integer(3, 6);
}

TreeEnsemble measure(std::initializer_list<ProtoWriter> nodes, std::vector<Oddity>& oddities) {
  ProtoWriter message;
  for (const ProtoWriter& each : nodes) message.message(1, each);
  return read_tree_ensemble(as_message(message.bytes()), oddities);
}

ProtoWriter words(std::initializer_list<const char*> each) {
  ProtoWriter vector;
  for (const char* word : each) vector.bytes(1, word);
  return vector;
}

}  // namespace

TEST_CASE("trees are counted and their longest path found, in whatever order nodes come") {
  std::vector<Oddity> oddities;
  const TreeEnsemble ensemble = measure({leaf(7, 2), node(7, 0, 1, 2), leaf(3, 0), node(7, 1, 3, 4),
                                         leaf(7, 4), node(7, 3, 5, 6), leaf(7, 5), leaf(7, 6)},
                                        oddities);
  CHECK(ensemble.trees == 2);
  CHECK(ensemble.nodes == 8);
  CHECK(ensemble.leaves == 5);
  CHECK(ensemble.max_depth == 3);
  CHECK(oddities.empty());
}

TEST_CASE("a chain of a hundred thousand nodes has a depth and no recursion") {
  ProtoWriter message;
  constexpr int64_t kLength = 100000;
  for (int64_t i = 0; i < kLength; ++i) message.message(1, node(0, 2 * i, 2 * i + 1, 2 * i + 2));
  for (int64_t i = 0; i < kLength; ++i) message.message(1, leaf(0, 2 * i + 1));
  message.message(1, leaf(0, 2 * kLength));
  std::vector<Oddity> oddities;
  CHECK(read_tree_ensemble(as_message(message.bytes()), oddities).max_depth == kLength);
  CHECK(oddities.empty());
}

TEST_CASE("cycles, missing children and nodes given twice are told") {
  std::vector<Oddity> oddities;
  const TreeEnsemble cycle = measure({node(1, 0, 1, 1), node(1, 1, 0, 0), leaf(2, 0)}, oddities);
  CHECK(cycle.trees == 2);
  CHECK(cycle.max_depth == 0);
  REQUIRE(oddities.size() == 1);
  CHECK(oddities[0].message.find("cycle") != std::string::npos);
  oddities.clear();
  CHECK(measure({node(0, 0, 1, 9), leaf(0, 1)}, oddities).max_depth == 1);
  REQUIRE(oddities.size() == 1);
  CHECK(oddities[0].message == "1 children of tree nodes are missing, the first in tree 0");
  oddities.clear();
  measure({leaf(0, 1), leaf(0, 1)}, oddities);
  REQUIRE(oddities.size() == 1);
  CHECK(oddities[0].message.find("given twice") != std::string::npos);
}

TEST_CASE("a tree ensemble's model tells its trees and classes") {
  const ProtoWriter ensemble =
      ProtoWriter().message(1, leaf(0, 0)).message(1, leaf(1, 0)).integer(2, 3);
  const Model model = read_kind("treeEnsembleClassifier",
                                ProtoWriter().message(1, ensemble).message(100, words({"a", "b"})));
  REQUIRE(model.trees);
  CHECK(model.trees->trees == 2);
  CHECK(model.trees->leaves == 2);
  CHECK(model.counts.at("classes") == 2);
  CHECK(model.counts.at("prediction_dimensions") == 3);
  CHECK(read_kind("treeEnsembleRegressor", ProtoWriter()).trees);
}

TEST_CASE("a linear model tells its rows and weights, packed or not") {
  const ProtoWriter row =
      ProtoWriter().bytes(1, std::string(3 * sizeof(double), '\0')).float64(1, 2.0);
  const Model model =
      read_kind("glmRegressor", ProtoWriter().message(1, row).message(1, row).float64(2, 1.0));
  REQUIRE(model.linear);
  CHECK(model.linear->rows == 2);
  CHECK(model.linear->weights == 8);
  CHECK_FALSE(model.trees);
}

TEST_CASE("small kinds tell what size they have") {
  const ProtoWriter two = words({"a", "b"});
  const auto count = [](const char* kind, const ProtoWriter& message, const char* name) {
    const Model model = read_kind(kind, message);
    const auto found = model.counts.find(name);
    return found == model.counts.end() ? uint64_t{999} : found->second;
  };
  CHECK(count("oneHotEncoder", ProtoWriter().message(1, two), "categories") == 2);
  CHECK(count("oneHotEncoder", ProtoWriter().message(2, list(1, {1, 300, -1})), "categories") == 3);
  CHECK(count("dictVectorizer", ProtoWriter().message(1, two), "entries") == 2);
  CHECK(count("featureVectorizer",
              ProtoWriter()
                  .message(1, ProtoWriter().integer(2, 5))
                  .message(1, ProtoWriter().integer(2, 7)),
              "dimensions") == 12);
  CHECK(count("scaler", ProtoWriter().bytes(1, std::string(24, '\0')), "shifts") == 3);
  CHECK(count("arrayFeatureExtractor", list(1, {4, 5}), "indices") == 2);
  CHECK(count("categoricalMapping", ProtoWriter().message(1, ProtoWriter().entry(1, "k", "v")),
              "entries") == 1);
  CHECK(count("supportVectorClassifier",
              ProtoWriter().message(4, ProtoWriter().message(1, {}).message(1, {})),
              "support_vectors") == 2);
  CHECK(count("kNearestNeighborsClassifier",
              ProtoWriter().message(1, ProtoWriter().integer(1, 4).message(
                                           2, ProtoWriter().bytes(1, floats({1, 2, 3, 4})))),
              "sample_values") == 4);
  CHECK(count("itemSimilarityRecommender",
              ProtoWriter().message(1, ProtoWriter().message(2, {}).message(2, {})),
              "similarities") == 2);
  CHECK(count("textClassifier", ProtoWriter().bytes(100, "12345"), "parameter_bytes") == 5);
  CHECK(count("visionFeaturePrint", ProtoWriter().message(20, ProtoWriter().integer(1, 2)),
              "scene_version") == 2);

  const Model suppression = read_kind(
      "nonMaximumSuppression",
      ProtoWriter().float64(110, 0.45).float64(111, 0.25).bytes(200, "raw").message(100, two));
  CHECK(suppression.details.at("iou_threshold") == "0.45");
  CHECK(suppression.details.at("confidence_threshold") == "0.25");
  CHECK(suppression.details.at("confidence_input") == "raw");
  CHECK(suppression.counts.at("classes") == 2);
  CHECK(read_kind("customModel", ProtoWriter().bytes(10, "Mine")).details.at("class_name") ==
        "Mine");
  CHECK(read_kind("linkedModel",
                  ProtoWriter().message(1, ProtoWriter().message(1, words({"other.mlmodelc"}))))
            .details.at("file") == "other.mlmodelc");
}

TEST_CASE("kinds without facts, and damaged ones, are no trouble") {
  CHECK(read_kind("identity", ProtoWriter()).counts.empty());
  CHECK(read_kind("something new", ProtoWriter().bytes(1, "x")).counts.empty());
  CHECK_THROWS_AS(read_kind("glmRegressor", ProtoWriter().integer(1, 5)), WireError);
  CHECK_THROWS_AS(read_kind("treeEnsembleRegressor", ProtoWriter().begin(1, 99)), WireError);
}
