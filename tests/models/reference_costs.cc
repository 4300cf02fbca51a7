#include "tests/models/reference_costs.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "tests/models/reference_look.h"

namespace anemon::models::test {
namespace {

// Where windows begin along each spatial dimension, found by sliding one along.
Shape window_places(const Looked& look, const Shape& x, const Shape& kernel) {
  const size_t spatial = kernel.size();
  const std::vector<int64_t> strides = look.list("strides", std::vector<int64_t>(spatial, 1));
  const std::vector<int64_t> dilations = look.list("dilations", std::vector<int64_t>(spatial, 1));
  const std::vector<int64_t> pads = look.list("pad", std::vector<int64_t>(2 * spatial, 0));
  const std::string type = look.word("pad_type", "valid");
  Shape places;
  for (size_t i = 0; i < spatial; ++i) {
    const int64_t extent = x[x.size() - spatial + i];
    const int64_t reach = dilations[i] * (kernel[i] - 1);
    int64_t count = 0;
    if (type == "same" || type == "same_lower") {
      for (int64_t start = 0; start < extent; start += strides[i]) ++count;
    } else {
      const int64_t before = type == "custom" ? pads[2 * i] : 0;
      const int64_t after = type == "custom" ? pads[2 * i + 1] : 0;
      for (int64_t start = -before; start + reach < extent + after; start += strides[i]) ++count;
    }
    places.push_back(count);
  }
  return places;
}

ReferenceCost convolution(const Looked& look) {
  const Shape& x = look.shape("x");
  const Shape& weight = look.shape("weight");
  const Shape kernel(weight.begin() + 2, weight.end());
  ReferenceCost cost;
  cost.results = {joined({{x[0], weight[0]}, window_places(look, x, kernel)})};
  walk(cost.results[0], [&](const Shape&) {
    for (int64_t channel = 0; channel < weight[1]; ++channel) {
      walk(kernel, [&](const Shape&) { ++cost.macs; });
    }
    if (look.has("bias")) ++cost.flops;
  });
  return cost;
}

ReferenceCost transposed_convolution(const Looked& look) {
  const Shape& x = look.shape("x");
  const Shape& weight = look.shape("weight");
  const Shape kernel(weight.begin() + 2, weight.end());
  const std::vector<int64_t> strides = look.list("strides", std::vector<int64_t>(kernel.size(), 1));
  Shape result = {x[0], weight[1] * look.number("groups", 1)};
  for (size_t i = 0; i < kernel.size(); ++i) {
    result.push_back((x[2 + i] - 1) * strides[i] + kernel[i]);  // the last one's far end
  }
  ReferenceCost cost;
  cost.results = {result};
  walk(x, [&](const Shape&) {
    for (int64_t channel = 0; channel < weight[1]; ++channel) {
      walk(kernel, [&](const Shape&) { ++cost.macs; });
    }
  });
  if (look.has("bias")) walk(result, [&](const Shape&) { ++cost.flops; });
  return cost;
}

ReferenceCost linear(const Looked& look) {
  Shape result = look.shape("x");
  const int64_t inner = result.back();
  result.back() = look.shape("weight")[0];
  ReferenceCost cost;
  cost.results = {result};
  walk(result, [&](const Shape&) {
    for (int64_t i = 0; i < inner; ++i) ++cost.macs;
    if (look.has("bias")) ++cost.flops;
  });
  return cost;
}

ReferenceCost matrix_product(const Looked& look) {
  Shape x = look.shape("x");
  Shape y = look.shape("y");
  if (look.number("transpose_x", 0) != 0) std::swap(x[x.size() - 1], x[x.size() - 2]);
  if (look.number("transpose_y", 0) != 0) std::swap(y[y.size() - 1], y[y.size() - 2]);
  const Shape batch = broadcast(Shape(x.begin(), x.end() - 2), Shape(y.begin(), y.end() - 2));
  ReferenceCost cost;
  cost.results = {joined({batch, {x[x.size() - 2], y[y.size() - 1]}})};
  walk(cost.results[0], [&](const Shape&) {
    for (int64_t inner = 0; inner < x.back(); ++inner) ++cost.macs;
  });
  return cost;
}

// Both operands have every letter at most once.
ReferenceCost einstein_sum(const Looked& look) {
  std::map<char, int64_t> size;
  const std::string equation = look.word("equation", "");
  const size_t comma = equation.find(',');
  const size_t arrow = equation.find("->");
  for (size_t i = 0; i < comma; ++i) size[equation[i]] = look.shape("values", 0)[i];
  for (size_t i = comma + 1; i < arrow; ++i) {
    size[equation[i]] = look.shape("values", 1)[i - comma - 1];
  }
  ReferenceCost cost;
  cost.results = {{}};
  for (size_t i = arrow + 2; i < equation.size(); ++i) {
    cost.results[0].push_back(size[equation[i]]);
  }
  Shape loops;
  for (const auto& [letter, extent] : size) loops.push_back(extent);
  walk(loops, [&](const Shape&) { ++cost.macs; });
  return cost;
}

ReferenceCost attention(const Looked& look) {
  const Shape& query = look.shape("query");
  const Shape& key = look.shape("key");
  const Shape& value = look.shape("value");
  const size_t rank = query.size();
  Shape result = query;
  result.back() = value.back();
  ReferenceCost cost;
  cost.results = {result};
  walk(Shape(query.begin(), query.end() - 1), [&](const Shape&) {  // each query
    for (int64_t k = 0; k < key[rank - 2]; ++k) {                  // against each key
      for (int64_t i = 0; i < query[rank - 1]; ++i) ++cost.macs;
      cost.flops += 5;  // the softmax of this score: max, subtract, exp, sum, divide
      for (int64_t i = 0; i < value[rank - 1]; ++i) ++cost.macs;
    }
  });
  return cost;
}

ReferenceCost recurrence(const Looked& look, int64_t gates) {
  const Shape& x = look.shape("x");
  const int64_t hidden = look.shape("weight_hh")[1];
  ReferenceCost cost;
  const int64_t steps = look.number("output_sequence", 0) != 0 ? x[0] : 1;
  cost.results = {{steps, x[1], hidden}, {x[1], hidden}};
  if (gates == 4) cost.results.push_back({x[1], hidden});
  walk({x[0], x[1], gates, hidden}, [&](const Shape&) {
    for (int64_t i = 0; i < x[2]; ++i) ++cost.macs;
    for (int64_t i = 0; i < hidden; ++i) ++cost.macs;
  });
  return cost;
}

ReferenceCost pool(const Looked& look, unsigned each) {
  const Shape& x = look.shape("x");
  const Shape kernel = look.list("kernel_sizes", {});
  ReferenceCost cost;
  cost.results = {joined({{x[0], x[1]}, window_places(look, x, kernel)})};
  walk(cost.results[0],
       [&](const Shape&) { walk(kernel, [&](const Shape&) { cost.flops += each; }); });
  return cost;
}

ReferenceCost reduction(const Looked& look, unsigned each) {
  const Shape& x = look.shape("x");
  const bool keep = look.number("keep_dims", 0) != 0;
  std::vector<int64_t> axes = look.list("axes", {});
  if (look.has("axis")) axes = {look.number("axis", -1)};
  std::vector<bool> reduced(x.size(), axes.empty());
  for (const int64_t axis : axes) {
    reduced[static_cast<size_t>(axis < 0 ? axis + static_cast<int64_t>(x.size()) : axis)] = true;
  }
  ReferenceCost cost;
  cost.results = {{}};
  for (size_t i = 0; i < x.size(); ++i) {
    if (!reduced[i]) cost.results[0].push_back(x[i]);
    if (reduced[i] && keep) cost.results[0].push_back(1);
  }
  walk(x, [&](const Shape&) { cost.flops += each; });
  return cost;
}

ReferenceCost each_element(const Shape& shape, unsigned flops) {
  ReferenceCost cost;
  cost.results = {shape};
  walk(shape, [&](const Shape&) { cost.flops += flops; });
  return cost;
}

// Simple operations that functions of one element are made of.
const std::map<std::string, unsigned> kUnary = {
    {"relu", 1},          {"leaky_relu", 1}, {"clip", 1},    {"abs", 1}, {"square", 1}, {"sqrt", 1},
    {"rsqrt", 1},         {"exp", 1},        {"log", 1},     {"erf", 1}, {"sin", 1},    {"cos", 1},
    {"cumsum", 1},        {"floor", 1},      {"sigmoid", 4},  // negate, exp, add, divide
    {"elu", 4},                                               // compare, exp, subtract, multiply
    {"silu", 5},                                              // sigmoid, multiply
    {"tanh", 5},                                              // exp twice, subtract, add, divide
    {"softplus", 3},                                          // exp, add, log
    {"softmax", 5},                                           // max, subtract, exp, sum, divide
    {"batch_norm", 2},                                        // scale, shift
    {"l2_norm", 3},                                           // square, sum, divide
    {"layer_norm", 8},     // sum, subtract, square, sum, add epsilon and divide, scale, shift
    {"instance_norm", 8},  // the same
};
const std::map<std::string, unsigned> kReduction = {
    {"reduce_sum", 1},    {"reduce_mean", 1},    {"reduce_max", 1},        {"reduce_min", 1},
    {"reduce_argmax", 1}, {"reduce_l2_norm", 1}, {"reduce_log_sum_exp", 3}};
const std::map<std::string, unsigned> kBinary = {{"add", 1},      {"sub", 1},     {"mul", 1},
                                                 {"real_div", 1}, {"maximum", 1}, {"minimum", 1},
                                                 {"less", 1},     {"equal", 1}};

}  // namespace

ReferenceCost reference_cost(const Function& function, const Operation& operation,
                             const std::vector<Shape>& shapes) {
  const Looked look{function, operation, shapes};
  const std::string& type = operation.type;
  if (type == "conv") return convolution(look);
  if (type == "conv_transpose") return transposed_convolution(look);
  if (type == "linear") return linear(look);
  if (type == "matmul") return matrix_product(look);
  if (type == "einsum") return einstein_sum(look);
  if (type == "scaled_dot_product_attention") return attention(look);
  if (type == "lstm") return recurrence(look, 4);
  if (type == "gru") return recurrence(look, 3);
  if (type == "max_pool" || type == "avg_pool") return pool(look, 1);
  if (type == "l2_pool") return pool(look, 2);
  if (type == "gelu") {
    const std::string mode = look.word("mode", "EXACT");
    return each_element(look.shape("x"), mode == "EXACT" ? 10 : mode[0] == 'T' ? 9 : 8);
  }
  if (type == "select") {
    return each_element(broadcast(look.shape("cond"), broadcast(look.shape("a"), look.shape("b"))),
                        1);
  }
  if (type == "upsample_bilinear") {
    Shape x = look.shape("x");
    for (size_t i : {x.size() - 2, x.size() - 1}) x[i] *= 2;
    return each_element(x, 8);  // four neighbours, each multiplied and added
  }
  if (type == "topk") {
    const Shape& x = look.shape("x");
    const size_t axis = look.axis("axis", -1, x.size());
    unsigned rounds = 0;
    while ((int64_t{1} << rounds) < x[axis]) ++rounds;  // of halving the axis
    ReferenceCost cost = each_element(x, rounds);
    cost.results[0][axis] = look.number("k", 1);
    cost.results.push_back(cost.results[0]);
    return cost;
  }
  if (const auto found = kUnary.find(type); found != kUnary.end()) {
    return each_element(look.shape("x"), found->second);
  }
  if (const auto found = kBinary.find(type); found != kBinary.end()) {
    return each_element(broadcast(look.shape("x"), look.shape("y")), found->second);
  }
  if (const auto found = kReduction.find(type); found != kReduction.end()) {
    return reduction(look, found->second);
  }
  if (const auto results = moved(look)) return {0, 0, *results};
  throw std::logic_error("no reference for " + type);
}

}  // namespace anemon::models::test
