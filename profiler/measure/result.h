// A run as the document anemon.result/1 (docs/result-json.md), made of what was measured and of
// what the model's file tells.
#pragma once

#include <string_view>

#include "core/json.h"
#include "models/document/model_study.h"
#include "profiler/measure/model_run.h"
#include "profiler/measure/observer.h"

namespace anemon::profiler {

struct RunFacts {
  const ModelRun& run;
  const Observation& seen;
  const ModelStudy* study = nullptr;  // null: the file could not be read; then `why_no_study`
  std::string why_no_study{};
};

// The whole document; `kind` is "model", "power", ... without an id, which the history gives.
Json result_document(std::string_view kind, const RunFacts& facts);

// Its parts, each in the file of its name.
Json model_section(const RunFacts& facts);
Json environment_section(const RunFacts& facts);
Json configuration_section(const RunFacts& facts);
Json timing_section(const RunFacts& facts);
Json throughput_section(const RunFacts& facts);
Json power_section(const RunFacts& facts);
Json memory_section(const RunFacts& facts);
Json ane_section(const RunFacts& facts);
Json latency_breakdown_section(const RunFacts& facts);
Json layers_section(const RunFacts& facts);
Json samples_section(const RunFacts& facts);
Json reconciliation_section(const RunFacts& facts);
Json findings_section(const RunFacts& facts);  // of the run, then of the model's file
Json recommendations_section(const RunFacts& facts);
// Of the sections `throughput`, `power` and `memory` of a document.
Json score_section(const Json& document);

}  // namespace anemon::profiler
