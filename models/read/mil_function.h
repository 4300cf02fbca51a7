// One function of an ML program while it is read: its values by name, in nested scopes.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/graph/function.h"
#include "models/read/mil_value.h"
#include "models/read/wire.h"

namespace anemon::models {

class FunctionReader {
 public:
  FunctionReader(std::string name, ProgramContext& context);

  void add_input(Bytes named_value_type);
  // The function with the operations of `block`; once.
  Function read(Bytes block);

 private:
  struct Known {
    ValueId id;
    uint32_t scope;
  };
  struct Shadowed {
    std::string_view name;
    Known before;
    bool existed;
  };

  ValueId add(Value value);
  ValueId define(Bytes named_value_type);
  ValueId find(const Field& name, const std::string& user);
  Block read_block(Bytes message, uint32_t scope);
  Operation read_operation(Bytes message);
  void read_attribute(std::string_view name, Bytes value, const std::string& label,
                      Operation& operation);
  Argument read_argument(std::string_view name, Bytes message, const std::string& label);

  ProgramContext& context_;
  Function function_;
  std::unordered_map<std::string_view, Known> known_;  // keys lie in the file
  std::vector<Shadowed> shadowed_;                     // what the open blocks have changed
  uint32_t scope_ = 0;                                 // of the innermost block
  uint32_t blocks_ = 0;
};

}  // namespace anemon::models
