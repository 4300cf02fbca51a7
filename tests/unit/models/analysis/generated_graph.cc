#include "tests/unit/models/analysis/generated_graph.h"

#include <algorithm>
#include <numeric>

namespace anemon::models::test {

const std::vector<std::pair<std::string, GeneratedGraph::Step>>& GeneratedGraph::steps() {
  using G = GeneratedGraph;
  static const std::vector<std::pair<std::string, Step>> all{
      {"unary", &G::unary},
      {"binary", &G::binary},
      {"compare", &G::compare},
      {"select", &G::select},
      {"cast", &G::cast},
      {"conv", &G::conv},
      {"conv_transpose", &G::conv_transpose},
      {"pool", &G::pool},
      {"linear", &G::linear},
      {"matmul", &G::matmul},
      {"einsum", &G::einsum},
      {"attention", &G::attention},
      {"reduce", &G::reduce},
      {"reduce_arg", &G::reduce_arg},
      {"topk", &G::topk},
      {"reshape", &G::reshape},
      {"squeeze", &G::squeeze},
      {"expand_dims", &G::expand_dims},
      {"flatten2d", &G::flatten2d},
      {"transpose", &G::transpose},
      {"concat", &G::concat},
      {"stack", &G::stack},
      {"split", &G::split},
      {"tile", &G::tile},
      {"pad", &G::pad},
      {"slice_by_index", &G::slice_by_index},
      {"slice_by_size", &G::slice_by_size},
      {"gather", &G::gather},
      {"gather_nd", &G::gather_nd},
      {"one_hot", &G::one_hot},
      {"range_1d", &G::range_1d},
      {"upsample", &G::upsample},
      {"depth_to_space", &G::depth_to_space},
      {"space_to_depth", &G::space_to_depth},
      {"sliding_windows", &G::sliding_windows},
      {"lstm", &G::lstm},
      {"reshape_by_shape", &G::reshape_by_shape},
  };
  return all;
}

const std::vector<std::string>& GeneratedGraph::kinds() {
  static const std::vector<std::string> all{
      "relu",
      "sigmoid",
      "tanh",
      "gelu",
      "silu",
      "softmax",
      "layer_norm",
      "batch_norm",
      "cumsum",
      "add",
      "mul",
      "sub",
      "real_div",
      "maximum",
      "pow",
      "less",
      "equal",
      "select",
      "cast",
      "conv",
      "max_pool",
      "avg_pool",
      "conv_transpose",
      "linear",
      "matmul",
      "einsum",
      "reduce_mean",
      "scaled_dot_product_attention",
      "reduce_sum",
      "reduce_max",
      "reduce_argmax",
      "topk",
      "reshape",
      "squeeze",
      "expand_dims",
      "flatten2d",
      "transpose",
      "concat",
      "stack",
      "split",
      "tile",
      "pad",
      "slice_by_index",
      "slice_by_size",
      "gather",
      "gather_nd",
      "one_hot",
      "range_1d",
      "pixel_shuffle",
      "upsample_nearest_neighbor",
      "space_to_depth",
      "sliding_windows",
      "lstm",
      "shape",
  };
  return all;
}

GeneratedGraph::GeneratedGraph(uint64_t seed, size_t operations) : random_(seed) {
  input(small_shape(static_cast<size_t>(pick(1, 4))));
  for (size_t done = 0, tries = 0; done < operations && tries < 20 * operations; ++tries) {
    const auto& all = steps();
    const Step step =
        all[static_cast<size_t>(pick(0, static_cast<int64_t>(all.size()) - 1))].second;
    if ((this->*step)()) ++done;
  }
}

Extents GeneratedGraph::small_shape(size_t rank) {
  Extents shape(rank);
  for (int64_t& extent : shape) extent = chance() ? pick(1, 5) : pick(1, 2);
  return shape;
}

GeneratedGraph::Known GeneratedGraph::input(Extents shape) {
  const std::string name = "in" + std::to_string(values_.size());
  values_.push_back({graph_.input(name, DataType::fp16, shape), shape});
  return values_.back();
}

const GeneratedGraph::Known& GeneratedGraph::any() {
  return values_[static_cast<size_t>(pick(0, static_cast<int64_t>(values_.size()) - 1))];
}

GeneratedGraph::Known GeneratedGraph::of_rank(size_t rank) {
  for (int attempt = 0; attempt < 4; ++attempt) {
    const Known& found = any();
    if (found.shape.size() == rank) return found;
  }
  return input(small_shape(rank));
}

int64_t GeneratedGraph::axis_of(const Known& x, size_t axis) {
  const auto at = static_cast<int64_t>(axis);
  return chance() ? at : at - static_cast<int64_t>(x.shape.size());
}

bool GeneratedGraph::small(const Extents& shape) const {
  int64_t elements = 1;
  for (const int64_t extent : shape) {
    if (extent < 1) return false;
    elements *= extent;
  }
  return elements <= 400 && shape.size() <= 5;
}

bool GeneratedGraph::add(const std::string& type, std::vector<Argument> arguments,
                         Extents expected) {
  return add_all(type, std::move(arguments), {std::move(expected)});
}

bool GeneratedGraph::add_all(const std::string& type, std::vector<Argument> arguments,
                             const std::vector<Extents>& expected) {
  if (!std::all_of(expected.begin(), expected.end(),
                   [&](const Extents& shape) { return small(shape); })) {
    return false;
  }
  const std::vector<TensorType> open(expected.size(), GraphBuilder::unstated());
  const auto ids = graph_.add(type, std::move(arguments), open);
  for (size_t i = 0; i < ids.size(); ++i) values_.push_back({ids[i], expected[i]});
  return true;
}

bool GeneratedGraph::unary() {
  static const char* const names[] = {"relu",    "sigmoid",    "tanh",       "gelu",  "silu",
                                      "softmax", "layer_norm", "batch_norm", "cumsum"};
  const Known x = any();
  return add(names[pick(0, 8)], {{"x", {x.id}}}, x.shape);
}

bool GeneratedGraph::binary() {
  static const char* const names[] = {"add", "mul", "sub", "real_div", "maximum", "pow"};
  const Known x = any();
  // The other operand has some dimensions of x, ones for others, and none for the first few.
  Extents other(x.shape.end() - pick(0, static_cast<int64_t>(x.shape.size())), x.shape.end());
  for (int64_t& extent : other) {
    if (pick(0, 2) == 0) extent = 1;
  }
  const Known y = input(other);
  const bool swap = chance();
  return add(names[pick(0, 5)], {{"x", {swap ? y.id : x.id}}, {"y", {swap ? x.id : y.id}}},
             reference_broadcast(x.shape, y.shape));
}

bool GeneratedGraph::compare() {
  const Known x = any();
  const Known y = input(chance() ? x.shape : Extents{1});
  return add(chance() ? "less" : "equal", {{"x", {x.id}}, {"y", {y.id}}},
             reference_broadcast(x.shape, y.shape));
}

bool GeneratedGraph::select() {
  const Known a = any();
  const Known b = input(chance() ? a.shape : Extents{});
  const Known condition = input(chance() ? a.shape : Extents(a.shape.size(), 1));
  return add("select", {{"cond", {condition.id}}, {"a", {a.id}}, {"b", {b.id}}},
             reference_broadcast(condition.shape, reference_broadcast(a.shape, b.shape)));
}

bool GeneratedGraph::cast() {
  const Known x = any();
  return add("cast", {{"x", {x.id}}, {"dtype", {graph_.text("fp32")}}}, x.shape);
}

bool GeneratedGraph::conv() {
  const auto spatial = static_cast<size_t>(pick(1, 2));
  const Known x = of_rank(spatial + 2);
  Windows w;
  Extents weight{pick(1, 6), x.shape[1]};
  for (size_t i = 0; i < spatial; ++i) {
    w.kernel.push_back(pick(1, 3));
    w.strides.push_back(pick(1, 3));
    w.dilations.push_back(pick(1, 2));
    w.pads.push_back(pick(0, 2));
    w.pads.push_back(pick(0, 2));
    weight.push_back(w.kernel.back());
  }
  static const char* const paddings[] = {"valid", "same", "custom"};
  w.padding = paddings[pick(0, 2)];
  return add("conv",
             {{"x", {x.id}},
              {"weight", {graph_.weight(DataType::fp16, weight)}},
              {"strides", {list(w.strides)}},
              {"dilations", {list(w.dilations)}},
              {"pad_type", {graph_.text(w.padding)}},
              {"pad", {list(w.pads)}}},
             reference_conv(x.shape, weight, w));
}

bool GeneratedGraph::conv_transpose() {
  const Known x = of_rank(4);
  Windows w;
  for (size_t i = 0; i < 2; ++i) {
    w.kernel.push_back(pick(1, 3));
    w.strides.push_back(pick(1, 3));
    w.dilations.push_back(pick(1, 2));
    w.pads.push_back(pick(0, 1));
    w.pads.push_back(pick(0, 1));
  }
  static const char* const paddings[] = {"valid", "same", "custom"};
  w.padding = paddings[pick(0, 2)];
  const int64_t groups = pick(1, 2);
  const Extents weight{x.shape[1], pick(1, 3), w.kernel[0], w.kernel[1]};
  return add("conv_transpose",
             {{"x", {x.id}},
              {"weight", {graph_.weight(DataType::fp16, weight)}},
              {"strides", {list(w.strides)}},
              {"dilations", {list(w.dilations)}},
              {"pad_type", {graph_.text(w.padding)}},
              {"pad", {list(w.pads)}},
              {"groups", {graph_.integer(groups)}}},
             reference_conv_transpose(x.shape, weight, groups, w));
}

bool GeneratedGraph::pool() {
  const Known x = of_rank(chance() ? 4 : 3);
  Windows w;
  w.ceil = chance();
  static const char* const paddings[] = {"valid", "same", "custom"};
  w.padding = paddings[pick(0, w.ceil ? 0 : 2)];
  if (w.ceil && chance()) w.padding = "custom";
  for (size_t i = 2; i < x.shape.size(); ++i) {
    w.kernel.push_back(pick(1, 3));
    w.strides.push_back(pick(1, 3));
    w.dilations.push_back(1);
    const int64_t before = pick(0, w.kernel.back() - 1);
    w.pads.push_back(before);
    w.pads.push_back(w.ceil ? before : pick(0, w.kernel.back() - 1));
    // What a window larger than the input lacks must be less than a stride.
    const int64_t room = x.shape[i] + (w.padding == "custom" ? 2 * before : 0);
    if (w.ceil && w.kernel.back() - room >= w.strides.back()) return false;
  }
  return add(chance() ? "max_pool" : "avg_pool",
             {{"x", {x.id}},
              {"kernel_sizes", {list(w.kernel)}},
              {"strides", {list(w.strides)}},
              {"pad_type", {graph_.text(w.padding)}},
              {"pad", {list(w.pads)}},
              {"ceil_mode", {graph_.flag(w.ceil)}}},
             reference_pool(x.shape, w));
}

bool GeneratedGraph::linear() {
  const Known x = any();
  if (x.shape.empty()) return false;
  const Extents weight{pick(1, 6), x.shape.back()};
  return add("linear", {{"x", {x.id}}, {"weight", {graph_.weight(DataType::fp16, weight)}}},
             reference_linear(x.shape, weight));
}

bool GeneratedGraph::matmul() {
  const Known x = any();
  if (x.shape.empty()) return false;
  const bool transpose_x = x.shape.size() > 1 && chance();
  const int64_t inner = x.shape[x.shape.size() - (transpose_x ? 2 : 1)];
  Extents other(x.shape.size() > 2 ? Extents(x.shape.begin(), x.shape.end() - 2) : Extents{});
  for (int64_t& extent : other) {
    if (chance()) extent = 1;
  }
  bool transpose_y = false;
  if (other.empty() && pick(0, 2) == 0) {
    other = {inner};
  } else {
    transpose_y = chance();
    const int64_t columns = pick(1, 4);
    other.push_back(transpose_y ? columns : inner);
    other.push_back(transpose_y ? inner : columns);
  }
  const Known y = input(other);
  return add("matmul",
             {{"x", {x.id}},
              {"y", {y.id}},
              {"transpose_x", {graph_.flag(transpose_x)}},
              {"transpose_y", {graph_.flag(transpose_y)}}},
             reference_matmul(x.shape, y.shape, transpose_x, transpose_y));
}

bool GeneratedGraph::einsum() {
  const Known x = of_rank(4);
  const Known y = input({chance() ? x.shape[0] : 1, x.shape[3], x.shape[2], pick(1, 4)});
  const std::string equation = chance() ? "nchw,nwhr->nchr" : "abcd, adce -> aecb";
  return add("einsum", {{"values", {x.id, y.id}}, {"equation", {graph_.text(equation)}}},
             reference_einsum(equation, {x.shape, y.shape}));
}

bool GeneratedGraph::attention() {
  const Known query = of_rank(chance() ? 4 : 3);
  Extents key = query.shape, value = query.shape;
  key[key.size() - 2] = value[value.size() - 2] = pick(1, 5);
  value.back() = pick(1, 5);
  const Known k = input(key), v = input(value);
  return add("scaled_dot_product_attention",
             {{"query", {query.id}}, {"key", {k.id}}, {"value", {v.id}}},
             reference_attention(query.shape, key, value));
}

bool GeneratedGraph::reduce() {
  static const char* const names[] = {"reduce_mean", "reduce_sum", "reduce_max"};
  const Known x = any();
  Extents axes, all(x.shape.size());
  std::iota(all.begin(), all.end(), 0);
  for (size_t i = 0; i < x.shape.size(); ++i) {
    if (chance()) axes.push_back(axis_of(x, i));
  }
  const bool keep = chance(), every = pick(0, 3) == 0;
  std::vector<Argument> arguments{{"x", {x.id}}, {"keep_dims", {graph_.flag(keep)}}};
  if (!every) arguments.push_back({"axes", {list(axes)}});
  return add(names[pick(0, 2)], std::move(arguments),
             reference_reduce(x.shape, every ? all : axes, keep));
}

bool GeneratedGraph::reduce_arg() {
  const Known x = any();
  if (x.shape.empty()) return false;
  const int64_t axis =
      axis_of(x, static_cast<size_t>(pick(0, static_cast<int64_t>(x.shape.size()) - 1)));
  const bool keep = chance();
  return add("reduce_argmax",
             {{"x", {x.id}}, {"axis", {graph_.integer(axis)}}, {"keep_dims", {graph_.flag(keep)}}},
             reference_reduce(x.shape, {axis}, keep));
}

bool GeneratedGraph::topk() {
  const Known x = any();
  if (x.shape.empty()) return false;
  const auto at = static_cast<size_t>(pick(0, static_cast<int64_t>(x.shape.size()) - 1));
  const int64_t axis = axis_of(x, at), k = pick(1, x.shape[at]);
  const Extents shape = reference_topk(x.shape, k, axis);
  return add_all("topk",
                 {{"x", {x.id}}, {"k", {graph_.integer(k)}}, {"axis", {graph_.integer(axis)}}},
                 {shape, shape});
}

bool GeneratedGraph::reshape() {
  const Known x = any();
  if (x.shape.empty()) return false;
  // Neighbours are joined; one dimension is left to be found, some are taken over.
  Extents target(x.shape);
  if (target.size() > 1 && chance()) {
    target[0] *= target[1];
    target.erase(target.begin() + 1);
    if (chance()) target.push_back(1);
  } else if (chance()) {
    target[static_cast<size_t>(pick(0, static_cast<int64_t>(target.size()) - 1))] = 0;
  }
  if (chance()) {
    int64_t& extent = target[static_cast<size_t>(pick(0, static_cast<int64_t>(target.size()) - 1))];
    if (extent != 0) extent = -1;
  }
  return add("reshape", {{"x", {x.id}}, {"shape", {list(target)}}},
             reference_reshape(x.shape, target));
}

bool GeneratedGraph::squeeze() {
  const Known x = any();
  Extents axes;
  for (size_t i = 0; i < x.shape.size(); ++i) {
    if (x.shape[i] == 1 && chance()) axes.push_back(axis_of(x, i));
  }
  std::vector<Argument> arguments{{"x", {x.id}}};
  if (!axes.empty()) arguments.push_back({"axes", {list(axes)}});
  return add("squeeze", std::move(arguments), reference_squeeze(x.shape, axes));
}

bool GeneratedGraph::expand_dims() {
  const Known x = any();
  const auto rank = static_cast<int64_t>(x.shape.size());
  Extents axes{pick(-rank - 1, rank)};
  if (rank < 3 && chance()) axes = {0, -1};
  return add("expand_dims", {{"x", {x.id}}, {"axes", {list(axes)}}},
             reference_expand_dims(x.shape, axes));
}

bool GeneratedGraph::flatten2d() {
  const Known x = any();
  const auto rank = static_cast<int64_t>(x.shape.size());
  const int64_t axis = pick(-rank, rank);
  return add("flatten2d", {{"x", {x.id}}, {"axis", {graph_.integer(axis)}}},
             reference_flatten2d(x.shape, axis));
}

bool GeneratedGraph::transpose() {
  const Known x = any();
  Extents order(x.shape.size());
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random_);
  for (int64_t& axis : order) axis = axis_of(x, static_cast<size_t>(axis));
  return add("transpose", {{"x", {x.id}}, {"perm", {list(order)}}},
             reference_transpose(x.shape, order));
}

bool GeneratedGraph::concat() {
  const Known x = any();
  if (x.shape.empty()) return false;
  const auto at = static_cast<size_t>(pick(0, static_cast<int64_t>(x.shape.size()) - 1));
  std::vector<Extents> shapes{x.shape};
  std::vector<ValueId> ids{x.id};
  for (int64_t more = pick(0, 2); more > 0; --more) {
    shapes.push_back(x.shape);
    shapes.back()[at] = pick(1, 4);
    ids.push_back(input(shapes.back()).id);
  }
  const int64_t axis = axis_of(x, at);
  return add("concat", {{"values", ids}, {"axis", {graph_.integer(axis)}}},
             reference_concat(shapes, axis));
}

bool GeneratedGraph::stack() {
  const Known x = any();
  const auto rank = static_cast<int64_t>(x.shape.size());
  const auto count = static_cast<size_t>(pick(1, 3));
  const int64_t axis = pick(-rank - 1, rank);
  return add("stack",
             {{"values", std::vector<ValueId>(count, x.id)}, {"axis", {graph_.integer(axis)}}},
             reference_stack(std::vector<Extents>(count, x.shape), axis));
}

bool GeneratedGraph::split() {
  const Known x = any();
  if (x.shape.empty()) return false;
  const auto at = static_cast<size_t>(pick(0, static_cast<int64_t>(x.shape.size()) - 1));
  const int64_t axis = axis_of(x, at), extent = x.shape[at];
  if (extent < 2) return false;
  std::vector<Argument> arguments{{"x", {x.id}}, {"axis", {graph_.integer(axis)}}};
  Extents sizes;
  if (extent % 2 == 0 && chance()) {
    sizes = {extent / 2, extent / 2};
    arguments.push_back({"num_splits", {graph_.integer(2)}});
  } else {
    const int64_t first = pick(1, extent - 1);
    sizes = {first, extent - first};
    arguments.push_back({"split_sizes", {list(sizes)}});
  }
  return add_all("split", std::move(arguments), reference_split(x.shape, sizes, axis));
}

bool GeneratedGraph::tile() {
  const Known x = any();
  if (x.shape.empty()) return false;
  Extents times(x.shape.size());
  for (int64_t& each : times) each = pick(1, 2);
  return add("tile", {{"x", {x.id}}, {"reps", {list(times)}}}, reference_tile(x.shape, times));
}

bool GeneratedGraph::pad() {
  const Known x = any();
  Extents amounts(2 * static_cast<size_t>(pick(0, static_cast<int64_t>(x.shape.size()))));
  for (int64_t& each : amounts) each = pick(0, 2);
  return add("pad", {{"x", {x.id}}, {"pad", {list(amounts)}}}, reference_pad(x.shape, amounts));
}

bool GeneratedGraph::slice_by_index() {
  const Known x = any();
  if (x.shape.empty()) return false;
  Slice slice;
  std::vector<double> masks[3];
  for (const int64_t extent : x.shape) {
    const int64_t at = pick(0, extent - 1);
    const bool forward = pick(0, 2) != 0;
    slice.stride.push_back(forward ? pick(1, 2) : -pick(1, 2));
    const int64_t end = forward ? pick(at + 1, extent) : pick(0, at);
    slice.begin.push_back(chance() ? at : at - extent);
    slice.end.push_back(end == extent || chance() ? end : end - extent);
    slice.begin_mask.push_back(pick(0, 3) == 0);
    // Backwards, an end that is not masked leaves out its own element.
    slice.end_mask.push_back(pick(0, 3) == 0 || (!forward && end == at));
    slice.squeeze.push_back(pick(0, 4) == 0);
    masks[0].push_back(slice.begin_mask.back());
    masks[1].push_back(slice.end_mask.back());
    masks[2].push_back(slice.squeeze.back());
  }
  const auto flags = [&](const std::vector<double>& mask) {
    return graph_.numbers(DataType::boolean, {static_cast<int64_t>(mask.size())}, mask);
  };
  return add("slice_by_index",
             {{"x", {x.id}},
              {"begin", {list(slice.begin)}},
              {"end", {list(slice.end)}},
              {"stride", {list(slice.stride)}},
              {"begin_mask", {flags(masks[0])}},
              {"end_mask", {flags(masks[1])}},
              {"squeeze_mask", {flags(masks[2])}}},
             reference_slice_by_index(x.shape, slice));
}

bool GeneratedGraph::slice_by_size() {
  const Known x = any();
  if (x.shape.empty()) return false;
  Extents begin, size;
  for (const int64_t extent : x.shape) {
    begin.push_back(pick(0, extent - 1));
    size.push_back(chance() ? -1 : pick(1, extent - begin.back()));
  }
  return add("slice_by_size", {{"x", {x.id}}, {"begin", {list(begin)}}, {"size", {list(size)}}},
             reference_slice_by_size(x.shape, begin, size));
}

bool GeneratedGraph::gather() {
  const Known x = any();
  if (x.shape.empty()) return false;
  const auto rank = static_cast<int64_t>(x.shape.size());
  const int64_t batch = rank > 1 && pick(0, 2) == 0 ? 1 : 0;
  const auto at = static_cast<size_t>(pick(batch, rank - 1));
  Extents indices = small_shape(static_cast<size_t>(pick(batch, 2)));
  if (batch == 1) indices[0] = x.shape[0];
  const Known i = input(indices);
  const int64_t axis = axis_of(x, at);
  return add("gather",
             {{"x", {x.id}},
              {"indices", {i.id}},
              {"axis", {graph_.integer(axis)}},
              {"batch_dims", {graph_.integer(batch)}}},
             reference_gather(x.shape, indices, axis, batch));
}

bool GeneratedGraph::gather_nd() {
  const Known x = any();
  if (x.shape.empty()) return false;
  const Known indices = input({pick(1, 3), pick(1, static_cast<int64_t>(x.shape.size()))});
  return add("gather_nd", {{"x", {x.id}}, {"indices", {indices.id}}},
             reference_gather_nd(x.shape, indices.shape, 0));
}

bool GeneratedGraph::one_hot() {
  const Known indices = any();
  const auto rank = static_cast<int64_t>(indices.shape.size());
  const int64_t axis = pick(-rank - 1, rank), size = pick(1, 4);
  return add("one_hot",
             {{"indices", {indices.id}},
              {"one_hot_vector_size", {graph_.integer(size)}},
              {"axis", {graph_.integer(axis)}}},
             reference_one_hot(indices.shape, size, axis));
}

bool GeneratedGraph::range_1d() {
  const int64_t start = pick(-3, 3), step = chance() ? pick(1, 3) : -pick(1, 3);
  const int64_t end = start + step * pick(0, 4) + (step > 0 ? 1 : -1);
  return add("range_1d",
             {{"start", {graph_.integer(start)}},
              {"end", {graph_.integer(end)}},
              {"step", {graph_.integer(step)}}},
             reference_range(start, end, step));
}

bool GeneratedGraph::upsample() {
  const Known x = any();
  if (x.shape.size() < 3) return false;
  const int64_t height = pick(1, 3), width = pick(1, 3);
  return add("upsample_nearest_neighbor",
             {{"x", {x.id}},
              {"scale_factor_height", {graph_.integer(height)}},
              {"scale_factor_width", {graph_.integer(width)}}},
             reference_upsample(x.shape, height, width));
}

bool GeneratedGraph::depth_to_space() {
  const int64_t block = pick(1, 2);
  Extents shape = small_shape(4);
  shape[1] *= block * block;
  const Known x = input(shape);
  return add("pixel_shuffle", {{"x", {x.id}}, {"upscale_factor", {graph_.integer(block)}}},
             reference_depth_to_space(x.shape, block));
}

bool GeneratedGraph::space_to_depth() {
  const int64_t block = pick(1, 2);
  Extents shape = small_shape(4);
  shape[2] *= block;
  shape[3] *= block;
  const Known x = input(shape);
  return add("space_to_depth", {{"x", {x.id}}, {"block_size", {graph_.integer(block)}}},
             reference_space_to_depth(x.shape, block));
}

bool GeneratedGraph::sliding_windows() {
  const Known x = any();
  if (x.shape.empty()) return false;
  const auto at = static_cast<size_t>(pick(0, static_cast<int64_t>(x.shape.size()) - 1));
  const int64_t axis = axis_of(x, at), size = pick(1, x.shape[at]), stride = pick(1, 3);
  return add("sliding_windows",
             {{"x", {x.id}},
              {"axis", {graph_.integer(axis)}},
              {"size", {graph_.integer(size)}},
              {"stride", {graph_.integer(stride)}}},
             reference_sliding_windows(x.shape, axis, size, stride));
}

bool GeneratedGraph::lstm() {
  const Known x = of_rank(3);
  const int64_t hidden = pick(1, 4);
  const bool both = chance(), whole = chance();
  const Extents y = reference_lstm(x.shape, hidden, both, whole);
  const Extents state{y[1], y[2]};
  return add_all("lstm",
                 {{"x", {x.id}},
                  {"weight_ih", {graph_.weight(DataType::fp16, {4 * hidden, x.shape[2]})}},
                  {"weight_hh", {graph_.weight(DataType::fp16, {4 * hidden, hidden})}},
                  {"direction", {graph_.text(both ? "bidirectional" : "forward")}},
                  {"output_sequence", {graph_.flag(whole)}}},
                 {y, state, state});
}

// As converters write a reshape of an open tensor: target made of the operand's own shape.
bool GeneratedGraph::reshape_by_shape() {
  const Known x = any();
  if (x.shape.size() < 2) return false;
  const ValueId shape = graph_.add("shape", {{"x", {x.id}}});
  const ValueId first = graph_.add(
      "gather", {{"x", {shape}}, {"indices", {graph_.integer(0)}}, {"axis", {graph_.integer(0)}}});
  const ValueId target = graph_.add(
      "concat", {{"values", {first, graph_.integer(-1)}}, {"axis", {graph_.integer(0)}}});
  return add("reshape", {{"x", {x.id}}, {"shape", {target}}},
             reference_reshape(x.shape, {x.shape[0], -1}));
}

}  // namespace anemon::models::test
