#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "core/provenanced_json.h"
#include "profiler/measure/agreement.h"
#include "profiler/measure/contest.h"
#include "profiler/measure/document_edit.h"
#include "profiler/measure/engine_choice.h"
#include "profiler/measure/interleave.h"
#include "profiler/measure/questions.h"
#include "profiler/measure/recommendation.h"
#include "profiler/measure/result.h"
#include "profiler/measure/several_runs.h"
#include "profiler/measure/studied_model.h"
#include "profiler/measure/watched_run.h"
#include "profiler/statistics/sample.h"
#include "profiler/statistics/summary.h"

namespace anemon::profiler {
namespace {

constexpr uint64_t kBlocks = 8;  // two more than a verdict takes
constexpr Duration kSegment = std::chrono::milliseconds(50);
constexpr uint64_t kKeptNumbers = uint64_t{1} << 18;  // of each output, to compare by
constexpr double kMemoryNoise = 0.5;  // MB by which runs of one thing differ: allocators, pages

// All that is compared, by run; what failed has no blocks and a document that says so.
struct Compared {
  std::vector<std::string> names;
  std::vector<Json> documents;
  std::vector<InterleavedBlock> blocks;
  std::vector<bool> well;
  std::vector<std::optional<Agreement>> agreements;  // with the first that went well
  std::optional<size_t> first;
  std::vector<std::string> notes;
  bool all_same = false;  // computations
};

// As many blocks as the limit on time has room for.
uint64_t affordable_blocks(const std::vector<Lane>& lanes,
                           const std::vector<std::unique_ptr<WatchedRun>>& runs, Duration limit) {
  double block = 0;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i]->alive()) continue;
    block +=
        2 * static_cast<double>(lanes[i].lead_in + lanes[i].calls) * runs[i]->seconds_per_call();
  }
  if (block <= 0) return kBlocks;
  return std::clamp<uint64_t>(static_cast<uint64_t>(to_seconds(limit) / block), 1, kBlocks);
}

Compared measure_all(const CompareRequest& request, const Asking& asking) {
  const StudiedModel model = study_model(request.run, asking);
  std::vector<std::unique_ptr<WatchedRun>> runs;
  for (RunRequest& each : engines_to_compare(request)) {
    each.kept_numbers = std::max(each.kept_numbers, kKeptNumbers);
    runs.push_back(std::make_unique<WatchedRun>(std::move(each), asking));
  }
  for (const auto& run : runs) run->load();
  for (const auto& run : runs) run->measure();
  std::vector<Lane> lanes;
  for (const auto& run : runs) lanes.push_back(run->lane(kSegment));
  Compared compared;
  const uint64_t blocks = affordable_blocks(lanes, runs, request.run.time_limit);
  compared.blocks = interleave(lanes, blocks, [&](uint64_t block) {
    if (block == 0 && asking.progress) asking.progress("comparing in turns");
  });
  for (const auto& run : runs) run->finish();
  std::vector<const ModelRun*> raw;
  for (size_t i = 0; i < runs.size(); ++i) {
    const ModelRun& run = runs[i]->run();
    raw.push_back(&run);
    compared.well.push_back(run.ok());
    compared.agreements.emplace_back();
    compared.documents.push_back(
        result_document("model", {run, runs[i]->seen(), model.study.get(), model.why_not}));
    if (!run.ok()) continue;
    if (!compared.first) {
      compared.first = i;
    } else if (const auto& reference = raw[*compared.first]->outputs; !reference.empty()) {
      compared.agreements[i] = compare_outputs(reference, run.outputs);
    }
  }
  compared.names = distinct_names(raw);
  compared.notes = same_computations(raw, compared.names);
  compared.all_same = all_the_same_computation(raw);
  for (size_t i = 0; i < runs.size(); ++i) {
    if (!compared.agreements[i]) continue;
    compared.documents[i]["agreement"] =
        agreement_section(*compared.agreements[i], compared.names[*compared.first]);
  }
  return compared;
}

// One objective: who takes part, at what cost, and how two of them are told apart.
struct Objective {
  const char* key;
  ContestWords words;
  std::vector<size_t> runs;  // of each contender
  std::vector<Contender> contenders;
  std::function<Verdict(size_t a, size_t b)> verdict;  // of contenders
  std::string why_none;
};

Verdict verdict_of_blocks(const std::vector<AbbaBlock>& blocks) {
  return blocks.empty() ? Verdict::inconclusive : compare_blocks(blocks).verdict;
}

Objective by_time(const Compared& compared, bool throughput) {
  Objective objective;
  objective.key = throughput ? "throughput" : "latency";
  objective.words = throughput ? ContestWords{"has the highest throughput",
                                              "have the highest throughput", "times that of"}
                               : ContestWords{"is fastest", "are fastest", "times as fast as"};
  for (size_t i = 0; i < compared.names.size(); ++i) {
    const std::vector<double> calls = calls_of(compared.blocks, i);
    if (!compared.well[i] || calls.empty()) continue;
    objective.runs.push_back(i);
    objective.contenders.push_back(
        {compared.names[i], throughput ? summarize(calls).mean : median(calls)});
  }
  const std::vector<size_t> runs = objective.runs;
  objective.verdict = [&compared, runs, throughput](size_t a, size_t b) {
    std::vector<AbbaBlock> blocks = blocks_between(compared.blocks, runs[a], runs[b]);
    return verdict_of_blocks(throughput ? means_of(std::move(blocks)) : blocks);
  };
  objective.why_none = "fewer than two engines ran in turns";
  return objective;
}

// By a number of the documents that is a cost. `error`: how well it is known, of a document and the
// number, relative.
Objective by_number(const Compared& compared, const char* key, const ContestWords& words,
                    const char* pointer, const std::function<double(const Json&, double)>& error,
                    const std::string& why_none) {
  Objective objective{key, words, {}, {}, {}, why_none};
  std::vector<double> errors;
  for (size_t i = 0; i < compared.names.size(); ++i) {
    const std::optional<double> value = number(compared.documents[i], pointer);
    if (!compared.well[i] || !value || *value <= 0) continue;
    objective.runs.push_back(i);
    objective.contenders.push_back({compared.names[i], *value});
    errors.push_back(error(compared.documents[i], *value));
  }
  const std::vector<Contender> of = objective.contenders;
  objective.verdict = [of, errors](size_t a, size_t b) {
    return compare_costs(of[a].value, errors[a], of[b].value, errors[b], kEquivalenceMargin);
  };
  return objective;
}

// As the run's power says; else nothing is known of it.
double error_of_energy(const Json& document, double) {
  return number(document, "/power/relative_precision").value_or(1);
}

double error_of_memory(const Json&, double megabytes) { return kMemoryNoise / megabytes; }

// Why no run tells: the first one's reason.
std::string reason_for(const Compared& compared, const char* section, const char* key,
                       const char* otherwise) {
  if (!compared.first) return otherwise;
  return why_absent(compared.documents[*compared.first], section, key, otherwise);
}

std::vector<Objective> objectives(const Compared& compared) {
  return {
      by_time(compared, false), by_time(compared, true),
      by_number(
          compared, "energy", {"takes least energy", "take least energy", "times less than"},
          "/power/energy_per_inference_joules", error_of_energy,
          reason_for(compared, "power", "energy_per_inference_joules", "no energy was measured")),
      by_number(compared, "memory", {"takes least memory", "take least memory", "times less than"},
                "/memory/peak_memory_mb", error_of_memory,
                reason_for(compared, "memory", "peak_memory_mb", "no memory was measured"))};
}

Json objective_json(const Objective& objective, const Contest& contest) {
  ProvenancedJson json;
  if (objective.contenders.size() < 2) {
    json.text("words",
              fmt::format("{}: nothing to compare: {}.", objective.key, objective.why_none));
    return json.take();
  }
  Json best = Json::array();
  for (const size_t each : contest.best) best.push_back(objective.contenders[each].name);
  if (contest.winner()) json.set("winner", objective.contenders[*contest.winner()].name);
  json.set("best", std::move(best));
  json.set("over", objective.contenders[contest.worst].name);
  json.number("speedup", Json(contest.gain), Provenance::derived);
  json.text("words", words_of(contest, objective.contenders, objective.words, kEquivalenceMargin));
  return json.take();
}

Json estimate(double value, double low, double high) {
  return {{"value", value}, {"low", low}, {"high", high}};
}

// One run beside the first.
Json standing_json(const Compared& compared, size_t run) {
  ProvenancedJson json;
  json.set("run", compared.names[run]);
  const Json& document = compared.documents[run];
  if (!compared.well[run]) {
    json.set("outcome", document.at("outcome"));
    return json.take();
  }
  if (const std::vector<double> calls = calls_of(compared.blocks, run); !calls.empty()) {
    json.number("latency_ms", Json(1e3 * median(calls)), Provenance::measured);
    json.basis("latency_ms", "median of the calls in turns with the other runs");
  }
  const std::vector<AbbaBlock> blocks = run == *compared.first
                                            ? std::vector<AbbaBlock>()
                                            : blocks_between(compared.blocks, *compared.first, run);
  if (!blocks.empty()) {
    const Comparison found = compare_blocks(blocks);
    const double speedup = 1 / (1 + found.relative);
    if (found.interval && found.interval->low > -1) {
      json.number("speedup",
                  estimate(speedup, 1 / (1 + found.interval->high), 1 / (1 + found.interval->low)),
                  Provenance::derived);
    } else if (found.relative > -1) {
      json.number("speedup", Json(speedup), Provenance::derived);
    }
    json.set("verdict", to_string(found.verdict));
    json.text("words", found.words);
  }
  constexpr std::pair<const char*, const char*> kCopied[] = {
      {"throughput", "inferences_per_second"},
      {"power", "energy_per_inference_joules"},
      {"power", "efficiency_tops_per_watt"},
      {"memory", "peak_memory_mb"},
      {"agreement", "cosine"},
      {"agreement", "max_error"}};
  for (const auto& [section, key] : kCopied) {
    json.number(key, number(document, fmt::format("/{}/{}", section, key).c_str()),
                resting_on(document, section, key));
  }
  return json.take();
}

Advice advice_of(const Compared& compared, const std::vector<Objective>& all,
                 const std::vector<Contest>& contests) {
  Advice advice;
  advice.same_computation = compared.all_same;
  for (size_t i = 0; i < compared.names.size(); ++i) {
    AdvisedRun run;
    run.name = compared.names[i];
    run.ok = compared.well[i];
    run.outcome = text(compared.documents[i], "/outcome/state");
    run.agreement = compared.agreements[i] ? &*compared.agreements[i] : nullptr;
    advice.runs.push_back(run);
  }
  for (size_t i = 0; i < all.size(); ++i) {
    for (const size_t each : contests[i].best) {
      if (all[i].contenders.size() > 1) advice.best[all[i].key].push_back(all[i].runs[each]);
    }
    if (all[i].contenders.size() < 2) continue;
    advice.gain[all[i].key] = contests[i].gain;
    advice.worst[all[i].key] = all[i].runs[contests[i].worst];
  }
  return advice;
}

}  // namespace

Json compare_engines(const CompareRequest& request, const Asking& asking) {
  const Compared compared = measure_all(request, asking);
  ProvenancedJson comparison;
  comparison.set("runs", compared.names);
  const std::vector<Objective> all = objectives(compared);
  std::vector<Contest> contests;
  for (const Objective& objective : all) {
    contests.push_back(hold_contest(objective.contenders, objective.verdict));
    comparison.set(objective.key, objective_json(objective, contests.back()));
  }
  Json standings = Json::array();
  for (size_t i = 0; i < compared.names.size(); ++i) {
    standings.push_back(standing_json(compared, i));
  }
  comparison.set("standings", std::move(standings));
  if (!compared.notes.empty()) comparison.set("notes", compared.notes);
  comparison.text("recommendation", recommend_engine(advice_of(compared, all, contests)));
  Json document = document_of_runs("compare", compared.documents, 1);
  document["configuration"]["blocks"] = compared.blocks.size();
  document["configuration"]["segment_ms"] = 1e3 * to_seconds(kSegment);
  document["comparison"] = comparison.take();
  return document;
}

}  // namespace anemon::profiler
