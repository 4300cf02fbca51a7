// What concerns the model as a whole: its format, its kind, how often it changes engine.
#include <fmt/format.h>

#include <array>

#include "models/rules/check.h"
#include "models/rules/families.h"
#include "models/rules/limits.h"

namespace anemon::models {
namespace {

void many_switches(const RuleContext& context, std::vector<Finding>& findings) {
  if (context.placement == nullptr || context.placement->switches <= kManySwitches) return;
  const uint64_t switches = context.placement->switches;
  Finding finding = found(context, Severity::warning, {},
                          fmt::format("{} switches of engine predicted in {} segments", switches,
                                      context.placement->segments));
  credit_switches(finding, switches);
  findings.push_back(std::move(finding));
}

void old_format(const RuleContext& context, std::vector<Finding>& findings) {
  if (context.function == nullptr || !first_of_model(context)) return;
  if (!context.function->function->old_network) return;
  findings.push_back(found(Severity::warning, {},
                           fmt::format("the model is a {}, specification version {}",
                                       context.model.kind, context.model.specification_version)));
}

void cpu_only(const RuleContext& context, std::vector<Finding>& findings) {
  if (!first_of_model(context) || !context.model.members.empty()) return;
  std::string what;
  if (context.model.trees) {
    what = fmt::format("CPU only: {} trees with {} nodes", context.model.trees->trees,
                       context.model.trees->nodes);
  } else if (!can_use_ane(context.model)) {
    what = "CPU only: a " + context.model.kind;
  } else if (context.model.updatable) {
    what = "CPU only: an updatable " + context.model.kind;
  } else {
    return;
  }
  findings.push_back(found(Severity::info, {}, std::move(what)));
}

constexpr std::array<Rule, 3> kRules = {{
    {"MX-1", Severity::warning, Confidence::measured,
     "751K microarchitecture study (M4): strings and constants of the segmenter",
     "many switches of engine",
     "Every switch of engine costs 0.125 ms, and a segmenter that finds a graph bouncing too "
     "often gives up and runs all of it elsewhere.",
     "Replace or move together the operations that the Neural Engine does not run.",
     "at most switches x 0.125 ms", many_switches},
    {"MX-2", Severity::warning, Confidence::documented, "coremltools guide, ML programs",
     "old network format",
     "A neuralNetwork states no precision, has fewer ways to the Neural Engine and is no longer "
     "developed.",
     "Convert the original again as an ML program (macOS 12, iOS 15).", "", old_format},
    {"MX-3", Severity::info, Confidence::documented,
     "Core ML's model kinds; coremltools guide, on-device updates", "a kind of the CPU",
     "Trees, linear models, nearest neighbours, text processing, suppression stages and updatable "
     "models never use the Neural Engine.",
     "Expect the speed of the CPU; nothing in the file changes that.", "", cpu_only},
}};

}  // namespace

std::span<const Rule> mixed_rules() { return kRules; }

}  // namespace anemon::models
