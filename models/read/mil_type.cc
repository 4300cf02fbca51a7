#include "models/read/mil_type.h"

#include <limits>
#include <optional>

namespace anemon::models {
namespace {

constexpr size_t kMostRank = 100;  // Core ML takes 5

// None: a variadic dimension.
std::optional<int64_t> read_dimension(Bytes message) {
  std::optional<int64_t> extent = kAnyExtent;
  for (WireReader reader(message, "Dimension"); auto field = reader.next();) {
    if (field->number == 1) {
      extent = 0;
      for (WireReader size(field->message(), "Dimension.constant"); auto part = size.next();) {
        if (part->number != 1) continue;
        const uint64_t value = part->uint64();
        if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
          throw WireError("a dimension of " + std::to_string(value) + " elements");
        }
        extent = static_cast<int64_t>(value);
      }
    }
    if (field->number == 2) {
      extent = kAnyExtent;
      for (WireReader open(field->message(), "Dimension.unknown"); auto part = open.next();) {
        if (part->number == 1 && part->boolean()) extent = std::nullopt;
      }
    }
  }
  return extent;
}

TensorType read_tensor_type(Bytes message) {
  TensorType type;
  int64_t rank = 0;
  bool variadic = false;
  for (WireReader reader(message, "TensorType"); auto field = reader.next();) {
    if (field->number == 1) type.dtype = data_type_of_mil(field->uint64());
    if (field->number == 2) rank = field->int64();
    if (field->number != 3) continue;
    if (type.shape.size() >= kMostRank) throw WireError("a tensor has more than 100 dimensions");
    const std::optional<int64_t> extent = read_dimension(field->message());
    variadic = variadic || !extent;
    type.shape.push_back(extent.value_or(kAnyExtent));
  }
  type.ranked = !variadic && rank == static_cast<int64_t>(type.shape.size());
  if (!type.ranked) type.shape.clear();
  return type;
}

// The type in field 1 of a list or state.
ValueType inner_type(Bytes message, const char* name, ValueKind kind, Budget& budget) {
  ValueType type{kind, {DataType::unknown, false, {}}};
  for (WireReader reader(message, name); auto field = reader.next();) {
    if (field->number == 1) type.tensor = read_value_type(field->message(), budget).tensor;
  }
  return type;
}

}  // namespace

ValueType read_value_type(Bytes message, Budget& budget) {
  const Nesting nesting(budget);
  const TensorType unknown{DataType::unknown, false, {}};
  ValueType type{ValueKind::unknown, unknown};
  for (WireReader reader(message, "ValueType"); auto field = reader.next();) {
    switch (field->number) {
      case 1:
        type = {ValueKind::tensor, read_tensor_type(field->message())};
        break;
      case 2:
        type = inner_type(field->message(), "ListType", ValueKind::list, budget);
        break;
      case 3:
        type = {ValueKind::tuple, unknown};
        break;
      case 4:
        type = {ValueKind::dictionary, unknown};
        break;
      case 5:
        type = inner_type(field->message(), "StateType", ValueKind::state, budget);
        break;
    }
  }
  return type;
}

}  // namespace anemon::models
