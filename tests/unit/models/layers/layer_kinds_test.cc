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

// Field numbers and names of the oneof in NeuralNetworkLayer, and MIL's operation for each; names
// that MIL has not are the layer's own.
constexpr const char* kFormat =
    "100 convolution conv; 120 pooling max_pool; 130 activation relu; 140 innerProduct linear; "
    "150 embedding embedding; 160 batchnorm batch_norm; 165 mvn layer_norm; "
    "170 l2normalize l2_norm; 175 softmax softmax; 180 lrn local_response_norm; 190 crop crop; "
    "200 padding pad; 210 upsample upsample_nearest_neighbor; "
    "211 resizeBilinear resize_bilinear; 212 cropResize crop_resize; 220 unary sqrt; "
    "230 add add; 231 multiply mul; 240 average average; 245 scale mul; 250 bias add; "
    "260 max maximum; 261 min minimum; 270 dot dot; 280 reduce reduce_sum; "
    "290 loadConstant const; 300 reshape reshape; 301 flatten flatten; 310 permute transpose; "
    "320 concat concat; 330 split split; 340 sequenceRepeat tile; "
    "345 reorganizeData space_to_depth; 350 slice slice; 400 simpleRecurrent rnn; 410 gru gru; "
    "420 uniDirectionalLSTM lstm; 430 biDirectionalLSTM lstm; 500 custom custom; "
    "600 copy identity; 605 branch cond; 615 loop while_loop; 620 loopBreak loopBreak; "
    "625 loopContinue loopContinue; 635 rangeStatic range_1d; 640 rangeDynamic range_1d; "
    "660 clip clip; 665 ceil ceil; 670 floor floor; 680 sign sign; 685 round round; "
    "700 exp2 exp2; 710 sin sin; 715 cos cos; 720 tan tan; 730 asin asin; 735 acos acos; "
    "740 atan atan; 750 sinh sinh; 755 cosh cosh; 760 tanh tanh; 770 asinh asinh; "
    "775 acosh acosh; 780 atanh atanh; 790 erf erf; 795 gelu gelu; 815 equal equal; "
    "820 notEqual not_equal; 825 lessThan less; 827 lessEqual less_equal; "
    "830 greaterThan greater; 832 greaterEqual greater_equal; 840 logicalOr logical_or; "
    "845 logicalXor logical_xor; 850 logicalNot logical_not; 855 logicalAnd logical_and; "
    "865 modBroadcastable mod; 870 minBroadcastable minimum; 875 maxBroadcastable maximum; "
    "880 addBroadcastable add; 885 powBroadcastable pow; 890 divideBroadcastable real_div; "
    "895 floorDivBroadcastable floor_div; 900 multiplyBroadcastable mul; "
    "905 subtractBroadcastable sub; 920 tile tile; 925 stack stack; 930 gather gather; "
    "935 scatter scatter; 940 gatherND gather_nd; 945 scatterND scatter_nd; "
    "950 softmaxND softmax; 952 gatherAlongAxis gather_along_axis; "
    "954 scatterAlongAxis scatter_along_axis; 960 reverse reverse; "
    "965 reverseSeq reverse_sequence; 975 splitND split; 980 concatND concat; "
    "985 transpose transpose; 995 sliceStatic slice_by_index; "
    "1000 sliceDynamic slice_by_index; 1005 slidingWindows sliding_windows; 1015 topK topk; "
    "1020 argMin reduce_argmin; 1025 argMax reduce_argmax; 1040 embeddingND embedding; "
    "1045 batchedMatmul matmul; 1065 getShape shape; 1070 loadConstantND const; "
    "1080 fillLike fill_like; 1085 fillStatic fill; 1090 fillDynamic fill; "
    "1100 broadcastToLike broadcastToLike; 1105 broadcastToStatic broadcastToStatic; "
    "1110 broadcastToDynamic broadcastToDynamic; 1120 squeeze squeeze; "
    "1125 expandDims expand_dims; 1130 flattenTo2D flatten2d; 1135 reshapeLike reshapeLike; "
    "1140 reshapeStatic reshape; 1145 reshapeDynamic reshape; "
    "1150 rankPreservingReshape reshape; 1155 constantPad pad; "
    "1170 randomNormalLike randomNormalLike; 1175 randomNormalStatic random_normal; "
    "1180 randomNormalDynamic random_normal; 1190 randomUniformLike randomUniformLike; "
    "1195 randomUniformStatic random_uniform; 1200 randomUniformDynamic random_uniform; "
    "1210 randomBernoulliLike randomBernoulliLike; "
    "1215 randomBernoulliStatic random_bernoulli; "
    "1220 randomBernoulliDynamic random_bernoulli; "
    "1230 categoricalDistribution random_categorical; 1250 reduceL1 reduce_l1_norm; "
    "1255 reduceL2 reduce_l2_norm; 1260 reduceMax reduce_max; 1265 reduceMin reduce_min; "
    "1270 reduceSum reduce_sum; 1275 reduceProd reduce_prod; 1280 reduceMean reduce_mean; "
    "1285 reduceLogSum reduce_log_sum; 1290 reduceSumSquare reduce_sum_square; "
    "1295 reduceLogSumExp reduce_log_sum_exp; 1313 whereNonZero non_zero; "
    "1315 matrixBandPart band_part; 1320 lowerTriangular band_part; "
    "1325 upperTriangular band_part; 1330 whereBroadcastable select; "
    "1350 layerNormalization layer_norm; 1400 NonMaximumSuppression non_maximum_suppression; "
    "1450 oneHot one_hot; 1455 cumSum cumsum; 1460 clampedReLU clamped_relu; "
    "1461 argSort argsort; 1465 pooling3d max_pool; 1466 globalPooling3d reduce_max; "
    "1470 sliceBySize sliceBySize; 1471 convolution3d conv; ";

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

TEST_CASE("the table has every layer kind of the format under its number, name and operation") {
  std::map<uint32_t, std::pair<std::string, std::string>> format;
  std::istringstream rows(kFormat);
  for (std::string row; std::getline(rows, row, ';');) {
    std::istringstream words(row);
    uint32_t number = 0;
    if (words >> number) words >> format[number].first >> format[number].second;
  }
  REQUIRE(format.size() == 158);
  CHECK(layer_kinds().size() == format.size());
  uint32_t before = 0;
  for (const LayerKind& kind : layer_kinds()) {
    INFO(kind.number << " " << kind.name);
    CHECK(kind.number > before);
    CHECK(format[kind.number].first == kind.name);
    CHECK(format[kind.number].second == kind.operation);
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
    CHECK(operation.type == kind.operation);
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
