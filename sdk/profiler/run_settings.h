// What a program configured, as what the profiler's questions take.
#pragma once

#include <anemon/profiler.h>

#include <string>

#include "profiler/measure/questions.h"

namespace anemon::sdk {

using Config = ANEPerformanceProfiler::Config;

// Throws Error that names the member whose value makes no sense.
void check(const Config& config);

// Of a configuration that was checked. `name`: empty for the file's.
profiler::RunRequest run_request(const Config& config, const std::string& model,
                                 const std::string& name);
profiler::Asking asking(const Config& config);
profiler::BatchLimits batch_limits(const Config& config);

// Throws Error that names the argument.
Duration positive_seconds(const std::string& name, double seconds);

}  // namespace anemon::sdk
