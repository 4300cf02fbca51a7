#include "models/read/network_reader.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "core/utf8.h"
#include "models/read/lowering.h"

namespace anemon::models {
namespace {

constexpr size_t kMostOddities = 1000;
constexpr size_t kNameBytes = 1000;
constexpr size_t kMostFields = 65536;  // of a layer: as many inputs and outputs
constexpr size_t kMostNested = 16;     // networks in each other; what is inside is read per level
constexpr uint32_t kFirstLayerKind = 100;

TensorType stored_type(Bytes message) {
  TensorType type{DataType::fp32, false, {}};
  LayerFields fields("Tensor");
  fields.add(message);
  std::vector<int64_t> extents = fields.integers(2, 64);
  const int64_t rank = fields.integer(1);
  if (rank != static_cast<int64_t>(extents.size()) || rank == 0) return type;
  for (int64_t& extent : extents) {
    if (extent > kLargestExtent) return type;
    if (extent < 0) extent = kAnyExtent;
  }
  type.ranked = true;
  type.shape = std::move(extents);
  return type;
}

void lower_unknown(Lowering& layer) {
  layer.operands("values");
  layer.type("unknown_" + std::to_string(layer.kind().number));
  layer.oddity(Oddity::Kind::unknown_layer,
               layer.kind().number == 0
                   ? std::string("has no kind")
                   : "is of kind " + std::to_string(layer.kind().number) + ", which is not known");
}

}  // namespace

// What a NeuralNetworkLayer says beside its parameters.
struct NetworkReader::LayerHead {
  std::string_view name;
  std::vector<std::string_view> inputs, outputs;
  std::vector<TensorType> output_types;
  uint32_t kind = 0;
  std::vector<Bytes> parameters;  // occurrences of the kind's message
};

NetworkReader::NetworkReader(Function& function, LayerContext& context)
    : function_(&function), context_(&context), scopes_(1) {}

// Names of features come cleaned in the same way, and find their layers by it.
std::string_view NetworkReader::clean(std::string_view name) {
  if (name.size() <= kNameBytes && is_clean_utf8(name)) return name;
  return cleaned_.emplace_back(to_clean_utf8(name, kNameBytes));
}

NetworkReader::LayerHead NetworkReader::read_head(Bytes message) {
  LayerHead head;
  size_t fields = 0;
  for (WireReader reader(message, "NeuralNetworkLayer"); auto field = reader.next();) {
    if (++fields > kMostFields) {
      throw WireError("a layer has more than " + std::to_string(kMostFields) + " fields");
    }
    switch (field->number) {
      case 1:
        head.name = clean(field->text());
        break;
      case 2:
        head.inputs.push_back(clean(field->text()));
        break;
      case 3:
        head.outputs.push_back(clean(field->text()));
        break;
      case 5:
        head.output_types.push_back(stored_type(field->message()));
        break;
      default:
        if (field->number < kFirstLayerKind) break;
        // Of a oneof the last one counts; the same one again is merged.
        if (field->number != head.kind) head.parameters.clear();
        head.kind = field->number;
        head.parameters.push_back(field->message());
    }
  }
  return head;
}

void NetworkReader::open_scope() {
  // The network itself is the first scope.
  const size_t most = std::min<size_t>(context_->depth, kMostNested + 1);
  if (scopes_.size() >= most) {
    throw Error("networks are nested more than " + std::to_string(most - 1) + " deep");
  }
  scopes_.emplace_back();
}

NetworkReader::Names NetworkReader::close_scope() {
  Names names = std::move(scopes_.back());
  scopes_.pop_back();
  return names;
}

std::optional<ValueId> NetworkReader::find(std::string_view name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    if (const auto found = scope->find(name); found != scope->end()) return found->second;
  }
  return std::nullopt;
}

ValueId NetworkReader::read(std::string_view name, std::string_view layer) {
  if (const std::optional<ValueId> value = find(name)) return *value;
  report(Oddity::Kind::other,
         layer_title(layer, {}) + " reads " + quoted(name) + ", which no layer before it writes",
         layer);
  return write(name, {DataType::fp32, false, {}});
}

ValueId NetworkReader::write(std::string_view name, TensorType type) {
  Value value;
  value.name = name;
  value.type.tensor = std::move(type);
  const ValueId id = add(std::move(value));
  bind(name, id);
  return id;
}

void NetworkReader::bind(std::string_view name, ValueId value) {
  scopes_.back().insert_or_assign(name, value);
}

ValueId NetworkReader::constant(Constant constant) {
  Value value;
  value.type.tensor = constant.type;
  value.constant = std::move(constant);
  return add(std::move(value));
}

ValueId NetworkReader::add(Value value) {
  if (context_->values == 0) throw Error("the model has too many values");
  --context_->values;
  function_->values.push_back(std::move(value));
  return static_cast<ValueId>(function_->values.size() - 1);
}

void NetworkReader::report(Oddity::Kind kind, std::string message, std::string_view layer) {
  if (context_->oddities.size() >= kMostOddities) return;
  context_->oddities.push_back({kind, std::move(message), std::string(layer)});
}

void NetworkReader::read_layers(std::span<const Bytes> network, Block& block) {
  for (const Bytes part : network) {
    for (WireReader reader(part, "NeuralNetwork"); auto field = reader.next();) {
      if (field->number == 1) read_layer(field->message(), block);
    }
  }
}

void NetworkReader::read_layer(Bytes message, Block& block) {
  if (context_->operations == 0) throw Error("the model has too many operations");
  --context_->operations;
  const LayerHead head = read_head(message);
  const LayerKind* known = find_layer_kind(head.kind);
  const LayerKind unknown{head.kind, "unknown", "unknown", lower_unknown, {}};
  const LayerKind& kind = known != nullptr ? *known : unknown;
  try {
    LayerFields parameters(kind.name);
    if (known != nullptr) {
      for (const Bytes part : head.parameters) parameters.add(part);
    }
    std::vector<ValueId> inputs;
    for (const std::string_view name : head.inputs) inputs.push_back(read(name, head.name));
    Lowering layer(*this, kind, head.name, std::move(parameters), std::move(inputs));
    kind.lower(layer);
    if (!layer.has_own_results()) {
      for (size_t i = 0; i < head.outputs.size(); ++i) {
        const bool stored = i < head.output_types.size();
        const ValueId result = write(
            head.outputs[i], stored ? head.output_types[i] : TensorType{DataType::fp32, false, {}});
        layer.operation().results.push_back(result);
        if (i == 0 && layer.result()) {
          function_->values[result].type.tensor = layer.result()->type;
          function_->values[result].constant = std::move(*layer.result());
        }
      }
    }
    block.operations.push_back(std::move(layer.operation()));
  } catch (const WireError& error) {
    throw Error(layer_title(head.name, kind.name) + ": " + error.what());
  }
}

std::vector<std::string_view> NetworkReader::names_written(std::span<const Bytes> network) {
  uint64_t left = context_->operations;
  std::vector<std::string_view> names;
  std::unordered_set<std::string_view> seen;
  std::vector<Bytes> pending(network.rbegin(), network.rend());
  while (!pending.empty()) {
    const Bytes part = pending.back();
    pending.pop_back();
    for (WireReader reader(part, "NeuralNetwork"); auto field = reader.next();) {
      if (field->number != 1) continue;
      if (left-- == 0) throw Error("the model has too many operations");
      const LayerHead head = read_head(field->message());
      for (const std::string_view name : head.outputs) {
        if (seen.insert(name).second) names.push_back(name);
      }
      const LayerKind* kind = find_layer_kind(head.kind);
      if (kind == nullptr || kind->networks[0] == 0) continue;
      for (const Bytes parameters : head.parameters) {
        for (WireReader inner(parameters, kind->name); auto inside = inner.next();) {
          if (inside->number == kind->networks[0] || inside->number == kind->networks[1]) {
            pending.push_back(inside->message());
          }
        }
      }
    }
  }
  return names;
}

}  // namespace anemon::models
