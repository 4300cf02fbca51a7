#include "models/graph/function.h"

#include <algorithm>

namespace anemon::models {

const Argument* Operation::argument(std::string_view wanted) const {
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [&](const Argument& each) { return each.name == wanted; });
  return found == arguments.end() ? nullptr : &*found;
}

const Value* Function::value(const Operation& operation, std::string_view argument) const {
  const Argument* found = operation.argument(argument);
  if (found == nullptr || found->values.empty()) return nullptr;
  return &values[found->values.front()];
}

const Constant* Function::constant(const Operation& operation, std::string_view argument) const {
  const Value* found = value(operation, argument);
  return found == nullptr || !found->constant ? nullptr : &*found->constant;
}

bool is_constant_expression(const Operation& operation) {
  return operation.type.starts_with("constexpr_");
}

}  // namespace anemon::models
