#include "models/read/lowering.h"

#include <utility>

#include "core/utf8.h"
#include "models/read/layer_weights.h"

namespace anemon::models {

std::string quoted(std::string_view name) {
  constexpr size_t kLongest = 80;
  return "'" + to_clean_utf8(name, kLongest, "?") + (name.size() > kLongest ? "...'" : "'");
}

std::string layer_title(std::string_view name, std::string_view kind) {
  std::string title = "layer " + quoted(name);
  if (!kind.empty()) title.append(" (").append(kind).append(")");
  return title;
}

Lowering::Lowering(NetworkReader& network, const LayerKind& kind, std::string_view name,
                   LayerFields parameters, std::vector<ValueId> inputs)
    : network_(&network),
      kind_(&kind),
      name_(name),
      fields_(std::move(parameters)),
      inputs_(std::move(inputs)) {
  operation_.type = kind.operation;
  operation_.name = name;
  operation_.layer = kind.name;
}

void Lowering::operand(const char* name, size_t input) {
  if (optional_operand(name, input)) return;
  oddity(Oddity::Kind::other, "names " + std::to_string(inputs_.size()) + " inputs and needs " +
                                  std::to_string(input + 1));
}

bool Lowering::optional_operand(const char* name, size_t input) {
  if (input >= inputs_.size()) return false;
  argument(name, {inputs_[input]});
  return true;
}

void Lowering::operands(const char* name, size_t first) {
  if (first >= inputs_.size()) return;
  argument(name, {inputs_.begin() + static_cast<std::ptrdiff_t>(first), inputs_.end()});
}

void Lowering::argument(const char* name, std::vector<ValueId> values) {
  operation_.arguments.push_back({name, std::move(values)});
}

void Lowering::integer(const char* name, int64_t value) {
  Constant scalar = make_integers({&value, 1});
  scalar.type.shape.clear();
  argument(name, {network_->constant(std::move(scalar))});
}

void Lowering::integers(const char* name, const std::vector<int64_t>& values) {
  argument(name, {network_->constant(make_integers(values))});
}

void Lowering::number(const char* name, double value) {
  argument(name, {network_->constant(make_constant(DataType::fp32, {}, {&value, 1}))});
}

void Lowering::flag(const char* name, bool value) {
  argument(name, {network_->constant(make_bool(value))});
}

void Lowering::flags(const char* name, const std::vector<int64_t>& values) {
  std::vector<double> each;
  for (const int64_t value : values) each.push_back(value != 0 ? 1 : 0);
  argument(name, {network_->constant(
                     make_constant(DataType::boolean, {static_cast<int64_t>(each.size())}, each))});
}

void Lowering::text(const char* name, std::string value) {
  argument(name, {network_->constant(make_text(std::move(value)))});
}

bool Lowering::weight(const char* name, const LayerFields& fields, uint32_t number, Shape shape) {
  const std::optional<ValueId> value = weight_value(fields, number, std::move(shape));
  if (!value) return false;
  argument(name, {*value});
  return true;
}

void Lowering::required_weight(const char* name, uint32_t number, Shape shape) {
  if (weight(name, fields_, number, shape)) return;
  LayerWeights none = read_weights({}, shape);
  if (!none.problem.empty()) oddity(Oddity::Kind::weight_count, none.problem);
  argument(name, {network_->constant(std::move(none.constant))});
}

std::optional<ValueId> Lowering::weight_value(const LayerFields& fields, uint32_t number,
                                              const std::optional<Shape>& shape) {
  const std::vector<Bytes> occurrences = fields.occurrences(number);
  if (occurrences.empty()) return std::nullopt;
  LayerWeights weights = read_weights(occurrences, shape);
  if (!weights.problem.empty()) oddity(Oddity::Kind::weight_count, weights.problem);
  if (weights.int8_scale) this->number("weight_scale", *weights.int8_scale);
  return network_->constant(std::move(weights.constant));
}

void Lowering::oddity(Oddity::Kind kind, const std::string& clause) {
  network_->report(kind, layer_title(name_, kind_->name) + " " + clause, name_);
}

}  // namespace anemon::models
