// How the reference looks at an operation.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/graph/function.h"

namespace anemon::models::test {

// Calls `visit` once for every index into a tensor of this shape.
void walk(const Shape& shape, const std::function<void(const Shape&)>& visit);
Shape joined(const std::vector<Shape>& parts);
// Numpy's rule, dimension by dimension from the end.
Shape broadcast(const Shape& a, const Shape& b);

// One operation being looked at.
struct Looked {
  const Function& function;
  const Operation& operation;
  const std::vector<Shape>& shapes;

  const Shape& shape(const std::string& name, size_t which = 0) const {
    const Argument* argument = operation.argument(name);
    if (argument == nullptr) throw std::logic_error(operation.type + " without " + name);
    return shapes.at(argument->values.at(which));
  }
  bool has(const std::string& name) const { return operation.argument(name) != nullptr; }
  std::vector<int64_t> list(const std::string& name, std::vector<int64_t> otherwise) const {
    const Constant* constant = function.constant(operation, name);
    return constant == nullptr ? otherwise : integers(*constant).value();
  }
  int64_t number(const std::string& name, int64_t otherwise) const {
    return list(name, {otherwise}).at(0);
  }
  std::string word(const std::string& name, const std::string& otherwise) const {
    const Constant* constant = function.constant(operation, name);
    return constant == nullptr ? otherwise : text(*constant).value();
  }
  size_t axis(const std::string& name, int64_t otherwise, size_t rank) const {
    const int64_t stated = number(name, otherwise);
    return static_cast<size_t>(stated < 0 ? stated + static_cast<int64_t>(rank) : stated);
  }
};

// What operations that only move data give; none for others.
std::optional<std::vector<Shape>> moved(const Looked& look);

}  // namespace anemon::models::test
