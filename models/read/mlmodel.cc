#include "models/read/mlmodel.h"

#include <algorithm>
#include <string>
#include <utility>

#include "models/read/budget.h"
#include "models/read/foreign_format.h"
#include "models/read/function_interface.h"
#include "models/read/interface.h"
#include "models/read/layers.h"
#include "models/read/mil_program.h"
#include "models/read/model_kinds.h"
#include "models/read/oddity_log.h"
#include "models/read/other_kinds.h"
#include "models/read/weight_file.h"
#include "platform/mapped_file.h"

namespace anemon::models {
namespace {

constexpr int kNewestVersion = 10;    // of the specification, that this program knows
constexpr uint32_t kFirstKind = 200;  // smallest field number of a kind of model

constexpr std::byte kFirstByte{0x08};  // of all models: the specification's version comes first

struct Context {
  Budget budget;
  WeightFiles weights;
};

Model read_message(Bytes message, Context& context);

// One occurrence of a Pipeline; the names of all of them belong to the members of all of them.
void read_pipeline(Bytes message, Model& model, std::vector<std::string>& names, Context& context) {
  for (WireReader reader(message, "Pipeline"); auto field = reader.next();) {
    if (field->number == 1) {
      context.budget.take_member();
      model.members.push_back(read_message(field->message(), context));
    }
    if (field->number != 2) continue;
    context.budget.take_values();
    names.push_back(read_name(*field));
  }
}

void name_members(Model& model, const std::vector<std::string>& names) {
  for (size_t i = 0; i < model.members.size(); ++i) {
    model.members[i].name = i < names.size() ? names[i] : model.members[i].kind;
  }
}

void read_network(Bytes message, Model& model, Context& context) {
  LayerContext layers{context.budget.depth, context.budget.operations, context.budget.values,
                      model.oddities};
  model.functions.push_back(read_neural_network(message, model.interface, layers));
}

void read_kind(const Field& kind, Model& model, const std::string& first, Context& context,
               OddityLog& oddities) {
  const Bytes message = kind.message();
  model.parameters = message;
  if (kind.number == 502) {
    ProgramContext program{context.budget, context.weights, oddities};
    model.functions = read_program(message, first, program);
  } else if (kind.number == 303 || kind.number == 403 || kind.number == 500) {
    read_network(message, model, context);
  } else if (kind.number == 202) {
    std::vector<std::string> names;
    read_pipeline(message, model, names, context);
    name_members(model, names);
  } else if (kind.number == 200 || kind.number == 201) {
    std::vector<std::string> names;
    for (WireReader reader(message, "PipelineClassifier"); auto field = reader.next();) {
      if (field->number == 1) read_pipeline(field->message(), model, names, context);
    }
    name_members(model, names);
  } else {
    read_other_kind(message, model);
  }
}

void take_description(Description description, Model& model) {
  model.metadata = std::move(description.metadata);
  model.interface = std::move(description.interface);
  model.interfaces = std::move(description.functions);
}

// Of a model of several functions: that of the first, which is the default one.
void choose_interface(Model& model) {
  if (model.interfaces.empty()) return;
  if (model.functions.empty()) {
    model.interface = model.interfaces.front();
    return;
  }
  const Function& first = model.functions.front();
  const auto chosen =
      std::find_if(model.interfaces.begin(), model.interfaces.end(),
                   [&](const Interface& each) { return each.function == first.name; });
  model.interface = chosen == model.interfaces.end() ? interface_of(first) : *chosen;
}

Model read_message(Bytes message, Context& context) {
  const Nesting nesting(context.budget);
  context.budget.take_operation();  // a pipeline can have any number of members
  Model model;
  OddityLog oddities;
  Description description;
  std::optional<Field> kind;
  for (WireReader reader(message, "Model"); auto field = reader.next();) {
    switch (field->number) {
      case 1:
        model.specification_version = field->int32();
        break;
      case 2:
        read_description(field->message(), description, context.budget, oddities);
        break;
      case 10:
        model.updatable = field->boolean();
        break;
      default:
        if (field->number < kFirstKind || field->type != WireType::length) break;
        if (kind && kind->number == field->number) {
          throw WireError("the model has two messages of its kind");
        }
        if (!kind || !model_kind(field->number).empty()) kind = field;
    }
  }
  check_version(model, oddities);
  if (!kind) throw WireError("no kind of Core ML model is in it");
  model.kind = model_kind(kind->number);
  if (model.kind.empty()) {
    if (model.specification_version < 1) throw WireError("it is no Core ML model");
    model.kind = "unknown";
    oddities.note(Oddity::Kind::newer_version, "kind",
                  "the kind of the model, number " + std::to_string(kind->number) +
                      ", is not known; it may be newer than this program");
  }
  const std::string first = description.functions.empty() || description.default_function.empty()
                                ? "main"
                                : description.default_function;
  take_description(std::move(description), model);
  read_kind(*kind, model, first, context, oddities);
  choose_interface(model);
  complete_outputs(model);
  for (Oddity& oddity : oddities.take()) model.oddities.push_back(std::move(oddity));
  return model;
}

// Members outlive their pipeline when they are copied out of it.
void keep_files(Model& model, const MappedFiles& files) {
  model.files = files;
  for (Model& member : model.members) keep_files(member, files);
}

Model read_all(Bytes message, Context& context) {
  if (message.empty()) throw Error("it is empty");
  try {
    Model model = read_message(message, context);
    for (Oddity& oddity : context.weights.take_oddities()) {
      model.oddities.push_back(std::move(oddity));
    }
    return model;
  } catch (const WireError& error) {
    const ForeignFormat foreign = foreign_format(message);
    if (!foreign.name.empty()) {
      throw Error("it is " + std::string(foreign.name), std::string(foreign.hint));
    }
    if (message.front() == kFirstByte) throw;
    throw Error(std::string("it is no Core ML model: ") + error.what());
  }
}

}  // namespace

void check_version(const Model& model, OddityLog& oddities) {
  const std::string version =
      "specification version " + std::to_string(model.specification_version);
  if (model.specification_version > kNewestVersion) {
    oddities.note(Oddity::Kind::newer_version, "version",
                  version + " is newer than the newest known, " + std::to_string(kNewestVersion));
  } else if (model.specification_version < 1) {
    oddities.note(Oddity::Kind::other, "version", version + " does not exist");
  }
}

Model read_mlmodel(const std::filesystem::path& file, const std::filesystem::path& root,
                   const ReadLimits& limits) {
  const auto mapped = std::make_shared<const MappedFile>(file);
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  Context context{Budget(limits), WeightFiles(folder, root)};
  Model model = read_all(mapped->bytes(), context);
  std::vector<std::shared_ptr<const MappedFile>> files = *context.weights.files();
  files.push_back(mapped);
  keep_files(model, std::make_shared<const decltype(files)>(std::move(files)));
  return model;
}

Model read_mlmodel(Bytes message, const ReadLimits& limits) {
  Context context{Budget(limits), WeightFiles()};
  return read_all(message, context);
}

}  // namespace anemon::models
