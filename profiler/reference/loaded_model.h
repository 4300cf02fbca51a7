// A model in memory, ready to predict.
#pragma once

#include <memory>
#include <string>

#include "models/graph/model.h"
#include "profiler/engine.h"
#include "profiler/reference/plan.h"

namespace anemon::profiler::reference {

// `function` empty: the default one. Throws Error that names what cannot run.
std::unique_ptr<LoadedModel> load_model(std::unique_ptr<models::Model> model,
                                        const std::string& function,
                                        const models::InputShapes& shapes,
                                        const PlanOptions& options);

}  // namespace anemon::profiler::reference
