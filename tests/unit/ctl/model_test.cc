// anemonctl model ...: output byte for byte, exit codes, hostile names.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "ctl/model_arguments.h"
#include "ctl/model_diff.h"
#include "ctl/model_labels.h"
#include "ctl/model_next.h"
#include "ctl/words.h"
#include "models/document/model_json.h"
#include "tests/catch.h"
#include "tests/golden.h"
#include "tests/scratch_directory.h"
#include "tests/unit/ctl/ctl_run.h"
#include "tests/unit/ctl/model_fixtures.h"

namespace anemon::test {
namespace {

class Fixtures {
 public:
  Fixtures() { write_model_fixtures(scratch_.path()); }

  CtlResult run(std::vector<std::string> arguments, CtlOptions options = {}) const {
    options.directory = scratch_.path();
    arguments.insert(arguments.begin(), "model");
    return run_ctl(arguments, options);
  }

 private:
  ScratchDirectory scratch_;
};

// The rest is of the machine's own chip, which is not the same everywhere.
std::string chips_of(const std::string& document) {
  return Json::parse(document)["chips"].dump(2) + '\n';
}

TEST_CASE("every format of every answer about models is as its golden file", "[golden]") {
  const Fixtures fixtures;
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"inspect", {"inspect", "resnet-small.mlpackage"}},
      {"cost", {"cost", "resnet-small.mlpackage"}},
      {"chips", {"cost", "resnet-small.mlpackage", "--all-chips"}},
      {"place", {"place", "resnet-small.mlpackage"}},
      {"validate", {"validate", "hostile.mlpackage"}},
      {"recommend", {"recommend", "hostile.mlpackage"}},
      {"diff", {"diff", "resnet.mlpackage", "resnet-small.mlpackage"}},
  };
  for (const auto& [name, arguments] : cases) {
    auto asked = arguments;
    if (name != "chips") asked.insert(asked.end(), {"--chip", "M4"});
    for (const std::string format : {"table", "json", "csv", "markdown"}) {
      auto words = asked;
      words.insert(words.end(), {"-o", format});
      const CtlResult result = fixtures.run(words);
      const bool as_json = name == "chips" && format == "json";
      const std::string text = as_json ? chips_of(result.out) : result.text();
      check_golden("ctl/model-" + name + '.' + format, text);
    }
    const auto& words = asked;
    const CtlResult narrow = fixtures.run(words, CtlOptions({}, {{"COLUMNS", "80"}}));
    check_golden("ctl/model-" + name + ".80", narrow.text());
    for (const auto line : split(std::string_view(narrow.out), '\n')) {
      CAPTURE(line);
      CHECK(display_width(line) <= 80);
    }
  }
}

TEST_CASE("exit codes of model commands are those of their help") {
  const Fixtures fixtures;
  const auto code = [&](std::vector<std::string> words) {
    const CtlResult result = fixtures.run(words);
    INFO(result.text());
    CHECK((result.exit_code == 0 || !result.err.empty() || words.front() == "validate"));
    return result.exit_code;
  };
  CHECK(code({"validate", "resnet.mlpackage"}) == 0);
  CHECK(code({"validate", "resnet.mlpackage", "--strict"}) == 0);
  CHECK(code({"validate", "hostile.mlpackage"}) == 1);
  CHECK(code({"validate", "resnet.mlpackage", "hostile.mlpackage"}) == 1);
  CHECK(code({"inspect", "hostile.mlpackage"}) == 0);
  CHECK(code({"inspect", "noweights.mlpackage"}) == 1);
  CHECK(code({"inspect", "empty.mlmodel"}) == 1);
  CHECK(code({"inspect", "text.mlmodel"}) == 1);
  CHECK(code({"inspect", "nowhere.mlmodel"}) == 1);
  CHECK(code({"diff", "resnet.mlpackage", "resnet-small.mlpackage"}) == 0);
  CHECK(code({"diff", "resnet.mlpackage", "empty.mlmodel"}) == 1);
  CHECK(code({"diff", "resnet.mlpackage"}) == 2);
  CHECK(code({"inspect"}) == 2);
  CHECK(code({"inspect", "resnet.mlpackage", "--chip", "Z80"}) == 2);
  CHECK(code({"cost", "resnet.mlpackage", "--shape", "x"}) == 2);
  CHECK(code({"cost", "resnet.mlpackage", "--shape", "x=1x64x"}) == 2);
  CHECK(code({"cost", "resnet.mlpackage", "--shape", "x=1x-64"}) == 2);
  CHECK(code({"cost", "resnet.mlpackage", "--shape", "x=0x64"}) == 2);
  CHECK(code({"cost", "resnet.mlpackage", "--shape", "x=99999999999999999999"}) == 2);
  CHECK(code({"cost", "resnet.mlpackage", "--shape", "y=1x64x128x128"}) == 2);
  CHECK(code({"cost", "resnet.mlpackage", "--shape", "x=1x64"}) == 2);
  CHECK(code({"diff", "resnet.mlpackage", "resnet.mlpackage", "--shape", "x=1x64"}) == 2);
  CHECK(code({"cost", "resnet.mlpackage", "--all-chips"}) == 0);
  CHECK(code({"cost", "resnet.mlpackage", "--all-chips", "--chip", "M1"}) == 2);
  CHECK(code({"cost", "resnet.mlpackage", "--shape", "x=1x64x128x128"}) == 0);
}

TEST_CASE("warnings alone fail only a strict validation") {
  const ScratchDirectory scratch;
  GraphBuilder graph("CoreML7");
  const auto x = graph.input("x", DataType::fp16, {1, 8});
  graph.output(graph.add("relu", {{"x", {x}}}, {{DataType::fp16, true, {1, 8}}}).front());
  models::test::write_package(scratch.path() / "tiny.mlpackage", graph.model());
  const std::string file = (scratch.path() / "tiny.mlpackage").string();
  CHECK(run_ctl({"model", "validate", file}, {}).exit_code == 0);
  CHECK(run_ctl({"model", "validate", file, "--strict"}, {}).exit_code == 1);
}

TEST_CASE("what cannot be read is explained in a line, and the rest is read") {
  const Fixtures fixtures;
  const CtlResult result =
      fixtures.run({"inspect", "empty.mlmodel", "resnet.mlpackage", "text.mlmodel", "-o", "json"});
  CHECK(result.exit_code == 1);
  CHECK(std::ranges::count(result.err, '\n') == 2);
  const Json documents = Json::parse(result.out);
  REQUIRE(documents.is_array());
  REQUIRE(documents.size() == 1);
  CHECK(documents[0]["schema"] == "anemon.model/1");
  CHECK(documents[0]["file"] == "resnet.mlpackage");
}

TEST_CASE("a model without its weights is described, and says so") {
  const Fixtures fixtures;
  const CtlResult result = fixtures.run({"inspect", "noweights.mlpackage"});
  CHECK_THAT(result.out, ANEMON_CONTAINS("weights: missing"));
  CHECK(std::ranges::count(result.err, '\n') == 1);
  const auto cost_of = [&](const char* file) {
    const Json document = Json::parse(fixtures.run({"cost", file, "-o", "json"}).out);
    return document["functions"][0]["macs_total"];
  };
  CHECK(cost_of("noweights.mlpackage") == cost_of("resnet.mlpackage"));
}

TEST_CASE("names in a model do not reach the terminal as commands") {
  const Fixtures fixtures;
  for (const std::string verb : {"inspect", "cost", "place", "validate", "recommend", "diff"}) {
    for (const std::string format : {"table", "json", "csv", "markdown"}) {
      std::vector<std::string> words = {verb, "hostile.mlpackage", "-o", format};
      if (verb == "diff") words.insert(words.begin() + 2, "resnet.mlpackage");
      if (verb == "cost" || verb == "place") words.push_back("--all");
      CAPTURE(verb, format);
      const CtlResult result = fixtures.run(words);
      for (const std::string& text : {result.out, result.err}) {
        CHECK(text.find('\x1b') == text.npos);
        CHECK(text.find('\r') == text.npos);
        CHECK(text.find('\x07') == text.npos);
        CHECK(text.find("\xc2\x9b") == text.npos);
        CHECK(text.find('\xff') == text.npos);
      }
      if (format == "json") CHECK_NOTHROW(Json::parse(result.out));
    }
  }
}

TEST_CASE("JSON holds no number that is none, and no absent number is 0") {
  ProvenancedJson object;
  object.number("nan", Json(std::numeric_limits<double>::quiet_NaN()), Provenance::derived);
  object.number("inf", std::optional(std::numeric_limits<double>::infinity()),
                Provenance::estimated);
  object.number("none", std::optional<double>(), Provenance::estimated);
  object.number("two", Json(2), Provenance::measured);
  const Json result = object.take();
  CHECK(result == Json::parse(R"({"two": 2, "provenance": {"two": "measured"}})"));
  CHECK(clean_json_text("a\xff\x1b\nb\t\xe2\x80\xae") ==
        "a\xef\xbf\xbd\xef\xbf\xbd\nb\t\xef\xbf\xbd");
}

TEST_CASE("an operation whose cost is not known has none") {
  GraphBuilder graph("CoreML7");
  const auto x = graph.input("x", DataType::fp16, {1, 8});
  const auto y = graph.add("nobody_knows", {{"x", {x}}});
  graph.output(y);
  const ModelStudy study("m", graph.model(), {}, {&models::default_chip(), "default"});
  const Json document = model_document(study);
  const Json& operation = document["functions"][0]["operations"][0];
  CHECK(operation["complete"] == false);
  CHECK_FALSE(operation.contains("macs"));
  CHECK_FALSE(operation.contains("output_bytes"));
  CHECK_FALSE(operation["results"][0].contains("shape"));
}

models::Model pipeline_of(std::vector<models::Model> members) {
  models::Model pipeline;
  pipeline.name = "pipeline";
  pipeline.kind = "pipeline";
  pipeline.container = "mlpackage";
  pipeline.specification_version = 5;
  pipeline.members = std::move(members);
  return pipeline;
}

TEST_CASE("members of a pipeline are described like models, and findings name them") {
  models::Model first = residual_model();
  first.name = "first";
  models::Model second = hostile_model();
  second.name = "second";
  const ModelStudy study("p", pipeline_of({first, pipeline_of({second})}), {},
                         {models::find_chip("M4"), "asked for"});
  const Json document = model_document(study);
  REQUIRE(document["models"].size() == 2);
  CHECK(document["functions"].empty());
  CHECK(document["placement"].is_null());
  CHECK(document["spec_version"] == 5);
  CHECK(document["min_os"] == "macOS 14, iOS 17");  // a member's
  CHECK(document["models"][0]["functions"][0]["histogram"]["conv"] == 12);
  const Json& inner = document["models"][1]["models"][0];
  CHECK(inner["functions"][0]["histogram"]["tan"] == 1);
  CHECK_FALSE(inner.contains("findings"));
  const auto named = [](const Json& finding) {
    return finding["rule"] == "OP-4" && finding["member"] == "pipeline/second" &&
           finding["operations"].size() == 2 && finding["operations"][0]["type"] == "tan";
  };
  CHECK(std::ranges::any_of(document["findings"], named));
  CHECK(totals_of(study.analysis()).cost.macs ==
        document["models"][0]["functions"][0]["macs_total"].get<uint64_t>());
}

TEST_CASE("every function of a model is described; blobs that they share are each one's own") {
  models::Model model = residual_model();
  model.functions.push_back(model.functions.front());
  model.functions.back().name = "again";
  for (const char* name : {"main", "again"}) {
    model.interfaces.push_back(model.interface);
    model.interfaces.back().function = name;
  }
  const ModelStudy study("m", std::move(model), {}, {models::find_chip("M4"), "asked for"});
  const Json document = model_document(study);
  REQUIRE(document["functions"].size() == 2);
  CHECK(document["functions"][1]["name"] == "again");
  CHECK(document["functions"][0]["weight_bytes_stored"] == 12 * 64 * 64 * 9 * 2);
  CHECK(document["placement"]["functions"].size() == 2);
  CHECK(document["interfaces"].size() == 2);
  CHECK(study.functions(false)[1].where == "again");
}

ChipChoice m4() { return {models::find_chip("M4"), "asked for"}; }

TEST_CASE("a model does not differ from itself, and a difference is seen from both sides") {
  const ModelStudy whole("a", residual_model(), {}, m4());
  const ModelStudy again("b", residual_model(), {}, m4());
  CHECK(compare_models(whole, again).same());

  models::Model changed = residual_model();
  changed.functions.front().body.operations[3].type = "tan";
  const ModelStudy other("c", std::move(changed), {}, m4());
  const ModelDiff forth = compare_models(whole, other);
  const ModelDiff back = compare_models(other, whole);
  CHECK_FALSE(forth.same());
  REQUIRE(forth.operations.size() == 1);
  CHECK_THAT(forth.operations[0].before, ANEMON_CONTAINS("relu"));
  CHECK_THAT(forth.operations[0].after, ANEMON_CONTAINS("tan"));
  REQUIRE(back.operations.size() == 1);
  CHECK(back.operations[0].before == forth.operations[0].after);
  const auto has_tan = [](const std::vector<ChangedNumber>& histogram) {
    return std::ranges::any_of(histogram, [](const ChangedNumber& number) {
      return number.key == "tan" && !number.before && number.after == 1;
    });
  };
  CHECK(has_tan(forth.histogram));
  CHECK(std::ranges::any_of(forth.findings, [](const ChangedFinding& finding) {
    return finding.rule == "OP-4" && finding.before.empty() && !finding.after.empty();
  }));
}

// One convolution whose weights are these, and what follows it.
models::Model weighted_model(std::vector<double> weights, std::string mode = "EXACT") {
  GraphBuilder graph("CoreML7");
  const auto x = graph.input("x", DataType::fp16, {1, 2, 8, 8});
  const auto y = graph.add(
      "conv",
      {{"x", {x}}, {"weight", {graph.numbers(DataType::fp32, {2, 2, 1, 1}, std::move(weights))}}},
      {{DataType::fp16, true, {1, 2, 8, 8}}});
  const auto z = graph.add("gelu", {{"x", {y.front()}}, {"mode", {graph.text(std::move(mode))}}},
                           {{DataType::fp16, true, {1, 2, 8, 8}}});
  graph.output(z.front());
  return graph.model();
}

TEST_CASE("models that differ in the values of weights alone are not the same") {
  const ModelStudy whole("a", weighted_model({1, 2, 3, 4}), {}, m4());
  const ModelStudy again("b", weighted_model({1, 2, 3, 4}), {}, m4());
  const ModelStudy tuned("c", weighted_model({1, 2, 3, 4.5}, "TANH_APPROXIMATION"), {}, m4());
  const ModelDiff none = compare_models(whole, again);
  CHECK(none.same());
  CHECK(none.complete());
  CHECK(none.constants.compared == 2);
  const ModelDiff values = compare_models(whole, tuned);
  CHECK_FALSE(values.same());
  CHECK(values.operations.empty());
  REQUIRE(values.constants.changes.size() == 2);
  CHECK(values.constants.changes[0].operation == "conv_0");
  CHECK(values.constants.changes[0].argument == "weight");
  CHECK(values.constants.changes[1].argument == "mode");

  // Of weights that are not at hand nothing is claimed.
  const ModelStudy absent("d", residual_model(), {}, m4());
  const ModelDiff unknown = compare_models(absent, absent);
  CHECK(unknown.same());
  CHECK_FALSE(unknown.complete());
  CHECK(unknown.constants.unknown == 12);
}

TEST_CASE("a parameter that two containers write in types of their own is the same") {
  models::Model a = weighted_model({1, 2, 3, 4}), b = a;
  const auto add_group = [](models::Model& model, models::Constant groups) {
    models::Function& function = model.functions.front();
    models::Value value;
    value.constant = std::move(groups);
    function.values.push_back(std::move(value));
    const auto id = static_cast<models::ValueId>(function.values.size() - 1);
    function.body.operations.front().arguments.push_back({"groups", {id}});
  };
  const double one = 1;
  add_group(a, models::make_constant(DataType::int32, {}, {&one, 1}));
  models::Model c = b;
  add_group(b, models::make_constant(DataType::int64, {}, {&one, 1}));
  add_group(c, models::make_constant(DataType::int64, {}, std::vector<double>{2}));
  const ModelStudy first("a", std::move(a), {}, m4());
  CHECK(compare_models(first, ModelStudy("b", std::move(b), {}, m4())).same());
  CHECK_FALSE(compare_models(first, ModelStudy("c", std::move(c), {}, m4())).same());
}

TEST_CASE("diff says whether values differ, and where that is not known") {
  const ScratchDirectory scratch;
  using models::test::write_package;
  write_package(scratch.path() / "a.mlpackage", weighted_model({1, 2, 3, 4}));
  write_package(scratch.path() / "b.mlpackage", weighted_model({1, 2, 3, 5}));
  CtlOptions options;
  options.directory = scratch.path();
  const auto diff = [&](const char* other, const char* format) {
    return run_ctl({"model", "diff", "a.mlpackage", other, "-o", format}, options).out;
  };
  CHECK_THAT(diff("a.mlpackage", "table"), ANEMON_CONTAINS(": the same, on"));
  CHECK_THAT(diff("b.mlpackage", "table"), ANEMON_CONTAINS("weights: values differ in 1 of 2"));
  CHECK_THAT(diff("b.mlpackage", "csv"), ANEMON_CONTAINS("constant,,conv_0 weight,"));
  CHECK(Json::parse(diff("a.mlpackage", "json"))["same"] == true);
  const Json document = Json::parse(diff("b.mlpackage", "json"));
  CHECK(document["same"] == false);
  REQUIRE(document["constants"]["differing"] == 1);
  CHECK(document["constants"]["changes"][0]["name"] == "conv_0");

  const Fixtures fixtures;
  const CtlResult absent = fixtures.run({"diff", "noweights.mlpackage", "noweights.mlpackage"});
  CHECK(absent.out.find("the same") == absent.out.npos);
  CHECK_THAT(absent.out, ANEMON_CONTAINS("Values not compared: 12 constants"));
}

TEST_CASE("quiet answers keep findings and recommendations, and lose the rest") {
  const Fixtures fixtures;
  const auto quiet = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"-q", "--chip", "M4"});
    return fixtures.run(words).out;
  };
  for (const std::string format : {"table", "markdown"}) {
    const std::string findings = quiet({"validate", "hostile.mlpackage", "-o", format});
    CHECK_THAT(findings, ANEMON_CONTAINS("OP-4"));
    CHECK(findings.find("next:") == findings.npos);
    CHECK(findings.find("hostile.mlpackage") == findings.npos);
    const std::string advice = quiet({"recommend", "hostile.mlpackage", "-o", format});
    CHECK_FALSE(advice.empty());
    CHECK(advice.find("do not add up") == advice.npos);
  }
  CHECK(quiet({"validate", "resnet.mlpackage"}).empty());
  const std::string several =
      quiet({"validate", "resnet.mlpackage", "hostile.mlpackage", "noweights.mlpackage"});
  CHECK(several.starts_with("hostile.mlpackage:\nerror "));
}

TEST_CASE("every line of CSV has as many columns as its heading, and names the function") {
  const Fixtures fixtures;
  for (const std::string verb : {"cost", "place"}) {
    const std::string csv = fixtures.run({verb, "resnet.mlpackage", "-o", "csv"}).out;
    CHECK_THAT(csv, ANEMON_CONTAINS("file,function,operation,"));
    CHECK_THAT(csv, ANEMON_CONTAINS("\nresnet.mlpackage,main,conv_0,"));
  }
  const ScratchDirectory scratch;
  // Version 1, an empty description, and Identity (900): no network.
  models::test::write_bytes(scratch.path() / "none.mlmodel", {"\x08\x01\x12\x00\xa2\x38\x00", 7});
  CtlOptions options;
  options.directory = scratch.path();
  for (const std::string verb : {"cost", "place"}) {
    const CtlResult result = run_ctl({"model", verb, "none.mlmodel", "-o", "csv"}, options);
    INFO(result.text());
    CHECK(result.out.starts_with("file,function,operation,type,"));
    CHECK(result.exit_code == 0);
  }
}

TEST_CASE("a shape that does not fit is a wrong command line, of that file alone") {
  const Fixtures fixtures;
  const CtlResult result =
      fixtures.run({"cost", "./resnet.mlpackage", "hostile.mlpackage", "./resnet-small.mlpackage",
                    "--shape", "x=1x64", "-o", "json"});
  CHECK(result.exit_code == 2);
  CHECK(std::ranges::count(result.err, '\n') == 3);
  const std::string name = "resnet.mlpackage";
  const size_t first = result.err.find(name);
  REQUIRE(first != result.err.npos);
  CHECK(result.err.find(name, first + 1) == result.err.npos);
  const CtlResult unknown = fixtures.run({"cost", "./resnet.mlpackage", "--shape", "y=1"});
  CHECK_THAT(unknown.err, ANEMON_CONTAINS("./resnet.mlpackage: --shape: no input is called \"y\""));
}

// A loop that nobody counts, around a product.
models::Model looping_model() {
  GraphBuilder graph("CoreML7");
  const auto x = graph.input("x", DataType::fp32, {1, 64});
  const auto y =
      graph.add("linear", {{"x", {x}}, {"weight", {graph.weight(DataType::fp32, {64, 64})}}},
                {{DataType::fp32, true, {1, 64}}});
  const auto z =
      graph.add("while_loop", {{"loop_vars", {y.front()}}}, {{DataType::fp32, true, {1, 64}}});
  graph.output(z.front());
  return graph.model();
}

TEST_CASE("what is predicted from a part of the costs has no upper bound") {
  const ScratchDirectory scratch;
  models::test::write_package(scratch.path() / "loop.mlpackage", looping_model());
  CtlOptions options;
  options.directory = scratch.path();
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "model");
    return run_ctl(words, options).out;
  };
  const std::string note = "how often a loop runs";
  const std::string placed = run({"place", "loop.mlpackage", "--chip", "M4"});
  CHECK_THAT(placed, ANEMON_CONTAINS("over ~"));
  CHECK_THAT(placed, ANEMON_CONTAINS(note));
  CHECK_THAT(run({"inspect", "loop.mlpackage"}), ANEMON_CONTAINS(note));
  CHECK_THAT(run({"cost", "loop.mlpackage"}), ANEMON_CONTAINS(note));
  const std::string chips = run({"cost", "loop.mlpackage", "--all-chips"});
  CHECK_THAT(chips, ANEMON_CONTAINS("over ~"));
  CHECK_THAT(chips, ANEMON_CONTAINS(note));
  const Json document = Json::parse(run({"cost", "loop.mlpackage", "--all-chips", "-o", "json"}));
  const auto has_high = [](const Json& each) { return each.contains("latency_high_seconds"); };
  CHECK(std::ranges::none_of(document["chips"], has_high));
  CHECK(std::ranges::none_of(document["placement"]["functions"], has_high));

  const Fixtures whole;
  CHECK(whole.run({"place", "resnet.mlpackage"}).out.find(note) == std::string::npos);
  const Json closed = Json::parse(whole.run({"place", "resnet.mlpackage", "-o", "json"}).out);
  CHECK(closed["placement"]["functions"][0].contains("latency_high_seconds"));
}

// The band of what was counted is not the band of all of it, whoever predicted it.
TEST_CASE("a latency is closed above only when all of the function was counted") {
  models::FunctionAnalysis function;
  models::Placement placement;
  placement.latency_low_seconds = 1;
  placement.latency_high_seconds = 2;
  CHECK(latency_of(function, placement).high == 2);
  function.total.complete = false;
  CHECK(latency_of(function, placement).low == 1);
  CHECK_FALSE(latency_of(function, placement).high.has_value());
}

TEST_CASE("the next command can be pasted into a shell") {
  CHECK(shell_word("resnet.mlpackage") == "resnet.mlpackage");
  CHECK(shell_word("my model.mlpackage") == "'my model.mlpackage'");
  CHECK(shell_word("it's; $(rm)") == "'it'\\''s; $(rm)'");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("x\xc3\xa9") == "'x\xc3\xa9'");
  const models::InputShapes shapes = {{"x", {1, 64, 64, 64}}};
  const ModelStudy asked("a b", residual_model(), {}, {models::find_chip("A17 Pro"), kAskedFor});
  CHECK(next_model_command("validate", asked) == "anemonctl model validate --chip 'A17 Pro' 'a b'");
  const ModelStudy plain("-m", residual_model(), {}, {models::find_chip("M4"), "default"});
  CHECK(next_model_command("place --all", plain) == "anemonctl model place --all ./-m");
  const ModelStudy odd("m\x1b[2J", residual_model(), {}, m4());
  CHECK(next_model_command("validate", odd).empty());

  const Fixtures fixtures;
  const std::string shape = "x=1x64x128x128";
  for (const std::string verb : {"inspect", "cost", "place"}) {
    const std::string out =
        fixtures.run({verb, "resnet.mlpackage", "--chip", "M1", "--shape", shape}).out;
    CHECK_THAT(out, ANEMON_CONTAINS(" --chip M1 --shape x=1x64x128x128 resnet.mlpackage\n"));
  }
}

TEST_CASE("where no winner can be named, nothing is placed by predicted time") {
  const Fixtures fixtures;
  const auto placed = [&](const char* chip) {
    return fixtures.run({"place", "resnet.mlpackage", "--chip", chip}).out;
  };
  CHECK_THAT(placed("M4"), ANEMON_CONTAINS("by predicted time"));
  const std::string m1 = placed("M1");
  CHECK(m1.find("by predicted time") == m1.npos);
  CHECK_THAT(m1, ANEMON_CONTAINS("what the CPU and the GPU take is not known for M1"));
}

TEST_CASE("long functions are placed in 80 columns") {
  GraphBuilder graph("CoreML7");
  auto x = graph.input("x", DataType::fp16, {1, 8});
  for (int i = 0; i < 300; ++i) {
    x = graph.add("relu", {{"x", {x}}}, {{DataType::fp16, true, {1, 8}}}).front();
  }
  graph.output(x);
  const ScratchDirectory scratch;
  models::test::write_package(scratch.path() / "long.mlpackage", graph.model());
  const std::string file = (scratch.path() / "long.mlpackage").string();
  const CtlResult result =
      run_ctl({"model", "place", file, "--chip", "M4"}, CtlOptions({}, {{"COLUMNS", "80"}}));
  bool found = false;
  for (const auto line : split(std::string_view(result.out), '\n')) {
    if (!line.starts_with("in order")) continue;
    found = true;
    CAPTURE(line);
    CHECK(display_width(line) <= 80);
    CHECK(display_width(line) > 70);
  }
  CHECK(found);
}

TEST_CASE("an open shape without a stated range is not called fixed") {
  models::Model model = residual_model();
  model.interface.outputs.front().tensor.shape[0] = models::kAnyExtent;
  const ModelStudy study("m", std::move(model), {}, m4());
  const Json document = model_document(study);
  CHECK_FALSE(document["outputs"][0].contains("flexibility"));
  CHECK(document["inputs"][0]["flexibility"] == "fixed");
}

TEST_CASE("names out of memory are no more trusted than those out of files") {
  const ModelStudy study("m", hostile_model(), {}, {&models::default_chip(), "default"});
  const models::FunctionAnalysis& function = study.analysis().functions.front();
  for (size_t i = 0; i < function.operations.size(); ++i) {
    const std::string name = operation_name(function, i);
    CHECK(name.find_first_of("\x1b\r\n\x07") == name.npos);
    CHECK(name.find("\xc2\x9b") == name.npos);
  }
  CHECK(name_cell("a\x1b[2J").shown == "a?[2J");
  CHECK(name_cell("a\x1b[2J").raw == "a?[2J");  // CSV may be shown on a terminal too
  const std::string document = model_document(study).dump();
  CHECK(document.find("\xc2\x9b") == document.npos);
}

TEST_CASE("counts and shapes are written for people") {
  CHECK(scaled_count(0) == "0");
  CHECK(scaled_count(999) == "999");
  CHECK(scaled_count(3'271'251'200) == "3.27 G");
  CHECK(scaled_count(999'999) == "1.00 M");
  CHECK(macs_text(0) == "0 MACs");
  CHECK(macs_text(999) == "999 MACs");
  CHECK(macs_text(3'271'251'200) == "3.27 GMACs");
  CHECK(latency_text({}).empty());
  CHECK(latency_text({0.00042, 0.0005}) == "~0.42 ms to 0.5 ms");
  CHECK(latency_text({0.00042, {}}) == "over ~0.42 ms");
  CHECK(count_cell(0, false).shown == "-");
  CHECK(count_cell(0, true).raw == "0");
  models::Feature feature;
  feature.kind = models::FeatureKind::array;
  feature.tensor = {DataType::fp32, true, {1, 10}};
  CHECK(type_text(feature) == "multiArray fp32 1x10");
  CHECK(flexibility_text(feature) == "fixed");
  feature.tensor.shape = {1, models::kAnyExtent};
  CHECK(flexibility_text(feature).empty());
  feature.tensor = {DataType::fp32, false, {}};
  CHECK(flexibility_text(feature).empty());
  feature.tensor = {DataType::fp32, true, {1, 10}};
  feature.flexibility = models::Flexibility::unbounded;
  feature.ranges = {{1, models::kAnyExtent}, {10, 10}};
  CHECK(flexibility_text(feature) == "1.. x 10");
  feature.enumerated = {{1, 10}, {2, 10}};
  CHECK(flexibility_text(feature) == "2 shapes: 1x10, 2x10");
}

}  // namespace
}  // namespace anemon::test
