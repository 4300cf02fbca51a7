// What a kernel is made from: one operation, its operands and its results.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/analysis/operation_kind.h"
#include "profiler/reference/onednn.h"
#include "profiler/reference/planner.h"

namespace anemon::profiler::reference {

class StepBuilder {
 public:
  StepBuilder(Planner& planner, const models::Operation& operation,
              std::vector<const models::Operation*> followers, Step& step);

  const models::Operation& operation() const { return operation_; }
  const models::OperationView& view() const { return view_; }
  Planner& planner() { return planner_; }
  // Operations to be done on the way, see fusion.h.
  const std::vector<const models::Operation*>& followers() const { return followers_; }

  // Operands, by argument and the position among its values.
  bool given(std::string_view argument) const { return operation_.argument(argument) != nullptr; }
  size_t count(std::string_view argument) const;
  models::ValueId value(std::string_view argument, size_t index = 0) const;
  const models::TensorType& type(std::string_view argument, size_t index = 0) const;
  bool constant(std::string_view argument, size_t index = 0) const;
  Tensor plain(std::string_view argument, size_t index = 0);
  Tensor as_made(std::string_view argument, size_t index = 0);
  // As an image of these dimensions that lies in this layout.
  Tensor in_layout(std::string_view argument, const Layout& layout, size_t index = 0);
  // Of a constant; for use while the kernel is made.
  std::span<const float> elements(std::string_view argument, size_t index = 0);
  std::shared_ptr<List> list(std::string_view argument) const;

  // Results. Each is made once, after the operands.
  const models::TensorType& result_type(size_t index = 0) const;
  Tensor result(size_t index = 0, const Layout& layout = {});
  // In the memory of `operand` if nobody needs that any more, and in its layout.
  Tensor result_over(const Tensor& operand, size_t index = 0);
  // The memory of a plain operand under another shape.
  void same_memory(const Tensor& operand, size_t index = 0);
  void result_list(std::shared_ptr<List> list, size_t index = 0);
  // Memory for this step alone.
  Buffer* scratch(size_t elements);
  // A primitive's kernel; what it packed counts as weights.
  Kernel kernel(const onednn::Primitive& primitive, const std::vector<const Buffer*>& sources,
                const Buffer* destination);

  // Parameters: `otherwise` when absent; refused when they are known only while the model runs.
  int64_t integer(std::string_view name, int64_t otherwise) const;
  float number(std::string_view name, float otherwise) const;
  bool flag(std::string_view name, bool otherwise) const;
  std::string text(std::string_view name, std::string_view otherwise) const;
  std::vector<int64_t> integers(std::string_view name, std::vector<int64_t> otherwise) const;
  // An axis as an index of a dimension, negative ones counted from the end.
  size_t axis(std::string_view name, int64_t otherwise, size_t rank) const;
  std::vector<size_t> axes(std::string_view name, size_t rank) const;  // absent: all

  [[noreturn]] void refuse(const std::string& why) const;

  // The step's kernel: first the reorders that operands need, then `kernel`.
  void finish(Kernel kernel);
  std::vector<std::unique_ptr<Sequence>>& blocks() { return step_.blocks; }

 private:
  Tensor reordered(models::ValueId value, const Tensor& from, const Layout& to);
  const models::Operation& last() const;
  std::optional<std::vector<double>> parameter(std::string_view name) const;

  Planner& planner_;
  const models::Operation& operation_;
  std::vector<const models::Operation*> followers_;
  Step& step_;
  models::OperationView view_;
  std::vector<Kernel> before_;
  std::vector<Buffer*> temporary_;
  std::vector<Tensor> results_;
};

using MakeKernel = Kernel (*)(StepBuilder&);

}  // namespace anemon::profiler::reference
