// Models that are no networks: a function from features to features.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "models/graph/model.h"
#include "profiler/reference/runnable.h"

namespace anemon::profiler::reference {

// Throws Error for an input that it cannot take.
using Transform = std::function<void(Features& inputs, Features& outputs)>;

// Null for kinds that do not run. The model must outlive it.
using MakeTransform = Transform (*)(const models::Model& model);
MakeTransform find_transform(std::string_view kind);

std::unique_ptr<Runnable> make_transform(const models::Model& model, MakeTransform make);
std::unique_ptr<Runnable> make_pipeline(const models::Model& model, const RunnableRequest& request);

// The inputs one after the other, as one row of numbers.
std::vector<double> row_of(const models::Model& model, Features& inputs);
// A single number or a row, to the model's first output or the one it predicts.
void put_row(const models::Model& model, const std::vector<double>& row, Features& outputs);

Transform glm_regressor(const models::Model& model);
Transform glm_classifier(const models::Model& model);
Transform tree_regressor(const models::Model& model);
Transform tree_classifier(const models::Model& model);
Transform scaler(const models::Model& model);
Transform normalizer(const models::Model& model);
Transform imputer(const models::Model& model);
Transform one_hot_encoder(const models::Model& model);
Transform feature_vectorizer(const models::Model& model);
Transform dict_vectorizer(const models::Model& model);
Transform array_feature_extractor(const models::Model& model);
Transform same_features(const models::Model& model);

double logistic(double value);
double probit(double value);             // the normal distribution's
void softmax(std::span<double> values);  // in place

}  // namespace anemon::profiler::reference
