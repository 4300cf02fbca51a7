// What makes a call or a compilation slow whatever the operations are.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "models/rules/check.h"
#include "models/rules/engine_times.h"
#include "models/rules/families.h"
#include "models/rules/limits.h"
#include "models/rules/options.h"

namespace anemon::models {
namespace {

void short_compute(const RuleContext& context, std::vector<Finding>& findings) {
  if (context.placement == nullptr || !may_use_ane(context.model)) return;
  const EngineTimes times = engine_times(*context.function, *context.placement, Included::possible);
  if (times.operations.empty() || !times.known || times.total >= kDispatchBoundSeconds) return;
  const double dispatch = dispatch_seconds(context.chip);
  const uint64_t batch = amortising_batch(times.total);
  Finding finding =
      found(context, Severity::warning, {},
            fmt::format("the Neural Engine would compute for {} per call, each call costs about {}",
                        in_milliseconds(times.total), in_milliseconds(dispatch)));
  // No call is saved where none is made, or where the inputs take no batch.
  const EngineTimes called = engine_times(*context.function, *context.placement, Included::chosen);
  if (!called.operations.empty() &&
      takes_single_samples(context.model, *context.function->function)) {
    finding.seconds_saved = dispatch * (1.0 - 1.0 / static_cast<double>(batch));
    finding.effect =
        fmt::format("{} predictions in one call: {} less each, {} x (1 - 1/{})", batch,
                    in_milliseconds(*finding.seconds_saved), in_milliseconds(dispatch), batch);
  }
  findings.push_back(std::move(finding));
}

void slow_compilation(const RuleContext& context, std::vector<Finding>& findings) {
  if (context.function == nullptr || !may_use_ane(context.model)) return;
  const uint64_t operations =
      operations_where(context, [](const OperationView&) { return true; }).size();
  const uint64_t bytes = context.function->total.weight_bytes_stored;
  if (operations <= kSlowToCompileOperations && bytes <= kSlowToCompileBytes) return;
  findings.push_back(found(context, Severity::warning, {},
                           fmt::format("{} operations and {} of weights to compile at first load",
                                       operations, in_bytes(static_cast<double>(bytes)))));
}

// The longest way through operations that can run on the Neural Engine one after the other.
void deep_chain(const RuleContext& context, std::vector<Finding>& findings) {
  if (context.placement == nullptr) return;
  struct Link {
    uint64_t depth = 0;
    size_t before = SIZE_MAX;
  };
  std::unordered_map<ValueId, size_t> producer;
  std::vector<Link> links(context.function->operations.size());
  size_t deepest = SIZE_MAX;
  for (const PlacedOperation& placed : context.placement->operations) {
    if (!placed.costs[static_cast<size_t>(Engine::ane)].supported) continue;
    const Operation& operation = *context.function->operations[placed.operation].operation;
    Link& link = links[placed.operation];
    for (const Argument& argument : operation.arguments) {
      for (const ValueId value : argument.values) {
        const auto from = producer.find(value);
        if (from == producer.end() || links[from->second].depth <= link.depth) continue;
        link = {links[from->second].depth, from->second};
      }
    }
    ++link.depth;
    for (const ValueId result : operation.results) producer[result] = placed.operation;
    if (deepest == SIZE_MAX || link.depth > links[deepest].depth) deepest = placed.operation;
  }
  if (deepest == SIZE_MAX || links[deepest].depth <= kDeepChain) return;
  Operations chain;
  for (size_t at = deepest; at != SIZE_MAX; at = links[at].before) chain.push_back(at);
  std::sort(chain.begin(), chain.end());
  std::string what = count_of(context, chain) + " in one chain";
  findings.push_back(found(context, Severity::warning, std::move(chain), std::move(what)));
}

constexpr std::array<Rule, 3> kRules = {{
    {"PF-1", Severity::warning, Confidence::measured,
     "Bryngelson (M1, M5) and 751K microarchitecture study (M6): cost of one call",
     "calls shorter than their own dispatch",
     "A call of the Neural Engine costs 0.1 to 0.25 ms before it computes. A model that computes "
     "for less than 0.25 ms spends most of its time being called, and the system may keep it on "
     "the CPU.",
     "Predict several inputs in one call, or join this model with the ones around it.",
     "dispatch x (1 - 1/batch) per prediction", short_compute},
    {"CP-1", Severity::warning, Confidence::measured,
     "Apple, WWDC 2023; whisper.cpp #937 and #2126; 751K microarchitecture study, B2",
     "slow first load",
     "The first load compiles the model for the chip, on efficiency cores: seconds to hours for "
     "more than 500 operations or 300 MB of weights. The result is cached until the system is "
     "updated or the disk is full.",
     "Load once at installation, not at first use; measure the cold and the cached load "
     "separately.",
     "", slow_compilation},
    {"CP-3", Severity::warning, Confidence::measured, "751K microarchitecture study, A1 (M6)",
     "chains too deep to compile",
     "The compiler crashed on chains of more than 386 convolutions; the whole model then ran on "
     "the CPU, 100 times slower, without an error.",
     "Split the model into parts that are loaded one by one.", "", deep_chain},
}};

}  // namespace

std::span<const Rule> performance_rules() { return kRules; }

}  // namespace anemon::models
