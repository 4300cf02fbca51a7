// A function made ready to run: one step per operation, in the order of the file.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "models/analysis/infer.h"
#include "models/graph/function.h"
#include "profiler/reference/tensor.h"

namespace anemon::profiler::reference {

struct PlanOptions {
  bool round_to_fp16 = false;
  // Weights whose file is missing get small arbitrary numbers: only what they cost then means
  // something.
  bool invent_missing_weights = false;
};

class Sequence;

struct Step {
  const models::Operation* operation = nullptr;
  const models::Operation* fused_into = nullptr;  // which does its work
  Kernel run;                                     // empty: all was done while planning
  Duration total{};
  uint64_t calls = 0;
  std::vector<std::unique_ptr<Sequence>> blocks;
};

// The steps of a block.
class Sequence {
 public:
  explicit Sequence(const bool& timed) : timed_(timed) {}
  void run();

  std::vector<Step> steps;

 private:
  const bool& timed_;
};

class Plan {
 public:
  // `function` must outlive it. Throws Error that names the operation which cannot run.
  Plan(const models::Function& function, models::Inference inference, const PlanOptions& options);

  // Of an input or output of the function. Plain.
  const Tensor& tensor(models::ValueId value) const;
  void run() { body_->run(); }

  void time_steps(bool on);  // resets the sums
  const Sequence& body() const { return *body_; }

  uint64_t weight_bytes() const { return weight_bytes_; }
  uint64_t activation_bytes() const { return activation_bytes_; }

 private:
  friend class Planner;

  models::Inference inference_;
  bool timed_ = false;
  std::deque<Buffer> buffers_;
  std::unique_ptr<Sequence> body_;
  std::vector<std::pair<models::ValueId, Tensor>> interface_;
  uint64_t weight_bytes_ = 0;
  uint64_t activation_bytes_ = 0;
};

}  // namespace anemon::profiler::reference
