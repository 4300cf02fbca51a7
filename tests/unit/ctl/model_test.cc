// anemonctl model ...: output byte for byte, exit codes, hostile names.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "ctl/model_diff.h"
#include "ctl/model_json.h"
#include "ctl/model_labels.h"
#include "ctl/provenanced_json.h"
#include "ctl/words.h"
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
    for (const std::string format : {"table", "json", "csv", "markdown"}) {
      auto words = arguments;
      words.insert(words.end(), {"--chip", "M4", "-o", format});
      check_golden("ctl/model-" + name + '.' + format, fixtures.run(words).text());
    }
    auto words = arguments;
    words.insert(words.end(), {"--chip", "M4"});
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
  CHECK(code({"cost", "resnet.mlpackage", "--shape", "y=1x64x128x128"}) == 1);
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
  CHECK(count_cell(0, false).shown == "-");
  CHECK(count_cell(0, true).raw == "0");
  models::Feature feature;
  feature.kind = models::FeatureKind::array;
  feature.tensor = {DataType::fp32, true, {1, 10}};
  CHECK(type_text(feature) == "multiArray fp32 1x10");
  CHECK(flexibility_text(feature) == "fixed");
  feature.flexibility = models::Flexibility::unbounded;
  feature.ranges = {{1, models::kAnyExtent}, {10, 10}};
  CHECK(flexibility_text(feature) == "1.. x 10");
  feature.enumerated = {{1, 10}, {2, 10}};
  CHECK(flexibility_text(feature) == "2 shapes: 1x10, 2x10");
}

}  // namespace
}  // namespace anemon::test
