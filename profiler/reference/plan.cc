#include "profiler/reference/plan.h"

#include <algorithm>
#include <chrono>

#include "profiler/reference/planner.h"
#include "profiler/reference/refusal.h"

namespace anemon::profiler::reference {

void Sequence::run() {
  Step* current = nullptr;
  try {
    if (!timed_) {
      for (Step& step : steps) {
        if (!step.run) continue;
        current = &step;
        step.run();
      }
      return;
    }
    using Ticks = std::chrono::steady_clock;
    auto before = Ticks::now();
    for (Step& step : steps) {
      ++step.calls;
      if (!step.run) continue;
      current = &step;
      step.run();
      const auto after = Ticks::now();
      step.total += after - before;
      before = after;
    }
  } catch (const Refusal& refusal) {
    throw refused(*current->operation, refusal);
  }
}

Plan::Plan(const models::Function& function, models::Inference inference,
           const PlanOptions& options)
    : inference_(std::move(inference)), body_(std::make_unique<Sequence>(timed_)) {
  Planner(*this, function, options).make();
}

const Tensor& Plan::tensor(models::ValueId value) const {
  const auto found = std::find_if(interface_.begin(), interface_.end(),
                                  [&](const auto& each) { return each.first == value; });
  if (found == interface_.end()) throw Error("a value of the model is neither input nor output");
  return found->second;
}

namespace {

void reset(Sequence& sequence) {
  for (Step& step : sequence.steps) {
    step.total = {};
    step.calls = 0;
    for (const auto& block : step.blocks) reset(*block);
  }
}

}  // namespace

void Plan::time_steps(bool on) {
  timed_ = on;
  if (on) reset(*body_);
}

}  // namespace anemon::profiler::reference
