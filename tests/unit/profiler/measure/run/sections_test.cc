// The sections of a document, of a run made by hand: exact numbers.
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "profiler/measure/sample_keeper.h"
#include "tests/catch.h"
#include "tests/unit/profiler/measure/run/made_run.h"

using namespace anemon;
using namespace anemon::profiler;
using namespace anemon::profiler::test;

namespace {

// A run that crashed in `phase`, with what came before it.
ModelRun failed_run(RunPhase phase) {
  ModelRun run = made_run();
  run.end = {RunOutcome::crashed, phase, {}, 11, "words"};
  run.message = "the runner crashed";
  run.hint = "try other compute units";
  if (phase > RunPhase::measure) return run;
  run.operations.clear();
  run.operation_calls.clear();
  run.memory_after.reset();
  run.predicted.reset();
  if (phase == RunPhase::measure) return run;
  run.samples = {};
  run.warm_up.reset();
  if (phase > RunPhase::load) return run;
  run.first_inference.reset();
  run.memory_loaded.reset();
  run.loaded.reset();
  return run;
}

// Every number, at any depth, has a word of provenance above it.
void check_provenance(const Json& section) {
  if (!section.is_object()) return;
  for (const auto& [key, value] : section.items()) {
    if (key == "provenance") continue;
    INFO(key);
    const bool numbers = value.is_number() || (value.is_array() && !value.empty() &&
                                               (value[0].is_number() || value[0].is_array()));
    if (numbers && key != "index") CHECK(section.contains("provenance"));
    if (numbers && key != "index")
      CHECK_FALSE(text(section["provenance"], ("/" + key).c_str()).empty());
  }
}

}  // namespace

TEST_CASE("Times are kept apart, each with how it came about") {
  const ModelRun run = made_run();
  const Observation seen = nobody_watched();
  const Json timing = timing_section({run, seen});
  check_provenance(timing);
  CHECK(number(timing, "/load_time_ms") == 12.5);
  CHECK(number(timing, "/first_inference_ms") == 4);
  CHECK(number(timing, "/ramp_ms") == 250);
  CHECK(number(timing, "/inference_time_ms") == 1.2);
  CHECK(number(timing, "/minimum_ms") == 1);
  CHECK(number(timing, "/maximum_ms") == 50);
  CHECK(number(timing, "/mean_ms").value() == Approx(1.15 + (50 - 1.0) / 400));
  CHECK(number(timing, "/iterations") == 400);
  CHECK(number(timing, "/effective_samples").value() <= 400);
  CHECK(number(timing, "/percentiles/p90/value").value() == Approx(1.3));
  CHECK(number(timing, "/percentiles/p50/low").value() <= 1.2);
  CHECK(number(timing, "/percentiles/p50/high").value() >= 1.2);
  CHECK(flag(timing, "/steady"));
  CHECK(text(timing, "/outliers") == "run 201");
  CHECK_FALSE(timing.contains("compilation_time_ms"));
  CHECK(text(timing, "/absent/compilation_time_ms") ==
        "the engine compiled nothing before it loaded");
  CHECK(text(timing, "/absent/cached_load_time_ms") == "the first load compiled nothing");
  CHECK(text(timing, "/absent/after_idle_ms") == "not asked for");
}

TEST_CASE("A second load counts with what it compiled, and pauses by their length") {
  ModelRun run = made_run();
  run.loaded->times.compile = std::chrono::milliseconds(300);
  run.reloaded = LoadTimes{std::chrono::milliseconds(2), std::chrono::milliseconds(5), true};
  run.why_not_reloaded.clear();
  run.after_idle = {{0.1, 0.002}, {3, 0.0075}, {10, 0.5}};
  const Observation seen = nobody_watched();
  const Json timing = timing_section({run, seen});
  CHECK(number(timing, "/compilation_time_ms") == 300);
  CHECK(number(timing, "/cached_load_time_ms") == 7);
  CHECK(timing["after_idle_ms"] == Json({{"0.1", 2.0}, {"3", 7.5}, {"10", 500.0}}));
  CHECK(text(timing, "/provenance/after_idle_ms") == "measured");
  CHECK_FALSE(at(timing, "/absent").contains("after_idle_ms"));
}

TEST_CASE("Percentiles are told where there are samples for them") {
  ModelRun run = made_run();
  run.samples = {};
  for (int i = 0; i < 40; ++i) {
    run.samples.start.push_back(i);
    run.samples.total.push_back(0.001 + 1e-6 * (i * 7 % 11));
  }
  const Observation seen = nobody_watched();
  const Json timing = timing_section({run, seen});
  CHECK(timing["percentiles"].contains("p50"));
  CHECK(timing["percentiles"].contains("p90"));
  CHECK_FALSE(timing["percentiles"].contains("p95"));
  CHECK_FALSE(timing["percentiles"].contains("p99"));
  CHECK(text(timing, "/absent/p99") == "it takes 299 calls, of which there are 40");
}

TEST_CASE("A run that is not steady says so, and a warm-up that never was") {
  ModelRun run = made_run();
  for (size_t i = 200; i < 400; ++i) run.samples.total[i] *= 3;
  run.warm_up->verdict.stability = Stability::unstable;
  run.warm_up->verdict.reason = "not steady within the limit of 30 s";
  run.warm_up->ramp_seconds.reset();
  const Observation seen = nobody_watched();
  const Json timing = timing_section({run, seen});
  CHECK(timing["steady"] == false);
  CHECK_THAT(text(timing, "/steadiness"),
             ANEMON_CONTAINS("; the warm-up was not steady within the limit of 30 s"));
  CHECK_FALSE(timing.contains("ramp_ms"));
  CHECK(text(timing, "/absent/ramp_ms") == "not steady within the limit of 30 s");
}

TEST_CASE("Throughput counts items, and the work of the file") {
  const ModelRun run = made_run();
  const Observation seen = nobody_watched();
  const auto study = study_of(small_model());
  const Json throughput = throughput_section({run, seen, study.get(), ""});
  check_provenance(throughput);
  const double mean = 1.15e-3 + (0.050 - 0.001) / 400;
  CHECK(number(throughput, "/inferences_per_second").value() == Approx(2 / mean));
  CHECK(number(throughput, "/batch") == 2);
  CHECK(number(throughput, "/effective_tops").value() == Approx(2 * 32 * 2 / mean / 1e12));
  CHECK(text(throughput, "/absent/images_per_second") == "the model takes no image");
  CHECK(text(throughput, "/provenance/effective_tops") == "derived");

  const Json unread = throughput_section({run, seen, nullptr, "damaged"});
  CHECK_FALSE(unread.contains("effective_tops"));
  CHECK(text(unread, "/absent/effective_tops") == "damaged");
}

TEST_CASE("Images are counted where the model takes one") {
  ModelRun run = made_run();
  run.loaded->inputs[0].kind = models::FeatureKind::image;
  const Observation seen = nobody_watched();
  const Json throughput = throughput_section({run, seen});
  CHECK(throughput["images_per_second"] == throughput["inferences_per_second"]);
}

TEST_CASE("Memory is what the model added to the runner's process") {
  ModelRun run = made_run();
  const Observation seen = nobody_watched();
  const auto study = study_of(small_model());
  const Json memory = memory_section({run, seen, study.get(), ""});
  check_provenance(memory);
  CHECK(number(memory, "/memory_usage_mb") == 6);
  CHECK(number(memory, "/peak_memory_mb") == 10);
  CHECK(number(memory, "/process_memory_mb") == 16);
  CHECK(number(memory, "/process_peak_memory_mb") == 20);
  CHECK(text(memory, "/provenance/memory_usage_mb") == "derived");
  CHECK(text(memory, "/provenance/process_memory_mb") == "measured");
  // The engine's word is measured, the file's is not.
  CHECK(number(memory, "/model_memory_mb") == 256e-6);
  CHECK(text(memory, "/provenance/model_memory_mb") == "measured");
  CHECK(text(memory, "/provenance/activation_memory_mb") == "estimated");
  // 128 bytes of weights, 16 in and 8 out, then 8 in and 8 out, of two items.
  const double mean = 1.15e-3 + (0.050 - 0.001) / 400;
  CHECK(number(memory, "/bandwidth_bytes_per_second").value() == Approx(2 * 168 / mean));
  CHECK(text(memory, "/provenance/bandwidth_bytes_per_second") == "estimated");
  CHECK(at(memory, "/absent").contains("neural_footprint_mb"));
  CHECK(at(memory, "/absent").contains("cache_hit_share"));

  run.loaded->weight_bytes.reset();
  const Json of_file = memory_section({run, seen, study.get(), ""});
  CHECK(number(of_file, "/model_memory_mb") == 128e-6);
  CHECK(text(of_file, "/provenance/model_memory_mb") == "derived");
}

TEST_CASE("What the daemon saw of the process is told from the first measured call on") {
  const ModelRun run = made_run();
  Observation seen;
  seen.began = run.predicted->origin + std::chrono::milliseconds(250);
  seen.memory_bytes = {{0, 15e6}, {1, 16e6}};
  const Json memory = memory_section({run, seen});
  CHECK(memory["timeline"] == Json::parse("[[0.25, 15.0], [1.25, 16.0]]"));
  CHECK(text(memory, "/provenance/timeline") == "measured");
}

TEST_CASE("A footprint counts before resident memory, and no growth is no zero") {
  ModelRun run = made_run();
  for (auto* use : {&run.memory_at_start, &run.memory_loaded, &run.memory_after}) {
    (*use)->footprint = 5'000'000;
    (*use)->peak_footprint = 5'000'000;
  }
  run.memory_after->footprint = 8'000'000;
  run.memory_after->peak_footprint = 9'000'000;
  run.memory_after->neural_footprint = 2'000'000;
  const Observation seen = nobody_watched();
  const Json memory = memory_section({run, seen});
  CHECK(number(memory, "/memory_usage_mb") == 3);
  CHECK(number(memory, "/peak_memory_mb") == 4);
  CHECK(number(memory, "/neural_footprint_mb") == 2);

  run.memory_after->footprint = 5'000'000;
  run.memory_after->peak_footprint = 5'000'000;
  const Json none = memory_section({run, seen});
  CHECK_FALSE(none.contains("memory_usage_mb"));
  CHECK(text(none, "/absent/memory_usage_mb") ==
        "the runner's process did not grow with the model");
}

TEST_CASE("The latency is broken down as far as the engine tells") {
  const ModelRun run = made_run();
  const Observation seen = nobody_watched();
  const Json breakdown = latency_breakdown_section({run, seen});
  CHECK(number(breakdown, "/preprocessing_ms") == 0.2);
  CHECK(number(breakdown, "/ane_execution_ms").value() == Approx(0.9));
  CHECK(text(breakdown, "/absent/postprocessing_ms") == "the engine does not tell it apart");
  CHECK(text(breakdown, "/absent/memory_transfer_ms") == "the engine does not tell it apart");
  CHECK_THAT(text(breakdown, "/basis/ane_execution_ms"), ANEMON_CONTAINS("reference (CPU)"));
  // The mean of three calls; what is fused has no time of its own.
  CHECK(breakdown["layer_timings_ms"] == Json({{"linear_0", 0.3}}));
}

TEST_CASE("Layers of one name are told apart") {
  ModelRun run = made_run();
  run.operations = {{"a", "relu", std::chrono::microseconds(300), 3, ""},
                    {"a", "relu", std::chrono::microseconds(600), 3, ""},
                    {"", "cast", std::chrono::microseconds(900), 3, ""}};
  const Observation seen = nobody_watched();
  const Json breakdown = latency_breakdown_section({run, seen});
  CHECK(breakdown["layer_timings_ms"] == Json({{"a", 0.1}, {"a #2", 0.2}, {"cast", 0.3}}));
}

TEST_CASE("Layers join what was measured with what the file tells") {
  const ModelRun run = made_run();
  const Observation seen = nobody_watched();
  const auto study = study_of(small_model());
  const Json layers = layers_section({run, seen, study.get(), ""});
  REQUIRE(layers.size() == 2);
  const Json& linear = layers[0];
  check_provenance(linear);
  CHECK(text(linear, "/name") == "linear_0");
  CHECK(number(linear, "/index") == 0);
  CHECK(number(linear, "/time_ms") == 0.3);
  CHECK(number(linear, "/time_share").value() == Approx(0.75));
  CHECK(number(linear, "/macs") == 32);
  CHECK(number(linear, "/weight_bytes") == 128);
  CHECK(number(linear, "/input_bytes") == 16);
  CHECK(number(linear, "/output_bytes") == 8);
  CHECK(number(linear, "/arithmetic_intensity").value() == Approx(64.0 / 152));
  CHECK(number(linear, "/achieved_tops").value() == Approx(2 * 32 * 2 / 0.3e-3 / 1e12));
  CHECK(text(linear, "/provenance/time_ms") == "measured");
  CHECK(text(linear, "/provenance/predicted_engine") == "estimated");
  CHECK_FALSE(linear.contains("bound"));  // of the reference engine no roof is known
  const Json& relu = layers[1];
  CHECK(text(relu, "/fused_into") == "linear_0");
  CHECK_FALSE(relu.contains("time_ms"));
  CHECK(number(relu, "/index") == 1);
}

TEST_CASE("Layers are told of without times, with plan and bound, where the engine tells none") {
  ModelRun run = made_run();
  run.hello->engine.name = "coreml";
  run.operations.clear();
  run.operation_calls.clear();
  run.why_no_operations = "the engine does not tell the times of operations";
  run.plan =
      ComputePlan{"program", {{"linear_0", "linear", "main", 0, models::Engine::ane, {}, {}}}};
  const Observation seen = nobody_watched();
  const auto study = study_of(small_model());
  const Json layers = layers_section({run, seen, study.get(), ""});
  REQUIRE(layers.size() == 2);
  CHECK_FALSE(layers[0].contains("time_ms"));
  CHECK(number(layers[0], "/macs") == 32);
  CHECK(text(layers[0], "/planned_device") == "ANE");
  CHECK(text(layers[0], "/provenance/planned_device") == "estimated");
  const std::string bound = text(layers[0], "/bound");
  CHECK((bound == "compute" || bound == "memory"));
  CHECK_FALSE(layers[1].contains("planned_device"));
  const Json breakdown = latency_breakdown_section({run, seen});
  CHECK(text(breakdown, "/absent/layer_timings_ms") ==
        "the engine does not tell the times of operations");
}

TEST_CASE("What the file does not know keeps its times") {
  ModelRun run = made_run();
  run.operations.push_back({"made_by_engine", "copy", std::chrono::microseconds(30), 3, ""});
  const Observation seen = nobody_watched();
  const auto study = study_of(small_model());
  const Json layers = layers_section({run, seen, study.get(), ""});
  REQUIRE(layers.size() == 3);
  CHECK(number(layers[2], "/time_ms") == 0.01);
  CHECK_FALSE(layers[2].contains("macs"));
  CHECK_FALSE(layers[2].contains("index"));
}

TEST_CASE("Samples begin with the first measured call and are thinned evenly") {
  ModelRun run = made_run();
  const Observation seen = nobody_watched();
  Json samples = samples_section({run, seen});
  REQUIRE(samples["latency_ms"].size() == 400);
  CHECK(samples["start_seconds"][0] == 0);
  CHECK(samples["start_seconds"][1] == 0.001);
  CHECK(samples["latency_ms"][200] == 50);
  CHECK_FALSE(samples.contains("kept_share"));

  run.samples.start.clear();
  run.samples.total.clear();
  for (int i = 0; i < 50'000; ++i) {
    run.samples.start.push_back(5 + i);
    run.samples.total.push_back(1e-3 * i);
  }
  run.predicted->count = 50'000;
  samples = samples_section({run, seen});
  REQUIRE(samples["latency_ms"].size() == 20'000);
  CHECK(samples["kept_share"] == 0.4);
  CHECK(samples["start_seconds"][0] == 0);
  CHECK(samples["start_seconds"][1] == 2);
  CHECK(samples["latency_ms"][19'999] == 49'997);
}

TEST_CASE("Of very many calls some are kept, evenly, and all are counted") {
  Samples kept;
  SampleKeeper keeper(kept, 8);
  for (int chunk = 0; chunk < 4; ++chunk) {
    Samples samples;
    for (int i = 5 * chunk; i < 5 * chunk + 5; ++i) {
      samples.start.push_back(100 + i);
      samples.total.push_back(i);
      if (chunk > 0) samples.execution.push_back(i + 0.5);
    }
    keeper.add(samples, 100);
  }
  CHECK(keeper.calls() == 20);
  CHECK(kept.total == std::vector<double>{0, 4, 8, 12, 16});
  CHECK(kept.start == kept.total);
  REQUIRE(kept.execution.size() == 5);
  CHECK(std::isnan(kept.execution[1]));
  CHECK(kept.execution[2] == 8.5);
  CHECK(kept.preprocessing.empty());

  ModelRun run = made_run();
  run.predicted->count = 1600;
  const Observation seen = nobody_watched();
  CHECK(number(timing_section({run, seen}), "/iterations") == 1600);
  CHECK(number(samples_section({run, seen}), "/kept_share") == 0.25);
}

TEST_CASE("A run that failed tells how, and what it had measured before") {
  const Observation seen = nobody_watched();
  const ModelRun at_load = failed_run(RunPhase::load);
  const Json early = result_document("model", {at_load, seen, nullptr, "damaged"});
  CHECK(text(early, "/schema") == "anemon.result/1");
  CHECK(text(early, "/kind") == "model");
  CHECK(early["outcome"] == Json({{"state", "crashed"},
                                  {"phase", "load"},
                                  {"signal", "SIGSEGV"},
                                  {"message", "the runner crashed"},
                                  {"hint", "try other compute units"},
                                  {"last_words", "words"}}));
  for (const char* absent :
       {"/timing/absent/load_time_ms", "/timing/absent/inference_time_ms",
        "/throughput/absent/inferences_per_second", "/memory/absent/memory_usage_mb",
        "/latency_breakdown/absent/ane_execution_ms"}) {
    INFO(absent);
    CHECK(text(early, absent) == "the run ended before: crashed in phase load");
  }

  const ModelRun later = failed_run(RunPhase::measure);
  const Json document = result_document("model", {later, seen, nullptr, "damaged"});
  CHECK(number(document, "/timing/load_time_ms") == 12.5);
  CHECK(number(document, "/timing/inference_time_ms") == 1.2);
  CHECK(text(document, "/outcome/phase") == "measure");
  CHECK(number(document, "/memory/memory_usage_mb") == 4);  // after the load
  CHECK(text(document, "/latency_breakdown/absent/layer_timings_ms") ==
        "the run ended before: crashed in phase measure");
}

TEST_CASE("A document has every section of its contract") {
  const ModelRun run = made_run();
  const Observation seen = nobody_watched();
  const auto study = study_of(small_model());
  const Json document = result_document("model", {run, seen, study.get(), ""});
  for (const char* key : {"schema",
                          "created",
                          "anemon_version",
                          "kind",
                          "outcome",
                          "model",
                          "environment",
                          "configuration",
                          "timing",
                          "throughput",
                          "power",
                          "memory",
                          "ane",
                          "latency_breakdown",
                          "layers",
                          "samples",
                          "placement",
                          "reconciliation",
                          "findings",
                          "recommendations",
                          "score"}) {
    INFO(key);
    CHECK(document.contains(key));
  }
  CHECK_FALSE(document.contains("id"));  // the history's to give
  CHECK(document["outcome"] == Json({{"state", "ok"}}));
  CHECK(text(document, "/model/name") == "m");
  CHECK(text(document, "/model/path") == "/models/m.mlpackage");
  CHECK(document["model"]["shapes"] == Json({{"x", {1, 8}}}));
  CHECK(at(document, "/model/absent").contains("hash"));  // there is no such file
  CHECK(text(document, "/placement/chip") == "M4");
  for (const char* key : {"timing", "throughput", "power", "memory", "ane", "latency_breakdown"}) {
    INFO(key);
    check_provenance(document[key]);
  }
}

TEST_CASE("The configuration says what was asked for and what inputs were made of") {
  ModelRun run = made_run();
  run.request.seed = 7;
  run.request.after_idle = {std::chrono::milliseconds(100)};
  run.filled = Filled{{{"x", InputFill::Kind::normal, 0, 1, "numbers"}}};
  const Observation seen = nobody_watched();
  const Json asked = configuration_section({run, seen});
  CHECK(number(asked, "/warmup_iterations") == 10);
  CHECK(number(asked, "/profile_iterations") == 100);
  CHECK(number(asked, "/batch") == 2);
  CHECK(number(asked, "/seed") == 7);
  CHECK(text(asked, "/inputs") == "random");
  CHECK(asked["fills"][0]["reason"] == "numbers");
  CHECK(asked["after_idle_seconds"] == Json({0.1}));
  InputFill given;
  given.kind = InputFill::Kind::file;
  run.request.inputs = {given};
  CHECK(text(configuration_section({run, seen}), "/inputs") == "given");
}
