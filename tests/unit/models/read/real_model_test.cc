#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "models/read/read_model.h"
#include "tests/catch.h"

using namespace anemon::models;
using nlohmann::json;

namespace {

std::filesystem::path data_folder() {
  const char* given = std::getenv("ANEMON_MODEL_DATA");
  return given != nullptr ? std::filesystem::path(given)
                          : std::filesystem::path(ANEMON_SOURCE) / "../shared/data/models";
}

std::vector<std::string> names(const std::vector<Feature>& features) {
  std::vector<std::string> result;
  for (const Feature& each : features) result.push_back(each.name);
  return result;
}

struct Count {
  std::map<std::string, int> histogram;
  int operations = 0;
};

void count(const Block& block, Count& result) {
  for (const Operation& each : block.operations) {
    ++result.histogram[each.type];
    ++result.operations;
    for (const Block& inner : each.blocks) count(inner, result);
  }
}

// Bytes of the distinct blobs that a function names.
uint64_t blob_bytes(const Function& function) {
  std::map<std::pair<std::string, uint64_t>, uint64_t> blobs;
  for (const Value& value : function.values) {
    if (!value.constant || !value.constant->blob) continue;
    const BlobPlace& place = *value.constant->blob;
    blobs[{place.file, place.offset}] = value.constant->stored_bytes();
  }
  uint64_t bytes = 0;
  for (const auto& [place, size] : blobs) bytes += size;
  return bytes;
}

void compare(const Model& model, const json& golden) {
  CHECK(model.kind == golden["type"]);
  CHECK(model.specification_version == golden["spec"]);
  CHECK(model.updatable == golden["updatable"]);
  CHECK(json(names(model.interface.inputs)) == golden["inputs"]);
  CHECK(json(names(model.interface.outputs)) == golden["outputs"]);
  CHECK(json(names(model.interface.states)) == golden["states"]);
  if (golden.contains("mil")) {
    REQUIRE(model.functions.size() == golden["mil"].size());
    for (const json& expected : golden["mil"]) {
      const Function& function = model.functions[0];
      CHECK(function.name == expected["function"]);
      CHECK(function.opset == expected["opset"]);
      Count counted;
      count(function.body, counted);
      CHECK(counted.operations == expected["ops_total"]);
      CHECK(json(counted.histogram) == expected["histogram"]);
      CHECK(blob_bytes(function) == expected["blob_bytes"]);
    }
  }
  if (golden.contains("models")) {
    REQUIRE(model.members.size() == golden["models"].size());
    for (size_t i = 0; i < model.members.size(); ++i) {
      compare(model.members[i], golden["models"][i]);
    }
  }
}

}  // namespace

TEST_CASE("models of others have what an independent reader found in them") {
  for (const char* part : {"coreml", "synthetic"}) {
    const std::filesystem::path golden = data_folder() / ("golden_" + std::string(part) + ".json");
    if (!std::filesystem::exists(golden)) {
      WARN("skipped: no " << golden);
      continue;
    }
    const json expected = json::parse(std::ifstream(golden));
    for (const auto& [name, values] : expected.items()) {
      const std::filesystem::path path = data_folder() / part / name;
      INFO(name);
      if (std::filesystem::exists(path)) compare(read_model(path), values);
    }
  }
}

TEST_CASE("damaged models of others are refused or described, in one line") {
  const std::filesystem::path folder = data_folder() / "bad";
  if (!std::filesystem::exists(folder)) {
    WARN("skipped: no " << folder);
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    INFO(entry.path());
    std::optional<Model> model;
    try {
      model = read_model(entry.path());
    } catch (const anemon::Error& error) {
      const std::string message = error.what();
      CHECK(message.starts_with("cannot read " + entry.path().string()));
      CHECK(message.find('\n') == std::string::npos);
    }
    if (model) CHECK_FALSE(model->oddities.empty());
  }
}
