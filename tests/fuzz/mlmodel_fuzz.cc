// Any bytes as a .mlmodel: either refused in one line, or a model whose every reference leads to
// something.
#include <cstdint>
#include <cstdlib>

#include "models/read/mlmodel.h"

using namespace anemon;
using namespace anemon::models;

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

void check_block(const Function& function, const Block& block) {
  const auto known = [&](const std::vector<ValueId>& ids) {
    for (const ValueId id : ids) require(id < function.values.size());
  };
  known(block.inputs);
  known(block.outputs);
  for (const Operation& operation : block.operations) {
    known(operation.results);
    for (const Argument& argument : operation.arguments) known(argument.values);
    for (const Block& inner : operation.blocks) check_block(function, inner);
  }
}

// Sanitizers see whether what elements are read from is there.
void check_constant(const Constant& constant) {
  integers(constant, 1000);
  numbers(constant, 1000);
  constant.stored_bytes();
  require(!constant.missing || constant.data.empty());
}

void check(const Model& model) {
  require(!model.kind.empty());
  for (const Function& function : model.functions) {
    check_block(function, function.body);
    for (const Value& value : function.values) {
      if (value.constant) check_constant(*value.constant);
    }
  }
  for (const Feature& feature : model.interface.inputs) {
    const size_t rank = feature.tensor.shape.size();
    require(feature.ranges.empty() || feature.ranges.size() == rank);
    for (const Shape& shape : feature.enumerated) require(shape.size() == rank);
  }
  for (const Oddity& oddity : model.oddities) {
    require(oddity.message.find('\n') == std::string::npos);
  }
  for (const Model& member : model.members) check(member);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    ReadLimits limits;
    limits.values = 100'000;
    check(read_mlmodel(std::as_bytes(std::span(data, size)), limits));
  } catch (const Error& error) {
    require(std::string(error.what()).find('\n') == std::string::npos);
  }
  return 0;
}
