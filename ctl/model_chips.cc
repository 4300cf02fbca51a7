#include "ctl/model_chips.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "ctl/model_labels.h"
#include "ctl/numbers.h"
#include "ctl/words.h"
#include "models/document/model_json.h"

namespace anemon {
namespace {

// Sums over the default functions of the members; none where one of them is not known.
struct Prediction {
  std::optional<double> low = 0, high = 0, bandwidth_floor = 0, dispatch_floor = 0;
  double possible = 0;  // of FLOPs
  uint64_t segments = 0;
  std::array<size_t, 3> findings{};  // by severity
  double readiness = 0;
};

void add(std::optional<double>& sum, std::optional<double> value) {
  sum = sum && value ? std::optional(*sum + *value) : std::nullopt;
}

void add_placements(const models::Report& report, Prediction& sum, double& flops) {
  if (!report.placements.empty()) {
    const models::Placement& placement = report.placements.front();
    const models::FunctionAnalysis& function = report.analysis->functions.front();
    const Latency latency = latency_of(function, placement);
    const double own = double(function.total.flops());
    add(sum.low, latency.low);
    add(sum.high, latency.high);
    add(sum.bandwidth_floor, placement.bandwidth_floor_seconds);
    add(sum.dispatch_floor, placement.dispatch_floor_seconds);
    sum.possible += placement.ane_possible_share * own;
    sum.segments += placement.segments;
    flops += own;
  }
  for (const models::Report& member : report.members) add_placements(member, sum, flops);
}

Prediction predict(const ModelStudy& study, const models::Chip& chip) {
  const models::Report report = models::examine(study.analysis(), chip);
  Prediction result;
  double flops = 0;
  add_placements(report, result, flops);
  result.possible = flops > 0 ? result.possible / flops : 0;
  for (const models::Finding& finding : report.findings) {
    ++result.findings[static_cast<size_t>(finding.severity)];
  }
  result.readiness = models::readiness(report).score;
  return result;
}

std::optional<double> value_of(const std::optional<models::Fact>& fact) {
  return fact ? std::optional(fact->value) : std::nullopt;
}

Json chip_json(const models::Chip& chip, const Prediction& prediction) {
  ProvenancedJson result;
  result.set("name", chip.name);
  const auto estimated = [&](const char* key, std::optional<double> value) {
    result.number(key, value, Provenance::estimated);
  };
  estimated("fp16_flops_per_second", value_of(chip.fp16_flops_per_second));
  estimated("ane_bytes_per_second", value_of(chip.ane_bytes_per_second));
  estimated("latency_low_seconds", prediction.low);
  estimated("latency_high_seconds", prediction.high);
  estimated("bandwidth_floor_seconds", prediction.bandwidth_floor);
  estimated("dispatch_floor_seconds", prediction.dispatch_floor);
  estimated("ane_possible_share", prediction.possible);
  result.number("segments", Json(prediction.segments), Provenance::estimated);
  result.number("errors", Json(prediction.findings[2]), Provenance::derived);
  result.number("warnings", Json(prediction.findings[1]), Provenance::derived);
  estimated("readiness", prediction.readiness);
  return result.take();
}

}  // namespace

Report all_chips_report(const ModelStudy& study, Format format) {
  Report report;
  Table table;
  table.columns = {{"CHIP", "chip"},
                   {"FP16 TFLOPS", "fp16_flops_per_second", true, Column::Fit::drop},
                   {"GB/S", "ane_bytes_per_second", true, Column::Fit::drop},
                   {"CAN RUN %", "ane_possible_share", true},
                   {"FLOOR MS", "bandwidth_floor_seconds", true},
                   {"LOW MS", "latency_low_seconds", true},
                   {"HIGH MS", "latency_high_seconds", true},
                   {"SEGMENTS", "segments", true, Column::Fit::drop},
                   {"ERRORS", "errors", true},
                   {"WARNINGS", "warnings", true},
                   {"READINESS", "readiness", true}};
  Json chips = Json::array();
  const ModelTotals totals = totals_of(study.analysis());
  const bool has_network = totals.has_network;
  for (const models::Chip& chip : models::chips()) {
    if (!has_network) break;
    const Prediction prediction = predict(study, chip);
    chips.push_back(chip_json(chip, prediction));
    Cell low = milliseconds_cell(prediction.low);
    if (prediction.low && !prediction.high) low.shown.insert(0, "over ");
    table.rows.push_back(
        {text_cell(chip.name), number_cell(value_of(chip.fp16_flops_per_second), {1, 1e-12}, true),
         number_cell(value_of(chip.ane_bytes_per_second), {0, 1e-9}, true),
         number_cell(prediction.possible, {0, 100}, true),
         milliseconds_cell(prediction.bandwidth_floor), std::move(low),
         milliseconds_cell(prediction.high), number_cell(double(prediction.segments), {0}, true),
         number_cell(double(prediction.findings[2]), {0}),
         number_cell(double(prediction.findings[1]), {0}),
         number_cell(prediction.readiness, {0}, true)});
  }
  report.headline = printable(study.file());
  report.headline += has_network ? ": on every chip, estimated" : ": no network: no cost to count";
  report.flat = table;
  report.tables = {std::move(table)};
  if (has_network) {
    report.notes.push_back(
        "CAN RUN is the share of FLOPs that the Neural Engine can run, FLOOR the time to read the "
        "weights once. LOW and HIGH need rates of processor and graphics, which are published for "
        "few chips; - where they are not. READINESS off M4 assumes that what can run there does; "
        "FLOOR is - where nothing is placed on it or no rate is published.");
    if (!totals.cost.complete) report.notes.emplace_back(kCountedInPart);
    report.notes.push_back("Study: " + std::string(models::kPlacementStudy));
  }
  if (format == Format::json) {
    Json document = model_document(study);
    document["chips"] = std::move(chips);
    report.document = std::make_shared<const Json>(std::move(document));
  }
  return report;
}

}  // namespace anemon
