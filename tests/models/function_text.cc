#include "tests/models/function_text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace anemon::models::test {
namespace {

class Writer {
 public:
  explicit Writer(const Function& function) : function_(function) {}

  std::string write() {
    text_ = function_.name + " for " + function_.opset + (function_.old_network ? ", old\n" : "\n");
    block(function_.body, 1);
    return text_;
  }

 private:
  static std::string type(const ValueType& value) {
    constexpr const char* kKinds[] = {"tensor", "list", "tuple", "dictionary", "state", "unknown"};
    return std::string(kKinds[static_cast<size_t>(value.kind)]) + " " + to_text(value.tensor);
  }

  // Numbers with their sign and all their digits: -0 and NaN count.
  static std::string constant(const Constant& constant) {
    std::string text = " = " + to_text(constant.type) + (constant.missing ? " missing" : "");
    if (constant.blob) {
      text += " in " + constant.blob->file + " at " + std::to_string(constant.blob->offset);
    }
    for (const std::string& words : constant.strings) text += " \"" + words + "\"";
    for (const int64_t number : integers(constant, SIZE_MAX).value_or(std::vector<int64_t>{})) {
      text += " " + std::to_string(number);
    }
    for (const double number : numbers(constant, SIZE_MAX).value_or(std::vector<double>{})) {
      char digits[64];
      std::snprintf(digits, sizeof digits, " %a", number != number ? NAN : number);
      text += digits;
    }
    return text;
  }

  std::string value(ValueId id) const {
    const Value& each = function_.values.at(id);
    return (each.name.empty() ? "(in place)" : each.name) + " : " + type(each.type) +
           (each.constant ? constant(*each.constant) : "");
  }

  void line(int depth, const std::string& words) {
    text_ += std::string(static_cast<size_t>(depth) * 2, ' ') + words + "\n";
  }

  void block(const Block& block, int depth) {
    for (const ValueId id : block.inputs) line(depth, "in " + value(id));
    for (const Operation& each : block.operations) operation(each, depth);
    for (const ValueId id : block.outputs) line(depth, "out " + value(id));
  }

  void operation(const Operation& operation, int depth) {
    line(depth, operation.type + " \"" + operation.name + "\" " + operation.layer);
    std::vector<const Argument*> arguments;
    for (const Argument& each : operation.arguments) arguments.push_back(&each);
    std::sort(arguments.begin(), arguments.end(),
              [](const Argument* a, const Argument* b) { return a->name < b->name; });
    for (const Argument* each : arguments) {
      line(depth + 1, "with " + each->name);
      for (const ValueId id : each->values) line(depth + 2, value(id));
    }
    for (const ValueId id : operation.results) line(depth + 1, "gives " + value(id));
    for (const Block& each : operation.blocks) {
      line(depth + 1, "block");
      block(each, depth + 2);
    }
  }

  const Function& function_;
  std::string text_;
};

}  // namespace

std::string function_text(const Function& function) { return Writer(function).write(); }

}  // namespace anemon::models::test
