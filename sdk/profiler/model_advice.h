// What anemon says of a model's file without running it.
#pragma once

#include <anemon/profiler.h>

#include <memory>
#include <string>
#include <vector>

#include "core/json.h"
#include "models/document/model_study.h"
#include "sdk/profiler/run_settings.h"

namespace anemon::sdk {

// Throws Error for a file that cannot be read.
std::unique_ptr<ModelStudy> study_of(const Config& config, const std::string& path);

// "DT-1: member: 7 operations ...", of warnings and of errors.
void list_findings(const ModelStudy& study, std::vector<std::string>& warnings,
                   std::vector<std::string>& errors);

// Recommendations for the model at `path`, as a result's document has them: those of `metrics` when
// they are of this model, else of the file alone. Throws as study_of().
Json recommendations_for(const Config& config, const std::string& path,
                         const ANEPerformanceMetrics& metrics);

// A view of such a list. Pure.
void fill(OptimizationRecommendations& advice, const Json& recommendations);

}  // namespace anemon::sdk
