#include "models/analysis/fold.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "models/analysis/operand.h"

namespace anemon::models {
namespace {

constexpr size_t kLargest = 32;  // elements; no tensor has so many dimensions

using Elements = std::optional<std::vector<double>>;
using Fold = Elements (*)(const OperationView&, const TensorType& result);

Elements of(const OperationView& view, std::string_view argument) {
  return view.elements(argument, kLargest);
}

Elements fold_shape(const OperationView& view, const TensorType&) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr) return std::nullopt;
  std::vector<double> extents;
  for (const int64_t extent : x->shape) {
    extents.push_back(is_open(extent) ? NAN : static_cast<double>(extent));
  }
  return extents;
}

Elements fold_same(const OperationView& view, const TensorType&) { return of(view, "x"); }

Elements fold_cast(const OperationView& view, const TensorType& result) {
  Elements x = of(view, "x");
  if (!x) return x;
  for (double& element : *x) {
    if (result.dtype == DataType::boolean && !std::isnan(element)) element = element != 0;
    if (is_integer(result.dtype)) element = std::trunc(element);
  }
  return x;
}

// Several lists, or scalars, one after the other.
Elements fold_join(const OperationView& view, const TensorType& result) {
  if (result.shape.size() != 1 || view.flag("interleave").value_or(false)) return std::nullopt;
  return of(view, "values");
}

bool is_list(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  return x != nullptr && x->shape.size() == 1;
}

Elements fold_gather(const OperationView& view, const TensorType&) {
  const Elements x = is_list(view) ? of(view, "x") : std::nullopt;
  const Elements indices = of(view, "indices");
  if (!x || !indices) return std::nullopt;
  std::vector<double> picked;
  for (const double index : *indices) {
    const double at = index < 0 ? index + static_cast<double>(x->size()) : index;
    const bool inside = at >= 0 && at < static_cast<double>(x->size());
    picked.push_back(inside ? (*x)[static_cast<size_t>(at)] : NAN);
  }
  return picked;
}

Elements fold_slice_by_index(const OperationView& view, const TensorType& result) {
  const Elements x = is_list(view) ? of(view, "x") : std::nullopt;
  const auto stride = parameters(view, "stride", 1, 1);
  const auto count = element_count(result);
  if (!x || !stride || !count || *count > x->size()) return std::nullopt;
  const auto size = static_cast<int64_t>(x->size());
  int64_t at = (*stride)[0] > 0 ? 0 : size - 1;
  if (!view.flag("begin_mask").value_or(false)) {
    const auto begin = view.integer("begin");
    if (!begin || *begin >= size || *begin < -size) return std::nullopt;
    at = *begin < 0 ? *begin + size : *begin;
  }
  std::vector<double> picked;
  for (uint64_t i = 0; i < *count; ++i) {
    if (at < 0 || at >= size) return std::nullopt;
    picked.push_back((*x)[static_cast<size_t>(at)]);
    if (__builtin_add_overflow(at, (*stride)[0], &at)) at = -1;
  }
  return picked;
}

Elements fold_slice_by_size(const OperationView& view, const TensorType& result) {
  const Elements x = is_list(view) ? of(view, "x") : std::nullopt;
  const auto begin = view.integer("begin");
  const auto count = element_count(result);
  if (!x || !begin || !count || *begin < 0 || static_cast<uint64_t>(*begin) > x->size() ||
      *count > x->size() - static_cast<uint64_t>(*begin)) {
    return std::nullopt;
  }
  const auto first = x->begin() + *begin;
  return std::vector<double>(first, first + static_cast<std::ptrdiff_t>(*count));
}

double floor_mod(double a, double b) { return a - std::floor(a / b) * b; }

// Lists of equal length, or a list and a scalar.
template <double (*operation)(double, double)>
Elements fold_binary(const OperationView& view, const TensorType& result) {
  const Elements x = of(view, "x"), y = of(view, "y");
  if (!x || !y || x->empty() || y->empty() || result.shape.size() > 1) return std::nullopt;
  if (x->size() != y->size() && x->size() != 1 && y->size() != 1) return std::nullopt;
  std::vector<double> elements(std::max(x->size(), y->size()));
  for (size_t i = 0; i < elements.size(); ++i) {
    const double a = (*x)[x->size() == 1 ? 0 : i], b = (*y)[y->size() == 1 ? 0 : i];
    elements[i] = std::isnan(a) || std::isnan(b) ? NAN : operation(a, b);
  }
  return elements;
}

template <double (*operation)(double)>
Elements fold_unary(const OperationView& view, const TensorType&) {
  Elements x = of(view, "x");
  if (x) std::transform(x->begin(), x->end(), x->begin(), operation);
  return x;
}

template <double (*operation)(double, double)>
Elements fold_reduce(const OperationView& view, const TensorType& result) {
  const Elements x = of(view, "x");
  if (!x || x->empty() || !is_list(view) || element_count(result) != 1U) return std::nullopt;
  double all = x->front();
  for (size_t i = 1; i < x->size(); ++i) {
    all = std::isnan(all) || std::isnan((*x)[i]) ? NAN : operation(all, (*x)[i]);
  }
  return std::vector<double>{all};
}

Elements fold_select(const OperationView& view, const TensorType& result) {
  const Elements condition = of(view, "cond"), a = of(view, "a"), b = of(view, "b");
  const auto count = element_count(result);
  if (!condition || !a || !b || !count) return std::nullopt;
  std::vector<double> elements;
  for (uint64_t i = 0; i < *count; ++i) {
    const auto element = [&](const Elements& list) {
      return list->size() == *count ? (*list)[i] : list->size() == 1 ? list->front() : NAN;
    };
    const double chosen = element(condition);
    elements.push_back(std::isnan(chosen) ? NAN : element(chosen != 0 ? a : b));
  }
  return elements;
}

Elements fold_fill(const OperationView& view, const TensorType& result) {
  const Elements value = of(view, "value");
  const auto count = element_count(result);
  if (!value || value->empty() || !count || *count > kLargest) return std::nullopt;
  return std::vector<double>(*count, value->front());
}

Elements fold_range(const OperationView& view, const TensorType& result) {
  const Elements start = of(view, "start"), step = of(view, "step");
  const auto count = element_count(result);
  if (!start || start->empty() || !step || step->empty() || !count || *count > kLargest) {
    return std::nullopt;
  }
  std::vector<double> elements;
  for (uint64_t i = 0; i < *count; ++i) {
    elements.push_back(start->front() + static_cast<double>(i) * step->front());
  }
  return elements;
}

double added(double a, double b) { return a + b; }
double subtracted(double a, double b) { return a - b; }
double multiplied(double a, double b) { return a * b; }
double divided(double a, double b) { return a / b; }
double floor_divided(double a, double b) { return std::floor(a / b); }
double larger(double a, double b) { return std::max(a, b); }
double smaller(double a, double b) { return std::min(a, b); }
double equal(double a, double b) { return a == b; }
double not_equal(double a, double b) { return a != b; }
double less(double a, double b) { return a < b; }
double less_equal(double a, double b) { return a <= b; }
double greater(double a, double b) { return a > b; }
double greater_equal(double a, double b) { return a >= b; }
double floored(double a) { return std::floor(a); }
double ceiled(double a) { return std::ceil(a); }
double rounded(double a) { return std::nearbyint(a); }

const std::unordered_map<std::string_view, Fold>& folds() {
  static const std::unordered_map<std::string_view, Fold> table{
      {"shape", fold_shape},
      {"identity", fold_same},
      {"reshape", fold_same},
      {"squeeze", fold_same},
      {"expand_dims", fold_same},
      {"cast", fold_cast},
      {"concat", fold_join},
      {"stack", fold_join},
      {"gather", fold_gather},
      {"slice_by_index", fold_slice_by_index},
      {"slice_by_size", fold_slice_by_size},
      {"add", fold_binary<added>},
      {"sub", fold_binary<subtracted>},
      {"mul", fold_binary<multiplied>},
      {"real_div", fold_binary<divided>},
      {"floor_div", fold_binary<floor_divided>},
      {"mod", fold_binary<floor_mod>},
      {"maximum", fold_binary<larger>},
      {"minimum", fold_binary<smaller>},
      {"equal", fold_binary<equal>},
      {"not_equal", fold_binary<not_equal>},
      {"less", fold_binary<less>},
      {"less_equal", fold_binary<less_equal>},
      {"greater", fold_binary<greater>},
      {"greater_equal", fold_binary<greater_equal>},
      {"floor", fold_unary<floored>},
      {"ceil", fold_unary<ceiled>},
      {"round", fold_unary<rounded>},
      {"reduce_prod", fold_reduce<multiplied>},
      {"reduce_sum", fold_reduce<added>},
      {"reduce_max", fold_reduce<larger>},
      {"reduce_min", fold_reduce<smaller>},
      {"select", fold_select},
      {"fill", fold_fill},
      {"range_1d", fold_range},
  };
  return table;
}

}  // namespace

std::optional<std::vector<double>> fold(const OperationView& view, const TensorType& result) {
  const auto count = result.ranked ? element_count(result) : std::nullopt;
  if (!count || *count > kLargest || *count == 0) return std::nullopt;
  const auto rule = folds().find(view.operation().type);
  if (rule == folds().end()) return std::nullopt;
  Elements elements = rule->second(view, result);
  const auto unknown = [](double element) { return std::isnan(element); };
  if (!elements || elements->size() != *count ||
      std::all_of(elements->begin(), elements->end(), unknown)) {
    return std::nullopt;
  }
  return elements;
}

}  // namespace anemon::models
