#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json_access.h"
#include "core/provenanced_json.h"
#include "profiler/measure/agreement.h"
#include "profiler/measure/interleave.h"
#include "profiler/measure/questions.h"
#include "profiler/measure/result.h"
#include "profiler/measure/several_runs.h"
#include "profiler/measure/studied_model.h"
#include "profiler/measure/watched_run.h"

namespace anemon::profiler {
namespace {

constexpr uint64_t kFewestBlocks = 6;  // no interval exists below
constexpr uint64_t kKeptNumbers = uint64_t{1} << 18;

void require_decidable(const AbRequest& request) {
  if (request.blocks < kFewestBlocks) {
    throw Error(fmt::format("{} blocks decide nothing", request.blocks),
                fmt::format("at least {}", kFewestBlocks));
  }
  if (request.segment <= Duration::zero()) throw Error("segments of no length");
  if (!(request.margin >= 0)) throw Error(fmt::format("a margin of {}", request.margin));
}

Json scaled(double by, double value, const std::optional<Interval>& interval) {
  if (!interval) return by * value;
  return {{"value", by * value}, {"low", by * interval->low}, {"high", by * interval->high}};
}

Json verdict_json(const Comparison& found) {
  constexpr double kMs = 1e3;
  ProvenancedJson json;
  json.set("verdict", to_string(found.verdict));
  json.text("words", found.words);
  json.number("median_a_ms", Json(kMs * found.median_a), Provenance::measured);
  json.number("median_b_ms", Json(kMs * found.median_b), Provenance::measured);
  json.number("shift_ms", scaled(kMs, found.shift.estimate, found.shift.interval),
              Provenance::derived);
  json.number("relative_shift", scaled(1, found.relative, found.interval), Provenance::derived);
  json.number("margin", Json(found.margin), Provenance::derived);
  json.number("p_value", Json(found.mann_whitney.p_value), Provenance::derived);
  json.basis("p_value", "Mann-Whitney, of the blocks' medians");
  json.number("cliffs_delta", Json(found.mann_whitney.cliffs_delta), Provenance::derived);
  if (found.signed_rank) {
    json.number("signed_rank_p_value", Json(found.signed_rank->p_value), Provenance::derived);
    json.basis("signed_rank_p_value", "Wilcoxon, of the blocks' differences");
  }
  json.number("blocks", Json(found.count), Provenance::measured);
  if (found.minimum_detectable) {
    json.number("minimum_detectable_ms", Json(kMs * *found.minimum_detectable * found.median_a),
                Provenance::derived);
    json.number("minimum_detectable_share", Json(*found.minimum_detectable), Provenance::derived);
  }
  if (found.needed) {
    json.number("runs_to_decide", Json(*found.needed), Provenance::estimated);
    json.basis("runs_to_decide", "blocks, if spread and shift are what they seem");
  } else if (found.verdict == Verdict::inconclusive) {
    json.absent("runs_to_decide", "no number of blocks can be estimated");
  } else {
    json.absent("runs_to_decide", "it is decided");
  }
  return json.take();
}

std::string model_name(const Json& document) { return text(document, "/model/name"); }

}  // namespace

Json compare_models(const AbRequest& request, const Asking& asking) {
  require_decidable(request);
  std::vector<StudiedModel> models;
  std::vector<std::unique_ptr<WatchedRun>> runs;
  for (const RunRequest* each : {&request.a, &request.b}) {
    models.push_back(study_model(*each, asking));
    RunRequest run = *each;
    run.reload = false;
    run.kept_numbers = std::max(run.kept_numbers, kKeptNumbers);
    runs.push_back(std::make_unique<WatchedRun>(std::move(run), asking, runs.empty() ? "A" : "B"));
  }
  for (const auto& run : runs) run->load();
  for (const auto& run : runs) run->measure();
  std::vector<Lane> lanes;
  for (const auto& run : runs) lanes.push_back(run->lane(request.segment));
  const std::vector<InterleavedBlock> blocks =
      interleave(lanes, request.blocks, [&](uint64_t block) {
        if (!asking.progress) return;
        asking.progress(fmt::format("block {} of {}", block + 1, request.blocks));
      });
  for (const auto& run : runs) run->finish();

  std::vector<Json> documents;
  for (size_t i = 0; i < runs.size(); ++i) {
    documents.push_back(result_document(
        "model", {runs[i]->run(), runs[i]->seen(), models[i].study.get(), models[i].why_not}));
  }
  const std::vector<OutputResult>& of_a = runs[0]->run().outputs;
  if (!of_a.empty() && runs[1]->run().ok()) {
    documents[1]["agreement"] =
        agreement_section(compare_outputs(of_a, runs[1]->run().outputs), "A");
  }
  const std::string names =
      fmt::format("{} and {}", model_name(documents[0]), model_name(documents[1]));
  Json document = document_of_runs("ab", std::move(documents), 2);
  if (!document["model"].contains("name")) document["model"]["name"] = names;
  document["configuration"]["blocks"] = request.blocks;
  document["configuration"]["segment_ms"] = 1e3 * to_seconds(request.segment);
  document["configuration"]["margin"] = request.margin;
  const std::vector<AbbaBlock> pairs = blocks_between(blocks, 0, 1);
  if (went_well(document) && !pairs.empty()) {
    document["verdict"] = verdict_json(compare_blocks(pairs, request.margin));
  }
  return document;
}

}  // namespace anemon::profiler
