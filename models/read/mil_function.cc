#include "models/read/mil_function.h"

#include <algorithm>
#include <utility>

#include "core/utf8.h"
#include "models/read/interface.h"
#include "models/read/mil_type.h"

namespace anemon::models {
namespace {

struct Entry {
  std::string_view key;
  Bytes value;
};

Entry read_entry(Bytes message, const char* name) {
  Entry entry;
  for (WireReader reader(message, name); auto field = reader.next();) {
    if (field->number == 1) entry.key = field->text();
    if (field->number == 2) entry.value = field->message();
  }
  return entry;
}

// A map of which of equal keys the last one counts; in the order of the file.
void keep_last(std::vector<Entry>& entries, Entry entry) {
  const auto same = std::find_if(entries.begin(), entries.end(),
                                 [&](const Entry& each) { return each.key == entry.key; });
  if (same == entries.end()) {
    entries.push_back(entry);
  } else {
    same->value = entry.value;
  }
}

constexpr size_t kMostArguments = 200;    // of one operation; looking for equal keys is quadratic
constexpr size_t kMostBindings = 65'536;  // of one argument; concat has some hundreds
constexpr size_t kNameBytes = 1000;

}  // namespace

FunctionReader::FunctionReader(std::string name, ProgramContext& context) : context_(context) {
  function_.name = std::move(name);
}

ValueId FunctionReader::add(Value value) {
  context_.budget.take_values();
  function_.values.push_back(std::move(value));
  return static_cast<ValueId>(function_.values.size() - 1);
}

ValueId FunctionReader::define(Bytes message) {
  std::string_view name;
  Value value;
  value.type = {ValueKind::unknown, {DataType::unknown, false, {}}};
  for (WireReader reader(message, "NamedValueType"); auto field = reader.next();) {
    if (field->number == 1) {
      name = field->text();
      value.name = read_name(*field);
    }
    if (field->number == 2) value.type = read_value_type(field->message(), context_.budget);
  }
  const std::string shown = value.name;
  const Known now{add(std::move(value)), scope_};
  const auto [known, first] = known_.try_emplace(name, now);
  if (!first && known->second.scope == scope_) {
    context_.oddities.note(
        Oddity::Kind::other, "twice",
        "value " + shown + " of function " + function_.name + " is defined twice");
  }
  shadowed_.push_back({name, known->second, !first});
  known->second = now;
  return now.id;
}

ValueId FunctionReader::find(const Field& name, const std::string& user) {
  const auto known = known_.find(name.text());
  if (known != known_.end()) return known->second.id;
  Value value;
  value.name = read_name(name);
  value.type = {ValueKind::unknown, {DataType::unknown, false, {}}};
  context_.oddities.note(Oddity::Kind::other, "undefined",
                         user + " of function " + function_.name + " uses " + value.name +
                             ", which nothing before it defines",
                         user);
  return add(std::move(value));
}

void FunctionReader::add_input(Bytes message) { function_.body.inputs.push_back(define(message)); }

Function FunctionReader::read(Bytes block) {
  std::vector<ValueId> inputs = std::move(function_.body.inputs);
  function_.body = read_block(block, 0);  // the inputs' own scope
  if (!inputs.empty()) function_.body.inputs = std::move(inputs);
  return std::move(function_);
}

Argument FunctionReader::read_argument(std::string_view name, Bytes message,
                                       const std::string& label) {
  Argument argument{to_clean_utf8(name, kNameBytes), {}};
  for (WireReader reader(message, "Argument"); auto field = reader.next();) {
    if (field->number != 1) continue;
    for (WireReader binding(field->message(), "Argument.Binding"); auto bound = binding.next();) {
      if (argument.values.size() >= kMostBindings) {
        throw WireError("an argument has more than 65536 values");
      }
      if (bound->number == 1) {
        context_.budget.take_values();
        argument.values.push_back(find(*bound, label));
      }
      if (bound->number == 2) {
        argument.values.push_back(add(read_value(bound->message(), label, context_)));
      }
    }
  }
  return argument;
}

void FunctionReader::read_attribute(std::string_view name, Bytes message, const std::string& label,
                                    Operation& operation) {
  Value value = read_value(message, label, context_);
  if (name == "val" && operation.type == "const" && operation.results.size() == 1) {
    function_.values[operation.results.front()].constant = std::move(value.constant);
    return;
  }
  operation.arguments.push_back({to_clean_utf8(name, kNameBytes), {add(std::move(value))}});
}

Operation FunctionReader::read_operation(Bytes message) {
  context_.budget.take_operation();
  Operation operation;
  std::vector<Entry> inputs, attributes;
  std::vector<Bytes> results, blocks;
  for (WireReader reader(message, "Operation"); auto field = reader.next();) {
    switch (field->number) {
      case 1:
        operation.type = read_name(*field);
        break;
      case 2:
        keep_last(inputs, read_entry(field->message(), "Operation.inputs"));
        break;
      case 3:
        results.push_back(field->message());
        break;
      case 4:
        blocks.push_back(field->message());
        break;
      case 5:
        keep_last(attributes, read_entry(field->message(), "Operation.attributes"));
        break;
    }
    if (inputs.size() + attributes.size() > kMostArguments) {
      throw WireError("an operation has more than 200 arguments");
    }
  }
  const auto name = std::find_if(attributes.begin(), attributes.end(),
                                 [](const Entry& each) { return each.key == "name"; });
  if (name != attributes.end()) {
    const Value value = read_value(name->value, operation.type, context_);
    if (value.constant) {
      operation.name = to_clean_utf8(text(*value.constant).value_or(""), kNameBytes);
    }
    attributes.erase(name);
  }
  const std::string label = operation.name.empty() ? operation.type : operation.name;
  for (const Entry& input : inputs) {
    operation.arguments.push_back(read_argument(input.key, input.value, label));
  }
  for (const Bytes block : blocks) operation.blocks.push_back(read_block(block, ++blocks_));
  // Results come last: no operation can use its own.
  for (const Bytes result : results) operation.results.push_back(define(result));
  for (const Entry& attribute : attributes) {
    read_attribute(attribute.key, attribute.value, label, operation);
  }
  if (operation.type == "const" && operation.results.size() == 1) {
    std::optional<Constant>& result = function_.values[operation.results.front()].constant;
    const Constant* given = function_.constant(operation, "val");
    if (!result && given != nullptr) result = *given;
  }
  return operation;
}

Block FunctionReader::read_block(Bytes message, uint32_t scope) {
  const Nesting nesting(context_.budget);
  const size_t before = shadowed_.size();
  const uint32_t outer = std::exchange(scope_, scope);
  Block block;
  std::vector<Field> outputs;
  for (WireReader reader(message, "Block"); auto field = reader.next();) {
    switch (field->number) {
      case 1:
        block.inputs.push_back(define(field->message()));
        break;
      case 2:
        context_.budget.take_values();
        outputs.push_back(*field);
        break;
      case 3:
        block.operations.push_back(read_operation(field->message()));
        break;
    }
  }
  for (const Field& output : outputs) block.outputs.push_back(find(output, "an output"));
  for (; shadowed_.size() > before; shadowed_.pop_back()) {
    const Shadowed& last = shadowed_.back();
    if (last.existed) {
      known_.find(last.name)->second = last.before;
    } else {
      known_.erase(last.name);
    }
  }
  scope_ = outer;
  return block;
}

}  // namespace anemon::models
