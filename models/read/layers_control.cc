// Layers that steer: branch and loop become cond and while_loop with blocks.
//
// Old networks have no block results: what a nested network writes is simply visible afterwards.
// A name that every way through the layer writes, or that had a value before, becomes a result.
// A name that only one way writes keeps standing for the value inside.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "models/read/layer_tables.h"

namespace anemon::models {
namespace {

struct Branch {
  Block block;
  NetworkReader::Names written;
};

Branch read_branch(Lowering& layer, uint32_t field) {
  NetworkReader& network = layer.network();
  Branch branch;
  network.open_scope();
  network.read_layers(layer.fields().occurrences(field), branch.block);
  branch.written = network.close_scope();
  return branch;
}

std::vector<std::string_view> sorted_names(const Branch& first, const Branch& second) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : first.written) names.push_back(name);
  for (const auto& [name, value] : second.written) {
    if (!first.written.contains(name)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

void lower_branch(Lowering& layer) {
  NetworkReader& network = layer.network();
  layer.operand("pred", 0);
  layer.makes_own_results();
  Branch then = read_branch(layer, 1);
  Branch otherwise = read_branch(layer, 2);
  for (const std::string_view name : sorted_names(then, otherwise)) {
    const std::optional<ValueId> before = network.find(name);
    const auto inside = [&](const Branch& branch) {
      const auto found = branch.written.find(name);
      return found == branch.written.end() ? before : std::optional(found->second);
    };
    const std::optional<ValueId> yes = inside(then);
    const std::optional<ValueId> no = inside(otherwise);
    if (!yes || !no) {
      network.bind(name, yes ? *yes : *no);
      continue;
    }
    then.block.outputs.push_back(*yes);
    otherwise.block.outputs.push_back(*no);
    layer.operation().results.push_back(network.write(name, {DataType::fp32, false, {}}));
  }
  layer.operation().blocks.push_back(std::move(then.block));
  layer.operation().blocks.push_back(std::move(otherwise.block));
}

void lower_loop(Lowering& layer) {
  NetworkReader& network = layer.network();
  const LayerFields& fields = layer.fields();
  const std::vector<Bytes> condition = fields.occurrences(3);
  const std::vector<Bytes> body = fields.occurrences(4);
  layer.makes_own_results();

  // Carried from round to round: what either network writes and what had a value before.
  std::vector<std::string_view> carried;
  std::unordered_set<std::string_view> known;
  for (const auto* part : {&condition, &body}) {
    for (const std::string_view name : network.names_written(*part)) {
      if (network.find(name) && known.insert(name).second) carried.push_back(name);
    }
  }
  std::vector<ValueId> before;
  for (const std::string_view name : carried) before.push_back(*network.find(name));
  layer.argument("loop_vars", before);
  if (!layer.optional_operand("max_iterations", 0)) {
    const int64_t most = fields.integer(1);
    if (most > 0 || condition.empty()) layer.integer("max_iterations", most);
  }

  const TensorType unstated{DataType::fp32, false, {}};
  Block condition_block;
  Block body_block;
  network.open_scope();
  for (const std::string_view name : carried) {
    condition_block.inputs.push_back(network.write(name, unstated));
  }
  network.read_layers(condition, condition_block);
  const std::optional<ValueId> goes_on =
      condition.empty() ? std::nullopt : network.find(fields.text(2));
  if (goes_on) condition_block.outputs.push_back(*goes_on);
  const NetworkReader::Names condition_names = network.close_scope();

  network.open_scope();
  for (const std::string_view name : carried) {
    body_block.inputs.push_back(network.write(name, unstated));
  }
  // The body may read what the condition computed just before it.
  for (const auto& [name, value] : condition_names) {
    if (!known.contains(name)) network.bind(name, value);
  }
  network.read_layers(body, body_block);
  for (const std::string_view name : carried) body_block.outputs.push_back(*network.find(name));
  const NetworkReader::Names body_names = network.close_scope();

  for (const auto& [name, value] : body_names) {
    if (!network.find(name)) network.bind(name, value);
  }
  for (const std::string_view name : carried) {
    layer.operation().results.push_back(network.write(name, unstated));
  }
  layer.operation().blocks.push_back(std::move(condition_block));
  layer.operation().blocks.push_back(std::move(body_block));
}

void lower_jump(Lowering&) {}

}  // namespace anemon::models
