#include "models/read/mil_program.h"

#include <algorithm>
#include <map>

#include "models/read/interface.h"
#include "models/read/mil_function.h"

namespace anemon::models {
namespace {

// Key and value of an entry of a map of messages.
std::pair<std::string, Bytes> read_entry(Bytes message, const char* name) {
  std::pair<std::string, Bytes> entry;
  for (WireReader reader(message, name); auto field = reader.next();) {
    if (field->number == 1) entry.first = read_name(*field);
    if (field->number == 2) entry.second = field->message();
  }
  return entry;
}

Bytes block_of(const std::string& function, const std::string& opset,
               const std::map<std::string, Bytes>& blocks, OddityLog& oddities) {
  if (blocks.empty()) throw WireError("function " + function + " has no operations for any opset");
  const auto found = blocks.find(opset);
  if (found != blocks.end()) return found->second;
  oddities.note(Oddity::Kind::other, "opset",
                "function " + function + " has no operations for its opset " + opset +
                    "; read are those for " + blocks.rbegin()->first);
  return blocks.rbegin()->second;
}

Function read_function(const std::string& name, Bytes message, ProgramContext& context) {
  const Nesting nesting(context.budget);
  FunctionReader reader(name, context);
  std::string opset;
  std::map<std::string, Bytes> blocks;
  for (WireReader fields(message, "Function"); auto field = fields.next();) {
    switch (field->number) {
      case 1:
        reader.add_input(field->message());
        break;
      case 2:
        opset = read_name(*field);
        break;
      case 3: {
        context.budget.take_values();
        auto [key, block] = read_entry(field->message(), "Function.block_specializations");
        blocks.insert_or_assign(std::move(key), block);
        break;
      }
    }
  }
  Function function = reader.read(block_of(name, opset, blocks, context.oddities));
  function.opset = std::move(opset);
  return function;
}

}  // namespace

std::vector<Function> read_program(Bytes message, const std::string& first,
                                   ProgramContext& context) {
  std::map<std::string, Bytes> messages;  // of an entry that occurs twice the last one counts
  for (WireReader reader(message, "Program"); auto field = reader.next();) {
    if (field->number != 2) continue;
    context.budget.take_values();
    auto [name, function] = read_entry(field->message(), "Program.functions");
    messages.insert_or_assign(std::move(name), function);
  }
  if (messages.empty()) throw WireError("the program has no functions");
  std::vector<Function> functions;
  for (const auto& [name, function] : messages) {
    functions.push_back(read_function(name, function, context));
  }
  std::stable_partition(functions.begin(), functions.end(),
                        [&](const Function& each) { return each.name == first; });
  return functions;
}

}  // namespace anemon::models
