// One layer on its way to become an operation: what a lowering function reads and writes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/read/layer_fields.h"
#include "models/read/network_reader.h"

namespace anemon::models {

class Lowering;

// A row of the table of layers.
struct LayerKind {
  uint32_t number;        // of the layer's field
  const char* name;       // "convolution"
  const char* operation;  // what it becomes with ordinary parameters
  void (*lower)(Lowering&);
  std::array<uint32_t, 2> networks = {};  // fields with nested networks; 0: none
};

std::span<const LayerKind> layer_kinds();           // by number
const LayerKind* find_layer_kind(uint32_t number);  // null when there is no row

class Lowering {
 public:
  // `name`: the layer's, for oddities. The operation begins with the kind's type and name.
  Lowering(NetworkReader& network, const LayerKind& kind, std::string_view name,
           LayerFields parameters, std::vector<ValueId> inputs);

  const LayerKind& kind() const { return *kind_; }
  const LayerFields& fields() const { return fields_; }
  NetworkReader& network() { return *network_; }
  std::string_view layer_name() const { return name_; }
  size_t inputs() const { return inputs_.size(); }
  ValueId input(size_t index) const { return inputs_[index]; }

  // Arguments of the operation, in the order of the calls.
  void type(std::string type) { operation_.type = std::move(type); }
  void operand(const char* name, size_t input);           // an oddity where the layer names fewer
  bool optional_operand(const char* name, size_t input);  // false where it does
  void operands(const char* name, size_t first = 0);      // this input and all after it
  void argument(const char* name, std::vector<ValueId> values);
  void integer(const char* name, int64_t value);
  void integers(const char* name, const std::vector<int64_t>& values);
  void number(const char* name, double value);
  void flag(const char* name, bool value);
  void flags(const char* name, const std::vector<int64_t>& values);
  void text(const char* name, std::string value);
  // The WeightParams in field `number` of `fields`. False, and nothing added, where there are none.
  bool weight(const char* name, const LayerFields& fields, uint32_t number, Shape shape);
  // The same for weights that the layer cannot be without: where the file has none, a constant of
  // the shape without data, and an oddity.
  void required_weight(const char* name, uint32_t number, Shape shape);
  // weight() as a value, to be one of several of an argument.
  std::optional<ValueId> weight_value(const LayerFields& fields, uint32_t number,
                                      const std::optional<Shape>& shape);

  // What the operation's result holds, when that is known now.
  void result(Constant constant) { result_ = std::move(constant); }
  std::optional<Constant>& result() { return result_; }
  // Control flow makes its results itself; others get one per name that the layer writes.
  void makes_own_results() { own_results_ = true; }
  bool has_own_results() const { return own_results_; }

  void oddity(Oddity::Kind kind, const std::string& clause);
  Operation& operation() { return operation_; }

 private:
  NetworkReader* network_;
  const LayerKind* kind_;
  std::string_view name_;
  LayerFields fields_;
  std::vector<ValueId> inputs_;
  Operation operation_;
  std::optional<Constant> result_;
  bool own_results_ = false;
};

// 'conv1', a long name made short and what is not fit to print replaced.
std::string quoted(std::string_view name);
// "layer 'conv1' (convolution)".
std::string layer_title(std::string_view name, std::string_view kind);

}  // namespace anemon::models
