// What anemon says of a model's file without running it.
#pragma once

#include <anemon/profiler.h>

#include <memory>
#include <string>
#include <vector>

#include "models/document/model_study.h"
#include "sdk/profiler/run_settings.h"

namespace anemon::sdk {

// Throws Error for a file that cannot be read.
std::unique_ptr<ModelStudy> study_model(const Config& config, const std::string& path);

// "DT-1: member: 7 operations ...", of warnings and of errors.
void list_findings(const ModelStudy& study, std::vector<std::string>& warnings,
                   std::vector<std::string>& errors);

// `metrics`: of the same model, or of none.
OptimizationRecommendations advice_on(const ModelStudy& study,
                                      const ANEPerformanceMetrics& metrics);

}  // namespace anemon::sdk
