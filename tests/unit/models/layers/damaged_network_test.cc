// Networks that are cut short, changed or made to hurt: an answer or an Error, nothing else.
#include <random>
#include <string>

#include "models/read/lowering.h"
#include "tests/catch.h"
#include "tests/unit/models/layers/network_writer.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

Interface one_input() {
  Interface interface;
  interface.inputs.push_back(array_feature("x", {8, 6, 6}));
  return interface;
}

// True: read; false: refused with an Error.
bool readable(const std::string& bytes) {
  try {
    test::read(ProtoWriter().append(bytes), one_input());
    return true;
  } catch (const anemon::Error& error) {
    CHECK_FALSE(std::string(error.what()).empty());
    return false;
  }
}

// A network with weights of every form, nested networks and lists.
std::string rich_network() {
  const ProtoWriter quantised = ProtoWriter()
                                    .bytes(30, std::string(36, 'q'))
                                    .message(40, ProtoWriter().integer(1, 4).message(
                                                     101, ProtoWriter().bytes(1, floats({1, 2}))));
  const ProtoWriter nested =
      network({layer(140, "dense", {"x"}, {"x"},
                     ProtoWriter().integer(1, 3).integer(2, 2).message(20, weights(6)))});
  ProtoWriter message = network(
      {layer(100, "conv", {"x"}, {"x"},
             ProtoWriter()
                 .integer(1, 8)
                 .integer(2, 1)
                 .append(list(20, {3, 3}).bytes())
                 .message(50, ProtoWriter().message(
                                  1, ProtoWriter().message(10, ProtoWriter().integer(1, 1))))
                 .message(90, quantised)),
       layer(605, "if", {"x"}, {}, ProtoWriter().message(1, nested).message(2, nested)),
       layer(615, "loop", {}, {},
             ProtoWriter().integer(1, 4).bytes(2, "x").message(3, nested).message(4, nested)),
       layer(130, "act", {"x"}, {"y"},
             ProtoWriter().message(25, ProtoWriter().message(1, weights(8)))),
       layer(995, "slice", {"y"}, {"z"}, list(1, {1, -2}).append(list(3, {5, 6}).bytes()))});
  message.message(2, ProtoWriter().bytes(1, "x").message(10, ProtoWriter().float32(10, 2)));
  message.message(2, ProtoWriter().bytes(1, "x").message(11, weights(4)));
  message.bytes(200, "z");
  return message.bytes();
}

}  // namespace

TEST_CASE("a network cut at any byte is read or refused") {
  const std::string whole = rich_network();
  REQUIRE(readable(whole));
  size_t read = 0;
  for (size_t length = 0; length < whole.size(); ++length) {
    read += readable(whole.substr(0, length)) ? 1 : 0;
  }
  CHECK(read > 0);  // between two fields the rest is a network too
  CHECK(read < whole.size() / 4);
}

TEST_CASE("a network with any byte changed is read or refused") {
  const std::string whole = rich_network();
  std::mt19937 random(1);
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const int change : {0x00, 0x7f, 0x80, 0xff, static_cast<int>(random() & 0xff)}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(change);
      readable(damaged);
    }
  }
}

TEST_CASE("random parameters of every layer kind are read or refused") {
  std::mt19937 random(2);
  for (const LayerKind& kind : layer_kinds()) {
    for (int round = 0; round < 60; ++round) {
      ProtoWriter params;
      for (unsigned fields = random() % 12; fields > 0; --fields) {
        const uint32_t number = 1 + random() % (random() % 3 == 0 ? 100 : 10);
        switch (random() % 5) {
          case 0:
            params.integer(number, static_cast<int64_t>(random()) - 4);
            break;
          case 1:
            params.integer(number, random() % 4);
            break;
          case 2:
            params.append(list(number, {static_cast<int64_t>(random() % 9), -1}).bytes());
            break;
          case 3:
            params.float32(number, static_cast<float>(random()));
            break;
          default:
            params.message(number, ProtoWriter().integer(1 + random() % 12, random() % 5));
        }
      }
      readable(network({layer(kind.number, "l", {"x", "x"}, {"y"}, params)}).bytes());
    }
  }
}

TEST_CASE("extents and counts made to overflow are refused with the field's number") {
  const auto message_of = [](const ProtoWriter& params) {
    try {
      read_layer(100, params);
      return std::string("read");
    } catch (const anemon::Error& error) {
      return std::string(error.what());
    }
  };
  const std::string refused = message_of(ProtoWriter().integer(1, -1).integer(2, 3));
  CHECK(refused ==
        "layer 'the layer' (convolution): field 1 of convolution is out of range: "
        "18446744073709551615");
  CHECK(message_of(ProtoWriter().integer(1, int64_t{1} << 41)) != "read");
  CHECK(message_of(list(20, {int64_t{1} << 62, 3})) != "read");
  CHECK(message_of(list(20, {int64_t{1} << 40, int64_t{1} << 40}).integer(1, 1 << 30)) == "read");
}

TEST_CASE("a list or message of a hundred thousand fields costs an error, not memory") {
  std::string ones;
  for (int i = 0; i < 100000; ++i) ones += ProtoWriter().integer(20, 1).bytes();
  CHECK_FALSE(
      readable(network({layer(100, "l", {"x"}, {"y"}, ProtoWriter().append(ones))}).bytes()));
  CHECK_FALSE(readable(
      network({layer(100, "l", {"x"}, {"y"}, ProtoWriter().bytes(20, std::string(100000, 1)))})
          .bytes()));
}

TEST_CASE("a wrong wire type names the layer") {
  try {
    test::read(network({layer(140, "dense\n1", {"x"}, {"y"}, ProtoWriter().bytes(1, "abc"))}));
    FAIL("was read");
  } catch (const anemon::Error& error) {
    CHECK(std::string(error.what())
              .find("layer 'dense\xEF\xBF\xBD"
                    "1' (innerProduct): field 1") == 0);
  }
}

TEST_CASE("a layer with a hundred thousand inputs is refused") {
  ProtoWriter message;
  for (int i = 0; i < 100000; ++i) message.bytes(2, "x");
  CHECK_FALSE(readable(network({message.message(320, {})}).bytes()));
}

TEST_CASE("names that are not fit to print are replaced, and still find each other") {
  const std::string ugly = "a\xff\nb";
  const std::string is_clean =
      "a\xEF\xBF\xBD\xEF\xBF\xBD"
      "b";
  Interface interface;
  interface.inputs.push_back(array_feature(is_clean, {4}));  // as the description's reader has it
  const ReadNetwork read = test::read(
      network({layer(665, ugly, {ugly}, {ugly}), layer(665, "b", {ugly}, {"y"})}), interface);
  CHECK(read.oddities.empty());
  CHECK(read.operation().name == is_clean);
  CHECK(read.reads("x") == is_clean);
  CHECK(read.function.body.operations[1].arguments[0].values == read.operation().results);
}

TEST_CASE("no more than a thousand oddities are kept") {
  ProtoWriter message;
  for (int i = 0; i < 3000; ++i) {
    message.message(1, layer(9999, "u" + std::to_string(i), {}, {}));
  }
  const ReadNetwork read = test::read(message, {}, {.operations = 5000});
  CHECK(read.function.body.operations.size() == 3000);
  CHECK(read.oddities.size() == 1000);
}

// Minutes, were all outputs looked through for every one.
TEST_CASE("very many outputs are each told once") {
  constexpr int kPerLayer = 60'000;
  constexpr int kOutputs = 5 * kPerLayer;
  ProtoWriter message;
  Interface interface = one_input();
  for (int first = 0; first < kOutputs; first += kPerLayer) {
    ProtoWriter split;
    split.bytes(1, "split").bytes(2, "x");
    for (int i = first; i < first + kPerLayer; ++i) split.bytes(3, "o" + std::to_string(i));
    message.message(1, split.message(330, ProtoWriter().integer(1, kPerLayer)));
  }
  for (int i = 0; i < kOutputs; ++i) {
    interface.outputs.push_back(array_feature("o" + std::to_string(i), {1}));
  }
  interface.outputs.push_back(interface.outputs.front());
  const ReadNetwork read = test::read(message, interface, {.values = 1'000'000});
  CHECK(read.function.body.outputs.size() == kOutputs);
}
