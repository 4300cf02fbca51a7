// What anemon reads out of real models agrees with what an independent reader counted in them.
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "models/document/model_json.h"
#include "models/read/read_model.h"
#include "tests/catch.h"
#include "tests/conformance/model_data.h"

using namespace anemon;

namespace {

Json golden(const std::filesystem::path& file) {
  std::ifstream stream(file);
  REQUIRE(stream);
  return Json::parse(stream);
}

// Reads it as `anemonctl model inspect -o json` does.
Json document(const std::filesystem::path& file, const models::InputShapes& shapes = {}) {
  const ModelStudy study(file.string(), models::read_model(file), shapes,
                         {&models::default_chip(), "default"});
  return model_document(study);
}

std::vector<std::string> names(const Json& features) {
  std::vector<std::string> result;
  for (const Json& feature : features) result.push_back(feature["name"]);
  return result;
}

std::map<std::string, uint64_t> counts(const Json& map) {
  std::map<std::string, uint64_t> result;
  for (const auto& [key, value] : map.items()) {
    if (value.get<uint64_t>() > 0) result[key] = value;
  }
  return result;
}

void check_function(const Json& ours, const Json& golden) {
  CHECK(ours["opset"] == golden["opset"]);
  CHECK(ours["ops_total"] == golden["ops_total"]);
  CHECK(ours["ops_non_const"] == golden["ops_non_const"]);
  CHECK(counts(ours["histogram"]) == counts(golden["histogram"]));
  CHECK(ours["weight_bytes_stored"] == golden["blob_bytes"]);
  CHECK(ours["weight_elements"] == golden["blob_elements"]);
  // The golden counter knows no attention and needs shapes that the file states; ours infers them.
  auto macs = counts(ours["macs"]);
  const bool exact = golden["matrix_ops_with_unknown_shape"] == 0;
  uint64_t comparable = ours["macs_total"].get<uint64_t>();
  const auto attention = macs.find("scaled_dot_product_attention");
  if (attention != macs.end()) {
    comparable -= attention->second;
    macs.erase(attention);
  }
  if (exact) {
    CHECK(comparable == golden["macs_total"].get<uint64_t>());
    CHECK(macs == counts(golden["macs"]));
  } else {
    CHECK(comparable >= golden["macs_total"].get<uint64_t>());
    for (const auto& [type, number] : golden["macs"].items()) {
      CAPTURE(type);
      CHECK(macs[type] >= number.get<uint64_t>());
    }
  }
}

void check_model(const Json& ours, const Json& golden, const std::string& where) {
  CAPTURE(where);
  CHECK(ours["kind"] == golden["type"]);
  CHECK(ours["spec_version"] == golden["spec"]);
  CHECK(ours["updatable"] == golden["updatable"]);
  CHECK(names(ours["inputs"]) == golden["inputs"].get<std::vector<std::string>>());
  CHECK(names(ours["outputs"]) == golden["outputs"].get<std::vector<std::string>>());
  CHECK(names(ours["states"]) == golden["states"].get<std::vector<std::string>>());
  if (golden.contains("mil")) {
    REQUIRE(ours["functions"].size() == golden["mil"].size());
    for (const Json& function : golden["mil"]) {
      CAPTURE(function["function"]);
      const auto found = std::ranges::find_if(ours["functions"], [&](const Json& each) {
        return each["name"] == function["function"];
      });
      REQUIRE(found != ours["functions"].end());
      check_function(*found, function);
    }
  }
  if (golden.contains("nn")) {
    CHECK(ours["layers"] == golden["nn"]["layers"]);
    CHECK(counts(ours["histogram"]) == counts(golden["nn"]["histogram"]));
    CHECK(ours["weight_bytes_stored"] == golden["nn"]["weight_bytes"]);
  }
  if (golden.contains("trees")) {
    CHECK(ours["trees"] == golden["trees"]["trees"]);
    CHECK(ours["nodes"] == golden["trees"]["nodes"]);
  }
  const size_t members = golden.contains("models") ? golden["models"].size() : 0;
  REQUIRE(ours["models"].size() == members);
  for (size_t i = 0; i < members; ++i) {
    check_model(ours["models"][i], golden["models"][i], where + '/' + std::to_string(i));
  }
}

void check_folder(const std::filesystem::path& data, const std::string& folder) {
  size_t checked = 0;
  const Json all = golden(data / ("golden_" + folder + ".json"));
  for (const auto& [name, expected] : all.items()) {
    const auto file = data / folder / name;
    if (!std::filesystem::exists(file)) continue;
    check_model(document(file), expected, name);
    ++checked;
  }
  CHECK(checked > 0);
}

double gmacs(const std::filesystem::path& file, const models::InputShapes& shapes = {}) {
  const Json ours = document(file, shapes);
  double sum = 0;
  const auto add = [&](const Json& model) {
    for (const Json& function : model["functions"]) sum += function["macs_total"].get<double>();
  };
  add(ours);
  for (const Json& member : ours["models"]) add(member);
  return sum / 1e9;
}

}  // namespace

TEST_CASE("Real models are read as an independent reader reads them") {
  const auto data = test::model_data();
  if (data) check_folder(*data, "coreml");
}

TEST_CASE("Models made from the format's description are read as they were made") {
  const auto data = test::model_data();
  if (data) check_folder(*data, "synthetic");
}

TEST_CASE("MACs of known networks are those that their authors publish") {
  const auto data = test::model_data();
  if (!data) return;
  const auto folder = *data / "coreml";
  CHECK(gmacs(folder / "yolo11n_noweights.mlpackage") == Approx(3.27).margin(0.005));
  CHECK(gmacs(folder / "yolov8n_noweights.mlpackage") == Approx(4.37).margin(0.005));
  const double resnet = gmacs(folder / "resnet50_noweights.mlpackage");
  CHECK(resnet >= 3.8);
  CHECK(resnet <= 3.9);
}

TEST_CASE("A batch of two takes twice the MACs of one") {
  const auto data = test::model_data();
  if (!data) return;
  const auto file = *data / "coreml" / "resnet50_noweights.mlpackage";
  const Json one = document(file);
  const Json& input = one["inputs"][0];
  models::Shape shape;
  for (const Json& extent : input["shape"]) shape.push_back(extent);
  shape[0] = 2;
  CHECK(gmacs(file, {{input["name"], shape}}) == Approx(2 * gmacs(file)));
}
