#include "tests/unit/profiler/reference/onnx_mapping.h"

#include <algorithm>

namespace anemon::profiler::reference::test {

using models::DataType;
using models::TensorType;
using models::ValueId;

Mapping::Mapping(const OnnxGraph& graph, std::vector<OnnxTensor> inputs) : opset_(graph.opset) {
  for (size_t i = 0; i < inputs.size() && i < graph.inputs.size(); ++i) {
    data_.emplace(graph.inputs[i], std::move(inputs[i]));
  }
  for (const OnnxTensor& each : graph.initializers) data_.emplace(each.name, each);
  for (const OnnxNode& node : graph.nodes) {
    node_ = &node;
    if (node.type == "Constant") {
      const auto value = node.attributes.find("value");
      if (value == node.attributes.end()) throw Unmapped{"Constant without a tensor"};
      data_.emplace(node.outputs[0], value->second.tensor);
      continue;
    }
    const MapNode map = find_mapping(node.type);
    if (map == nullptr) throw Unmapped{node.type};
    map(*this);
  }
  for (const std::string& name : graph.outputs) {
    const auto made = values_.find(name);
    if (made == values_.end()) {
      // Statistics behind what is normalised have no counterpart; what comes first is compared.
      if (name != graph.outputs.front()) break;
      throw Unmapped{"an output that no node gives"};
    }
    graph_.output(made->second);
  }
}

bool Mapping::has(size_t input) const {
  return input < node_->inputs.size() && !node_->inputs[input].empty();
}

const OnnxTensor& Mapping::data(size_t input) const {
  if (!has(input)) throw Unmapped{node_->type + " without an input"};
  const auto found = data_.find(node_->inputs[input]);
  if (found == data_.end()) throw Unmapped{node_->type + " of computed data"};
  if (found->second.type.dtype == DataType::unknown) throw Unmapped{"a type that is not read"};
  return found->second;
}

ValueId Mapping::value(size_t input) {
  if (!has(input)) throw Unmapped{node_->type + " without an input"};
  const std::string& name = node_->inputs[input];
  const auto known = values_.find(name);
  if (known != values_.end()) return known->second;
  const OnnxTensor& tensor = data(input);
  const ValueId id = graph_.input(name, tensor.type.dtype, tensor.type.shape);
  fed_.push_back(tensor);
  values_.emplace(name, id);
  return id;
}

ValueId Mapping::constant(size_t input) {
  const OnnxTensor& tensor = data(input);
  const bool whole = is_integer(tensor.type.dtype);
  return graph_.numbers(whole ? DataType::int32 : DataType::fp32, tensor.type.shape,
                        tensor.elements);
}

int64_t Mapping::integer(const std::string& attribute, int64_t otherwise) const {
  const auto found = node_->attributes.find(attribute);
  return found == node_->attributes.end() ? otherwise : found->second.integer;
}
double Mapping::number(const std::string& attribute, double otherwise) const {
  const auto found = node_->attributes.find(attribute);
  return found == node_->attributes.end() ? otherwise : found->second.number;
}
std::string Mapping::text(const std::string& attribute, const std::string& otherwise) const {
  const auto found = node_->attributes.find(attribute);
  return found == node_->attributes.end() ? otherwise : found->second.text;
}
std::vector<int64_t> Mapping::integers(const std::string& attribute,
                                       std::vector<int64_t> otherwise) const {
  const auto found = node_->attributes.find(attribute);
  return found == node_->attributes.end() ? otherwise : found->second.integers;
}

ValueId Mapping::scalar(double number) { return graph_.numbers(DataType::fp32, {}, {number}); }

std::vector<ValueId> Mapping::add_many(const std::string& type,
                                       std::vector<models::Argument> arguments, size_t results) {
  return graph_.add(type, std::move(arguments),
                    std::vector<TensorType>(results, models::test::GraphBuilder::unstated()));
}

void Mapping::gives(size_t output, ValueId value) {
  if (output < node_->outputs.size()) values_[node_->outputs[output]] = value;
}

namespace {

// One operand, parameters by attribute (ONNX's name, MIL's name, ONNX's default).
struct Parameter {
  const char* onnx;
  const char* mil;
  double otherwise;
};
struct UnaryRow {
  const char* onnx;
  const char* mil;
  std::vector<Parameter> parameters;
};
const std::vector<UnaryRow>& unary_rows() {
  static const std::vector<UnaryRow> rows = {
      {"Abs", "abs", {}},
      {"Acos", "acos", {}},
      {"Acosh", "acosh", {}},
      {"Asin", "asin", {}},
      {"Asinh", "asinh", {}},
      {"Atan", "atan", {}},
      {"Atanh", "atanh", {}},
      {"Ceil", "ceil", {}},
      {"Cos", "cos", {}},
      {"Cosh", "cosh", {}},
      {"Elu", "elu", {{"alpha", "alpha", 1}}},
      {"Erf", "erf", {}},
      {"Exp", "exp", {}},
      {"Floor", "floor", {}},
      {"HardSigmoid", "sigmoid_hard", {{"alpha", "alpha", 0.2}, {"beta", "beta", 0.5}}},
      {"Identity", "identity", {}},
      {"LeakyRelu", "leaky_relu", {{"alpha", "alpha", 0.01}}},
      {"Log", "log", {}},
      {"Not", "logical_not", {}},
      {"Relu", "relu", {}},
      {"Round", "round", {}},
      {"Shape", "shape", {}},
      {"Sigmoid", "sigmoid", {}},
      {"Sign", "sign", {}},
      {"Sin", "sin", {}},
      {"Sinh", "sinh", {}},
      {"Softplus", "softplus", {}},
      {"Softsign", "softsign", {}},
      {"Sqrt", "sqrt", {}},
      {"Tan", "tan", {}},
      {"Tanh", "tanh", {}},
      {"ThresholdedRelu", "thresholded_relu", {{"alpha", "alpha", 1}}},
  };
  return rows;
}

struct Names {
  const char* onnx;
  const char* mil;
};
constexpr Names kBinary[] = {
    {"Add", "add"},         {"Sub", "sub"},
    {"Mul", "mul"},         {"Div", "real_div"},
    {"Pow", "pow"},         {"Equal", "equal"},
    {"Less", "less"},       {"LessOrEqual", "less_equal"},
    {"Greater", "greater"}, {"GreaterOrEqual", "greater_equal"},
    {"And", "logical_and"}, {"Or", "logical_or"},
    {"Xor", "logical_xor"},
};
constexpr Names kReduce[] = {
    {"ReduceSum", "reduce_sum"},
    {"ReduceMean", "reduce_mean"},
    {"ReduceMax", "reduce_max"},
    {"ReduceMin", "reduce_min"},
    {"ReduceProd", "reduce_prod"},
    {"ReduceL1", "reduce_l1_norm"},
    {"ReduceL2", "reduce_l2_norm"},
    {"ReduceLogSum", "reduce_log_sum"},
    {"ReduceLogSumExp", "reduce_log_sum_exp"},
    {"ReduceSumSquare", "reduce_sum_square"},
};

const char* mil_of(std::span<const Names> rows, const std::string& onnx) {
  for (const Names& row : rows) {
    if (row.onnx == onnx) return row.mil;
  }
  return nullptr;
}

void map_unary(Mapping& m) {
  if (m.node().type == "Shape" && !m.node().attributes.empty()) throw Unmapped{"Shape of a part"};
  for (const UnaryRow& row : unary_rows()) {
    if (row.onnx != m.node().type) continue;
    std::vector<models::Argument> arguments = {{"x", {m.value(0)}}};
    for (const Parameter& each : row.parameters) {
      arguments.push_back({each.mil, {m.scalar(m.number(each.onnx, each.otherwise))}});
    }
    m.gives(0, m.add(row.mil, arguments));
  }
}

void map_binary(Mapping& m) {
  if (m.node().type == "Div" && is_integer(m.data(0).type.dtype)) throw Unmapped{"Div of integers"};
  m.gives(0, m.add(mil_of(kBinary, m.node().type), {{"x", {m.value(0)}}, {"y", {m.value(1)}}}));
}

void map_fold(Mapping& m) {  // Sum, Max, Min, Mean of any number
  const std::string& type = m.node().type;
  const char* mil = type == "Max" ? "maximum" : type == "Min" ? "minimum" : "add";
  ValueId sum = m.value(0);
  if (m.node().inputs.size() == 1) sum = m.add("identity", {{"x", {sum}}});
  for (size_t i = 1; i < m.node().inputs.size(); ++i) {
    sum = m.add(mil, {{"x", {sum}}, {"y", {m.value(i)}}});
  }
  if (type == "Mean") {
    sum = m.add("real_div",
                {{"x", {sum}}, {"y", {m.scalar(static_cast<double>(m.node().inputs.size()))}}});
  }
  m.gives(0, sum);
}

void map_neg(Mapping& m) { m.gives(0, m.add("mul", {{"x", {m.value(0)}}, {"y", {m.scalar(-1)}}})); }
void map_reciprocal(Mapping& m) {
  m.gives(0, m.add("inverse", {{"x", {m.value(0)}}, {"epsilon", {m.scalar(0)}}}));
}
void map_mod(Mapping& m) {
  if (m.integer("fmod", 0) != 0) throw Unmapped{"Mod with the sign of the dividend"};
  m.gives(0, m.add("mod", {{"x", {m.value(0)}}, {"y", {m.value(1)}}}));
}

void map_clip(Mapping& m) {
  const auto bound = [&](size_t input, const char* attribute, double otherwise) {
    if (m.has(input)) return m.data(input).elements.at(0);
    return m.number(attribute, otherwise);
  };
  m.gives(0, m.add("clip", {{"x", {m.value(0)}},
                            {"alpha", {m.scalar(bound(1, "min", -3.4e38))}},
                            {"beta", {m.scalar(bound(2, "max", 3.4e38))}}}));
}

void map_prelu(Mapping& m) {
  const models::Shape& slopes = m.shape(1);
  if (slopes.size() == 1 && m.shape(0).size() > 1 && slopes[0] == m.shape(0)[1]) {
    m.gives(0, m.add("prelu", {{"x", {m.value(0)}}, {"alpha", {m.constant(1)}}}));
    return;
  }
  // Slopes of any shape: max(x,0) + slope * min(x,0).
  const ValueId zero = m.scalar(0);
  const ValueId above = m.add("maximum", {{"x", {m.value(0)}}, {"y", {zero}}});
  const ValueId below = m.add("minimum", {{"x", {m.value(0)}}, {"y", {zero}}});
  const ValueId slope = m.add("mul", {{"x", {below}}, {"y", {m.value(1)}}});
  m.gives(0, m.add("add", {{"x", {above}}, {"y", {slope}}}));
}

void map_where(Mapping& m) {
  m.gives(0, m.add("select", {{"cond", {m.value(0)}}, {"a", {m.value(1)}}, {"b", {m.value(2)}}}));
}

void map_softmax(Mapping& m) {
  if (m.opset() < 13 && m.integer("axis", 1) + 1 != std::ssize(m.shape(0))) {
    throw Unmapped{"Softmax over several axes"};
  }
  const int64_t axis = m.integer("axis", m.opset() < 13 ? 1 : -1);
  ValueId result = m.add("softmax", {{"x", {m.value(0)}}, {"axis", {m.graph().integer(axis)}}});
  if (m.node().type == "LogSoftmax") result = m.add("log", {{"x", {result}}});
  m.gives(0, result);
}

void map_reduce(Mapping& m) {
  std::vector<int64_t> axes = m.integers("axes", {});
  if (m.has(1)) {
    axes.clear();
    for (const double each : m.data(1).elements) axes.push_back(static_cast<int64_t>(each));
  }
  if (axes.empty() && m.integer("noop_with_empty_axes", 0) != 0) throw Unmapped{"reduces nothing"};
  std::vector<models::Argument> arguments = {
      {"x", {m.value(0)}}, {"keep_dims", {m.graph().flag(m.integer("keepdims", 1) != 0)}}};
  if (!axes.empty()) arguments.push_back({"axes", {m.list(axes)}});
  m.gives(0, m.add(mil_of(kReduce, m.node().type), arguments));
}

void map_arg(Mapping& m) {
  if (m.integer("select_last_index", 0) != 0) throw Unmapped{"the last of equals"};
  m.gives(0, m.add(m.node().type == "ArgMax" ? "reduce_argmax" : "reduce_argmin",
                   {{"x", {m.value(0)}},
                    {"axis", {m.graph().integer(m.integer("axis", 0))}},
                    {"keep_dims", {m.graph().flag(m.integer("keepdims", 1) != 0)}}}));
}

// ONNX lists all begins, then all ends.
std::vector<int64_t> pads_of(const std::vector<int64_t>& onnx) {
  std::vector<int64_t> pads;
  const size_t half = onnx.size() / 2;
  for (size_t i = 0; i < half; ++i) {
    pads.push_back(onnx[i]);
    pads.push_back(onnx[half + i]);
  }
  return pads;
}

void add_window(Mapping& m, size_t spatial, std::vector<models::Argument>& arguments) {
  const std::string automatic = m.text("auto_pad", "NOTSET");
  const char* type = automatic == "SAME_UPPER"   ? "same"
                     : automatic == "SAME_LOWER" ? "same_lower"
                     : automatic == "VALID"      ? "valid"
                                                 : "custom";
  arguments.push_back({"pad_type", {m.graph().text(type)}});
  arguments.push_back(
      {"pad", {m.list(pads_of(m.integers("pads", std::vector<int64_t>(2 * spatial, 0))))}});
  arguments.push_back(
      {"strides", {m.list(m.integers("strides", std::vector<int64_t>(spatial, 1)))}});
}

void map_conv(Mapping& m) {
  const bool transposed = m.node().type == "ConvTranspose";
  const size_t spatial = m.shape(1).size() - 2;
  if (transposed &&
      (m.node().attributes.contains("output_padding") ||
       m.node().attributes.contains("output_shape") || m.node().attributes.contains("auto_pad"))) {
    throw Unmapped{"ConvTranspose with an output's shape"};
  }
  std::vector<models::Argument> arguments = {{"x", {m.value(0)}}, {"weight", {m.constant(1)}}};
  if (m.has(2)) arguments.push_back({"bias", {m.constant(2)}});
  add_window(m, spatial, arguments);
  arguments.push_back(
      {"dilations", {m.list(m.integers("dilations", std::vector<int64_t>(spatial, 1)))}});
  arguments.push_back({"groups", {m.graph().integer(m.integer("group", 1))}});
  m.gives(0, m.add(transposed ? "conv_transpose" : "conv", arguments));
}

void map_pool(Mapping& m) {
  const std::vector<int64_t> kernel = m.integers("kernel_shape", {});
  for (const int64_t each : m.integers("dilations", {})) {
    if (each != 1) throw Unmapped{"pooling with gaps"};
  }
  if (m.node().outputs.size() > 1) throw Unmapped{"MaxPool that gives indices"};
  std::vector<models::Argument> arguments = {{"x", {m.value(0)}},
                                             {"kernel_sizes", {m.list(kernel)}}};
  add_window(m, kernel.size(), arguments);
  arguments.push_back({"ceil_mode", {m.graph().flag(m.integer("ceil_mode", 0) != 0)}});
  const bool average = m.node().type == "AveragePool";
  if (average) {
    arguments.push_back(
        {"exclude_padding_from_average", {m.graph().flag(m.integer("count_include_pad", 0) == 0)}});
  }
  m.gives(0, m.add(average ? "avg_pool" : "max_pool", arguments));
}

void map_global_pool(Mapping& m) {
  std::vector<int64_t> axes;
  for (int64_t i = 2; i < std::ssize(m.shape(0)); ++i) axes.push_back(i);
  m.gives(0, m.add(m.node().type == "GlobalMaxPool" ? "reduce_max" : "reduce_mean",
                   {{"x", {m.value(0)}},
                    {"axes", {m.list(axes)}},
                    {"keep_dims", {m.graph().flag(true)}}}));
}

void map_matmul(Mapping& m) {
  m.gives(0, m.add("matmul", {{"x", {m.value(0)}}, {"y", {m.value(1)}}}));
}

void map_gemm(Mapping& m) {
  ValueId product =
      m.add("matmul", {{"x", {m.value(0)}},
                       {"y", {m.value(1)}},
                       {"transpose_x", {m.graph().flag(m.integer("transA", 0) != 0)}},
                       {"transpose_y", {m.graph().flag(m.integer("transB", 0) != 0)}}});
  product = m.add("mul", {{"x", {product}}, {"y", {m.scalar(m.number("alpha", 1))}}});
  if (m.has(2)) {
    const ValueId c = m.add("mul", {{"x", {m.value(2)}}, {"y", {m.scalar(m.number("beta", 1))}}});
    product = m.add("add", {{"x", {product}}, {"y", {c}}});
  }
  m.gives(0, product);
}

void map_einsum(Mapping& m) {
  if (m.node().inputs.size() != 2) throw Unmapped{"Einsum of another number of operands"};
  const std::string equation = m.text("equation", "");
  if (equation.find("->") == std::string::npos || equation.find('.') != std::string::npos) {
    throw Unmapped{"Einsum " + equation};
  }
  m.gives(0, m.add("einsum", {{"values", {m.value(0), m.value(1)}},
                              {"equation", {m.graph().text(equation)}}}));
}

void map_batch_norm(Mapping& m) {
  if (m.integer("training_mode", 0) != 0) throw Unmapped{"training"};
  m.gives(0, m.add("batch_norm", {{"x", {m.value(0)}},
                                  {"gamma", {m.constant(1)}},
                                  {"beta", {m.constant(2)}},
                                  {"mean", {m.constant(3)}},
                                  {"variance", {m.constant(4)}},
                                  {"epsilon", {m.scalar(m.number("epsilon", 1e-5))}}}));
}
void map_instance_norm(Mapping& m) {
  m.gives(0, m.add("instance_norm", {{"x", {m.value(0)}},
                                     {"gamma", {m.constant(1)}},
                                     {"beta", {m.constant(2)}},
                                     {"epsilon", {m.scalar(m.number("epsilon", 1e-5))}}}));
}
void map_layer_norm(Mapping& m) {
  const int64_t rank = std::ssize(m.shape(0));
  int64_t axis = m.integer("axis", -1);
  if (axis < 0) axis += rank;
  std::vector<int64_t> axes;
  for (; axis < rank; ++axis) axes.push_back(axis);
  std::vector<models::Argument> arguments = {{"x", {m.value(0)}}, {"axes", {m.list(axes)}}};
  arguments.push_back({"gamma", {m.constant(1)}});
  if (m.has(2)) arguments.push_back({"beta", {m.constant(2)}});
  arguments.push_back({"epsilon", {m.scalar(m.number("epsilon", 1e-5))}});
  m.gives(0, m.add("layer_norm", arguments));
}
void map_lrn(Mapping& m) {
  m.gives(0, m.add("local_response_norm", {{"x", {m.value(0)}},
                                           {"size", {m.graph().integer(m.integer("size", 1))}},
                                           {"alpha", {m.scalar(m.number("alpha", 1e-4))}},
                                           {"beta", {m.scalar(m.number("beta", 0.75))}},
                                           {"k", {m.scalar(m.number("bias", 1))}}}));
}

void map_reshape(Mapping& m) {
  if (m.integer("allowzero", 0) != 0) throw Unmapped{"Reshape to nothing"};
  m.gives(0, m.add("reshape", {{"x", {m.value(0)}}, {"shape", {m.constant(1)}}}));
}
void map_flatten(Mapping& m) {
  m.gives(0, m.add("flatten2d",
                   {{"x", {m.value(0)}}, {"axis", {m.graph().integer(m.integer("axis", 1))}}}));
}
void map_axes(Mapping& m) {  // Squeeze, Unsqueeze
  const bool squeezes = m.node().type == "Squeeze";
  std::vector<models::Argument> arguments = {{"x", {m.value(0)}}};
  if (m.has(1)) {
    arguments.push_back({"axes", {m.constant(1)}});
  } else if (m.node().attributes.contains("axes")) {
    arguments.push_back({"axes", {m.list(m.integers("axes", {}))}});
  }
  m.gives(0, m.add(squeezes ? "squeeze" : "expand_dims", arguments));
}
void map_transpose(Mapping& m) {
  std::vector<int64_t> perm;
  for (int64_t i = std::ssize(m.shape(0)); i-- > 0;) perm.push_back(i);
  m.gives(0,
          m.add("transpose", {{"x", {m.value(0)}}, {"perm", {m.list(m.integers("perm", perm))}}}));
}
void map_concat(Mapping& m) {
  std::vector<ValueId> values;
  for (size_t i = 0; i < m.node().inputs.size(); ++i) values.push_back(m.value(i));
  m.gives(0, m.add("concat", {{"values", values},
                              {"axis", {m.graph().integer(m.integer("axis", 0))}},
                              {"interleave", {m.graph().flag(false)}}}));
}
void map_split(Mapping& m) {
  const size_t count = m.node().outputs.size();
  std::vector<models::Argument> arguments = {{"x", {m.value(0)}},
                                             {"axis", {m.graph().integer(m.integer("axis", 0))}}};
  const std::vector<int64_t> sizes = m.integers("split", {});
  if (m.has(1)) {
    arguments.push_back({"split_sizes", {m.constant(1)}});
  } else if (!sizes.empty()) {
    arguments.push_back({"split_sizes", {m.list(sizes)}});
  } else {
    arguments.push_back({"num_splits", {m.graph().integer(static_cast<int64_t>(count))}});
  }
  const std::vector<ValueId> parts = m.add_many("split", arguments, count);
  for (size_t i = 0; i < count; ++i) m.gives(i, parts[i]);
}
void map_tile(Mapping& m) {
  m.gives(0, m.add("tile", {{"x", {m.value(0)}}, {"reps", {m.constant(1)}}}));
}
void map_pad(Mapping& m) {
  const std::string mode = m.text("mode", "constant");
  const char* mil = mode == "edge" ? "replicate" : mode == "reflect" ? "reflect" : "constant";
  std::vector<int64_t> pads = m.integers("pads", {});
  if (m.has(1)) {
    pads.clear();
    for (const double each : m.data(1).elements) pads.push_back(static_cast<int64_t>(each));
  }
  const double value = m.has(2) ? m.data(2).elements.at(0) : m.number("value", 0);
  for (const int64_t each : pads) {
    if (each < 0) throw Unmapped{"Pad that cuts off"};
  }
  m.gives(0, m.add("pad", {{"x", {m.value(0)}},
                           {"pad", {m.list(pads_of(pads))}},
                           {"mode", {m.graph().text(mil)}},
                           {"constant_val", {m.scalar(value)}}}));
}
void map_slice(Mapping& m) {
  const models::Shape& shape = m.shape(0);
  const size_t rank = shape.size();
  std::vector<int64_t> begin(rank, 0), end(shape.begin(), shape.end()), stride(rank, 1);
  std::vector<double> to_the_end(rank, 0);
  for (size_t i = 0; i < m.data(1).elements.size(); ++i) {
    int64_t axis = m.has(3) ? static_cast<int64_t>(m.data(3).elements[i]) : static_cast<int64_t>(i);
    if (axis < 0) axis += static_cast<int64_t>(rank);
    const auto at = static_cast<size_t>(axis);
    begin[at] = static_cast<int64_t>(m.data(1).elements[i]);
    const double stop = m.data(2).elements[i];
    stride[at] = m.has(4) ? static_cast<int64_t>(m.data(4).elements[i]) : 1;
    begin[at] = std::clamp(begin[at], -shape[at], shape[at]);
    if (stride[at] < 0 && stop < static_cast<double>(-shape[at])) {
      to_the_end[at] = 1;
    } else {
      end[at] = static_cast<int64_t>(
          std::clamp(stop, static_cast<double>(-shape[at]), static_cast<double>(shape[at])));
    }
    if (stride[at] < 0 && begin[at] == shape[at]) begin[at] = shape[at] - 1;
  }
  m.gives(
      0,
      m.add("slice_by_index",
            {{"x", {m.value(0)}},
             {"begin", {m.list(begin)}},
             {"end", {m.list(end)}},
             {"stride", {m.list(stride)}},
             {"end_mask",
              {m.graph().numbers(DataType::boolean, {static_cast<int64_t>(rank)}, to_the_end)}}}));
}
void map_gather(Mapping& m) {
  const std::string& type = m.node().type;
  m.gives(0, m.add(type == "Gather" ? "gather" : "gather_along_axis",
                   {{"x", {m.value(0)}},
                    {"indices", {m.value(1)}},
                    {"axis", {m.graph().integer(m.integer("axis", 0))}}}));
}
void map_gather_nd(Mapping& m) {
  m.gives(0, m.add("gather_nd", {{"x", {m.value(0)}},
                                 {"indices", {m.value(1)}},
                                 {"batch_dims", {m.graph().integer(m.integer("batch_dims", 0))}}}));
}
void map_scatter(Mapping& m) {
  const std::string reduction = m.text("reduction", "none");
  const bool places = m.node().type == "ScatterND";
  std::vector<models::Argument> arguments = {
      {"data", {m.value(0)}},
      {"indices", {m.value(1)}},
      {"updates", {m.value(2)}},
      {"mode", {m.graph().text(reduction == "none" ? "update" : reduction)}}};
  if (!places) arguments.push_back({"axis", {m.graph().integer(m.integer("axis", 0))}});
  m.gives(0, m.add(places ? "scatter_nd" : "scatter_along_axis", arguments));
}
void map_expand(Mapping& m) {  // to a shape that x is stretched to: add zeros of it
  std::vector<int64_t> shape;
  for (const double each : m.data(1).elements) shape.push_back(static_cast<int64_t>(each));
  size_t count = 1;
  for (const int64_t each : shape) count *= static_cast<size_t>(each);
  const ValueId zeros = m.graph().numbers(DataType::fp32, shape, std::vector<double>(count, 0));
  m.gives(0, m.add("add", {{"x", {m.value(0)}}, {"y", {zeros}}}));
}
void map_topk(Mapping& m) {
  if (m.integer("sorted", 1) == 0) throw Unmapped{"TopK in any order"};
  const auto results =
      m.add_many("topk",
                 {{"x", {m.value(0)}},
                  {"k", {m.graph().integer(static_cast<int64_t>(m.data(1).elements.at(0)))}},
                  {"axis", {m.graph().integer(m.integer("axis", -1))}},
                  {"ascending", {m.graph().flag(m.integer("largest", 1) == 0)}}},
                 2);
  m.gives(0, results[0]);
  m.gives(1, results[1]);
}
void map_one_hot(Mapping& m) {
  for (const double each : m.data(0).elements) {
    if (each < -m.data(1).elements.at(0)) throw Unmapped{"OneHot of what is outside"};
  }
  m.gives(0,
          m.add("one_hot", {{"indices", {m.value(0)}},
                            {"one_hot_vector_size",
                             {m.graph().integer(static_cast<int64_t>(m.data(1).elements.at(0)))}},
                            {"axis", {m.graph().integer(m.integer("axis", -1))}},
                            {"on_value", {m.scalar(m.data(2).elements.at(1))}},
                            {"off_value", {m.scalar(m.data(2).elements.at(0))}}}));
}
void map_cumsum(Mapping& m) {
  m.gives(0, m.add("cumsum",
                   {{"x", {m.value(0)}},
                    {"axis", {m.graph().integer(static_cast<int64_t>(m.data(1).elements.at(0)))}},
                    {"exclusive", {m.graph().flag(m.integer("exclusive", 0) != 0)}},
                    {"reverse", {m.graph().flag(m.integer("reverse", 0) != 0)}}}));
}
void map_depth(Mapping& m) {
  const int64_t block = m.integer("blocksize", 1);
  const bool to_depth = m.node().type == "SpaceToDepth";
  const bool crd = m.text("mode", "DCR") == "CRD";
  const char* mil = to_depth ? "space_to_depth" : crd ? "pixel_shuffle" : "depth_to_space";
  m.gives(0, m.add(mil, {{"x", {m.value(0)}},
                         {crd ? "upscale_factor" : "block_size", {m.graph().integer(block)}}}));
}
void map_reverse_sequence(Mapping& m) {
  m.gives(
      0, m.add("reverse_sequence", {{"x", {m.value(0)}},
                                    {"lengths", {m.value(1)}},
                                    {"batch_axis", {m.graph().integer(m.integer("batch_axis", 1))}},
                                    {"seq_axis", {m.graph().integer(m.integer("time_axis", 0))}}}));
}
void map_range(Mapping& m) {
  m.gives(0,
          m.add("range_1d",
                {{"start", {m.constant(0)}}, {"end", {m.constant(1)}}, {"step", {m.constant(2)}}}));
}
void map_triangle(Mapping& m) {
  const int64_t k = m.has(1) ? static_cast<int64_t>(m.data(1).elements.at(0)) : 0;
  const bool upper = m.integer("upper", 1) != 0;
  m.gives(0, m.add(upper ? "upperTriangular" : "lowerTriangular",
                   {{"x", {m.value(0)}}, {"k", {m.graph().integer(k)}}}));
}
void map_cast(Mapping& m) {
  const int64_t to = m.integer("to", 1);
  const char* name = to == 1 || to == 11 ? "fp32" : to == 10 ? "fp16" : nullptr;
  if (name == nullptr || to == 10) throw Unmapped{"Cast to another type"};
  m.gives(0, m.add("cast", {{"x", {m.value(0)}}, {"dtype", {m.graph().text(name)}}}));
}

// Rows of the weights of one gate after the other, in another order.
ValueId gates(Mapping& m, size_t input, const std::vector<size_t>& order) {
  const OnnxTensor& weights = m.data(input);
  if (weights.type.shape.at(0) != 1) throw Unmapped{"both directions"};
  const size_t each = weights.elements.size() / order.size();
  std::vector<double> elements;
  for (const size_t gate : order) {
    const auto begin = weights.elements.begin() + static_cast<std::ptrdiff_t>(gate * each);
    elements.insert(elements.end(), begin, begin + static_cast<std::ptrdiff_t>(each));
  }
  models::Shape shape = weights.type.shape;
  shape.erase(shape.begin());
  return m.graph().numbers(DataType::fp32, shape, elements);
}

// The sum of the input's and the hidden state's bias, which ONNX keeps apart.
ValueId summed_bias(Mapping& m, const std::vector<size_t>& order) {
  const std::vector<double>& both = m.data(3).elements;
  const size_t half = both.size() / 2;
  const size_t each = half / order.size();
  std::vector<double> sums;
  for (const size_t gate : order) {
    for (size_t i = 0; i < each; ++i) {
      sums.push_back(both[gate * each + i] + both[half + gate * each + i]);
    }
  }
  return m.graph().numbers(DataType::fp32, {static_cast<int64_t>(half)}, sums);
}

void map_recurrent(Mapping& m) {
  const std::string& type = m.node().type;
  if (m.integer("layout", 0) != 0 || m.has(4)) throw Unmapped{type + " of another layout"};
  if (m.integer("linear_before_reset", 0) != 0) throw Unmapped{"GRU with two biases"};
  // ONNX: lstm i, o, f, c; gru z, r, h.
  const std::vector<size_t> order = type == "LSTM"  ? std::vector<size_t>{0, 2, 1, 3}
                                    : type == "GRU" ? std::vector<size_t>{1, 2, 0}
                                                    : std::vector<size_t>{0};
  const models::Shape& x = m.shape(0);
  const int64_t hidden = m.shape(2).at(2);
  const auto zeros = [&] {
    const auto count = static_cast<size_t>(x[1] * hidden);
    return m.graph().numbers(DataType::fp32, {x[1], hidden}, std::vector<double>(count, 0));
  };
  const auto state = [&](size_t input) {
    if (!m.has(input)) return zeros();
    return m.graph().numbers(DataType::fp32, {x[1], hidden}, m.data(input).elements);
  };
  std::vector<models::Argument> arguments = {{"x", {m.value(0)}},
                                             {"initial_h", {state(5)}},
                                             {"weight_ih", {gates(m, 1, order)}},
                                             {"weight_hh", {gates(m, 2, order)}},
                                             {"output_sequence", {m.graph().flag(true)}}};
  if (m.has(3)) arguments.push_back({"bias", {summed_bias(m, order)}});
  if (type == "LSTM") {
    arguments.push_back({"initial_c", {state(6)}});
    if (m.has(7)) {  // i, o, f
      const std::vector<double>& p = m.data(7).elements;
      const auto n = static_cast<size_t>(hidden);
      std::vector<double> ordered(p.begin(), p.begin() + static_cast<std::ptrdiff_t>(n));
      for (const size_t gate : {size_t{2}, size_t{1}}) {
        for (size_t i = 0; i < n; ++i) ordered.push_back(p[gate * n + i]);
      }
      arguments.push_back({"peephole", {m.graph().numbers(DataType::fp32, {3 * hidden}, ordered)}});
    }
  }
  const auto results = m.add_many(type == "LSTM"  ? "lstm"
                                  : type == "GRU" ? "gru"
                                                  : "rnn",
                                  arguments, type == "LSTM" ? 3 : 2);
  m.gives(0, results[0]);
  m.gives(1, results[1]);
  if (type == "LSTM") m.gives(2, results[2]);
}

constexpr std::pair<const char*, MapNode> kRows[] = {
    {"Sum", map_fold},
    {"Max", map_fold},
    {"Min", map_fold},
    {"Mean", map_fold},
    {"Neg", map_neg},
    {"Reciprocal", map_reciprocal},
    {"Mod", map_mod},
    {"Clip", map_clip},
    {"PRelu", map_prelu},
    {"Where", map_where},
    {"Softmax", map_softmax},
    {"LogSoftmax", map_softmax},
    {"ArgMax", map_arg},
    {"ArgMin", map_arg},
    {"Conv", map_conv},
    {"ConvTranspose", map_conv},
    {"MaxPool", map_pool},
    {"AveragePool", map_pool},
    {"GlobalAveragePool", map_global_pool},
    {"GlobalMaxPool", map_global_pool},
    {"MatMul", map_matmul},
    {"Gemm", map_gemm},
    {"Einsum", map_einsum},
    {"BatchNormalization", map_batch_norm},
    {"InstanceNormalization", map_instance_norm},
    {"LayerNormalization", map_layer_norm},
    {"LRN", map_lrn},
    {"Reshape", map_reshape},
    {"Flatten", map_flatten},
    {"Squeeze", map_axes},
    {"Unsqueeze", map_axes},
    {"Transpose", map_transpose},
    {"Concat", map_concat},
    {"Split", map_split},
    {"Tile", map_tile},
    {"Pad", map_pad},
    {"Slice", map_slice},
    {"Gather", map_gather},
    {"GatherElements", map_gather},
    {"GatherND", map_gather_nd},
    {"ScatterElements", map_scatter},
    {"ScatterND", map_scatter},
    {"Expand", map_expand},
    {"TopK", map_topk},
    {"OneHot", map_one_hot},
    {"CumSum", map_cumsum},
    {"DepthToSpace", map_depth},
    {"SpaceToDepth", map_depth},
    {"ReverseSequence", map_reverse_sequence},
    {"Range", map_range},
    {"Trilu", map_triangle},
    {"Cast", map_cast},
    {"LSTM", map_recurrent},
    {"GRU", map_recurrent},
    {"RNN", map_recurrent},
};

}  // namespace

MapNode find_mapping(const std::string& onnx_type) {
  for (const auto& [name, map] : kRows) {
    if (name == onnx_type) return map;
  }
  for (const UnaryRow& row : unary_rows()) {
    if (row.onnx == onnx_type) return map_unary;
  }
  if (mil_of(kBinary, onnx_type) != nullptr) return map_binary;
  return mil_of(kReduce, onnx_type) != nullptr ? map_reduce : nullptr;
}

}  // namespace anemon::profiler::reference::test
