// Operations over random shapes beside implementations that are slow and obvious.
#include <cmath>

#include "profiler/reference/onednn.h"
#include "tests/catch.h"
#include "tests/unit/profiler/reference/planned.h"
#include "tests/unit/profiler/reference/slow.h"

using namespace anemon::profiler::reference;
using namespace anemon::profiler::reference::test;
using anemon::models::Argument;
using anemon::models::DataType;
using anemon::models::Shape;
using anemon::models::ValueId;
using anemon::models::test::GraphBuilder;

namespace {

constexpr DataType kFloat = DataType::fp32;
constexpr int kRounds = 40;

size_t count(const Shape& shape) { return count_of(shape); }

ValueId constant(GraphBuilder& graph, const Shape& shape, const Row& row) {
  return graph.numbers(kFloat, shape, {row.begin(), row.end()});
}

void check_close(const Row& computed, const Row& expected) {
  REQUIRE(computed.size() == expected.size());
  double worst = 0;
  for (size_t i = 0; i < computed.size(); ++i) {
    const double apart = static_cast<double>(std::fabs(computed[i] - expected[i]));
    worst = std::max(worst, apart / (1 + static_cast<double>(std::fabs(expected[i]))));
  }
  CHECK(worst < 1e-4);
}

struct Case {
  SlowConvolution c;
  Shape kernel, strides, dilations;
  std::vector<int64_t> pad;
};

Case random_convolution(Dice& dice) {
  Case r{};
  SlowConvolution& c = r.c;
  c.batch = dice.between(1, 2);
  c.groups = dice.coin() ? 1 : dice.between(2, 4);
  c.in = c.groups * dice.between(1, 9);
  c.out = c.groups * dice.between(1, 9);
  if (dice.between(0, 3) == 0) c.in = c.out = c.groups = dice.between(3, 20);  // depthwise
  c.kh = dice.between(1, 4), c.kw = dice.between(1, 4);
  c.sh = dice.between(1, 3), c.sw = dice.between(1, 3);
  c.dh = dice.between(1, 2), c.dw = dice.between(1, 2);
  c.h = (c.kh - 1) * c.dh + dice.between(1, 9);
  c.w = (c.kw - 1) * c.dw + dice.between(1, 9);
  r.pad = {dice.between(0, 2), dice.between(0, 2), dice.between(0, 2), dice.between(0, 2)};
  c.top = r.pad[0], c.left = r.pad[2];
  r.kernel = {c.kh, c.kw}, r.strides = {c.sh, c.sw}, r.dilations = {c.dh, c.dw};
  return r;
}

std::vector<Argument> window_arguments(GraphBuilder& graph, const Case& r) {
  return {{"strides", {graph.integers(r.strides)}},
          {"dilations", {graph.integers(r.dilations)}},
          {"pad_type", {graph.text("custom")}},
          {"pad", {graph.integers(r.pad)}},
          {"groups", {graph.integer(r.c.groups)}}};
}

}  // namespace

TEST_CASE("convolutions of any groups, strides, dilations and borders") {
  onednn::use_threads(1);
  Dice dice(1);
  for (int round = 0; round < kRounds; ++round) {
    Case r = random_convolution(dice);
    SlowConvolution& c = r.c;
    c.out_h = (c.h + r.pad[0] + r.pad[1] - (c.kh - 1) * c.dh - 1) / c.sh + 1;
    c.out_w = (c.w + r.pad[2] + r.pad[3] - (c.kw - 1) * c.dw - 1) / c.sw + 1;
    const Shape shape = {c.out, c.in / c.groups, c.kh, c.kw};
    const Row x = dice.numbers(count({c.batch, c.in, c.h, c.w}));
    const Row weights = dice.numbers(count(shape));
    const Row bias = dice.coin() ? dice.numbers(static_cast<size_t>(c.out)) : Row();
    const bool running = dice.between(0, 3) == 0;  // weights that are known only then
    GraphBuilder graph;
    const ValueId input = graph.input("x", kFloat, {c.batch, c.in, c.h, c.w});
    const ValueId weight =
        running ? graph.input("w", kFloat, shape) : constant(graph, shape, weights);
    std::vector<Argument> arguments = window_arguments(graph, r);
    arguments.insert(arguments.end(), {{"x", {input}}, {"weight", {weight}}});
    if (!bias.empty()) arguments.push_back({"bias", {constant(graph, {c.out}, bias)}});
    graph.output(graph.add("conv", arguments));
    INFO("round " << round);
    const auto outputs =
        planned(graph, running ? std::vector<Row>{x, weights} : std::vector<Row>{x});
    check_close(outputs[0], slow_convolution(c, x, weights, bias));
  }
}

TEST_CASE("transposed convolutions of any groups, strides, dilations and borders") {
  Dice dice(2);
  for (int round = 0; round < kRounds; ++round) {
    Case r = random_convolution(dice);
    SlowConvolution& c = r.c;
    c.out_h = (c.h - 1) * c.sh - r.pad[0] - r.pad[1] + (c.kh - 1) * c.dh + 1;
    c.out_w = (c.w - 1) * c.sw - r.pad[2] - r.pad[3] + (c.kw - 1) * c.dw + 1;
    if (c.out_h < 1 || c.out_w < 1) continue;
    const Shape shape = {c.in, c.out / c.groups, c.kh, c.kw};
    const Row x = dice.numbers(count({c.batch, c.in, c.h, c.w}));
    const Row weights = dice.numbers(count(shape));
    const Row bias = dice.numbers(static_cast<size_t>(c.out));
    GraphBuilder graph;
    std::vector<Argument> arguments = window_arguments(graph, r);
    arguments.insert(arguments.end(), {{"x", {graph.input("x", kFloat, {c.batch, c.in, c.h, c.w})}},
                                       {"weight", {constant(graph, shape, weights)}},
                                       {"bias", {constant(graph, {c.out}, bias)}}});
    graph.output(graph.add("conv_transpose", arguments));
    INFO("round " << round);
    check_close(planned(graph, {x})[0], slow_transposed(c, x, weights, bias));
  }
}

TEST_CASE("chains of convolutions, norms, activations and sums keep their meaning when fused") {
  Dice dice(3);
  for (int round = 0; round < kRounds; ++round) {
    const int64_t channels = dice.between(1, 20);
    const Shape shape = {1, channels, dice.between(3, 9), dice.between(3, 9)};
    GraphBuilder graph;
    const ValueId x = graph.input("x", kFloat, shape);
    const auto vector = [&](bool positive) {
      Row row = dice.numbers(static_cast<size_t>(channels));
      for (float& each : row) each = positive ? 0.5F + std::fabs(each) : each;
      return constant(graph, {channels}, row);
    };
    const auto block = [&](ValueId from) {
      const Shape weights = {channels, channels, 3, 3};
      ValueId value =
          graph.add("conv", {{"x", {from}},
                             {"weight", {constant(graph, weights, dice.numbers(count(weights)))}},
                             {"pad_type", {graph.text("same")}}});
      value = graph.add("batch_norm", {{"x", {value}},
                                       {"gamma", {vector(true)}},
                                       {"beta", {vector(false)}},
                                       {"mean", {vector(false)}},
                                       {"variance", {vector(true)}}});
      return graph.add(dice.coin() ? "relu" : "silu", {{"x", {value}}});
    };
    const ValueId first = block(x);
    const ValueId second = block(first);
    const ValueId sum = graph.add("add", {{"x", {first}}, {"y", {second}}});
    const ValueId joined =
        graph.add("concat", {{"values", {sum, second}}, {"axis", {graph.integer(1)}}});
    const ValueId scaled =
        graph.add("mul", {{"x", {joined}}, {"y", {graph.numbers(kFloat, {}, {0.5})}}});
    graph.output(graph.add(
        "reduce_mean",
        {{"x", {scaled}}, {"axes", {graph.integers({2, 3})}}, {"keep_dims", {graph.flag(true)}}}));
    graph.output(second);
    const Row input = dice.numbers(count(shape));
    // Rounding keeps operations apart; nothing here is of fp16, so that nothing is rounded.
    PlanOptions apart;
    apart.round_to_fp16 = true;
    const auto fused = planned(graph, {input});
    const auto plain = planned(graph, {input}, apart);
    INFO("round " << round);
    check_close(fused[0], plain[0]);
    check_close(fused[1], plain[1]);
  }
}

TEST_CASE("pools of any window and border") {
  Dice dice(4);
  for (int round = 0; round < kRounds; ++round) {
    SlowPool p{};
    p.planes = dice.between(1, 20);
    p.kh = dice.between(1, 4), p.kw = dice.between(1, 4);
    p.sh = dice.between(1, 3), p.sw = dice.between(1, 3);
    p.h = p.kh + dice.between(0, 9), p.w = p.kw + dice.between(0, 9);
    p.top = dice.between(0, p.kh - 1), p.left = dice.between(0, p.kw - 1);
    p.average = dice.coin();
    p.without_padding = dice.coin();
    p.out_h = (p.h + p.top - p.kh) / p.sh + 1;
    p.out_w = (p.w + p.left - p.kw) / p.sw + 1;
    const Shape shape = {1, p.planes, p.h, p.w};
    GraphBuilder graph;
    graph.output(graph.add(p.average ? "avg_pool" : "max_pool",
                           {{"x", {graph.input("x", kFloat, shape)}},
                            {"kernel_sizes", {graph.integers({p.kh, p.kw})}},
                            {"strides", {graph.integers({p.sh, p.sw})}},
                            {"pad_type", {graph.text("custom")}},
                            {"pad", {graph.integers({p.top, 0, p.left, 0})}},
                            {"ceil_mode", {graph.flag(false)}},
                            {"exclude_padding_from_average", {graph.flag(p.without_padding)}}}));
    const Row x = dice.numbers(count(shape));
    INFO("round " << round);
    check_close(planned(graph, {x})[0], slow_pool(p, x));
  }
}

TEST_CASE("matrices multiplied, known before or not, turned or not") {
  Dice dice(5);
  for (int round = 0; round < kRounds; ++round) {
    const int64_t batch = dice.between(1, 3), m = dice.between(1, 30), k = dice.between(1, 40),
                  n = dice.between(1, 30);
    const Row a = dice.numbers(count({batch, m, k}));
    const Row b = dice.numbers(count({batch, k, n}));
    const Row expected = slow_matmul(batch, m, k, n, a, b);
    const bool turned = dice.coin();
    Row lying = b;
    for (int64_t s = 0; s < batch && turned; ++s) {
      for (int64_t i = 0; i < k; ++i) {
        for (int64_t j = 0; j < n; ++j) {
          lying[static_cast<size_t>((s * n + j) * k + i)] =
              b[static_cast<size_t>((s * k + i) * n + j)];
        }
      }
    }
    const bool known = dice.coin();
    Shape shape = turned ? Shape{batch, n, k} : Shape{batch, k, n};
    if (batch == 1) shape.erase(shape.begin());
    GraphBuilder graph;
    const ValueId x = graph.input("x", kFloat, {batch, m, k});
    const ValueId y = known ? constant(graph, shape, lying) : graph.input("y", kFloat, shape);
    graph.output(
        graph.add("matmul", {{"x", {x}}, {"y", {y}}, {"transpose_y", {graph.flag(turned)}}}));
    INFO("round " << round);
    check_close(planned(graph, known ? std::vector<Row>{a} : std::vector<Row>{a, lying})[0],
                expected);
  }
}

TEST_CASE("lstms forwards and backwards") {
  Dice dice(6);
  for (int round = 0; round < kRounds; ++round) {
    const SlowLstm l{dice.between(1, 6), dice.between(1, 3), dice.between(1, 12),
                     dice.between(1, 12), dice.coin()};
    const Row x = dice.numbers(count({l.steps, l.batch, l.inputs}));
    const Row ih = dice.numbers(count({4 * l.hidden, l.inputs}));
    const Row hh = dice.numbers(count({4 * l.hidden, l.hidden}));
    const Row bias = dice.numbers(static_cast<size_t>(4 * l.hidden));
    const Row zero(count({l.batch, l.hidden}), 0.0F);
    GraphBuilder graph;
    const auto results =
        graph.add("lstm",
                  {{"x", {graph.input("x", kFloat, {l.steps, l.batch, l.inputs})}},
                   {"initial_h", {constant(graph, {l.batch, l.hidden}, zero)}},
                   {"initial_c", {constant(graph, {l.batch, l.hidden}, zero)}},
                   {"weight_ih", {constant(graph, {4 * l.hidden, l.inputs}, ih)}},
                   {"weight_hh", {constant(graph, {4 * l.hidden, l.hidden}, hh)}},
                   {"bias", {constant(graph, {4 * l.hidden}, bias)}},
                   {"direction", {graph.text(l.backwards ? "reverse" : "forward")}},
                   {"output_sequence", {graph.flag(true)}}},
                  {GraphBuilder::unstated(), GraphBuilder::unstated(), GraphBuilder::unstated()});
    for (const ValueId result : results) graph.output(result);
    const auto [all, last] = slow_lstm(l, x, ih, hh, bias);
    INFO("round " << round);
    const auto outputs = planned(graph, {x});
    check_close(outputs[0], all);
    check_close(outputs[2], last);
  }
}

TEST_CASE("images resized between the centres of their pixels") {
  Dice dice(7);
  for (int round = 0; round < kRounds; ++round) {
    const int64_t planes = dice.between(1, 4), h = dice.between(1, 9), w = dice.between(1, 9),
                  out_h = dice.between(1, 20), out_w = dice.between(1, 20);
    GraphBuilder graph;
    graph.output(
        graph.add("resize_bilinear", {{"x", {graph.input("x", kFloat, {1, planes, h, w})}},
                                      {"target_size_height", {graph.integer(out_h)}},
                                      {"target_size_width", {graph.integer(out_w)}},
                                      {"sampling_mode", {graph.text("UNALIGN_CORNERS")}}}));
    const Row x = dice.numbers(count({planes, h, w}));
    INFO("round " << round);
    check_close(planned(graph, {x})[0], slow_bilinear(planes, h, w, out_h, out_w, x));
  }
}

TEST_CASE("attention, with a mask or without") {
  Dice dice(8);
  for (int round = 0; round < kRounds; ++round) {
    const int64_t heads = dice.between(1, 4), length = dice.between(1, 9),
                  keys = dice.between(1, 12), depth = dice.between(1, 16),
                  width = dice.between(1, 16);
    const Row q = dice.numbers(count({heads, length, depth}));
    const Row k = dice.numbers(count({heads, keys, depth}));
    const Row v = dice.numbers(count({heads, keys, width}));
    const Row mask = dice.coin() ? dice.numbers(count({length, keys})) : Row();
    GraphBuilder graph;
    std::vector<Argument> arguments = {
        {"query", {graph.input("q", kFloat, {1, heads, length, depth})}},
        {"key", {graph.input("k", kFloat, {1, heads, keys, depth})}},
        {"value", {graph.input("v", kFloat, {1, heads, keys, width})}}};
    std::vector<Row> inputs = {q, k, v};
    if (!mask.empty()) {
      arguments.push_back({"attn_mask", {graph.input("m", kFloat, {1, 1, length, keys})}});
      inputs.push_back(mask);
    }
    graph.output(graph.add("scaled_dot_product_attention", arguments));
    INFO("round " << round);
    check_close(planned(graph, inputs)[0],
                slow_attention(heads, length, keys, depth, width, q, k, v, mask));
  }
}
