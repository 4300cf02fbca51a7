#include "profiler/reference/planner.h"

#include <algorithm>
#include <limits>
#include <random>

#include "profiler/reference/kernels.h"
#include "profiler/reference/refusal.h"
#include "profiler/reference/step_builder.h"
#include "profiler/reference/unpack.h"

namespace anemon::profiler::reference {

using models::Block;
using models::Operation;
using models::Value;
using models::ValueId;
using models::ValueKind;

namespace {

constexpr size_t kUntilTheEnd = std::numeric_limits<size_t>::max();

template <typename See>
void each_operand(const Operation& operation, See see) {
  for (const models::Argument& argument : operation.arguments) {
    for (const ValueId value : argument.values) see(value);
  }
}

// Of the operation and all that its blocks hold.
template <typename See>
void each_read(const Operation& operation, const See& see) {
  each_operand(operation, see);
  for (const Block& block : operation.blocks) {
    for (const Operation& inside : block.operations) each_read(inside, see);
    for (const ValueId value : block.outputs) see(value);
  }
}

// What cannot be computed ahead although its operands are constants.
bool happens_while_running(std::string_view type) {
  return type.starts_with("random_") || type.starts_with("list_") || type == "make_list" ||
         type.ends_with("_state") || type == "classify" || type.starts_with("loop");
}

}  // namespace

Planner::Planner(Plan& plan, const models::Function& function, const PlanOptions& options)
    : plan_(plan),
      function_(function),
      options_(options),
      places_(function.values.size()),
      uses_(function.values.size()) {}

void Planner::make() {
  count_uses(function_.body);
  readers_ = uses_;
  block_ = next_block_++;
  current_uses_ = uses_of(function_.body);
  bind_interface();
  plan_operations(function_.body, *plan_.body_);
  finish();
}

void Planner::count_uses(const Block& block) {
  for (const Operation& operation : block.operations) {
    each_operand(operation, [&](ValueId value) { ++uses_[value]; });
    for (const Block& nested : operation.blocks) count_uses(nested);
  }
  for (const ValueId value : block.outputs) ++uses_[value];
}

Planner::BlockUses Planner::uses_of(const Block& block) const {
  BlockUses uses;
  for (size_t i = 0; i < block.operations.size(); ++i) {
    // What a classifier's probabilities are is told after the plan has run.
    const size_t last = block.operations[i].type == "classify" ? kUntilTheEnd : i;
    each_read(block.operations[i], [&](ValueId value) {
      size_t& known = uses.last[value];
      known = known == kUntilTheEnd ? known : last;
    });
  }
  for (const ValueId value : block.outputs) uses.last[value] = kUntilTheEnd;
  return uses;
}

void Planner::bind_interface() {
  for (const ValueId value : function_.body.inputs) {
    const models::ValueType& type = inference().types[value];
    if (!is_known(type.tensor)) {
      throw Error("the shape of input '" + function_.values[value].name + "' is not known: it is " +
                      to_text(type.tensor),
                  "give its shape, for example --shape " + function_.values[value].name + "=1x3");
    }
    Tensor tensor;
    if (type.kind == ValueKind::state) {
      plan_.buffers_.emplace_back();
      Buffer& state = plan_.buffers_.back();
      state.elements = count_of(type.tensor.shape);
      state.fixed = true;
      state.allocate();
      plan_.activation_bytes_ += state.elements * sizeof(float);
      tensor = define(value, {}, &state);
    } else {
      tensor = define(value, {}, take(count_of(type.tensor.shape)));
    }
    plan_.interface_.emplace_back(value, tensor);
  }
}

bool Planner::known_before_running(ValueId value) const {
  if (function_.values[value].constant) return true;
  const auto found = inference().elements.find(value);
  if (found == inference().elements.end()) return false;
  const models::TensorType& type = inference().types[value].tensor;
  return is_known(type) && found->second.size() == count_of(type.shape) &&
         std::none_of(found->second.begin(), found->second.end(),
                      [](double element) { return element != element; });
}

bool Planner::is_constant(ValueId value) const {
  return places_[value].constant || (places_[value].forms.empty() && known_before_running(value));
}

Tensor Planner::constant(ValueId value) {
  Place& held = places_[value];
  if (!held.forms.empty()) return held.forms.front();
  const Value& source = function_.values[value];
  Tensor tensor;
  tensor.type = inference().types[value].tensor;
  if (source.constant && !is_known(tensor.type)) tensor.type = source.constant->type;
  plan_.buffers_.emplace_back();
  Buffer& buffer = plan_.buffers_.back();
  buffer.elements = tensor.count();
  buffer.fixed = true;
  buffer.holders = 1;
  buffer.allocate();
  tensor.buffer = &buffer;
  if (!source.constant) {
    const std::vector<double>& elements = inference().elements.at(value);
    std::copy(elements.begin(), elements.end(), buffer.data);
  } else if (source.constant->missing && options_.invent_missing_weights) {
    std::minstd_rand random(value + 1);
    std::uniform_real_distribution<float> small(0.001F, 0.05F);
    // Vectors may be variances; matrices of one sign would let sums grow without end.
    const bool signs = tensor.rank() > 1;
    if (is_float(tensor.type.dtype)) {
      std::generate_n(buffer.data, buffer.elements, [&] {
        const float weight = small(random);
        return signs && random() % 2 == 0 ? -weight : weight;
      });
    }
  } else {
    unpack(*source.constant, "'" + name_of(value) + "'", buffer.data, buffer.elements);
  }
  held.forms.push_back(tensor);
  held.constant = true;
  return tensor;
}

Place& Planner::place(ValueId value) {
  Place& held = places_[value];
  if (!held.forms.empty() || held.list) return held;
  if (known_before_running(value)) {
    constant(value);
    return held;
  }
  throw Refusal("nothing before it computes '" + name_of(value) + "'");
}

Tensor Planner::plain_form(ValueId value) {
  const std::vector<Tensor>& forms = place(value).forms;
  const auto plain = std::find_if(forms.begin(), forms.end(),
                                  [](const Tensor& form) { return form.layout.plain(); });
  if (plain == forms.end()) throw Refusal("'" + name_of(value) + "' is not there row by row");
  return *plain;
}

bool Planner::lasts(ValueId value) const { return places_[value].last_use == kUntilTheEnd; }

std::string Planner::name_of(ValueId value) const {
  const std::string& name = function_.values[value].name;
  return name.empty() ? "%" + std::to_string(value) : name;
}

Tensor Planner::define(ValueId value, const Layout& layout, Buffer* buffer) {
  Place& held = places_[value];
  held.forms = {{inference().types[value].tensor, layout, buffer}};
  held.block = block_;
  held.constant = folding_;
  const auto last = current_uses_.last.find(value);
  held.last_use = last == current_uses_.last.end() ? index_ : last->second;
  return held.forms.front();
}

void Planner::define(ValueId value, std::shared_ptr<List> list) {
  Place& held = places_[value];
  held.list = std::move(list);
  held.block = block_;
  const auto last = current_uses_.last.find(value);
  held.last_use = last == current_uses_.last.end() ? index_ : last->second;
}

bool Planner::dies(ValueId value) const {
  const Place& held = places_[value];
  return !held.forms.empty() && !held.constant && held.block == block_ && held.last_use == index_;
}

Buffer* Planner::take(size_t elements) {
  if (folding_) {
    plan_.buffers_.emplace_back();
    Buffer& own = plan_.buffers_.back();
    own.elements = elements;
    own.holders = 1;
    own.fixed = true;
    own.allocate();
    return &own;
  }
  // The smallest that is large enough, else the largest, which grows.
  const auto better = [&](const Buffer* a, const Buffer* b) {
    const bool a_fits = a->elements >= elements;
    const bool b_fits = b->elements >= elements;
    if (a_fits != b_fits) return a_fits;
    return a_fits ? a->elements < b->elements : a->elements > b->elements;
  };
  const auto best = std::min_element(free_.begin(), free_.end(), better);
  Buffer* buffer = nullptr;
  if (best != free_.end()) {
    buffer = *best;
    free_.erase(best);
  } else {
    plan_.buffers_.emplace_back();
    buffer = &plan_.buffers_.back();
    pooled_.push_back(buffer);
  }
  buffer->elements = std::max(buffer->elements, elements);
  buffer->holders = 1;
  return buffer;
}

void Planner::give_back(Buffer* buffer) {
  if (buffer->fixed || depth_ > 0) return;
  if (--buffer->holders == 0) free_.push_back(buffer);
}

void Planner::release(ValueId value) {
  Place& held = places_[value];
  if (held.constant || depth_ > 0) return;
  for (const Tensor& form : held.forms) give_back(form.buffer);
  held.forms.clear();
}

void Planner::release_operands(const Operation& operation, bool results) {
  const auto release_dead = [&](ValueId value) {
    if (!places_[value].forms.empty() && dies(value)) release(value);
  };
  each_read(operation, release_dead);
  if (!results) return;
  for (const ValueId value : operation.results) release_dead(value);
}

// A constant that was only needed while planning (packed weights, parameters) goes.
void Planner::forget_constants(const Operation& operation) {
  each_operand(operation, [&](ValueId value) {
    Place& held = places_[value];
    if (--uses_[value] > 0 || !held.constant || held.kept) return;
    for (const Tensor& form : held.forms) {
      form.buffer->own.reset();
      form.buffer->data = nullptr;
    }
    held.forms.clear();
  });
}

bool Planner::foldable(const Operation& operation) const {
  if (!operation.blocks.empty() || operation.results.empty()) return false;
  if (happens_while_running(operation.type)) return false;
  bool known = true;
  each_operand(operation, [&](ValueId value) { known &= is_constant(value); });
  for (const ValueId value : operation.results) {
    known &= inference().types[value].kind == ValueKind::tensor;
  }
  return known;
}

void Planner::plan_operations(const Block& block, Sequence& sequence) {
  std::vector<std::vector<const Operation*>> fused(block.operations.size());
  if (!options_.round_to_fp16) fused = fusions(function_, inference(), block, readers_);
  std::unordered_map<const Operation*, const Operation*> leaders;
  for (size_t i = 0; i < fused.size(); ++i) {
    for (const Operation* follower : fused[i]) leaders.emplace(follower, &block.operations[i]);
  }
  for (size_t i = 0; i < block.operations.size(); ++i) {
    const Operation& operation = block.operations[i];
    index_ = i;
    if (operation.type == "const") continue;
    Step step;
    step.operation = &operation;
    const auto leader = leaders.find(&operation);
    if (leader != leaders.end()) {
      step.fused_into = leader->second;
    } else {
      plan_operation(operation, fused[i], step);
      release_operands(operation, true);
      for (const Operation* follower : fused[i]) release_operands(*follower, true);
    }
    sequence.steps.push_back(std::move(step));
    forget_constants(operation);
  }
}

void Planner::plan_operation(const Operation& operation,
                             const std::vector<const Operation*>& followers, Step& step) {
  const bool known = !operation.results.empty() && operation.blocks.empty() &&
                     std::all_of(operation.results.begin(), operation.results.end(),
                                 [&](ValueId value) { return known_before_running(value); });
  if (known) return;
  const MakeKernel make_kernel = find_kernel(operation.type);
  if (make_kernel == nullptr) throw unsupported(operation);
  try {
    folding_ = foldable(operation);
    StepBuilder builder(*this, operation, followers, step);
    builder.finish(make_kernel(builder));
    if (folding_) {
      step.run();
      step.run = nullptr;
    }
    folding_ = false;
  } catch (const Refusal& refusal) {
    throw refused(operation, refusal);
  }
}

std::unique_ptr<Sequence> Planner::plan_block(const Block& block, const std::vector<Tensor>& inputs,
                                              const std::vector<std::shared_ptr<List>>& lists) {
  auto sequence = std::make_unique<Sequence>(plan_.timed_);
  const size_t outer_block = block_;
  const size_t outer_index = index_;
  BlockUses outer_uses = std::exchange(current_uses_, uses_of(block));
  block_ = next_block_++;
  ++depth_;
  for (size_t i = 0; i < block.inputs.size() && i < inputs.size(); ++i) {
    if (lists[i]) {
      define(block.inputs[i], lists[i]);
    } else {
      ++inputs[i].buffer->holders;
      define(block.inputs[i], {}, inputs[i].buffer);
    }
  }
  plan_operations(block, *sequence);
  --depth_;
  block_ = outer_block;
  index_ = outer_index;
  current_uses_ = std::move(outer_uses);
  return sequence;
}

void Planner::finish() {
  std::vector<ValueId> wanted = function_.body.outputs;
  for (const Operation& operation : function_.body.operations) {
    const models::Argument* probabilities = operation.argument("probabilities");
    if (probabilities != nullptr) {
      wanted.insert(wanted.end(), probabilities->values.begin(), probabilities->values.end());
    }
  }
  for (const ValueId value : wanted) {
    if (inference().types[value].kind == ValueKind::dictionary) continue;
    if (place(value).forms.empty()) throw Error("output '" + name_of(value) + "' is a list");
    places_[value].kept = true;
    const Tensor tensor = plain_form(value);
    plan_.interface_.emplace_back(value, tensor);
  }
  for (Buffer* buffer : pooled_) {
    buffer->allocate();
    plan_.activation_bytes_ += buffer->elements * sizeof(float);
  }
  for (const Place& held : places_) {
    if (!held.constant || !held.kept) continue;
    for (const Tensor& form : held.forms) plan_.weight_bytes_ += form.elements() * sizeof(float);
  }
}

}  // namespace anemon::profiler::reference
