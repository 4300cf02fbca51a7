// Weights are mapped, not read: two gigabytes of them, on disk only holes, cost no memory.
#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "models/read/read_model.h"
#include "tests/catch.h"
#include "tests/models/graph_builder.h"
#include "tests/models/model_writer.h"
#include "tests/scratch_directory.h"

using namespace anemon::models;
using namespace anemon::models::test;
using anemon::test::ScratchDirectory;

namespace {

constexpr int64_t kGibibyte = int64_t{1} << 30;
constexpr uint64_t kMostGrowth = 32 << 20;

// Bytes of this process in memory; 0 where that cannot be told.
uint64_t resident() {
  std::ifstream stream("/proc/self/statm");
  uint64_t total = 0, pages = 0;
  stream >> total >> pages;
  return pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

TEST_CASE("a package with two gigabytes of weights is described without reading them") {
  const ScratchDirectory scratch;
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 8});
  const ValueId weight = graph.weight(DataType::fp16, {4, 8});
  graph.output(graph.add("linear", {{"x", {x}}, {"weight", {weight}}}));
  Model model = graph.model();
  const auto package = scratch / "large.mlpackage";
  write_package(package, model);

  // The same program with a weight of two gigabytes, and a weight file that has it as a hole.
  Constant& constant = *model.functions[0].values[weight].constant;
  constant.type.shape = {1 << 15, 1 << 15};
  WeightWriter weights;
  weights.written[{constant.blob->file, constant.blob->offset}] = 64;
  write_bytes(package / "Data/com.apple.CoreML/model.mlmodel",
              model_message(model, weights).bytes());
  const auto file = package / "Data/com.apple.CoreML/weights/weight.bin";
  const uint64_t size = 2 * kGibibyte;
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(64 + 8);
  stream.write(reinterpret_cast<const char*>(&size), sizeof size);
  stream.close();
  std::filesystem::resize_file(file, 128 + size);

  const uint64_t before = resident();
  const Model read = read_model(package);
  CHECK(resident() - before < kMostGrowth);
  CHECK(read.oddities.empty());
  const Function& function = read.functions.at(0);
  CHECK(function.constant(function.body.operations.at(0), "weight")->stored_bytes() == size);
  CHECK(read.stored_bytes > size);
}

TEST_CASE("an old network with almost two gigabytes of weights is described without reading them") {
  const ScratchDirectory scratch;
  const auto file = scratch / "large.mlmodel";
  // innerProduct: the weights are the last field of the last message, and a hole.
  const uint64_t size = 2 * static_cast<uint64_t>(kGibibyte) - (1 << 20);
  ProtoWriter head;
  const auto around = [](uint32_t field, const ProtoWriter& before, uint64_t content) {
    return ProtoWriter().begin(field, content + before.bytes().size()).append(before.bytes());
  };
  head = around(2, {}, size);     // WeightParams.float16Value
  head = around(20, head, size);  // InnerProductLayerParams.weights
  head = ProtoWriter()
             .integer(1, 1024)
             .integer(2, static_cast<int64_t>(size / 2 / 1024))
             .append(head.bytes());
  head = around(140, head, size);  // NeuralNetworkLayer.innerProduct
  head = ProtoWriter().bytes(1, "ip").bytes(2, "x").bytes(3, "y").append(head.bytes());
  head = around(1, head, size);  // NeuralNetwork.layers
  head = around(500, head, size);
  Feature x;
  x.name = "x";
  x.kind = FeatureKind::array;
  x.tensor = {DataType::fp32, true, {1024}};
  const ProtoWriter description = ProtoWriter().message(1, feature_message(x));
  head = ProtoWriter().integer(1, 3).message(2, description).append(head.bytes());
  write_bytes(file, head.bytes());
  std::filesystem::resize_file(file, head.bytes().size() + size);

  const uint64_t before = resident();
  const Model read = read_model(file);
  CHECK(resident() - before < kMostGrowth);
  CHECK(read.kind == "neuralNetwork");
  const Function& function = read.functions.at(0);
  REQUIRE(function.body.operations.size() == 1);
  const Constant* weight = function.constant(function.body.operations[0], "weight");
  REQUIRE(weight);
  CHECK(weight->stored_bytes() == size);
}
