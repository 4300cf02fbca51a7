#include "profiler/reference/transform.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/error.h"

namespace anemon::profiler::reference {
namespace {

struct Row {
  std::string_view kind;
  MakeTransform make;
};
constexpr Row kRows[] = {
    {"glmRegressor", glm_regressor},
    {"glmClassifier", glm_classifier},
    {"treeEnsembleRegressor", tree_regressor},
    {"treeEnsembleClassifier", tree_classifier},
    {"scaler", scaler},
    {"normalizer", normalizer},
    {"imputer", imputer},
    {"oneHotEncoder", one_hot_encoder},
    {"featureVectorizer", feature_vectorizer},
    {"dictVectorizer", dict_vectorizer},
    {"arrayFeatureExtractor", array_feature_extractor},
    {"identity", same_features},
};

using Ticks = std::chrono::steady_clock;

// One operation, as far as times go.
class Single : public Runnable {
 public:
  Single(const models::Model& model, Transform transform)
      : model_(model), transform_(std::move(transform)) {}

  void take(Features& inputs) override {
    inputs_.clear();
    for (const models::Feature& feature : model_.interface.inputs) {
      if (const FeatureValue* found = find_feature(inputs, feature.name)) {
        inputs_.push_back(*found);
      }
    }
  }
  void execute() override {
    const auto before = timed_ ? Ticks::now() : Ticks::time_point();
    outputs_.clear();
    transform_(inputs_, outputs_);
    if (!timed_) return;
    total_ += Ticks::now() - before;
    ++calls_;
  }
  void give(Features& outputs) override {
    for (FeatureValue& value : outputs_) feature_in(outputs, value.name) = value;
  }
  void time_operations(bool on) override {
    timed_ = on;
    if (!on) return;
    total_ = {};
    calls_ = 0;
  }
  void add_times(std::vector<OperationTime>& times) const override {
    times.push_back({model_.name, model_.kind, total_, calls_, {}});
  }

 private:
  const models::Model& model_;
  Transform transform_;
  Features inputs_, outputs_;
  bool timed_ = false;
  Duration total_{};
  uint64_t calls_ = 0;
};

// Features are handed from member to member by their names.
class Pipeline : public Runnable {
 public:
  Pipeline(const models::Model& model, const RunnableRequest& request) : model_(model) {
    for (const models::Model& member : model.members) {
      members_.push_back(make_runnable(member, {{}, request.shapes, request.plan}));
    }
  }

  void take(Features& inputs) override { features_ = inputs; }
  void execute() override {
    for (const auto& member : members_) {
      member->take(features_);
      member->execute();
      member->give(features_);
    }
  }
  void give(Features& outputs) override {
    for (const models::Feature& feature : model_.interface.outputs) {
      if (const FeatureValue* found = find_feature(features_, feature.name)) {
        feature_in(outputs, feature.name) = *found;
      }
    }
    // A pipeline inside another hands on what its last member names.
    if (model_.interface.outputs.empty()) outputs = features_;
  }
  void time_operations(bool on) override {
    for (const auto& member : members_) member->time_operations(on);
  }
  void add_times(std::vector<OperationTime>& times) const override {
    for (const auto& member : members_) member->add_times(times);
  }
  uint64_t weight_bytes() const override {
    uint64_t sum = 0;
    for (const auto& member : members_) sum += member->weight_bytes();
    return sum;
  }
  uint64_t activation_bytes() const override {
    uint64_t sum = 0;
    for (const auto& member : members_) sum += member->activation_bytes();
    return sum;
  }

 private:
  const models::Model& model_;
  std::vector<std::unique_ptr<Runnable>> members_;
  Features features_;
};

}  // namespace

MakeTransform find_transform(std::string_view kind) {
  for (const Row& row : kRows) {
    if (row.kind == kind) return row.make;
  }
  return nullptr;
}

std::unique_ptr<Runnable> make_transform(const models::Model& model, MakeTransform make) {
  if (model.parameters.empty()) {
    throw Error(
        "a compiled model of kind " + model.kind + " is not supported by the reference engine",
        "profile the .mlmodel it was compiled from");
  }
  return std::make_unique<Single>(model, make(model));
}

std::unique_ptr<Runnable> make_pipeline(const models::Model& model,
                                        const RunnableRequest& request) {
  return std::make_unique<Pipeline>(model, request);
}

std::vector<double> row_of(const models::Model& model, Features& inputs) {
  std::vector<double> row;
  for (const models::Feature& feature : model.interface.inputs) {
    const FeatureValue* found = find_feature(inputs, feature.name);
    if (found == nullptr) {
      throw Error("input '" + feature.name + "' of " + model.kind + " is missing");
    }
    row.insert(row.end(), found->numbers.begin(), found->numbers.end());
  }
  return row;
}

void put_row(const models::Model& model, const std::vector<double>& row, Features& outputs) {
  std::string name = model.interface.predicted_feature;
  if (name.empty() && !model.interface.outputs.empty()) name = model.interface.outputs[0].name;
  FeatureValue& value = feature_in(outputs, name);
  value.numbers.assign(row.begin(), row.end());
  value.shape = {static_cast<int64_t>(row.size())};
}

double logistic(double value) { return 1 / (1 + std::exp(-value)); }

double probit(double value) { return 0.5 * std::erfc(-value / std::sqrt(2.0)); }

void softmax(std::span<double> values) {
  if (values.empty()) return;
  const double highest = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (double& value : values) sum += value = std::exp(value - highest);
  for (double& value : values) value /= sum;
}

}  // namespace anemon::profiler::reference
