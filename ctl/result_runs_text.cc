// Results that hold several runs.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "ctl/result_text.h"
#include "ctl/result_values.h"
#include "ctl/words.h"

namespace anemon {
namespace {

// The name that the comparison gives it, else what tells it from the others.
std::string name_of_run(const Json& result, size_t index) {
  const Json& run = at(result, "/runs")[index];
  const Json& names = at(result, "/comparison/runs");
  if (names.is_array() && index < names.size() && names[index].is_string()) {
    return names[index].get<std::string>();
  }
  if (text(result, "/kind") == "ab") {
    return fmt::format("{}: {}", index == 0 ? 'A' : 'B', model_name(run));
  }
  return run_name(run);
}

Cell interval_cell(const Json& run) {
  const auto p50 = estimate_at(run, "/timing/percentiles/p50");
  if (!p50 || !p50->low || !p50->high) return text_cell("");
  return text_cell(fmt::format("{} to {}", digits_text(*p50->low), digits_text(*p50->high)),
                   Tone::faint);
}

Cell state_cell(const Json& run) {
  const std::string state = text(run, "/outcome/state");
  const std::string phase = text(run, "/outcome/phase");
  if (state.empty() || state == "ok") return text_cell("ok");
  return text_cell(state + (phase.empty() ? "" : " in " + phase), Tone::bad);
}

}  // namespace

Table comparison_table(const Json& result) {
  Table table{"",
              {{"RUN", "run", false, Column::Fit::elide},
               {"MEDIAN ms", "inference_time_ms", true},
               {"95 %", "interval_ms", false, Column::Fit::drop},
               {"SPEED-UP", "speedup", true},
               {"PER s", "inferences_per_second", true},
               {"J EACH", "energy_per_inference_joules", true},
               {"TOPS/W", "efficiency_tops_per_watt", true, Column::Fit::drop},
               {"PEAK MB", "peak_memory_mb", true},
               {"COSINE", "cosine", true, Column::Fit::drop},
               {"MAX ERROR", "max_error", true, Column::Fit::drop},
               {"OUTCOME", "outcome"}},
              {}};
  const Json& runs = at(result, "/runs");
  // A sweep has a table of its own.
  if (!runs.is_array() || text(result, "/kind") == "batch") return table;
  const Json& standings = at(result, "/comparison/standings");
  for (size_t i = 0; i < runs.size(); ++i) {
    const Json& run = runs[i];
    const Json& standing = standings.is_array() && i < standings.size() ? standings[i] : Json();
    // Measured in turns where it was, which is what can be compared.
    const char* median = i == 0 ? "median_a_ms" : "median_b_ms";
    const bool of_two = at(result, "/verdict").contains(median);
    const bool in_turns = of_two || value_at(standing, "/latency_ms").has_value();
    const Cell latency = of_two     ? result_cell(at(result, "/verdict"), median)
                         : in_turns ? result_cell(standing, "latency_ms")
                                    : result_cell(at(run, "/timing"), "inference_time_ms");
    table.rows.push_back({text_cell(name_of_run(result, i)), latency,
                          in_turns ? text_cell("") : interval_cell(run),
                          result_cell(standing, "speedup"),
                          result_cell(at(run, "/throughput"), "inferences_per_second"),
                          result_cell(at(run, "/power"), "energy_per_inference_joules"),
                          result_cell(at(run, "/power"), "efficiency_tops_per_watt"),
                          result_cell(at(run, "/memory"), "peak_memory_mb"),
                          result_cell(at(run, "/agreement"), "cosine"),
                          result_cell(at(run, "/agreement"), "max_error"), state_cell(run)});
  }
  return table;
}

Table sweep_table(const Json& result) {
  Table table{"",
              {{"BATCH", "batch", true},
               {"LATENCY ms", "latency_ms", true},
               {"ITEMS PER s", "inferences_per_second", true},
               {"J PER ITEM", "energy_per_item_joules", true},
               {"PEAK MB", "peak_memory_mb", true},
               {"BEST FOR", "best_for", false, Column::Fit::elide}},
              {}};
  const Json& optimal = at(result, "/sweep/optimal");
  for (const Json& point : at(result, "/sweep/points")) {
    const auto batch = value_at(point, "/batch");
    std::string best;
    const auto add = [&](const std::string& words) { best += (best.empty() ? "" : ", ") + words; };
    if (optimal.is_object()) {
      for (const auto& [objective, size] : optimal.items()) {
        const auto value = estimate_of(size);
        if (!value || value->value != batch) continue;
        std::string words = objective;
        for (char& c : words) c = c == '_' ? ' ' : c;
        add(words);
      }
    }
    if (batch && value_at(result, "/sweep/knee") == batch) add("knee");
    table.rows.push_back({number_cell(batch, {0}),
                          result_cell(point, "latency_ms"),
                          result_cell(point, "inferences_per_second"),
                          result_cell(point, "energy_per_item_joules"),
                          result_cell(point, "peak_memory_mb"),
                          {printable(best), best}});
  }
  return table;
}

}  // namespace anemon
