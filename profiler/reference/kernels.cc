#include "profiler/reference/kernels.h"

#include <algorithm>
#include <unordered_map>

#include "profiler/reference/elementwise.h"
#include "profiler/reference/families.h"

namespace anemon::profiler::reference {
namespace {

struct Row {
  std::string_view operation;
  MakeKernel make;
};

// Beside the element-wise ones, which have a table of their own (elementwise_table.cc).
constexpr Row kRows[] = {
    {"conv", convolution},
    {"conv_transpose", convolution},
    {"linear", linear},
    {"matmul", matmul},
    {"embedding", embedding},
    {"dot", dot},

    {"softmax", softmax},
    {"batch_norm", batch_norm},
    {"instance_norm", instance_norm},
    {"layer_norm", layer_norm},
    {"l2_norm", l2_norm},
    {"local_response_norm", local_response_norm},
    {"mvn", mvn},

    {"max_pool", pooling},
    {"avg_pool", pooling},
    {"l2_pool", pooling},

    {"add_n", many},
    {"mul_n", many},
    {"maximum_n", many},
    {"minimum_n", many},
    {"average", many},
    {"scale", scale},
    {"select", select},
    {"prelu", prelu},
    {"softplus_parametric", softplus_parametric},
    {"cast", cast},
    {"identity", identity},
    {"identity_n", identity_n},

    {"reshape", reshape},
    {"reshape_like", reshape},
    {"reshapeLike", reshape},
    {"squeeze", reshape},
    {"expand_dims", reshape},
    {"flatten2d", reshape},
    {"flatten", flatten},
    {"transpose", transpose},
    {"broadcastToLike", broadcast_to},
    {"broadcastToStatic", broadcast_to},
    {"broadcastToDynamic", broadcast_to},
    {"reverse", reverse},
    {"reverse_sequence", reverse_sequence},
    {"tile", tile},
    {"pad", pad},
    {"constantPad", constant_pad},
    {"sliding_windows", sliding_windows},
    {"concat", concat},
    {"stack", stack},
    {"split", split},

    {"classify", classify},
};

}  // namespace

MakeKernel find_kernel(std::string_view operation) {
  static const auto by_name = [] {
    std::unordered_map<std::string_view, MakeKernel> index;
    for (const Row& row : kRows) index.emplace(row.operation, row.make);
    return index;
  }();
  const auto found = by_name.find(operation);
  if (found != by_name.end()) return found->second;
  if (find_unary(operation) != nullptr) return unary;
  return find_binary(operation) != nullptr ? binary : nullptr;
}

std::vector<std::string_view> supported_operations() {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) names.push_back(row.operation);
  add_elementwise_names(names);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace anemon::profiler::reference
