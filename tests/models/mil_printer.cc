#include "tests/models/mil_printer.h"

#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace anemon::models::test {
namespace {

std::string quoted(const std::string& words) {
  std::string text = "\"";
  for (const char c : words) {
    if (c == '"' || c == '\\') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text + "\"";
}

std::string real(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char digits[64];
  std::snprintf(digits, sizeof digits, "%a", value);
  return digits;
}

std::string opset_word(const std::string& opset) {
  return opset.starts_with("CoreML") ? "ios1" + opset.substr(6) : opset;
}

class Printer {
 public:
  Printer(const Function& function, WeightWriter& weights, MilDialect dialect)
      : function_(function), weights_(weights), dialect_(dialect) {}

  std::string print() {
    text_ += "    func " + function_.name;
    // CoreML5 is iOS 15.
    text_ += "<" + opset_word(function_.opset) + ">";
    block(function_.body, "    ");
    return text_ + ";\n";
  }

  std::string type(const TensorType& tensor) const {
    const std::string name(name_of(tensor.dtype));
    if (!tensor.ranked) return "tensor<" + name + ", *>";
    if (tensor.shape.empty() && dialect_ == MilDialect::v1_3) return name;
    std::string dimensions;
    for (const int64_t extent : tensor.shape) {
      if (!dimensions.empty()) dimensions += ", ";
      dimensions += extent < 0 ? "?" : std::to_string(extent);
    }
    return "tensor<" + name + ", [" + dimensions + "]>";
  }

  std::string type(const ValueType& value) const {
    switch (value.kind) {
      case ValueKind::list:
        return "list<" + type(value.tensor) + ", ?>";
      case ValueKind::state:
        return "state<" + type(value.tensor) + ">";
      case ValueKind::tuple:
        return "tuple<" + type(value.tensor) + ">";
      case ValueKind::dictionary:
        return "dict<" + type(value.tensor) + ", " + type(value.tensor) + ">";
      default:
        return type(value.tensor);
    }
  }

  std::string text(const std::string& words) const {
    return type(TensorType{DataType::string, true, {}}) + "(" + quoted(words) + ")";
  }

 private:
  std::string literal(const Constant& constant) {
    const std::string begin = type(constant.type) + "(";
    if (constant.blob) {
      const BlobPlace place = weights_.place(constant);
      return begin + "BLOBFILE(path = " + text(place.file) +
             ", offset = " + type(TensorType{DataType::uint64, true, {}}) + "(" +
             std::to_string(place.offset) + ")))";
    }
    std::vector<std::string> elements;
    if (constant.type.dtype == DataType::string) {
      for (const std::string& words : constant.strings) elements.push_back(quoted(words));
    } else if (is_float(constant.type.dtype)) {
      for (const double value : numbers(constant, SIZE_MAX).value_or(std::vector<double>{}))
        elements.push_back(real(value));
    } else {
      for (const int64_t value : integers(constant, SIZE_MAX).value_or(std::vector<int64_t>{})) {
        const bool is_bool = constant.type.dtype == DataType::boolean;
        elements.push_back(is_bool ? (value != 0 ? "true" : "false") : std::to_string(value));
      }
    }
    auto next = elements.begin();
    return begin + nested(constant.type.shape, 0, next) + ")";
  }

  // "[[1, 2], [3, 4]]"
  static std::string nested(const Shape& shape, size_t level,
                            std::vector<std::string>::iterator& next) {
    if (level == shape.size()) return *next++;
    std::string list = "[";
    for (int64_t i = 0; i < shape[level]; ++i) {
      list += (i == 0 ? "" : ", ") + nested(shape, level + 1, next);
    }
    return list + "]";
  }

  std::string value(ValueId id) {
    const Value& each = function_.values.at(id);
    return each.name.empty() ? literal(each.constant.value()) : each.name;
  }

  std::string arguments(const Operation& operation, bool written) {
    std::string list;
    for (const Argument& argument : operation.arguments) {
      if (!written) break;
      std::string values;
      for (const ValueId id : argument.values) values += (values.empty() ? "" : ", ") + value(id);
      if (argument.values.size() != 1) values = "(" + values + ")";
      list += (list.empty() ? "" : ", ") + argument.name + " = " + values;
    }
    return list;
  }

  void operation(const Operation& operation, const std::string& indent) {
    text_ += indent;
    for (size_t i = 0; i < operation.results.size(); ++i) {
      const Value& result = function_.values.at(operation.results[i]);
      text_ += (i == 0 ? "" : ", ") + type(result.type) + " " + result.name;
    }
    // What unpacks weights had them as attributes before iOS 18.
    const bool in_attributes = is_constant_expression(operation) &&
                               (function_.opset == "CoreML6" || function_.opset == "CoreML7");
    text_ += (operation.results.empty() ? "" : " = ") + operation.type + "(" +
             arguments(operation, !in_attributes) + ")";
    std::string attributes = arguments(operation, in_attributes);
    const auto attribute = [&](const std::string& name, const std::string& content) {
      attributes += (attributes.empty() ? "" : ", ") + name + " = " + content;
    };
    if (!operation.name.empty()) attribute("name", text(operation.name));
    if (operation.type == "const") {
      attribute("val", literal(function_.values.at(operation.results.at(0)).constant.value()));
    }
    if (!attributes.empty()) text_ += "[" + attributes + "]";
    for (const Block& each : operation.blocks) {
      text_ += "\n" + indent;
      block(each, indent);
    }
    text_ += ";\n";
  }

  void block(const Block& block, const std::string& indent) {
    std::string inputs;
    for (const ValueId id : block.inputs) {
      const Value& input = function_.values.at(id);
      inputs += (inputs.empty() ? "" : ", ") + type(input.type) + " " + input.name;
    }
    text_ += "(" + inputs + ") {\n";
    for (const Operation& each : block.operations) operation(each, indent + "    ");
    std::string outputs;
    for (const ValueId id : block.outputs) {
      outputs += (outputs.empty() ? "" : ", ") + function_.values.at(id).name;
    }
    text_ += indent + "} -> (" + outputs + ")";
  }

  const Function& function_;
  WeightWriter& weights_;
  MilDialect dialect_;
  std::string text_;
};

}  // namespace

std::string mil_text(std::span<const Function> functions, WeightWriter& weights,
                     MilDialect dialect) {
  const std::string word = Printer({}, weights, dialect).type({DataType::string, true, {}});
  std::string text = dialect == MilDialect::v1_0 ? "program(1.0)\n" : "program(1.3)\n";
  text += "[buildInfo = dict<" + word + ", " + word + ">({{\"coremlc-version\", \"1.2.3\"}, " +
          "{\"coremltools-version\", \"9.0\"}})]\n{\n";
  for (const Function& function : functions) text += Printer(function, weights, dialect).print();
  return text + "}\n";
}

}  // namespace anemon::models::test
