// Generalised linear models. Source: Core ML's GLMRegressor.proto and GLMClassifier.proto.
#include "core/error.h"
#include "models/read/wire.h"
#include "profiler/reference/classes.h"
#include "profiler/reference/transform.h"

namespace anemon::profiler::reference {
namespace {

using models::WireReader;

struct Linear {
  std::vector<std::vector<double>> weights;  // a row per score
  std::vector<double> offsets;
  uint64_t transform = 0, encoding = 0;
};

Linear read(const models::Model& model) {
  constexpr size_t kMost = 100'000'000;
  Linear linear;
  for (WireReader reader(model.parameters, "GLM"); auto field = reader.next();) {
    if (field->number == 1) {
      linear.weights.emplace_back();
      for (WireReader row(field->message(), "DoubleArray"); auto part = row.next();) {
        if (part->number == 1) part->append_to(linear.weights.back(), kMost);
      }
    }
    if (field->number == 2) field->append_to(linear.offsets, kMost);
    if (field->number == 3) linear.transform = field->uint64();
    if (field->number == 4) linear.encoding = field->uint64();
  }
  linear.offsets.resize(linear.weights.size(), 0.0);
  return linear;
}

std::vector<double> scores_of(const Linear& linear, const std::vector<double>& row) {
  std::vector<double> scores = linear.offsets;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (linear.weights[i].size() != row.size()) {
      throw Error("the model has " + std::to_string(linear.weights[i].size()) + " weights for " +
                  std::to_string(row.size()) + " numbers");
    }
    for (size_t n = 0; n < row.size(); ++n) scores[i] += linear.weights[i][n] * row[n];
  }
  return scores;
}

}  // namespace

Transform glm_regressor(const models::Model& model) {
  return [&model, linear = read(model)](Features& inputs, Features& outputs) {
    std::vector<double> scores = scores_of(linear, row_of(model, inputs));
    for (double& score : scores) {
      if (linear.transform == 1) score = logistic(score);
      if (linear.transform == 2) score = probit(score);
    }
    put_row(model, scores, outputs);
  };
}

Transform glm_classifier(const models::Model& model) {
  constexpr uint64_t kOneVersusRest = 1;
  return [&model, linear = read(model), classes = Classes::read(model.parameters, 100, 101)](
             Features& inputs, Features& outputs) {
    std::vector<double> scores = scores_of(linear, row_of(model, inputs));
    const auto chance = [&](double score) {
      return linear.transform == 1 ? probit(score) : logistic(score);
    };
    const bool reference = linear.encoding != kOneVersusRest;
    if (scores.size() == 1) {  // of two classes the second
      const double second = chance(scores[0]);
      scores = {1 - second, second};
    } else if (reference) {  // the first class is what the others are compared with
      scores.insert(scores.begin(), 0.0);
      softmax(scores);
    } else {
      double sum = 0;
      for (double& score : scores) sum += score = chance(score);
      for (double& score : scores) score = sum == 0 ? score : score / sum;
    }
    const std::vector<float> probabilities(scores.begin(), scores.end());
    classes.give(probabilities, model.interface.predicted_feature,
                 model.interface.predicted_probabilities, outputs);
  };
}

}  // namespace anemon::profiler::reference
