// Real models beside what others counted for them. Skipped where the data is not at hand.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "models/analysis/analysis.h"
#include "models/read/read_model.h"
#include "tests/catch.h"

namespace anemon::models {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

// The folder of real models; empty when there is none.
fs::path data_folder() {
  const char* named = std::getenv("ANEMON_MODEL_DATA");
  const fs::path folder =
      named != nullptr ? fs::path(named) : fs::path(ANEMON_SOURCE_FOLDER) / "../shared/data/models";
  return fs::exists(folder / "golden_coreml.json") ? folder : fs::path();
}

bool skipped() {
  if (!data_folder().empty()) return false;
  WARN("skipped: no models in ANEMON_MODEL_DATA or ../shared/data/models");
  return true;
}

std::map<std::string, uint64_t> counts(const Json& object) {
  std::map<std::string, uint64_t> result;
  for (const auto& [name, number] : object.items()) result[name] = number.get<uint64_t>();
  return result;
}

// Operations that the golden counter did not know: attention and recurrent layers.
std::map<std::string, uint64_t> without_uncounted(std::map<std::string, uint64_t> macs) {
  for (const char* type : {"scaled_dot_product_attention", "lstm", "gru", "rnn"}) macs.erase(type);
  return macs;
}

void check_program(const FunctionAnalysis& found, const Json& golden) {
  CHECK(found.histogram == counts(golden["histogram"]));
  CHECK(found.operations.size() == golden["ops_total"].get<uint64_t>());
  CHECK(found.operations.size() - found.constants == golden["ops_non_const"].get<uint64_t>());
  CHECK(found.blobs == golden["blob_refs_unique"].get<uint64_t>());
  CHECK(found.blob_bytes == golden["blob_bytes"].get<uint64_t>());
  CHECK(found.blob_elements == golden["blob_elements"].get<uint64_t>());
  if (golden["matrix_ops_with_unknown_shape"].get<uint64_t>() == 0) {
    CHECK(without_uncounted(found.macs_by_type) == counts(golden["macs"]));
  } else {  // what it could count is part of what we do
    for (const auto& [type, macs] : counts(golden["macs"])) {
      const auto of_type = found.macs_by_type.find(type);
      REQUIRE(of_type != found.macs_by_type.end());
      CHECK(of_type->second >= macs);
    }
  }
}

void check_model(const ModelAnalysis& found, const Json& golden) {
  if (golden.contains("mil")) {
    REQUIRE(found.functions.size() == golden["mil"].size());
    for (const Json& each : golden["mil"]) {
      const std::string name = each["function"].get<std::string>();
      const auto function =
          std::find_if(found.functions.begin(), found.functions.end(),
                       [&](const FunctionAnalysis& one) { return one.function->name == name; });
      REQUIRE(function != found.functions.end());
      check_program(*function, each);
    }
  }
  if (golden.contains("nn")) {
    REQUIRE(found.functions.size() == 1);
    const FunctionAnalysis& network = found.functions.front();
    CHECK(network.histogram == counts(golden["nn"]["histogram"]));
    CHECK(network.operations.size() == golden["nn"]["layers"].get<uint64_t>());
    CHECK(network.blob_bytes == golden["nn"]["weight_bytes"].get<uint64_t>());
  }
  if (golden.contains("models")) {
    REQUIRE(found.members.size() == golden["models"].size());
    for (size_t i = 0; i < found.members.size(); ++i) {
      check_model(found.members[i], golden["models"][i]);
    }
  }
}

void check_folder(const std::string& folder, const std::string& file) {
  std::ifstream stream(data_folder() / file);
  const Json golden = Json::parse(stream);
  for (const auto& [name, expected] : golden.items()) {
    const fs::path path = data_folder() / folder / name;
    if (!fs::exists(path)) continue;
    INFO(name);
    const Model model = read_model(path);
    check_model(analyse(model), expected);
  }
}

const FunctionAnalysis* only_function(const ModelAnalysis& analysis) {
  return analysis.functions.empty() ? nullptr : &analysis.functions.front();
}

TEST_CASE("real models cost what was counted for them") {
  if (skipped()) return;
  check_folder("coreml", "golden_coreml.json");
}

TEST_CASE("models written for tests cost what was counted for them") {
  if (skipped()) return;
  check_folder("synthetic", "golden_synthetic.json");
}

TEST_CASE("published figures of well-known networks are met") {
  if (skipped()) return;
  const auto macs = [](const std::string& name) {
    const Model model = read_model(data_folder() / "coreml" / name);
    const ModelAnalysis analysis = analyse(model);
    REQUIRE(only_function(analysis) != nullptr);
    CHECK(only_function(analysis)->total.complete);
    return static_cast<double>(only_function(analysis)->total.macs) / 1e9;
  };
  CHECK(macs("yolo11n_noweights.mlpackage") == Approx(3.27).epsilon(0.01));
  CHECK(macs("yolov8n_noweights.mlpackage") == Approx(4.37).epsilon(0.01));
  CHECK(macs("resnet50_noweights.mlpackage") == Approx(3.85).margin(0.05));  // 3.8 to 3.9
}

TEST_CASE("nothing that a real file states is contradicted") {
  if (skipped()) return;
  for (const char* folder : {"coreml", "synthetic"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(data_folder() / folder)) {
      const Model model = read_model(entry.path());
      for (const FunctionAnalysis& function : analyse(model).functions) {
        INFO(entry.path().filename().string());
        CHECK(function.mismatches.empty());
        CHECK(function.peak_activation_bytes_min <= function.peak_activation_bytes_max);
      }
    }
  }
}

}  // namespace
}  // namespace anemon::models
