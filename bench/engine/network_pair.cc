#include "bench/engine/network_pair.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/models/proto_writer.h"

namespace anemon::bench {
namespace {

using Message = models::test::ProtoWriter;

constexpr int64_t kSide = 128;
constexpr int64_t kColours = 3;
constexpr int64_t kClasses = 100;
constexpr int64_t kFloat32 = 65568;  // of a Core ML array
constexpr int64_t kOnnxFloat = 1, kOnnxInts = 7, kOnnxInt = 2, kOnnxString = 3;

std::string raw(std::span<const float> values) {
  std::string bytes(values.size_bytes(), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

void write(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

// Writes each layer into both networks as it is added. Names of values are the same in both.
class NetworkPair {
 public:
  std::string convolution(const std::string& input, int64_t from, int64_t to, int64_t stride) {
    const std::string name = next("conv");
    const std::string weights =
        random(to * from * 9, std::sqrt(2.0 / static_cast<double>(from * 9)));
    const std::string bias = random(to, 0.1);
    const std::vector<int64_t> kernel = {3, 3}, strides = {stride, stride};
    layer(name, {input})
        .message(100, Message()
                          .integer(1, to)
                          .integer(2, from)
                          .packed(20, kernel)
                          .packed(30, strides)
                          .message(51, Message())  // "same"
                          .integer(70, 1)
                          .message(90, Message().bytes(1, weights))
                          .message(91, Message().bytes(1, bias)));
    close_layer();
    const std::vector<int64_t> weight_dims = {to, from, 3, 3}, bias_dims = {to};
    initializer(name + "_w", weight_dims, weights);
    initializer(name + "_b", bias_dims, bias);
    node("Conv", {input, name + "_w", name + "_b"}, name,
         {ints("kernel_shape", kernel), ints("strides", strides),
          Message().bytes(1, "auto_pad").bytes(4, "SAME_UPPER").integer(20, kOnnxString)});
    return name;
  }

  std::string relu(const std::string& input) {
    const std::string name = next("relu");
    layer(name, {input}).message(130, Message().message(10, Message()));
    close_layer();
    node("Relu", {input}, name, {});
    return name;
  }

  std::string add(const std::string& a, const std::string& b) {
    const std::string name = next("add");
    layer(name, {a, b}).message(230, Message());
    close_layer();
    node("Add", {a, b}, name, {});
    return name;
  }

  // The mean over height and width: [channels, 1, 1].
  std::string global_mean(const std::string& input) {
    const std::string name = next("pool");
    layer(name, {input})
        .message(120, Message().integer(1, 1).integer(60, 1).message(30, Message()));
    close_layer();
    node("GlobalAveragePool", {input}, name, {});
    return name;
  }

  void dense(const std::string& input, int64_t from, int64_t to, const std::string& output) {
    const std::string weights = random(to * from, std::sqrt(1.0 / static_cast<double>(from)));
    const std::string bias = random(to, 0.1);
    layer(output, {input})
        .message(140, Message()
                          .integer(1, from)
                          .integer(2, to)
                          .integer(10, 1)
                          .message(20, Message().bytes(1, weights))
                          .message(21, Message().bytes(1, bias)));
    close_layer();
    const std::vector<int64_t> weight_dims = {to, from}, bias_dims = {to};
    initializer("dense_w", weight_dims, weights);
    initializer("dense_b", bias_dims, bias);
    node("Flatten", {input}, "flat",
         {Message().bytes(1, "axis").integer(3, 1).integer(20, kOnnxInt)});
    node("Gemm", {"flat", "dense_w", "dense_b"}, output,
         {Message().bytes(1, "transB").integer(3, 1).integer(20, kOnnxInt)});
  }

  std::string core_ml() const {
    const std::vector<int64_t> in = {kColours, kSide, kSide}, out = {kClasses};
    const auto array = [](std::string_view name, const std::vector<int64_t>& shape) {
      return Message().bytes(1, name).message(
          3, Message().message(5, Message().packed(1, shape).integer(2, kFloat32)));
    };
    return Message()
        .integer(1, 4)
        .message(2, Message().message(1, array("image", in)).message(10, array("scores", out)))
        .message(500, network_)
        .bytes();
  }

  std::string onnx() const {
    const auto value = [](std::string_view name, const std::vector<int64_t>& shape) {
      Message dims;
      for (const int64_t extent : shape) dims.message(1, Message().integer(1, extent));
      return Message().bytes(1, name).message(
          2, Message().message(1, Message().integer(1, kOnnxFloat).message(2, dims)));
    };
    Message graph = graph_;
    graph.bytes(2, "network")
        .message(11, value("image", {1, kColours, kSide, kSide}))
        .message(12, value("scores", {1, kClasses}));
    return Message()
        .integer(1, 8)
        .message(8, Message().bytes(1, "").integer(2, 13))
        .message(7, graph)
        .bytes();
  }

  std::string random(int64_t count, double deviation) {
    std::normal_distribution<float> normal(0.0F, static_cast<float>(deviation));
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values) value = normal(generator_);
    return raw(values);
  }

 private:
  std::string next(const std::string& kind) { return kind + std::to_string(count_++); }

  Message& layer(const std::string& name, const std::vector<std::string>& inputs) {
    layer_ = Message().bytes(1, name);
    for (const std::string& input : inputs) layer_.bytes(2, input);
    return layer_.bytes(3, name);
  }
  void close_layer() { network_.message(1, layer_); }

  void initializer(const std::string& name, const std::vector<int64_t>& dims,
                   const std::string& bytes) {
    Message tensor =
        Message().packed(1, dims).integer(2, kOnnxFloat).bytes(8, name).bytes(9, bytes);
    graph_.message(5, tensor);
  }
  static Message ints(std::string_view name, const std::vector<int64_t>& values) {
    return Message().bytes(1, name).packed(8, values).integer(20, kOnnxInts);
  }
  void node(std::string_view type, const std::vector<std::string>& inputs,
            const std::string& output, const std::vector<Message>& attributes) {
    Message message;
    for (const std::string& input : inputs) message.bytes(1, input);
    message.bytes(2, output).bytes(3, output).bytes(4, type);
    for (const Message& attribute : attributes) message.message(5, attribute);
    graph_.message(1, message);
  }

  std::mt19937 generator_{1};
  unsigned count_ = 0;
  Message layer_, network_, graph_;
};

}  // namespace

void write_network_pair(const std::filesystem::path& folder) {
  NetworkPair pair;
  int64_t width = 32;
  std::string last = pair.relu(pair.convolution("image", kColours, width, 2));
  for (int stage = 0; stage < 3; ++stage) {
    last = pair.relu(pair.convolution(last, width, width * 2, 2));
    width *= 2;
    for (int block = 0; block < 2; ++block) {
      const std::string inner = pair.relu(pair.convolution(last, width, width, 1));
      last = pair.relu(pair.add(pair.convolution(inner, width, width, 1), last));
    }
  }
  pair.dense(pair.global_mean(last), width, kClasses, "scores");
  write(folder / "network.mlmodel", pair.core_ml());
  write(folder / "network.onnx", pair.onnx());
  write(folder / "input.f32", pair.random(kColours * kSide * kSide, 1));
}

}  // namespace anemon::bench
