#include <array>

#include "ctl/command_rows.h"
#include "ctl/handlers.h"

namespace anemon {
namespace {

constexpr std::string_view kModels = "Models";
constexpr Operands kFiles = {"FILE...", 1, kMany, Completes::file};

constexpr Option kChip = {
    "--chip", "NAME", "Chip to predict for (default: this machine's, else M4)",
    {},       false,  Completes::chip};
constexpr Option kShape = {
    "--shape", "NAME=SHAPE", "Shape of an input, as 1x3x224x224; repeatable", {}, true};
constexpr Option kAll = {"--all", "", "Every operation (JSON and CSV always have them)"};

constexpr std::array<Option, 2> kCommonOptions = {{kChip, kShape}};
constexpr std::array<Option, 3> kPlaceOptions = {{kAll, kChip, kShape}};
constexpr std::array<Option, 4> kCostOptions = {{
    kAll,
    {"--all-chips", "", "The prediction for every chip that is known, a line for each"},
    kChip,
    kShape,
}};
constexpr std::array<Option, 3> kValidateOptions = {{
    {"--strict", "", "Exit with 1 for warnings too"},
    kChip,
    kShape,
}};

constexpr std::array<Example, 2> kInspectExamples = {{
    {"model inspect resnet.mlpackage", "what is in the file"},
    {"model inspect resnet.mlpackage -o json", "all of it, with cost, placement and findings"},
}};
constexpr std::array<Example, 3> kCostExamples = {{
    {"model cost resnet.mlpackage", "totals and the costliest operations"},
    {"model cost resnet.mlpackage --shape x=1x64x128x128", "at a shape that its input takes"},
    {"model cost resnet.mlpackage --all-chips", "a line for each chip, from M1 to A18"},
}};
constexpr std::array<Example, 2> kPlaceExamples = {{
    {"model place resnet.mlpackage", "segments, and why not on the Neural Engine"},
    {"model place resnet.mlpackage --chip M1 --all", "every operation on another chip"},
}};
constexpr std::array<Example, 2> kValidateExamples = {{
    {"model validate resnet.mlpackage", "what to mend, with sources"},
    {"model validate resnet.mlpackage --strict && echo fine", "for a pull request"},
}};
constexpr std::array<Example, 1> kRecommendExamples = {{
    {"model recommend resnet.mlpackage", "what to change first, and what it saves"},
}};
constexpr std::array<Example, 1> kDiffExamples = {{
    {"model diff resnet.mlpackage resnet-small.mlpackage", "cost, placement and findings"},
}};

constexpr std::array<Command, 6> kCommands = {{
    {"model inspect", kModels, "What is in a Core ML model", kFiles, kCommonOptions,
     kInspectExamples,
     "Reads .mlmodel, .mlpackage and compiled .mlmodelc, without a Mac. Exits with 1 when a file "
     "cannot be read, or in part only (`weights: missing`), after what could be read.",
     inspect_models},
    {"model cost", kModels, "MACs, bytes and memory of one prediction", kFiles, kCostOptions,
     kCostExamples,
     "Derived from the file alone, at the inputs' default shapes. A multiplication and its "
     "addition "
     "are one MAC, or two FLOPs.",
     show_model_cost},
    {"model place", kModels, "Where it will probably run, and why", kFiles, kPlaceOptions,
     kPlaceExamples,
     "Estimated, from a published study of how Core ML chooses engines; docs/models.md says how "
     "far "
     "to trust it.",
     place_models},
    {"model validate", kModels, "What keeps it off the Neural Engine", kFiles, kValidateOptions,
     kValidateExamples,
     "Exits with 1 when there are errors (with --strict: or warnings), or when a file cannot be "
     "read in full. docs/rules.md lists the rules.",
     validate_models},
    {"model recommend", kModels, "What to change first, and what it saves", kFiles, kCommonOptions,
     kRecommendExamples,
     "Only what the numbers of this model and chip support, the largest saving first.",
     recommend_for_models},
    {"model diff",
     kModels,
     "What changed from one model to another",
     {"A B", 2, 2, Completes::file},
     kPlaceOptions,
     kDiffExamples,
     "Compares description, cost, operations by name, placement and findings. Exits with 0 whether "
     "or not something changed.",
     compare_model_files},
}};

}  // namespace

std::span<const Command> model_commands() { return kCommands; }

}  // namespace anemon
