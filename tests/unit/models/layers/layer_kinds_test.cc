// The table of layer kinds, against the format's list and layer by layer.
#include <map>
#include <sstream>
#include <string>

#include "models/read/lowering.h"
#include "tests/catch.h"
#include "tests/unit/models/layers/network_writer.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

// Field numbers and names of the oneof in NeuralNetworkLayer.
constexpr const char* kFormat =
    "100 convolution 120 pooling 130 activation 140 innerProduct 150 embedding "
    "160 batchnorm 165 mvn 170 l2normalize 175 softmax 180 lrn 190 crop 200 padding "
    "210 upsample 211 resizeBilinear 212 cropResize 220 unary 230 add 231 multiply "
    "240 average 245 scale 250 bias 260 max 261 min 270 dot 280 reduce 290 loadConstant "
    "300 reshape 301 flatten 310 permute 320 concat 330 split 340 sequenceRepeat "
    "345 reorganizeData 350 slice 400 simpleRecurrent 410 gru 420 uniDirectionalLSTM "
    "430 biDirectionalLSTM 500 custom 600 copy 605 branch 615 loop 620 loopBreak "
    "625 loopContinue 635 rangeStatic 640 rangeDynamic 660 clip 665 ceil 670 floor "
    "680 sign 685 round 700 exp2 710 sin 715 cos 720 tan 730 asin 735 acos 740 atan "
    "750 sinh 755 cosh 760 tanh 770 asinh 775 acosh 780 atanh 790 erf 795 gelu 815 equal "
    "820 notEqual 825 lessThan 827 lessEqual 830 greaterThan 832 greaterEqual "
    "840 logicalOr 845 logicalXor 850 logicalNot 855 logicalAnd 865 modBroadcastable "
    "870 minBroadcastable 875 maxBroadcastable 880 addBroadcastable 885 powBroadcastable "
    "890 divideBroadcastable 895 floorDivBroadcastable 900 multiplyBroadcastable "
    "905 subtractBroadcastable 920 tile 925 stack 930 gather 935 scatter 940 gatherND "
    "945 scatterND 950 softmaxND 952 gatherAlongAxis 954 scatterAlongAxis 960 reverse "
    "965 reverseSeq 975 splitND 980 concatND 985 transpose 995 sliceStatic "
    "1000 sliceDynamic 1005 slidingWindows 1015 topK 1020 argMin 1025 argMax "
    "1040 embeddingND 1045 batchedMatmul 1065 getShape 1070 loadConstantND 1080 fillLike "
    "1085 fillStatic 1090 fillDynamic 1100 broadcastToLike 1105 broadcastToStatic "
    "1110 broadcastToDynamic 1120 squeeze 1125 expandDims 1130 flattenTo2D "
    "1135 reshapeLike 1140 reshapeStatic 1145 reshapeDynamic 1150 rankPreservingReshape "
    "1155 constantPad 1170 randomNormalLike 1175 randomNormalStatic "
    "1180 randomNormalDynamic 1190 randomUniformLike 1195 randomUniformStatic "
    "1200 randomUniformDynamic 1210 randomBernoulliLike 1215 randomBernoulliStatic "
    "1220 randomBernoulliDynamic 1230 categoricalDistribution 1250 reduceL1 "
    "1255 reduceL2 1260 reduceMax 1265 reduceMin 1270 reduceSum 1275 reduceProd "
    "1280 reduceMean 1285 reduceLogSum 1290 reduceSumSquare 1295 reduceLogSumExp "
    "1313 whereNonZero 1315 matrixBandPart 1320 lowerTriangular 1325 upperTriangular "
    "1330 whereBroadcastable 1350 layerNormalization 1400 NonMaximumSuppression "
    "1450 oneHot 1455 cumSum 1460 clampedReLU 1461 argSort 1465 pooling3d "
    "1466 globalPooling3d 1470 sliceBySize 1471 convolution3d ";

// Parameters that a layer needs to become what its row promises; others do with none.
ProtoWriter parameters(uint32_t kind) {
  switch (kind) {
    case 130:  // activation
      return ProtoWriter().message(10, ProtoWriter());
    case 165:  // mvn
      return ProtoWriter().integer(2, 1);
    case 290:   // loadConstant
    case 1070:  // loadConstantND
      return list(1, {2, 1, 1}).message(2, weights(2));
    case 615:  // loop
      return ProtoWriter().integer(1, 3);
    default:
      return {};
  }
}

size_t inputs_of(uint32_t kind) {
  switch (kind) {
    case 605:  // branch, loop and constants have one or none
    case 615:
    case 290:
    case 1070:
      return kind == 605 ? 1 : 0;
    case 190:  // crop: a second one is a reference; copy: all are copied
    case 600:
      return 1;
    default:
      return 2;
  }
}

}  // namespace

TEST_CASE("the table has every layer kind of the format under its number and name") {
  std::map<uint32_t, std::string> format;
  std::istringstream words(kFormat);
  for (uint32_t number = 0; words >> number;) words >> format[number];
  REQUIRE(format.size() == 158);
  CHECK(layer_kinds().size() == format.size());
  uint32_t before = 0;
  for (const LayerKind& kind : layer_kinds()) {
    INFO(kind.number << " " << kind.name);
    CHECK(kind.number > before);
    CHECK(format[kind.number] == kind.name);
    CHECK(find_layer_kind(kind.number) == &kind);
    before = kind.number;
  }
  CHECK(find_layer_kind(0) == nullptr);
  CHECK(find_layer_kind(101) == nullptr);
  CHECK(find_layer_kind(1472) == nullptr);
}

TEST_CASE("every layer kind becomes one operation of the type its row promises") {
  for (const LayerKind& kind : layer_kinds()) {
    INFO(kind.number << " " << kind.name);
    const size_t inputs = inputs_of(kind.number);
    ReadNetwork read = read_layer(kind.number, parameters(kind.number), inputs);
    REQUIRE(read.function.body.operations.size() == 1);
    const Operation& operation = read.operation();
    if (kind.number != 1045) CHECK(operation.type == kind.operation);
    if (kind.number == 1045) CHECK(operation.type == "matmul");
    CHECK(operation.layer == kind.name);
    CHECK(operation.name == "the layer");
    const bool steers = kind.number == 605 || kind.number == 615;
    CHECK(operation.results.size() == (steers ? 0 : 1));
    CHECK(operation.blocks.size() == (steers ? 2 : 0));
    for (const Argument& argument : operation.arguments) {
      INFO(argument.name);
      CHECK((!argument.values.empty() || argument.name == "loop_vars"));
      for (const ValueId id : argument.values) CHECK(id < read.function.values.size());
    }
  }
}

TEST_CASE("a layer without the inputs it needs is still an operation") {
  for (const LayerKind& kind : layer_kinds()) {
    INFO(kind.number << " " << kind.name);
    ReadNetwork read = read_layer(kind.number, ProtoWriter(), 0);
    REQUIRE(read.function.body.operations.size() == 1);
    CHECK(read.operation().layer == kind.name);
    CHECK(read.oddities.size() <= 4);
  }
}

TEST_CASE("no two arguments of an operation have the same name") {
  for (const LayerKind& kind : layer_kinds()) {
    for (size_t inputs = 0; inputs < 8; ++inputs) {
      const ReadNetwork read = read_layer(kind.number, parameters(kind.number), inputs);
      std::map<std::string, int> seen;
      for (const Argument& argument : read.operation().arguments) {
        INFO(kind.name << " with " << inputs << " inputs: " << argument.name);
        CHECK(++seen[argument.name] == 1);
      }
    }
  }
}
