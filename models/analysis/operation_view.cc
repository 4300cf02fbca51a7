#include <cmath>

#include "models/analysis/operation_kind.h"

namespace anemon::models {
namespace {

constexpr size_t kLongestParameter = 1024;

}  // namespace

const TensorType* OperationView::type(std::string_view argument) const {
  const Argument* found = operation_->argument(argument);
  if (found == nullptr || found->values.empty()) return nullptr;
  return &types_[found->values.front()].tensor;
}

std::vector<const TensorType*> OperationView::types(std::string_view argument) const {
  std::vector<const TensorType*> result;
  if (const Argument* found = operation_->argument(argument)) {
    result.reserve(found->values.size());
    for (const ValueId id : found->values) result.push_back(&types_[id].tensor);
  }
  return result;
}

const Constant* OperationView::constant(std::string_view argument) const {
  return function_->constant(*operation_, argument);
}

std::optional<std::vector<double>> OperationView::elements(std::string_view argument,
                                                           size_t limit) const {
  const Argument* found = operation_->argument(argument);
  if (found == nullptr || found->values.empty()) return std::nullopt;
  std::vector<double> result;
  for (const ValueId id : found->values) {
    std::optional<std::vector<double>> of_value;
    if (const auto& constant = function_->values[id].constant) {
      of_value = numbers(*constant, limit);
    } else if (elements_ != nullptr) {
      if (const auto known = elements_->find(id); known != elements_->end()) {
        of_value = known->second;
      }
    }
    if (!of_value && found->values.size() > 1) {  // one of several may be unknown
      const auto count = element_count(types_[id].tensor);
      if (count && *count <= limit) of_value.emplace(*count, NAN);
    }
    if (!of_value || result.size() + of_value->size() > limit) return std::nullopt;
    result.insert(result.end(), of_value->begin(), of_value->end());
  }
  return result;
}

std::optional<std::vector<int64_t>> OperationView::integers(std::string_view argument) const {
  const Argument* found = operation_->argument(argument);
  if (found != nullptr && found->values.size() == 1) {
    if (const Constant* constant = this->constant(argument)) {
      return models::integers(*constant, kLongestParameter);  // exact beyond 2^53
    }
  }
  const auto known = elements(argument, kLongestParameter);
  if (!known) return std::nullopt;
  std::vector<int64_t> result;
  result.reserve(known->size());
  for (const double element : *known) {
    if (!(std::abs(element) < 9.2e18)) return std::nullopt;
    result.push_back(static_cast<int64_t>(element));
  }
  return result;
}

std::optional<int64_t> OperationView::integer(std::string_view argument) const {
  const auto all = integers(argument);
  return all && !all->empty() ? std::optional(all->front()) : std::nullopt;
}

std::optional<bool> OperationView::flag(std::string_view argument) const {
  const std::optional<int64_t> value = integer(argument);
  return value ? std::optional(*value != 0) : std::nullopt;
}

std::optional<std::string> OperationView::text(std::string_view argument) const {
  const Constant* found = constant(argument);
  return found == nullptr ? std::nullopt : models::text(*found);
}

const TensorType& OperationView::result(size_t index) const {
  static const TensorType none{DataType::unknown, false, {}};
  return index < operation_->results.size() ? types_[operation_->results[index]].tensor : none;
}

}  // namespace anemon::models
