// A model or a member of a pipeline, ready to predict.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/graph/model.h"
#include "profiler/engine.h"
#include "profiler/reference/plan.h"

namespace anemon::profiler::reference {

using Features = std::vector<FeatureValue>;

FeatureValue* find_feature(Features& features, const std::string& name);  // null when absent
// The one of that name, which is added where it is missing.
FeatureValue& feature_in(Features& features, const std::string& name);

class Runnable {
 public:
  virtual ~Runnable() = default;

  // The three parts of one prediction. What take() does not find was not asked for (optional).
  virtual void take(Features& inputs) = 0;
  virtual void execute() = 0;
  virtual void give(Features& outputs) = 0;

  virtual void time_operations(bool) {}
  virtual void add_times(std::vector<OperationTime>&) const {}
  virtual uint64_t weight_bytes() const { return 0; }
  virtual uint64_t activation_bytes() const { return 0; }
  // Fills in what the description leaves open of an output's shape.
  virtual void complete(std::vector<models::Feature>&) const {}
};

struct RunnableRequest {
  std::string function;
  const models::InputShapes* shapes;
  PlanOptions plan;
};

// A network or program, a pipeline, or another kind of model. `model` must outlive it. Throws Error
// that names what cannot run.
std::unique_ptr<Runnable> make_runnable(const models::Model& model, const RunnableRequest& request);

std::unique_ptr<Runnable> make_network(const models::Model& model, const RunnableRequest& request);

}  // namespace anemon::profiler::reference
