#include "bench/models/network_file.h"

#include <fstream>
#include <string>
#include <vector>

#include "tests/models/proto_writer.h"

namespace anemon::bench {
namespace {

using Message = models::test::ProtoWriter;

constexpr int64_t kChannels = 16;
constexpr int64_t kSide = 64;
constexpr uint32_t kFloat32 = 65568;
constexpr uint64_t kRowBytes = uint64_t{1} << 14;    // of one output of a dense layer
constexpr uint64_t kLayerBytes = uint64_t{1} << 26;  // of all of them

Message array_feature(std::string_view name, const std::vector<int64_t>& shape) {
  return Message().bytes(1, name).message(
      3, Message().message(5, Message().packed(1, shape).integer(2, kFloat32)));
}

// WeightParams with `count` fp32 elements.
Message weights(int64_t count) {
  return Message().bytes(1, std::string(static_cast<size_t>(count) * 4, '\1'));
}

Message layer(unsigned number, const std::vector<std::string>& inputs) {
  Message message;
  message.bytes(1, "layer_" + std::to_string(number));
  for (const std::string& input : inputs) message.bytes(2, input);
  return message.bytes(3, "value_" + std::to_string(number));
}

Message convolution() {
  const std::vector<int64_t> three = {3, 3};
  return Message()
      .integer(1, kChannels)
      .integer(2, kChannels)
      .packed(20, three)
      .message(51, Message())
      .integer(70, 1)
      .message(90, weights(kChannels * kChannels * 9))
      .message(91, weights(kChannels));
}

Message batchnorm() {
  Message message = Message().integer(1, kChannels).float32(10, 1e-5F);
  for (const uint32_t field : {15U, 16U, 17U, 18U}) message.message(field, weights(kChannels));
  return message;
}

// A Model around the network's layers, with one input and one output; the network's own field comes
// last, so that its bytes may follow.
Message model(const std::vector<int64_t>& input, const std::vector<int64_t>& output,
              const std::string& result) {
  return Message().integer(1, 4).message(2, Message()
                                                .message(1, array_feature("input", input))
                                                .message(10, array_feature(result, output)));
}

}  // namespace

void write_network(const std::filesystem::path& file, unsigned layers) {
  Message network;
  std::string last = "input";
  std::string block = "input";  // where the residual connection comes from
  for (unsigned number = 0; number < layers; ++number) {
    const bool adds = number % 4 == 3;
    Message message = layer(number, adds ? std::vector{last, block} : std::vector{last});
    switch (number % 4) {
      case 0:
        message.message(100, convolution());
        break;
      case 1:
        message.message(160, batchnorm());
        break;
      case 2:
        message.message(130, Message().message(10, Message()));  // ReLU
        break;
      default:
        message.message(230, Message());
    }
    network.message(1, message);
    last = "value_" + std::to_string(number);
    if (adds) block = last;
  }
  const std::vector<int64_t> shape = {kChannels, kSide, kSide};
  const Message all = model(shape, shape, last).message(500, network);
  std::ofstream(file, std::ios::binary) << all.bytes();
}

void write_sparse_network(const std::filesystem::path& file, uint64_t bytes) {
  constexpr auto kInputs = static_cast<int64_t>(kRowBytes / 4);
  constexpr auto kOutputs = static_cast<int64_t>(kLayerBytes / kRowBytes);
  // Each layer's bytes up to its weights; the lengths promise the hole that follows.
  std::vector<std::string> heads;
  uint64_t length = 0;
  std::string last = "input";
  for (unsigned number = 0; number < bytes / kLayerBytes; ++number) {
    const std::string list = Message().begin(1, kLayerBytes).bytes();  // floatValue
    const Message dense =
        Message().integer(1, kInputs).integer(2, kOutputs).begin(20, list.size() + kLayerBytes);
    const uint64_t dense_length = dense.bytes().size() + list.size() + kLayerBytes;
    const Message named = layer(number, {last});
    const Message opened = Message().begin(140, dense_length);
    const uint64_t layer_length = named.bytes().size() + opened.bytes().size() + dense_length;
    heads.push_back(Message().begin(1, layer_length).bytes() + named.bytes() + opened.bytes() +
                    dense.bytes() + list);
    length += heads.back().size() + kLayerBytes;
    last = "value_" + std::to_string(number);
  }
  std::ofstream stream(file, std::ios::binary);
  stream << model({kInputs}, {kOutputs}, last).begin(500, length).bytes();
  for (const std::string& head : heads) {
    stream << head;
    stream.seekp(static_cast<std::streamoff>(kLayerBytes), std::ios::cur);
  }
  const auto size = static_cast<uint64_t>(stream.tellp());
  stream.close();
  std::filesystem::resize_file(file, size);
}

}  // namespace anemon::bench
