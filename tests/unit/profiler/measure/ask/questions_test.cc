// The questions of several runs, asked of a runner whose latencies are made up and so known, and of
// the reference engine where it was built.
#include "profiler/measure/questions.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json_access.h"
#include "tests/catch.h"
#include "tests/models/graph_builder.h"
#include "tests/models/model_writer.h"
#include "tests/scratch_directory.h"

using namespace anemon;
using namespace anemon::profiler;
using namespace anemon::test;
using models::DataType;
using models::test::GraphBuilder;

namespace {

// ids [1..2, 1..64] are looked up in a table of 100 rows and doubled.
models::Model token_model() {
  GraphBuilder graph;
  const auto ids = graph.input("input_ids", DataType::int32, {1, 16});
  std::vector<double> rows(400);
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = 0.01 * static_cast<double>(i);
  const auto table = graph.numbers(DataType::fp32, {100, 4}, rows);
  const auto found =
      graph.add("gather",
                {{"x", {table}},
                 {"indices", {ids}},
                 {"axis", {graph.integer(0)}},
                 {"batch_dims", {graph.integer(0)}},
                 {"validate_indices", {graph.flag(false)}}},
                {{DataType::fp32, true, {models::kAnyExtent, models::kAnyExtent, 4}}});
  const auto y = graph.add("add", {{"x", found}, {"y", found}},
                           {{DataType::fp32, true, {models::kAnyExtent, models::kAnyExtent, 4}}});
  graph.output(y.front());
  auto& ids_type = graph.function().values[ids].type.tensor.shape;
  ids_type = {models::kAnyExtent, models::kAnyExtent};
  models::Model model = graph.model();
  model.interface.inputs[0].flexibility = models::Flexibility::range;
  model.interface.inputs[0].ranges = {{1, 2}, {1, 64}};
  return model;
}

// [1, 3, 8, 8], fixed, through a relu.
models::Model image_model() {
  GraphBuilder graph;
  const auto x = graph.input("x", DataType::fp32, {1, 3, 8, 8});
  graph.output(graph.add("relu", {{"x", {x}}}, {{DataType::fp32, true, {1, 3, 8, 8}}}).front());
  return graph.model();
}

// [1..8, 4] through a relu.
models::Model rows_model() {
  GraphBuilder graph;
  const auto x = graph.input("x", DataType::fp32, {1, 4});
  graph.function().values[x].type.tensor.shape = {models::kAnyExtent, 4};
  graph.output(
      graph.add("relu", {{"x", {x}}}, {{DataType::fp32, true, {models::kAnyExtent, 4}}}).front());
  models::Model model = graph.model();
  model.interface.inputs[0].flexibility = models::Flexibility::range;
  model.interface.inputs[0].ranges = {{1, 8}, {4, 4}};
  return model;
}

class Asked {
 public:
  Asked() {
    asking.socket = folder_ / "no-daemon.sock";
    asking.chip = "M4";
    asking.progress = [this](const std::string& line) { told.push_back(line); };
  }

  std::filesystem::path model(const models::Model& content = image_model(),
                              const std::string& name = "net") {
    const std::filesystem::path path = folder_ / (name + ".mlpackage");
    if (!std::filesystem::exists(path)) models::test::write_package(path, content);
    return path;
  }
  // A command that runs the paced runner with this script.
  std::string paced(const Json& script, const std::string& name = "script") {
    const auto path = folder_.write(name + ".json", script.dump());
    return fmt::format("python3 {} {}", PACED_RUNNER, path.string());
  }
  RunRequest request(const std::string& runner, const models::Model& content = image_model(),
                     const std::string& name = "net") {
    RunRequest run;
    run.model = model(content, name);
    run.runner = runner;
    return run;
  }

  Asking asking;
  std::vector<std::string> told;

 private:
  ScratchDirectory folder_;
};

double value_of(const Json& estimate) {
  return estimate.is_object() ? estimate.at("value").get<double>() : estimate.get<double>();
}

const Json kThreeUnits = {"cpu-only", "cpu-and-ane", "all"};

template <class Ask>
Error error_of(Ask ask) {
  try {
    ask();
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  throw 0;
}

}  // namespace

TEST_CASE("engines are compared in turns, and a winner is claimed only where there is one") {
  Asked asked;
  const Json script = {{"units", kThreeUnits},
                       {"latency", {{"cpu-only", 0.004}, {"cpu-and-ane", 0.001}, {"all", 0.001}}},
                       {"noise", 0.01},
                       {"memory", {{"cpu-only", 40e6}, {"cpu-and-ane", 20e6}, {"all", 20e6}}},
                       {"outputs",
                        {{"cpu-only", {{"y", {3, 4}}}},
                         {"cpu-and-ane", {{"y", {3, 4.001}}}},
                         {"all", {{"y", {4, -3}}}}}}};
  Json document = compare_engines({asked.request(asked.paced(script)), {}, {}}, asked.asking);
  INFO(document["runs"][0]["outcome"].dump());
  CHECK(document["kind"] == "compare");
  CHECK(document["outcome"]["state"] == "ok");
  CHECK(document["model"]["name"] == "net");
  Json& comparison = document["comparison"];
  CHECK(comparison["runs"] == Json({"paced, cpu-only", "paced, cpu-and-ane", "paced, all"}));
  CHECK_FALSE(comparison["latency"].contains("winner"));
  CHECK(comparison["latency"]["best"].size() == 2);
  CHECK(comparison["latency"]["over"] == "paced, cpu-only");
  CHECK(comparison["latency"]["speedup"].get<double>() == Approx(4).epsilon(0.02));
  CHECK_THAT(text(comparison, "/latency/words"), ANEMON_CONTAINS("no difference beyond 2 %"));
  CHECK(comparison["throughput"]["speedup"].get<double>() == Approx(4).epsilon(0.02));
  CHECK(comparison["memory"]["speedup"].get<double>() == Approx(2));
  CHECK_FALSE(comparison["energy"].contains("best"));
  CHECK_THAT(text(comparison, "/energy/words"), ANEMON_CONTAINS("nothing to compare"));
  Json& standings = comparison["standings"];
  REQUIRE(standings.size() == 3);
  CHECK_FALSE(standings[0].contains("speedup"));
  CHECK(value_of(standings[1]["speedup"]) == Approx(4).epsilon(0.02));
  CHECK(standings[1]["speedup"]["low"].get<double>() < value_of(standings[1]["speedup"]));
  CHECK(standings[1]["verdict"] == "faster");
  CHECK(standings[1]["latency_ms"].get<double>() == Approx(1).epsilon(0.02));
  CHECK(document["runs"][1]["agreement"]["reference"] == "paced, cpu-only");
  CHECK(document["runs"][1]["agreement"]["agrees"] == true);
  CHECK(document["runs"][2]["agreement"]["cosine"].get<double>() == Approx(0).margin(1e-9));
  CHECK(document["runs"][2]["agreement"]["max_error"] == 7);
  CHECK(text(comparison, "/recommendation").starts_with("Run it on paced, "));
  CHECK_THAT(text(comparison, "/recommendation"),
             ANEMON_CONTAINS("The outputs of paced, all differ"));
  CHECK_FALSE(document["environment"].contains("compute_units"));
  CHECK(document["configuration"]["blocks"] == 8);
  CHECK_FALSE(asked.told.empty());
}

TEST_CASE("an engine that fails is a run with its outcome, and the others are compared") {
  Asked asked;
  const Json script = {{"units", kThreeUnits},
                       {"latency", {{"cpu-only", 0.002}, {"cpu-and-ane", 0.001}, {"all", 0.001}}},
                       {"fail", {{"all", {"load", "compiler", "ANECCompile() FAILED"}}}}};
  Json document = compare_engines({asked.request(asked.paced(script)), {}, {}}, asked.asking);
  CHECK(document["outcome"]["state"] == "ok");
  CHECK(document["runs"][2]["outcome"]["state"] == "compiler failed");
  CHECK(document["comparison"]["standings"][2]["outcome"]["phase"] == "load");
  CHECK(document["comparison"]["latency"]["winner"] == "paced, cpu-and-ane");
  CHECK_THAT(text(document, "/comparison/recommendation"),
             ANEMON_CONTAINS("What failed: paced, all (compiler failed)."));

  // While they take turns: fill, first call and measured phase went well.
  Json later = script;
  later["fail"] = {{"all", {"predict", "exit", 7, 5}}};
  document = compare_engines({asked.request(asked.paced(later)), {}, {}}, asked.asking);
  CHECK(document["runs"][2]["outcome"]["state"] == "crashed");
  CHECK(document["comparison"]["latency"]["winner"] == "paced, cpu-and-ane");

  Json all = script;
  all["fail"] = {"load", "refused", "no"};
  document = compare_engines({asked.request(asked.paced(all)), {}, {}}, asked.asking);
  CHECK(document["outcome"]["state"] == "refused");
  CHECK(text(document, "/comparison/recommendation").starts_with("No engine ran the model"));
}

TEST_CASE("an engine of the CPU alone is asked twice, and it is said that this is the same") {
  Asked asked;
  const Json script = {{"units", {"cpu-only"}}, {"latency", 0.001}, {"noise", 0.01}};
  Json document = compare_engines({asked.request(asked.paced(script)), {}, {}}, asked.asking);
  Json& comparison = document["comparison"];
  CHECK(comparison["runs"] == Json({"paced, cpu-only", "paced, all"}));
  CHECK_FALSE(comparison["latency"].contains("winner"));
  CHECK(comparison["latency"]["words"] ==
        "No difference beyond 2 % between " +
            fmt::format("{} and {}.", comparison["latency"]["best"][0].get<std::string>(),
                        comparison["latency"]["best"][1].get<std::string>()));
  CHECK_THAT(comparison["notes"][0].get<std::string>(),
             ANEMON_CONTAINS("are the same computation"));
  CHECK(text(comparison, "/recommendation") ==
        "All runs are the same computation: leave the choice as it is.");
}

TEST_CASE("other runners are compared with the own, by names that tell them apart") {
  Asked asked;
  const std::string slow = asked.paced({{"latency", 0.003}}, "slow");
  const std::string fast = asked.paced({{"latency", 0.002}}, "fast");
  Json document = compare_engines({asked.request(slow), {}, {fast}}, asked.asking);
  CHECK(document["comparison"]["latency"]["winner"] == fmt::format("paced, all ({})", fast));
  CHECK(document["comparison"]["latency"]["speedup"].get<double>() == Approx(1.5));
}

TEST_CASE("B that takes a fifth less time is faster") {
  Asked asked;
  AbRequest request;
  request.a = asked.request(asked.paced({{"latency", 0.002}, {"noise", 0.02}}, "a"));
  request.b = asked.request(asked.paced({{"latency", 0.0016}, {"noise", 0.02}}, "b"));
  Json document = compare_models(request, asked.asking);
  CHECK(document["kind"] == "ab");
  CHECK(document["outcome"]["state"] == "ok");
  Json& verdict = document["verdict"];
  CHECK(verdict["verdict"] == "faster");
  CHECK(value_of(verdict["shift_ms"]) == Approx(-0.4).epsilon(0.02));
  CHECK(value_of(verdict["relative_shift"]) == Approx(-0.2).epsilon(0.02));
  CHECK(verdict["relative_shift"]["high"].get<double>() < 0);
  CHECK(verdict["median_a_ms"].get<double>() == Approx(2).epsilon(0.01));
  CHECK(verdict["cliffs_delta"] == -1);
  CHECK(verdict["p_value"].get<double>() < 0.001);
  CHECK(verdict["blocks"] == 10);
  CHECK(verdict["provenance"]["shift_ms"] == "derived");
  CHECK_FALSE(verdict.contains("runs_to_decide"));
  CHECK(document["runs"].size() == 2);
  CHECK(document["runs"][0]["timing"]["inference_time_ms"].get<double>() ==
        Approx(2).epsilon(0.01));

  std::swap(request.a, request.b);
  CHECK(compare_models(request, asked.asking)["verdict"]["verdict"] == "slower");
}

TEST_CASE("the same twice is equivalent, and what wobbles is inconclusive with what would decide") {
  Asked asked;
  AbRequest request;
  request.a = request.b = asked.request(asked.paced({{"latency", 0.002}, {"noise", 0.02}}));
  request.blocks = 6;
  CHECK(compare_models(request, asked.asking)["verdict"]["verdict"] == "equivalent");

  request.a.runner = asked.paced({{"latency", 0.002}, {"wobble", 0.2}}, "a");
  request.b.runner = asked.paced({{"latency", 0.0021}, {"wobble", 0.19}}, "b");
  Json document = compare_models(request, asked.asking);
  Json& verdict = document["verdict"];
  CHECK(verdict["verdict"] == "inconclusive");
  CHECK(verdict["runs_to_decide"].get<size_t>() > 6);
  CHECK(verdict["provenance"]["runs_to_decide"] == "estimated");
  CHECK(verdict["minimum_detectable_ms"].get<double>() > 0.04);
}

TEST_CASE("of an A/B test in which one fails there is no verdict, but the outcome of that one") {
  Asked asked;
  AbRequest request;
  request.a = asked.request(asked.paced({{"latency", 0.002}}, "a"));
  request.b = asked.request(asked.paced({{"fail", {"load", "exit", 3}}}, "b"));
  Json document = compare_models(request, asked.asking);
  CHECK(document["outcome"]["state"] == "crashed");
  CHECK(document["outcome"]["phase"] == "load");
  CHECK_FALSE(document.contains("verdict"));
  CHECK(document["runs"][0]["outcome"]["state"] == "ok");
  request.blocks = 5;
  CHECK(error_of([&] { compare_models(request, asked.asking); }).hint() == "at least 6");
}

TEST_CASE("a sweep finds the knee of a curve that is known, and keeps sizes that failed") {
  Asked asked;
  BatchRequest request;
  request.run = asked.request(asked.paced({{"latency", 0.004},
                                           {"per_item", 0.001},
                                           {"memory", 10e6},
                                           {"memory_per_item", 1e6},
                                           {"most_items", 32}}));
  request.sizes = {8, 1, 4, 4, 2, 16, 32, 64};
  request.limits.latency = 0.0125;
  Json document = sweep_batches(request, asked.asking);
  CHECK(document["kind"] == "batch");
  CHECK(document["outcome"]["state"] == "ok");
  CHECK(document["configuration"]["sizes"] == Json({1, 2, 4, 8, 16, 32, 64}));
  Json& sweep = document["sweep"];
  REQUIRE(sweep["points"].size() == 7);
  for (size_t i = 0; i < 6; ++i) {
    Json& point = sweep["points"][i];
    const double size = std::ldexp(1, static_cast<int>(i));
    CHECK(point["batch"] == size);
    CHECK(point["latency_ms"].get<double>() == Approx(4 + size));
    CHECK(point["inferences_per_second"].get<double>() == Approx(1000 * size / (4 + size)));
    CHECK(point["peak_memory_mb"].get<double>() == Approx(10 + size));
    CHECK(point["absent"].contains("energy_per_item_joules"));
  }
  CHECK(sweep["points"][6]["outcome"]["state"] == "refused");
  CHECK(sweep["optimal"]["throughput"] == 32);
  CHECK(sweep["optimal"]["latency"] == 1);
  CHECK(sweep["optimal"]["within_limits"] == 8);
  CHECK_FALSE(sweep["optimal"].contains("energy"));
  CHECK(sweep["knee"] == 8);
  CHECK_THAT(text(sweep, "/analysis"), ANEMON_CONTAINS("Failed: size 64 (refused)."));
  CHECK(document["runs"].size() == 7);
  CHECK(document["runs"][1]["throughput"]["batch"] == 2);
}

TEST_CASE("a model that is open along its first axis is loaded for each size") {
  Asked asked;
  BatchRequest request;
  // 4 elements an item: 1 ms a call and 1 ms an item.
  request.run = asked.request(asked.paced({{"latency", 0.001}, {"per_element", 0.00025}}),
                              rows_model(), "rows");
  request.sizes = {1, 2, 8};
  Json sweep = sweep_batches(request, asked.asking)["sweep"];
  CHECK(text(sweep, "/batching").starts_with("by shape"));
  CHECK(sweep["points"][2]["latency_ms"].get<double>() == Approx(9));
  CHECK(sweep["points"][2]["inferences_per_second"].get<double>() == Approx(8000.0 / 9));

  // One that not every size fits is fed items for all of them.
  request.sizes = {1, 16};
  sweep = sweep_batches(request, asked.asking)["sweep"];
  CHECK(text(sweep, "/batching").starts_with("by items"));
  CHECK(sweep["points"][1]["latency_ms"].get<double>() == Approx(1));
}

TEST_CASE("sizes that cannot be asked for are errors") {
  Asked asked;
  BatchRequest request;
  request.run = asked.request(asked.paced({}));
  request.sizes = {0, 1};
  CHECK(error_of([&] { sweep_batches(request, asked.asking); }).what() ==
        std::string("a batch of 0 items"));
  request.sizes = {};
  CHECK_THROWS_AS(sweep_batches(request, asked.asking), Error);
  request.sizes = {1};
  request.limits.memory = -1;
  CHECK_THROWS_AS(sweep_batches(request, asked.asking), Error);
  request.limits.memory.reset();
  request.run.model = "/no/such.mlmodel";
  CHECK_THAT(error_of([&] { sweep_batches(request, asked.asking); }).what(),
             ANEMON_CONTAINS("/no/such.mlmodel"));
}

TEST_CASE("a transformer is loaded for its length; prefill and decode are told apart") {
  Asked asked;
  const RunRequest request = asked.request(
      asked.paced({{"latency", 0.001}, {"per_element", 0.0001}}), token_model(), "tokens");
  Json document = profile_transformer(request, {1, 40}, asked.asking);
  CHECK(document["kind"] == "transformer");
  CHECK(document["outcome"]["state"] == "ok");
  Json& throughput = document["throughput"];
  CHECK(throughput["tokens_per_second"].get<double>() == Approx(40 / 0.005));
  CHECK(throughput["prefill_tokens_per_second"].get<double>() == Approx(8000));
  CHECK(throughput["decode_tokens_per_second"].get<double>() == Approx(1 / 0.0011));
  CHECK(throughput["time_to_first_token_ms"].get<double>() == Approx(5));
  CHECK(throughput["provenance"]["time_to_first_token_ms"] == "measured");
  CHECK(document["timing"]["decode_ms"].get<double>() == Approx(1.1));
  CHECK_THAT(text(throughput, "/basis/decode_tokens_per_second"), ANEMON_CONTAINS("no state"));
  CHECK_FALSE(document["power"]["absent"]["energy_per_token_joules"].get<std::string>().empty());
  CHECK_FALSE(throughput["absent"].contains("tokens_per_second"));
  Json& configuration = document["configuration"];
  CHECK(configuration["sequence_length"] == 40);
  CHECK(configuration["sequence_input"] == "input_ids");
  CHECK(configuration["shapes"]["input_ids"] == Json({1, 40}));

  // Two fit the shape, three go in as items.
  document = profile_transformer(request, {2, 40}, asked.asking);
  CHECK(document["configuration"]["batching"] == "by shape");
  CHECK(document["throughput"]["tokens_per_second"].get<double>() == Approx(80 / 0.009));
  CHECK(document["throughput"]["inferences_per_second"].get<double>() == Approx(2 / 0.009));
  CHECK(document["throughput"]["batch"] == 2);
  document = profile_transformer(request, {3, 40}, asked.asking);
  CHECK(document["configuration"]["batching"] == "by items");
  CHECK(document["throughput"]["tokens_per_second"].get<double>() == Approx(120 / 0.005));

  document = profile_transformer(request, {1, 0}, asked.asking);
  CHECK(document["configuration"]["sequence_length"] == 16);
  document = profile_transformer(request, {1, 1}, asked.asking);
  CHECK(document["throughput"]["decode_tokens_per_second"].get<double>() == Approx(1 / 0.0011));
  CHECK(document["throughput"]["absent"].contains("prefill_tokens_per_second"));

  CHECK(error_of([&] {
          profile_transformer(request, {1, 65}, asked.asking);
        }).what() ==
        std::string("input 'input_ids' does not take the shape 1x65: it takes 1..2x1..64"));
  CHECK_THROWS_AS(profile_transformer(asked.request(asked.paced({})), {4, 3}, asked.asking), Error);
}

TEST_CASE("images are counted, and a model of fixed shape is fed a batch of them") {
  Asked asked;
  const RunRequest request = asked.request(asked.paced({{"latency", 0.001}, {"per_item", 0.001}}));
  Json document = profile_vision(request, {4, 8, 8, 3}, asked.asking);
  CHECK(document["kind"] == "vision");
  CHECK(document["throughput"]["images_per_second"].get<double>() == Approx(800));
  CHECK(document["timing"]["inference_time_ms"].get<double>() == Approx(5));
  CHECK(document["configuration"]["batching"] == "by items");
  CHECK(document["configuration"]["width"] == 8);
  CHECK(document["power"]["absent"].contains("energy_per_image_joules"));
  CHECK(error_of([&] {
          profile_vision(request, {1, 16, 8, 3}, asked.asking);
        }).what() == std::string("input 'x' does not take the shape 1x3x16x8: it takes 1x3x8x8"));
}

TEST_CASE("a run that fails is an answer of every question") {
  Asked asked;
  const std::string broken = asked.paced({{"fail", {"load", "exit", 1}}});
  const RunRequest request = asked.request(broken, token_model(), "tokens");
  Json document = profile_transformer(request, {1, 8}, asked.asking);
  CHECK(document["outcome"]["state"] == "crashed");
  CHECK(document["throughput"]["absent"].contains("tokens_per_second"));
  CHECK(profile_vision(asked.request(broken), {}, asked.asking)["outcome"]["state"] == "crashed");
  BatchRequest batch;
  batch.run = request;
  batch.sizes = {1, 2};
  Json swept = sweep_batches(batch, asked.asking);
  CHECK(swept["outcome"]["state"] == "crashed");
  CHECK(text(swept, "/sweep/analysis").starts_with("No size could be measured."));
}

#ifdef ANEMON_RUNNER
TEST_CASE("the reference engine answers every question on models of the tests' own") {
  Asked asked;
  RunRequest tokens = asked.request(ANEMON_RUNNER, token_model(), "tokens");
  tokens.warm_up = {10, 0.05, 5};
  tokens.time = std::chrono::milliseconds(50);
  tokens.operations = false;
  Json document = profile_transformer(tokens, {2, 32}, asked.asking);
  INFO(document["outcome"].dump());
  REQUIRE(document["outcome"]["state"] == "ok");
  CHECK(document["model"]["shapes"]["input_ids"] == Json({2, 32}));
  CHECK(document["throughput"]["tokens_per_second"].get<double>() > 0);
  CHECK(document["throughput"]["decode_tokens_per_second"].get<double>() > 0);

  RunRequest image = tokens;
  image.model = asked.model();
  document = profile_vision(image, {3, 0, 0, 0}, asked.asking);
  REQUIRE(document["outcome"]["state"] == "ok");
  CHECK(document["throughput"]["images_per_second"].get<double>() > 0);
  CHECK(document["throughput"]["batch"] == 3);

  RunRequest rows = tokens;
  rows.model = asked.model(rows_model(), "rows");
  document = sweep_batches({rows, {1, 8}, {}}, asked.asking);
  REQUIRE(document["outcome"]["state"] == "ok");
  CHECK(document["runs"][1]["model"]["shapes"]["x"] == Json({8, 4}));
  CHECK(document["sweep"]["optimal"].contains("throughput"));

  document = compare_engines({image, {}, {}}, asked.asking);
  REQUIRE(document["outcome"]["state"] == "ok");
  CHECK(document["comparison"]["runs"] ==
        Json({"reference (CPU), cpu-only", "reference (CPU), all"}));
  CHECK(document["runs"][1]["agreement"]["identical"] == true);

  AbRequest ab;
  ab.a = image;
  ab.b = image;
  ab.blocks = 6;
  ab.segment = std::chrono::milliseconds(5);
  document = compare_models(ab, asked.asking);
  REQUIRE(document["outcome"]["state"] == "ok");
  CHECK(document["verdict"].contains("verdict"));
  CHECK(document["runs"][1]["agreement"]["identical"] == true);
}
#endif
