#include "models/read/mil_value.h"

#include <utility>

#include "core/utf8.h"
#include "models/graph/element_writer.h"
#include "models/read/interface.h"
#include "models/read/mil_type.h"

namespace anemon::models {
namespace {

constexpr size_t kUnpackedBytes = 65536;  // of a list: what is longer stays where it is
constexpr size_t kElementsPerValue = 32;  // of what is unpacked, for the budget
constexpr size_t kTextBytes = 10'000;

// The `values` of one of the lists that a TensorValue can have.
struct List {
  std::vector<Field> parts;  // one when packed; else one per element
  const Field* packed() const {
    return parts.size() == 1 && parts.front().type == WireType::length ? &parts.front() : nullptr;
  }
  // In the file, at the least.
  uint64_t bytes() const {
    uint64_t sum = 0;
    for (const Field& part : parts) {
      sum += part.type == WireType::length ? part.bytes.size() : 1;
    }
    return sum;
  }
};

List read_list(Bytes message, const char* name, Budget& budget) {
  List list;
  for (WireReader reader(message, name); auto field = reader.next();) {
    if (field->number != 1) continue;
    budget.take_values();
    list.parts.push_back(*field);
  }
  return list;
}

void own(Constant& constant, std::vector<std::byte> bytes) {
  constant.own = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  constant.data = *constant.own;
}

enum class Taken : uint8_t { all, misfit, too_long };

// A list in several parts cannot stay where it is, as none of them is the constant.
template <typename T>
Taken unpack(const List& list, std::vector<T>& elements, Budget& budget) {
  if (list.bytes() > kUnpackedBytes) return Taken::too_long;
  for (const Field& part : list.parts) part.append_to(elements, SIZE_MAX);
  budget.take_values(elements.size() / kElementsPerValue);
  return Taken::all;
}

// Floats lie in the file as in memory when they are packed.
template <typename T>
Taken take_floats(const List& list, Constant& constant, Budget& budget) {
  if (const Field* packed = list.packed()) {
    constant.data = packed->message();
    return Taken::all;
  }
  std::vector<T> elements;
  if (const Taken taken = unpack(list, elements, budget); taken != Taken::all) return taken;
  const auto* raw = reinterpret_cast<const std::byte*>(elements.data());
  own(constant, {raw, raw + elements.size() * sizeof(T)});
  return Taken::all;
}

Taken take_integers(const List& list, Constant& constant, Budget& budget) {
  if (const Field* packed = list.packed(); packed && packed->message().size() > kUnpackedBytes) {
    constant.packing = Packing::varints;
    constant.data = packed->message();
    return Taken::all;
  }
  std::vector<int64_t> elements;
  if (const Taken taken = unpack(list, elements, budget); taken != Taken::all) return taken;
  const DataType dtype = constant.type.dtype;
  ElementWriter writer(dtype);
  for (const int64_t element : elements) {
    // Protobuf's int32 and int64 hold what is unsigned as well.
    const bool added =
        dtype == DataType::uint64   ? writer.add_unsigned(static_cast<uint64_t>(element))
        : dtype == DataType::uint32 ? writer.add_unsigned(static_cast<uint32_t>(element))
                                    : writer.add(element);
    if (!added) return Taken::misfit;
  }
  own(constant, writer.take());
  return Taken::all;
}

// Whether the list with this number can hold elements of the type.
bool fits(uint32_t number, DataType dtype) {
  switch (number) {
    case 1:
      return dtype == DataType::fp32;
    case 2:
    case 3:
    case 5:
      return dtype == DataType::boolean || is_integer(dtype);
    case 4:
      return dtype == DataType::string;
    case 6:
      return dtype == DataType::fp64;
    default:
      return bits_of(dtype) != 0;
  }
}

Taken read_elements(const Field& field, Constant& constant, ProgramContext& context) {
  switch (field.number) {
    case 1:
      return take_floats<float>(read_list(field.message(), "RepeatedFloats", context.budget),
                                constant, context.budget);
    case 2:
    case 3:
    case 5:
      return take_integers(read_list(field.message(), "RepeatedInts", context.budget), constant,
                           context.budget);
    case 4:
      for (const Field& part :
           read_list(field.message(), "RepeatedStrings", context.budget).parts) {
        constant.strings.push_back(to_clean_utf8(part.text(), kTextBytes));
      }
      return Taken::all;
    case 6:
      return take_floats<double>(read_list(field.message(), "RepeatedDoubles", context.budget),
                                 constant, context.budget);
    default:
      for (const Field& part : read_list(field.message(), "RepeatedBytes", context.budget).parts) {
        constant.data = part.message();
      }
      return Taken::all;
  }
}

bool complete(const Constant& constant) {
  if (constant.packing == Packing::varints) return true;
  if (constant.type.dtype == DataType::string) {
    return element_count(constant.type).value_or(constant.strings.size()) ==
           constant.strings.size();
  }
  return packed_bytes(constant.type).value_or(constant.data.size()) == constant.data.size();
}

Constant read_tensor(Bytes message, const TensorType& type, const std::string& operation,
                     ProgramContext& context) {
  Constant constant;
  constant.type = type;
  std::optional<Field> elements;  // a oneof: the last one counts
  for (WireReader reader(message, "TensorValue"); auto field = reader.next();) {
    if (field->number >= 1 && field->number <= 7) elements = field;
  }
  Taken taken = Taken::all;
  if (elements) {
    taken = fits(elements->number, type.dtype) ? read_elements(*elements, constant, context)
                                               : Taken::misfit;
  }
  if (taken != Taken::all) {
    constant.missing = true;
    const bool too_long = taken == Taken::too_long;
    context.oddities.note(Oddity::Kind::other, too_long ? "parts" : "elements",
                          "a constant of " + operation +
                              (too_long ? " is a long list in several parts, which is not read"
                                        : " is no " + to_text(type)),
                          operation);
    return constant;
  }
  if (!complete(constant)) {
    context.oddities.note(
        Oddity::Kind::other, "count",
        "a constant of " + operation + " has not as many elements as " + to_text(type), operation);
  }
  return constant;
}

BlobPlace read_place(Bytes message) {
  BlobPlace place;
  for (WireReader reader(message, "BlobFileValue"); auto field = reader.next();) {
    if (field->number == 1) place.file = field->text();
    if (field->number == 2) place.offset = field->uint64();
  }
  return place;
}

// A list of strings or integers (a classifier's classes) as a constant of one dimension; of other
// lists nothing is kept.
std::optional<Constant> read_list_value(Bytes message, const std::string& operation,
                                        ProgramContext& context) {
  const Nesting nesting(context.budget);
  std::vector<std::string> strings;
  std::vector<int64_t> numbers;
  for (WireReader reader(message, "ListValue"); auto field = reader.next();) {
    if (field->number != 1) continue;
    const Value element = read_value(field->message(), operation, context);
    if (!element.constant) return std::nullopt;
    if (const auto words = text(*element.constant)) {
      strings.push_back(*words);
    } else if (const auto whole = integer(*element.constant);
               whole && is_integer(element.constant->type.dtype)) {
      numbers.push_back(*whole);
    } else {
      return std::nullopt;
    }
  }
  if (strings.empty()) return make_integers(numbers);
  if (!numbers.empty()) return std::nullopt;
  Constant constant;
  constant.type = {DataType::string, true, {static_cast<int64_t>(strings.size())}};
  constant.strings = std::move(strings);
  return constant;
}

}  // namespace

Value read_value(Bytes message, const std::string& operation, ProgramContext& context) {
  context.budget.take_values();
  Value value;
  value.type = {ValueKind::unknown, {DataType::unknown, false, {}}};
  Bytes immediate, blob;  // a oneof: the last one counts
  for (WireReader reader(message, "Value"); auto field = reader.next();) {
    if (field->number == 2) value.type = read_value_type(field->message(), context.budget);
    if (field->number != 3 && field->number != 5) continue;
    immediate = field->number == 3 ? field->message() : Bytes();
    blob = field->number == 5 ? field->message() : Bytes();
  }
  if (value.type.kind == ValueKind::list) {
    for (WireReader reader(immediate, "ImmediateValue"); auto field = reader.next();) {
      if (field->number != 3) continue;
      value.constant = read_list_value(field->message(), operation, context);
    }
  }
  if (value.type.kind != ValueKind::tensor) return value;
  if (!blob.empty()) {
    value.constant = context.weights.constant(read_place(blob), value.type.tensor, operation);
  }
  for (WireReader reader(immediate, "ImmediateValue"); auto field = reader.next();) {
    if (field->number != 1) continue;
    value.constant = read_tensor(field->message(), value.type.tensor, operation, context);
  }
  return value;
}

}  // namespace anemon::models
