#include "models/read/compiled.h"

#include <algorithm>
#include <system_error>
#include <unordered_set>

#include "models/read/budget.h"
#include "models/read/compiled_container.h"
#include "models/read/compiled_metadata.h"
#include "models/read/espresso.h"
#include "models/read/function_interface.h"
#include "models/read/inside_folder.h"
#include "models/read/mil_text.h"
#include "models/read/mlmodel.h"
#include "models/read/model_kinds.h"
#include "models/read/package.h"
#include "models/read/weight_file.h"
#include "platform/mapped_file.h"

namespace anemon::models {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "model.mil";
constexpr const char* kNetwork = "model.espresso.net";
constexpr const char* kShapes = "model.espresso.shape";
constexpr const char* kContainer = "coremldata.bin";
constexpr const char* kMetadata = "metadata.json";
constexpr const char* kFirstMember = "model0";
constexpr size_t kMostMembers = 1000;  // with the members of members

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// What the folders of one model share.
struct Reading {
  const fs::path& root;
  Budget budget;
  size_t members = 0;
};

// One folder of a compiled model: the model itself or a pipeline's member.
class FolderReader {
 public:
  FolderReader(fs::path folder, Reading& reading)
      : folder_(std::move(folder)),
        reading_(reading),
        root_(reading.root),
        budget_(reading.budget),
        nesting_(reading.budget) {}

  Model read() {
    budget_.take_operation();  // a pipeline can have any number of members
    model_.container = "mlmodelc";
    model_.path = folder_;
    model_.stored_bytes = bytes_below(folder_);
    const bool described = read_metadata() || read_container();
    if (model_.kind.empty()) model_.kind = kind_by_files();
    read_content();
    settle_interface(described);
    // Zero: nothing in the folder tells.
    if (model_.specification_version != 0) check_version(model_, oddities_);
    for (Oddity& oddity : oddities_.take()) model_.oddities.push_back(std::move(oddity));
    return std::move(model_);
  }

 private:
  fs::path inside(const char* name) const {
    try {
      return inside_folder(folder_, name, root_);
    } catch (const OutsideFolder& error) {
      throw Error((folder_ / name).string() + ": " + error.what());
    }
  }

  void note(const char* group, std::string what) {
    oddities_.note(Oddity::Kind::other, group, std::move(what));
  }

  // Both answer whether the file is there and could be read.
  bool read_metadata() {
    const fs::path file = inside(kMetadata);
    if (!is_there(file)) return false;
    try {
      CompiledMetadata metadata = read_compiled_metadata(file, budget_, oddities_);
      model_.kind = metadata.kind;
      model_.specification_version = metadata.specification_version;
      model_.updatable = metadata.updatable;
      take_description(std::move(metadata.description));
      return true;
    } catch (const WireError&) {
      throw;  // a limit
    } catch (const Error& error) {
      note("metadata", std::string(error.what()) + "; the interface is taken from elsewhere");
      return false;
    }
  }

  bool read_container() {
    const fs::path file = inside(kContainer);
    if (!is_there(file)) return false;
    try {
      CompiledContainer container = read_compiled_container(file, budget_, oddities_);
      model_.kind = model_kind(container.kind);
      model_.specification_version = container.specification_version;
      take_description(std::move(container.description));
      return true;
    } catch (const WireError&) {
      throw;
    } catch (const Error& error) {
      note("container", std::string(error.what()) + "; the description in it is not read");
      return false;
    }
  }

  void take_description(Description description) {
    model_.metadata = std::move(description.metadata);
    model_.interface = std::move(description.interface);
    model_.interfaces = std::move(description.functions);
    first_ = description.default_function.empty() ? "main" : description.default_function;
    for (const Interface& each : model_.interfaces) {
      if (each.function == first_) model_.interface = each;
    }
  }

  std::string kind_by_files() const {
    if (is_there(folder_ / kProgram)) return "mlProgram";
    if (is_there(folder_ / kNetwork)) return "neuralNetwork";
    if (is_there(folder_ / kFirstMember)) return "pipeline";
    return "unknown";
  }

  void read_content() {
    if (is_there(folder_ / kProgram)) return read_program();
    if (is_there(folder_ / kNetwork)) return read_network();
    if (is_there(folder_ / kFirstMember)) return read_members();
    if (model_.kind == "unknown") {
      throw Error(folder_.string() + ": a compiled model of a kind that cannot be told");
    }
    note("kind", "of a compiled " + model_.kind + " only the description is read");
  }

  void read_program() {
    const MappedFile file(inside(kProgram));
    // A pipeline's members may share its weights.
    const bool shared = !is_there(folder_ / "weights") && is_there(root_ / "weights");
    WeightFiles weights(shared ? root_ : folder_, root_);
    const auto* text = reinterpret_cast<const char*>(file.bytes().data());
    MilText program = read_mil_text({text, file.bytes().size()}, file.path().string(), weights,
                                    budget_, oddities_);
    if (program.functions.empty()) throw Error(file.path().string() + ": has no functions");
    model_.kind = "mlProgram";
    model_.functions = std::move(program.functions);
    std::stable_partition(model_.functions.begin(), model_.functions.end(),
                          [&](const Function& each) { return each.name == first_; });
    for (auto& [key, value] : program.build_info) model_.metadata.try_emplace(key, value);
    model_.files = weights.files();
    for (Oddity& oddity : weights.take_oddities()) model_.oddities.push_back(std::move(oddity));
  }

  void read_network() {
    model_.functions.push_back(
        read_espresso(inside(kNetwork), inside(kShapes), budget_, oddities_));
    note("espresso",
         "of a compiled neural network the kinds and shapes of its layers are read, not their "
         "parameters and weights: read the model it was compiled from for its cost");
  }

  void read_members() {
    std::vector<std::string> names;
    const fs::path list = inside("modelNames") / kContainer;
    if (is_there(list)) {
      try {
        names = read_compiled_names(inside("modelNames/coremldata.bin"), budget_);
      } catch (const WireError&) {
        throw;
      } catch (const Error& error) {
        note("names", error.what());
      }
    }
    for (size_t i = 0;; ++i) {
      const std::string name = "model" + std::to_string(i);
      const fs::path folder = folder_ / name;
      std::error_code ignored;
      const fs::file_status status = fs::symlink_status(folder, ignored);
      if (!fs::exists(status)) return;
      check_member(folder, status);
      model_.members.push_back(FolderReader(folder, reading_).read());
      model_.members.back().name = i < names.size() ? names[i] : name;
    }
  }

  // Through links a few folders would be any number of members.
  void check_member(const fs::path& folder, const fs::file_status& status) {
    if (fs::is_symlink(status)) {
      throw Error(folder.string() + ": a symbolic link, where a member must be a folder");
    }
    if (!fs::is_directory(status)) throw Error(folder.string() + ": a member that is no folder");
    if (++reading_.members > kMostMembers) {
      throw Error(folder.string() + ": the model has more than the " +
                  std::to_string(kMostMembers) + " members that are read");
    }
  }

  // The first version that had the opset: CoreML5 came with 6.
  int version_by_opset() const {
    constexpr std::string_view kPrefix = "CoreML";
    int version = 0;
    for (const Function& function : model_.functions) {
      const std::string& opset = function.opset;
      if (opset.size() != kPrefix.size() + 1 || !opset.starts_with(kPrefix)) continue;
      version = std::max(version, opset.back() - '0' + 1);
    }
    return version;
  }

  void settle_interface(bool described) {
    // A model of one function is described as such.
    if (model_.interfaces.size() == 1 && model_.functions.size() <= 1) {
      model_.interface = std::move(model_.interfaces.front());
      model_.interface.function.clear();
      model_.interfaces.clear();
    }
    const bool empty = model_.interface.inputs.empty() && model_.interface.outputs.empty();
    if (!model_.functions.empty() && (!described || empty)) {
      note("interface", "no description is in " + folder_.string() +
                            ": inputs and outputs are those of the " +
                            (model_.kind == "mlProgram" ? "program" : "layers"));
      model_.interface = interface_of(model_.functions.front());
      model_.interface.function.clear();
    }
    if (model_.functions.size() > 1) describe_functions();
    if (model_.specification_version == 0) model_.specification_version = version_by_opset();
    complete_outputs(model_);
  }

  // What has no description of its own would be taken for the default function.
  void describe_functions() {
    std::unordered_set<std::string> described;
    for (const Interface& each : model_.interfaces) described.insert(each.function);
    const std::string& chosen = model_.functions.front().name;
    for (const Function& function : model_.functions) {
      if (!described.insert(function.name).second) continue;
      if (function.name != chosen) {
        model_.interfaces.push_back(interface_of(function));
        continue;
      }
      model_.interface.function = chosen;
      model_.interfaces.push_back(model_.interface);
    }
  }

  fs::path folder_;
  Reading& reading_;
  const fs::path& root_;
  Budget& budget_;
  Nesting nesting_;
  Model model_;
  OddityLog oddities_;
  std::string first_ = "main";  // the default function
};

}  // namespace

bool is_compiled(const fs::path& folder) {
  return is_there(folder / kContainer) || is_there(folder / kProgram) ||
         is_there(folder / kNetwork);
}

Model read_compiled(const fs::path& folder, const ReadLimits& limits) {
  if (!is_compiled(folder)) throw Error(folder.string() + ": not a compiled model");
  Reading reading{folder, Budget(limits)};
  return FolderReader(folder, reading).read();
}

}  // namespace anemon::models
