#include "tests/models/network_grower.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "tests/models/network_growth.h"

namespace anemon::models::test {
namespace {

constexpr DataType kHalf = DataType::fp16;

class Grower : private NetworkGrowth {
 public:
  explicit Grower(unsigned seed) : NetworkGrowth(seed) {
    for (const Shape& each : {Shape{1, 4, 6, 5}, Shape{between(1, 2), 8, 4, 4}, Shape{3, 2, 5},
                              Shape{2, between(1, 6)}}) {
      input(each);
    }
  }

  void grow() {
    const size_t before = expected_.size();
    while (expected_.size() == before) (this->*kMakers[below(std::size(kMakers))])();
  }

  GrownNetwork finish() {
    graph_.output(values_.back());
    return {graph_.model(), std::move(expected_)};
  }

 private:
  void unary() {
    static const std::vector<std::string> kTypes = {
        "relu", "leaky_relu", "clip", "abs",      "square",     "sqrt",     "rsqrt",
        "exp",  "log",        "erf",  "sin",      "cos",        "floor",    "sigmoid",
        "elu",  "silu",       "tanh", "softplus", "batch_norm", "identity", "cast"};
    const std::string& type = any(kTypes);
    const auto x = value(type == "batch_norm" ? 3 : 1);
    if (!x) return;
    std::vector<Argument> arguments = {{"x", {*x}}};
    if (type == "cast") arguments.push_back({"dtype", {graph_.text("fp16")}});
    if (type == "batch_norm") {
      for (const char* name : {"mean", "variance"}) {
        arguments.push_back({name, {graph_.weight(kHalf, {shape(*x)[1]})}});
      }
    }
    add(type, std::move(arguments));
  }
  void gelu() {
    static const std::vector<std::string> kModes = {"EXACT", "TANH_APPROXIMATION",
                                                    "SIGMOID_APPROXIMATION"};
    if (const auto x = value()) add("gelu", {{"x", {*x}}, {"mode", {graph_.text(any(kModes))}}});
  }
  void normal() {
    const auto x = value(3);
    if (!x) return;
    switch (below(5)) {
      case 0:
        return add("softmax", {{"x", {*x}}, {"axis", {graph_.integer(between(-2, 1))}}});
      case 1:
        return add("layer_norm", {{"x", {*x}}, {"axes", {graph_.integers({-1})}}});
      case 2:
        return add("instance_norm", {{"x", {*x}}});
      case 3:
        return add("cumsum", {{"x", {*x}}, {"axis", {graph_.integer(0)}}});
      default:
        return add("l2_norm", {{"x", {*x}}});
    }
  }
  void binary() {
    static const std::vector<std::string> kTypes = {"add",     "sub",     "mul",  "real_div",
                                                    "maximum", "minimum", "less", "equal"};
    const auto x = value();
    if (!x) return;
    const std::string& type = any(kTypes);
    const ValueId y = companion(shape(*x));
    const bool swapped = below(2) == 0;
    add(type, {{"x", {swapped ? y : *x}}, {"y", {swapped ? *x : y}}}, 1,
        type != "less" && type != "equal");
  }
  void select() {
    const auto a = value();
    if (!a) return;
    const ValueId condition = input(shape(*a), DataType::boolean);
    const ValueId b = companion(shape(*a));
    add("select", {{"cond", {condition}}, {"a", {*a}}, {"b", {b}}});
  }
  void windows(std::vector<Argument>& arguments, const Shape& kernel) {
    static const std::vector<std::string> kPads = {"valid", "same", "custom"};
    const std::string& type = any(kPads);
    arguments.push_back({"pad_type", {graph_.text(type)}});
    std::vector<int64_t> strides, pads;
    for (size_t i = 0; i < kernel.size(); ++i) {
      strides.push_back(between(1, 3));
      for (int side = 0; side < 2; ++side) pads.push_back(between(0, kernel[i] / 2));
    }
    arguments.push_back({"strides", {graph_.integers(strides)}});
    if (type == "custom") arguments.push_back({"pad", {graph_.integers(pads)}});
  }
  void conv() {
    const auto x = value(4, 4);
    if (!x) return;
    const Shape in = shape(*x);
    const int64_t groups = below(3) == 0 ? in[1] : 1;
    const Shape kernel = {between(1, std::min<int64_t>(3, in[2])),
                          between(1, std::min<int64_t>(3, in[3]))};
    const Shape weight = {groups * between(1, 3), in[1] / groups, kernel[0], kernel[1]};
    std::vector<Argument> arguments = {{"x", {*x}},
                                       {"weight", {graph_.weight(kHalf, weight)}},
                                       {"groups", {graph_.integer(groups)}}};
    if (below(2) == 0) arguments.push_back({"bias", {graph_.weight(kHalf, {weight[0]})}});
    windows(arguments, kernel);
    if (below(3) == 0 && in[2] > 4 && in[3] > 4) {
      arguments.push_back({"dilations", {graph_.integers({2, 2})}});
    }
    add("conv", std::move(arguments));
  }
  void conv_transpose() {
    const auto x = value(4, 4);
    if (!x) return;
    const Shape in = shape(*x);
    std::vector<Argument> arguments = {
        {"x", {*x}},
        {"weight", {graph_.weight(kHalf, {in[1], between(1, 3), between(1, 3), between(1, 3)})}},
        {"strides", {graph_.integers({between(1, 2), between(1, 2)})}}};
    add("conv_transpose", std::move(arguments));
  }
  void linear() {
    const auto x = value(2, 4);
    if (!x) return;
    const int64_t out = between(1, 6);
    std::vector<Argument> arguments = {{"x", {*x}},
                                       {"weight", {graph_.weight(kHalf, {out, shape(*x).back()})}}};
    if (below(2) == 0) arguments.push_back({"bias", {graph_.weight(kHalf, {out})}});
    add("linear", std::move(arguments));
  }
  void matmul() {
    const auto x = value(2, 4);
    if (!x) return;
    const Shape left = shape(*x);
    const bool turn_x = below(2) == 0;
    const bool turn_y = below(2) == 0;
    const int64_t inner = left[left.size() - (turn_x ? 2 : 1)];
    Shape right(left.begin(), left.end() - 2);
    for (int64_t& extent : right) {
      if (below(2) == 0) extent = 1;
    }
    const int64_t out = between(1, 5);
    right.push_back(turn_y ? out : inner);
    right.push_back(turn_y ? inner : out);
    add("matmul", {{"x", {*x}},
                   {"y", {input(right)}},
                   {"transpose_x", {graph_.flag(turn_x)}},
                   {"transpose_y", {graph_.flag(turn_y)}}});
  }
  void einsum() {
    const auto x = value(4, 4);
    if (!x) return;
    const Shape in = shape(*x);
    const ValueId y = input({in[0], in[3], in[2], between(1, 4)});
    add("einsum", {{"values", {*x, y}}, {"equation", {graph_.text("nchw,nwhu->nchu")}}});
  }
  void attention() {
    const auto query = value(3, 4);
    if (!query) return;
    Shape key = shape(*query);
    key[key.size() - 2] = between(1, 6);
    Shape content = key;
    content.back() = between(1, 6);
    add("scaled_dot_product_attention",
        {{"query", {*query}}, {"key", {input(key)}}, {"value", {input(content)}}});
  }
  void recurrent() {
    const auto x = value(3, 3);
    if (!x) return;
    const bool lstm = below(2) == 0;
    const int64_t gates = lstm ? 4 : 3;
    const int64_t hidden = between(1, 4);
    const Shape in = shape(*x);
    std::vector<Argument> arguments = {
        {"x", {*x}},
        {"initial_h", {graph_.weight(kHalf, {in[1], hidden})}},
        {"weight_ih", {graph_.weight(kHalf, {gates * hidden, in[2]})}},
        {"weight_hh", {graph_.weight(kHalf, {gates * hidden, hidden})}},
        {"output_sequence", {graph_.flag(below(2) == 0)}}};
    if (lstm) arguments.push_back({"initial_c", {graph_.weight(kHalf, {in[1], hidden})}});
    add(lstm ? "lstm" : "gru", std::move(arguments), lstm ? 3 : 2);
  }
  void pool() {
    static const std::vector<std::string> kTypes = {"max_pool", "avg_pool", "l2_pool"};
    const auto x = value(4, 4);
    if (!x) return;
    const Shape kernel = {between(1, std::min<int64_t>(3, shape(*x)[2])),
                          between(1, std::min<int64_t>(3, shape(*x)[3]))};
    std::vector<Argument> arguments = {{"x", {*x}}, {"kernel_sizes", {graph_.integers(kernel)}}};
    windows(arguments, kernel);
    add(any(kTypes), std::move(arguments));
  }
  void reduce() {
    static const std::vector<std::string> kTypes = {"reduce_sum",     "reduce_mean",
                                                    "reduce_max",     "reduce_min",
                                                    "reduce_l2_norm", "reduce_log_sum_exp"};
    const auto x = value(2);
    if (!x) return;
    const bool keep = below(2) == 0;
    if (below(6) == 0) {
      return add("reduce_argmax",
                 {{"x", {*x}}, {"axis", {graph_.integer(-1)}}, {"keep_dims", {graph_.flag(keep)}}},
                 1, false);
    }
    const std::vector<int64_t> axes =
        below(2) == 0 ? std::vector<int64_t>{-1, 0} : std::vector<int64_t>{-1};
    add(any(kTypes),
        {{"x", {*x}}, {"axes", {graph_.integers(axes)}}, {"keep_dims", {graph_.flag(keep)}}});
  }
  void topk() {
    const auto x = value(2);
    if (!x) return;
    add("topk",
        {{"x", {*x}},
         {"k", {graph_.integer(between(1, shape(*x).back()))}},
         {"axis", {graph_.integer(-1)}}},
        2, false);
  }
  void rearrange() {
    const auto x = value(2, 4);
    if (!x) return;
    const Shape in = shape(*x);
    const auto rank = static_cast<int64_t>(in.size());
    switch (below(4)) {
      case 0: {
        int64_t elements = 1;
        for (const int64_t extent : in) elements *= extent;
        const std::vector<int64_t> to = elements % 2 == 0 ? std::vector<int64_t>{1, 2, elements / 2}
                                                          : std::vector<int64_t>{elements, 1};
        return add("reshape", {{"x", {*x}}, {"shape", {graph_.integers(to)}}});
      }
      case 1: {
        std::vector<int64_t> order(in.size());
        for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
        std::shuffle(order.begin(), order.end(), random_);
        return add("transpose", {{"x", {*x}}, {"perm", {graph_.integers(order)}}});
      }
      case 2:
        return add("expand_dims",
                   {{"x", {*x}}, {"axes", {graph_.integers({between(0, rank - 1)})}}});
      default:
        for (int64_t axis = 0; axis < rank; ++axis) {
          if (in[static_cast<size_t>(axis)] != 1) continue;
          return add("squeeze", {{"x", {*x}}, {"axes", {graph_.integers({axis})}}});
        }
    }
  }
  void join() {
    const auto x = value(2, 4);
    if (!x) return;
    const auto axis = between(0, static_cast<int64_t>(shape(*x).size()) - 1);
    Shape other = shape(*x);
    if (below(2) == 0) {
      return add("stack", {{"values", {*x, input(other)}}, {"axis", {graph_.integer(axis)}}});
    }
    other[static_cast<size_t>(axis)] = between(1, 3);
    add("concat", {{"values", {*x, input(other)}},
                   {"axis", {graph_.integer(axis)}},
                   {"interleave", {graph_.flag(false)}}});
  }
  void part() {
    const auto x = value(2, 4);
    if (!x) return;
    const Shape in = shape(*x);
    const auto rank = static_cast<int64_t>(in.size());
    const int64_t axis = between(0, rank - 1);
    const int64_t extent = in[static_cast<size_t>(axis)];
    switch (below(3)) {
      case 0:
        if (extent % 2 != 0) return;
        return add(
            "split",
            {{"x", {*x}}, {"num_splits", {graph_.integer(2)}}, {"axis", {graph_.integer(axis)}}},
            2);
      case 1: {
        std::vector<int64_t> begin, end, stride;
        for (const int64_t each : in) {
          begin.push_back(between(0, each - 1));
          end.push_back(between(begin.back() + 1, each));
          stride.push_back(between(1, 3));
        }
        return add("slice_by_index", {{"x", {*x}},
                                      {"begin", {graph_.integers(begin)}},
                                      {"end", {graph_.integers(end)}},
                                      {"stride", {graph_.integers(stride)}}});
      }
      default:
        return add(
            "gather",
            {{"x", {*x}},
             {"indices",
              {graph_.integers(std::vector<int64_t>(static_cast<size_t>(between(1, 4)), 0))}},
             {"axis", {graph_.integer(axis)}}});
    }
  }
  void enlarge() {
    const auto x = value(4, 4);
    if (!x) return;
    const Shape in = shape(*x);
    switch (below(5)) {
      case 0:
        return add("pad", {{"x", {*x}},
                           {"pad", {graph_.integers({between(0, 2), between(0, 2), 1, 0})}},
                           {"mode", {graph_.text("constant")}}});
      case 1:
        return add("tile", {{"x", {*x}}, {"reps", {graph_.integers({1, 2, 1, between(1, 2)})}}});
      case 2:
        return add("upsample_nearest_neighbor", {{"x", {*x}},
                                                 {"scale_factor_height", {graph_.integer(2)}},
                                                 {"scale_factor_width", {graph_.integer(3)}}});
      case 3:
        return add("upsample_bilinear", {{"x", {*x}},
                                         {"scale_factor_height", {graph_.integer(2)}},
                                         {"scale_factor_width", {graph_.integer(2)}}});
      default:
        if (in[1] % 4 != 0) return;
        if (below(2) == 0) {
          return add("pixel_shuffle", {{"x", {*x}}, {"upscale_factor", {graph_.integer(2)}}});
        }
        return add("depth_to_space", {{"x", {*x}}, {"block_size", {graph_.integer(2)}}});
    }
  }

  static constexpr void (Grower::*kMakers[])() = {
      &Grower::unary,  &Grower::gelu,   &Grower::normal,         &Grower::binary,
      &Grower::select, &Grower::conv,   &Grower::conv_transpose, &Grower::linear,
      &Grower::matmul, &Grower::einsum, &Grower::attention,      &Grower::recurrent,
      &Grower::pool,   &Grower::reduce, &Grower::topk,           &Grower::rearrange,
      &Grower::join,   &Grower::part,   &Grower::enlarge};
};

}  // namespace

GrownNetwork grow_network(unsigned seed, size_t operations) {
  Grower grower(seed);
  for (size_t i = 0; i < operations; ++i) grower.grow();
  return grower.finish();
}

}  // namespace anemon::models::test
