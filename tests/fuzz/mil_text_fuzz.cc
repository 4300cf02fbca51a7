// Any bytes as the text of a program: either refused with a line and column, or read as functions
// of which every value exists.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "models/read/mil_text.h"

using namespace anemon;
using namespace anemon::models;

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

void check(const Function& function, const Block& block) {
  const auto all_exist = [&](const std::vector<ValueId>& ids) {
    for (const ValueId id : ids) require(id < function.values.size());
  };
  all_exist(block.inputs);
  all_exist(block.outputs);
  for (const Operation& operation : block.operations) {
    all_exist(operation.results);
    for (const Argument& argument : operation.arguments) all_exist(argument.values);
    for (const Block& inner : operation.blocks) check(function, inner);
  }
}

void check(const Constant& constant) {
  const auto count = element_count(constant.type);
  const auto elements = numbers(constant);
  require(!elements || elements->size() == count);
  require(!constant.own || constant.data.data() == constant.own->data());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  WeightFiles weights;
  Budget budget({.depth = 50, .operations = 10'000, .values = 100'000});
  OddityLog oddities;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const MilText program = read_mil_text(text, "m", weights, budget, oddities);
    for (const Function& function : program.functions) {
      check(function, function.body);
      for (const Value& value : function.values) {
        if (value.constant) check(*value.constant);
      }
    }
  } catch (const Error& error) {
    size_t line = 0, column = 0;
    require(std::sscanf(error.what(), "m:%zu:%zu: ", &line, &column) == 2);
    require(line > 0 && column > 0);
  }
  return 0;
}
