#include "models/analysis/analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/error.h"
#include "models/analysis/cost.h"
#include "models/analysis/count.h"
#include "models/analysis/infer.h"
#include "models/analysis/liveness.h"
#include "models/analysis/stored_weights.h"

namespace anemon::models {
namespace {

void collect(const Block& block, int depth, const OperationCosts& costs,
             std::vector<AnalysedOperation>& operations) {
  for (const Operation& operation : block.operations) {
    operations.push_back({&operation, &block, depth, costs.of(operation)});
    for (const Block& nested : operation.blocks) collect(nested, depth + 1, costs, operations);
  }
}

// Costs, MACs by type and the histogram of all operations, nested ones too; weights once.
void add_up(const OperationCosts& costs, FunctionAnalysis& analysis) {
  StoredWeights stored;
  std::map<DataType, uint64_t> flops;
  for (const AnalysedOperation& each : analysis.operations) {
    const Operation& operation = *each.operation;
    const std::string& name = operation.layer.empty() ? operation.type : operation.layer;
    ++analysis.histogram[name];
    if (operation.type == "const") ++analysis.constants;
    OperationCost cost = each.cost;
    if (cost.macs > 0) {
      uint64_t& macs = analysis.macs_by_type[operation.type];
      macs = saturating_sum(macs, cost.macs);
    }
    if (cost.flops() > 0) {
      uint64_t& sum = flops[cost.precision];
      sum = saturating_sum(sum, cost.flops());
    }
    cost.parameters = cost.weight_bytes_stored = cost.weight_bytes_computed = 0;
    add(analysis.total, cost);
    for (const Weight& weight : costs.weights().of(operation)) stored.add(weight, analysis.total);
  }
  // That of most of the arithmetic.
  const auto most = std::max_element(
      flops.begin(), flops.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  analysis.total.precision = most == flops.end() ? DataType::unknown : most->first;
}

// What the blocks of an operation cost becomes part of its own cost.
void add_blocks(std::vector<AnalysedOperation>& operations) {
  std::vector<OperationCost> nested(1);  // by depth: of what follows and has no parent yet
  for (auto each = operations.rbegin(); each != operations.rend(); ++each) {
    const auto depth = static_cast<size_t>(each->depth);
    if (nested.size() < depth + 2) nested.resize(depth + 2);
    if (!each->operation->blocks.empty()) {
      add(each->cost, nested[depth + 1]);
      nested[depth + 1] = {};
    }
    add(nested[depth], each->cost);
  }
}

FunctionAnalysis analyse_function(const Function& function, const Interface& interface,
                                  const InputShapes& shapes) {
  FunctionAnalysis analysis;
  analysis.function = &function;
  Inference inference = infer(function, interface, shapes);
  analysis.types = std::move(inference.types);
  analysis.mismatches = std::move(inference.mismatches);
  const OperationCosts costs(function, analysis.types, &inference.elements);
  collect(function.body, 0, costs, analysis.operations);
  add_up(costs, analysis);
  add_blocks(analysis.operations);
  const StoredTotals stored = stored_totals(function);
  analysis.blobs = stored.places;
  analysis.blob_bytes = stored.bytes;
  analysis.blob_elements = stored.elements;
  const ActivationPeak peak = activation_peak(function, analysis.types);
  analysis.peak_activation_bytes_min = peak.lower;
  analysis.peak_activation_bytes_max = peak.upper;
  return analysis;
}

ModelAnalysis analyse_model(const Model& model, const InputShapes& shapes) {
  ModelAnalysis analysis;
  analysis.model = &model;
  for (const Function& function : model.functions) {
    analysis.functions.push_back(
        analyse_function(function, described_interface(model, function), shapes));
  }
  for (const Model& member : model.members) {
    analysis.members.push_back(analyse_model(member, shapes));
  }
  return analysis;
}

void collect_inputs(const Model& model, std::set<std::string>& names) {
  const auto add_names = [&](const Interface& interface) {
    for (const Feature& input : interface.inputs) names.insert(input.name);
  };
  add_names(model.interface);
  for (const Interface& interface : model.interfaces) add_names(interface);
  for (const Model& member : model.members) collect_inputs(member, names);
}

}  // namespace

ModelAnalysis analyse(const Model& model, const InputShapes& shapes) {
  std::set<std::string> inputs;
  collect_inputs(model, inputs);
  for (const auto& [name, shape] : shapes) {
    if (inputs.contains(name)) continue;
    throw Error(fmt::format("{}: no input is called \"{}\"", model.name, name),
                inputs.empty() ? "the model has no inputs"
                               : fmt::format("its inputs: {}", fmt::join(inputs, ", ")));
  }
  return analyse_model(model, shapes);
}

}  // namespace anemon::models
