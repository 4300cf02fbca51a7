#include <algorithm>
#include <array>

#include "profiler/reference/families.h"
#include "profiler/reference/refusal.h"

namespace anemon::profiler::reference {
namespace {

using models::ValueId;

Kernel copied(const Tensor& from, const Tensor& to) {
  if (from.buffer == to.buffer) return [] {};
  if (from.count() != to.count()) throw Refusal("what its blocks give changes its shape");
  return [from, to] { std::copy_n(from.data(), from.count(), to.data()); };
}

// A branch and the copies that make its outputs the operation's results.
struct Way {
  Sequence* sequence = nullptr;
  std::vector<Kernel> copies;

  void run() const {
    sequence->run();
    for (const Kernel& copy : copies) copy();
  }
};

bool is_list(const StepBuilder& step, ValueId value) {
  return step.view().function().values[value].type.kind == models::ValueKind::list;
}

}  // namespace

Kernel cond(StepBuilder& step) {
  const models::Operation& operation = step.operation();
  if (operation.blocks.size() != 2) step.refuse("it has not two blocks");
  const Tensor predicate = step.plain("pred");
  std::vector<Tensor> results;
  for (size_t i = 0; i < operation.results.size(); ++i) results.push_back(step.result(i));
  std::array<Way, 2> ways;
  for (size_t w = 0; w < 2; ++w) {
    const models::Block& block = operation.blocks[w];
    step.blocks().push_back(step.planner().plan_block(block, {}, {}));
    ways[w].sequence = step.blocks().back().get();
    for (size_t i = 0; i < results.size() && i < block.outputs.size(); ++i) {
      ways[w].copies.push_back(copied(step.planner().plain_form(block.outputs[i]), results[i]));
    }
  }
  return [=] { ways[*predicate.data() != 0 ? 0 : 1].run(); };
}

Kernel while_loop(StepBuilder& step) {
  const models::Operation& operation = step.operation();
  if (operation.blocks.size() != 2) step.refuse("it has not two blocks");
  const models::Block& condition = operation.blocks[0];
  const models::Block& body = operation.blocks[1];
  const size_t count = step.count("loop_vars");
  if (body.outputs.size() != count || operation.results.size() != count) {
    step.refuse("its blocks do not give as many values as it carries");
  }
  // Carried values live in the results' memory; what comes in and what a round gives is copied
  // there.
  std::vector<Tensor> carried(count);
  std::vector<std::shared_ptr<List>> lists(count);
  std::vector<Kernel> enter;
  for (size_t i = 0; i < count; ++i) {
    const ValueId value = step.value("loop_vars", i);
    if (is_list(step, value)) {
      lists[i] = step.planner().place(value).list;
      step.result_list(lists[i], i);
      continue;
    }
    const Tensor from = step.plain("loop_vars", i);
    carried[i] = step.result(i);
    enter.push_back(copied(from, carried[i]));
  }
  std::optional<Tensor> limit;
  if (step.given("max_iterations")) limit = step.plain("max_iterations");
  step.blocks().push_back(step.planner().plan_block(condition, carried, lists));
  step.blocks().push_back(step.planner().plan_block(body, carried, lists));
  Sequence* ask = step.blocks()[0].get();
  Sequence* round = step.blocks()[1].get();
  std::optional<Tensor> goes_on;
  if (!condition.outputs.empty()) goes_on = step.planner().plain_form(condition.outputs[0]);
  if (!goes_on && !limit) step.refuse("nothing ends it");

  // Two steps, as an output may be another carried value.
  std::vector<Kernel> leave, take_over;
  for (size_t i = 0; i < count; ++i) {
    if (lists[i]) continue;
    const Tensor from = step.planner().plain_form(body.outputs[i]);
    if (from.buffer == carried[i].buffer) continue;
    Tensor between = from;
    between.buffer = step.scratch(from.count());
    leave.push_back(copied(from, between));
    take_over.push_back(copied(between, carried[i]));
  }
  return [=] {
    for (const Kernel& copy : enter) copy();
    for (float rounds = 0; !limit || rounds < *limit->data(); ++rounds) {
      ask->run();
      if (goes_on && *goes_on->data() == 0) return;
      round->run();
      for (const Kernel& copy : leave) copy();
      for (const Kernel& copy : take_over) copy();
    }
  };
}

// Lists are changed in place: programs made from TensorFlow never read one that was written since.
Kernel make_list(StepBuilder& step) {
  auto list = std::make_shared<List>();
  const auto length = static_cast<size_t>(std::max<int64_t>(step.integer("init_length", 1), 0));
  step.result_list(list);
  return [=] { list->items.assign(length, {}); };
}

namespace {

std::vector<float>& item(List& list, float index, bool grows) {
  const auto at = static_cast<int64_t>(index);
  if (at < 0 || (!grows && at >= static_cast<int64_t>(list.items.size()))) {
    throw Refusal("it asks for element " + std::to_string(at) + " of a list of " +
                  std::to_string(list.items.size()));
  }
  if (at >= static_cast<int64_t>(list.items.size())) list.items.resize(static_cast<size_t>(at) + 1);
  return list.items[static_cast<size_t>(at)];
}

// What was never written is zero.
void read_item(List& list, float index, float* to, size_t count) {
  const std::vector<float>& from = item(list, index, false);
  std::fill_n(to, count, 0.0F);
  std::copy_n(from.begin(), std::min(from.size(), count), to);
}

}  // namespace

Kernel list_read(StepBuilder& step) {
  const auto list = step.list("ls");
  const Tensor index = step.plain("index");
  const Tensor y = step.result();
  return [=] { read_item(*list, *index.data(), y.data(), y.count()); };
}

Kernel list_write(StepBuilder& step) {
  const auto list = step.list("ls");
  const Tensor index = step.plain("index");
  const Tensor value = step.plain("value");
  step.result_list(list);
  return
      [=] { item(*list, *index.data(), true).assign(value.data(), value.data() + value.count()); };
}

Kernel list_gather(StepBuilder& step) {
  const auto list = step.list("ls");
  const Tensor indices = step.plain("indices");
  const Tensor y = step.result();
  const size_t each = y.count() / std::max<size_t>(indices.count(), 1);
  return [=] {
    for (size_t i = 0; i < indices.count(); ++i) {
      read_item(*list, indices.data()[i], y.data() + i * each, each);
    }
  };
}

Kernel list_scatter(StepBuilder& step) {
  const auto list = step.list("ls");
  const Tensor indices = step.plain("indices");
  const Tensor value = step.plain("value");
  step.result_list(list);
  const size_t each = value.count() / std::max<size_t>(indices.count(), 1);
  return [=] {
    for (size_t i = 0; i < indices.count(); ++i) {
      const float* from = value.data() + i * each;
      item(*list, indices.data()[i], true).assign(from, from + each);
    }
  };
}

Kernel list_length(StepBuilder& step) {
  const auto list = step.list("ls");
  const Tensor y = step.result();
  return [=] { *y.data() = static_cast<float>(list->items.size()); };
}

}  // namespace anemon::profiler::reference
