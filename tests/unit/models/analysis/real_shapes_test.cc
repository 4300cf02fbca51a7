// Inference over real models beside the shapes that their converters stored.
#include <algorithm>
#include <filesystem>

#include "models/analysis/infer.h"
#include "models/read/read_model.h"
#include "tests/catch.h"
#include "tests/conformance/model_data.h"

using namespace anemon::models;
namespace fs = std::filesystem;

namespace {

struct Seen {
  size_t results = 0, unknown = 0, mismatches = 0;
};

void look(const Function& function, const Block& block, const Inference& inference, Seen& seen) {
  for (const Operation& operation : block.operations) {
    for (const ValueId id : operation.results) {
      ++seen.results;
      // What is no tensor has no shape: a classifier's dictionary, an empty list.
      const ValueType& type = inference.types[id];
      if (type.kind == ValueKind::tensor && !is_known(type.tensor)) ++seen.unknown;
    }
    for (const Block& nested : operation.blocks) look(function, nested, inference, seen);
  }
}

Seen look(const Model& model, const InputShapes& shapes = {}) {
  Seen seen;
  for (const Function& function : model.functions) {
    const auto own = std::find_if(model.interfaces.begin(), model.interfaces.end(),
                                  [&](const auto& each) { return each.function == function.name; });
    const Interface& interface = own == model.interfaces.end() ? model.interface : *own;
    const Inference inference = infer(function, interface, shapes);
    look(function, function.body, inference, seen);
    seen.mismatches += inference.mismatches.size();
  }
  for (const Model& member : model.members) {
    const Seen inside = look(member, shapes);
    seen.results += inside.results;
    seen.unknown += inside.unknown;
    seen.mismatches += inside.mismatches;
  }
  return seen;
}

bool is_model(const fs::path& path) {
  return path.extension() == ".mlmodel" || path.extension() == ".mlpackage" ||
         path.extension() == ".mlmodelc";
}

}  // namespace

TEST_CASE("inferred shapes agree with all that real models store, and leave nothing open") {
  const auto data = anemon::test::model_data();
  if (!data) return;
  size_t models = 0;
  for (const char* folder : {"coreml", "synthetic"}) {
    for (const auto& entry : fs::directory_iterator(*data / folder)) {
      if (!is_model(entry.path())) continue;
      INFO(entry.path().filename().string());
      const Seen seen = look(read_model(entry.path()));
      CHECK(seen.mismatches == 0);
      // The one whose file has no shapes at all.
      if (entry.path().filename() != "s4tf_model_retrained.mlmodelc") CHECK(seen.unknown == 0);
      ++models;
    }
  }
  CHECK(models > 20);
}

TEST_CASE("real models of flexible shapes are followed at the shapes asked for") {
  const auto data = anemon::test::model_data();
  if (!data) return;
  const Model speech = read_model(*data / "coreml" / "kokoro_duration_noweights.mlpackage");
  const Seen seen = look(speech, {{"input_ids", {1, 128}}, {"attention_mask", {1, 128}}});
  CHECK(seen.results > 800);
  CHECK(seen.unknown == 0);
  CHECK(seen.mismatches == 0);
  CHECK_THROWS(look(speech, {{"input_ids", {1, 513}}}));

  const Model pictures = read_model(*data / "coreml" / "resnet50_noweights.mlpackage");
  const Feature& input = pictures.interface.inputs.front();
  Shape two = input.tensor.shape;
  two[0] = 2;
  const Function& function = pictures.functions.front();
  const Inference inference = infer(function, pictures.interface, {{input.name, two}});
  REQUIRE(!function.body.outputs.empty());
  CHECK(inference.types[function.body.outputs[0]].tensor.shape == Shape{2, 43});
  CHECK(inference.mismatches.empty());
}
