// Makes a Plan: gives every value a place in memory and every operation a kernel.
//
// Buffers are handed on as soon as nobody needs what they hold; those of the blocks of cond and
// while_loop are not. An operation whose operands are all known runs once, while planning, and its
// results are constants: that is how constexpr_* unpack weights.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/analysis/operation_kind.h"
#include "profiler/reference/fusion.h"
#include "profiler/reference/plan.h"

namespace anemon::profiler::reference {

// What a value of kind list is while the plan runs.
struct List {
  std::vector<std::vector<float>> items;
};

// Where a value is.
struct Place {
  std::vector<Tensor> forms;  // [0] as it was made; the same in other layouts
  std::shared_ptr<List> list;
  size_t block = 0;     // that defines it
  size_t last_use = 0;  // operation of that block
  bool constant = false;
  bool kept = false;  // a constant that a kernel reads when it runs
};

class Planner {
 public:
  Planner(Plan& plan, const models::Function& function, const PlanOptions& options);
  void make();

  const models::Function& function() const { return function_; }
  const models::Inference& inference() const { return plan_.inference_; }
  const PlanOptions& options() const { return options_; }

  Place& place(models::ValueId value);  // defined, or a constant that is unpacked now
  bool is_constant(models::ValueId value) const;
  // The elements of a constant, plain.
  Tensor constant(models::ValueId value);
  Tensor define(models::ValueId value, const Layout& layout, Buffer* buffer);
  void define(models::ValueId value, std::shared_ptr<List> list);
  // Whether the operation being planned is the last that needs the value and may write over it.
  bool dies(models::ValueId value) const;

  // Whether it is an output of the function or of a block: such values are there as plain ones too.
  bool lasts(models::ValueId value) const;
  Tensor plain_form(models::ValueId value);  // of one that lasts, or of a constant

  Buffer* take(size_t elements);
  void give_back(Buffer* buffer);  // one holder less
  bool folding() const { return folding_; }
  bool in_nested_block() const { return depth_ > 0; }
  size_t current_block() const { return block_; }
  void add_weights(uint64_t bytes) { plan_.weight_bytes_ += bytes; }

  std::unique_ptr<Sequence> plan_block(const models::Block& block,
                                       const std::vector<Tensor>& inputs,
                                       const std::vector<std::shared_ptr<List>>& lists);
  std::string name_of(models::ValueId value) const;

 private:
  struct BlockUses {
    std::unordered_map<models::ValueId, size_t> last;
  };

  void plan_operations(const models::Block& block, Sequence& sequence);
  void plan_operation(const models::Operation& operation,
                      const std::vector<const models::Operation*>& followers, Step& step);
  void release_operands(const models::Operation& operation, bool results);
  void release(models::ValueId value);
  void forget_constants(const models::Operation& operation);
  bool foldable(const models::Operation& operation) const;
  bool known_before_running(models::ValueId value) const;
  void count_uses(const models::Block& block);
  BlockUses uses_of(const models::Block& block) const;
  void bind_interface();
  void finish();

  Plan& plan_;
  const models::Function& function_;
  PlanOptions options_;
  std::vector<Place> places_;      // by ValueId
  std::vector<uint32_t> uses_;     // by ValueId: by operations and blocks, not yet planned
  std::vector<uint32_t> readers_;  // by ValueId: the same, all of them
  std::vector<Buffer*> free_;
  std::vector<Buffer*> pooled_;
  BlockUses current_uses_;
  size_t block_ = 0, next_block_ = 0, index_ = 0, depth_ = 0;
  bool folding_ = false;
};

}  // namespace anemon::profiler::reference
