#include <algorithm>
#include <cmath>
#include <limits>

#include "profiler/reference/elementwise.h"

namespace anemon::profiler::reference {
namespace {

template <float (*function)(float, float, float)>
void each(const float* x, float* y, size_t count, float a, float b) {
  for (size_t i = 0; i < count; ++i) y[i] = function(x[i], a, b);
}

template <float (*function)(float, float)>
void pairs(const float* x, size_t x_step, const float* y, size_t y_step, float* z, size_t count) {
  if (x_step == 1 && y_step == 1) {
    for (size_t i = 0; i < count; ++i) z[i] = function(x[i], y[i]);
  } else if (x_step == 1) {
    const float right = *y;
    for (size_t i = 0; i < count; ++i) z[i] = function(x[i], right);
  } else if (y_step == 1) {
    const float left = *x;
    for (size_t i = 0; i < count; ++i) z[i] = function(left, y[i]);
  } else {
    std::fill_n(z, count, function(*x, *y));
  }
}

using F = float;
F absolute(F x, F, F) { return std::fabs(x); }
F sign(F x, F, F) { return x > 0 ? 1.0F : x < 0 ? -1.0F : x; }
F floored(F x, F, F) { return std::floor(x); }
F ceiled(F x, F, F) { return std::ceil(x); }
F rounded(F x, F, F) { return std::nearbyint(x); }
F square(F x, F, F) { return x * x; }
F relu(F x, F, F) { return x > 0 ? x : 0; }
F clip(F x, F a, F b) { return std::min(std::max(x, a), b); }
F clamped_relu(F x, F a, F b) { return std::min(b, x >= 0 ? x : a * x); }
F leaky_relu(F x, F a, F) { return x > 0 ? x : a * x; }
F thresholded_relu(F x, F a, F) { return x > a ? x : 0; }
F linear(F x, F a, F b) { return a * x + b; }
F sigmoid(F x, F, F) { return 1 / (1 + std::exp(-x)); }
F sigmoid_hard(F x, F a, F b) { return std::min(std::max(a * x + b, 0.0F), 1.0F); }
F tanh_of(F x, F, F) { return std::tanh(x); }
F scaled_tanh(F x, F a, F b) { return a * std::tanh(b * x); }
F silu(F x, F, F) { return x / (1 + std::exp(-x)); }
F elu(F x, F a, F) { return x > 0 ? x : a * std::expm1(x); }
F softplus(F x, F, F) { return std::max(x, 0.0F) + std::log1p(std::exp(-std::fabs(x))); }
F softsign(F x, F, F) { return x / (1 + std::fabs(x)); }
F exp_of(F x, F, F) { return std::exp(x); }
F exp2_of(F x, F, F) { return std::exp2(x); }
F log_of(F x, F a, F) { return std::log(x + a); }
F sqrt_of(F x, F, F) { return std::sqrt(x); }
F rsqrt(F x, F a, F) { return 1 / std::sqrt(x + a); }
F inverse(F x, F a, F) { return 1 / (x + a); }
F erf_of(F x, F, F) { return std::erf(x); }
F sin_of(F x, F, F) { return std::sin(x); }
F cos_of(F x, F, F) { return std::cos(x); }
F tan_of(F x, F, F) { return std::tan(x); }
F asin_of(F x, F, F) { return std::asin(x); }
F acos_of(F x, F, F) { return std::acos(x); }
F atan_of(F x, F, F) { return std::atan(x); }
F sinh_of(F x, F, F) { return std::sinh(x); }
F cosh_of(F x, F, F) { return std::cosh(x); }
F asinh_of(F x, F, F) { return std::asinh(x); }
F acosh_of(F x, F, F) { return std::acosh(x); }
F atanh_of(F x, F, F) { return std::atanh(x); }
F logical_not(F x, F, F) { return x == 0 ? 1.0F : 0.0F; }
F gelu(F x, F, F) { return 0.5F * x * (1 + std::erf(x * 0.70710678F)); }

F add(F x, F y) { return x + y; }
F subtract(F x, F y) { return x - y; }
F multiply(F x, F y) { return x * y; }
F divide(F x, F y) { return x / y; }
F floor_divide(F x, F y) { return std::floor(x / y); }
// With the sign of the divisor.
F modulo(F x, F y) {
  const F rest = std::fmod(x, y);
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}
F power(F x, F y) { return std::pow(x, y); }
F maximum(F x, F y) { return x > y ? x : y; }
F minimum(F x, F y) { return x < y ? x : y; }
F equal(F x, F y) { return x == y ? 1.0F : 0.0F; }
F not_equal(F x, F y) { return x != y ? 1.0F : 0.0F; }
F less(F x, F y) { return x < y ? 1.0F : 0.0F; }
F less_equal(F x, F y) { return x <= y ? 1.0F : 0.0F; }
F greater(F x, F y) { return x > y ? 1.0F : 0.0F; }
F greater_equal(F x, F y) { return x >= y ? 1.0F : 0.0F; }
F logical_and(F x, F y) { return x != 0 && y != 0 ? 1.0F : 0.0F; }
F logical_or(F x, F y) { return x != 0 || y != 0 ? 1.0F : 0.0F; }
F logical_xor(F x, F y) { return (x != 0) != (y != 0) ? 1.0F : 0.0F; }

constexpr F kLargest = std::numeric_limits<F>::max();

// Defaults are MIL's. Where oneDNN has the function (fusion.cc) it runs instead.
constexpr Unary kUnary[] = {
    {"abs", each<absolute>, "", ""},
    {"sign", each<sign>, "", ""},
    {"floor", each<floored>, "", ""},
    {"ceil", each<ceiled>, "", ""},
    {"round", each<rounded>, "", ""},
    {"square", each<square>, "", ""},
    {"relu", each<relu>, "", ""},
    {"relu6", each<clip>, "", "", 0, 6},
    {"clip", each<clip>, "alpha", "beta", -kLargest, kLargest},
    {"clamped_relu", each<clamped_relu>, "alpha", "beta", 0, kLargest},
    {"leaky_relu", each<leaky_relu>, "alpha", "", 0.01F},
    {"thresholded_relu", each<thresholded_relu>, "alpha", "", 1},
    {"threshold", each<clip>, "alpha", "", 0, kLargest},
    {"linear_activation", each<linear>, "alpha", "beta", 1, 0},
    {"sigmoid", each<sigmoid>, "", ""},
    {"sigmoid_hard", each<sigmoid_hard>, "alpha", "beta", 0.2F, 0.5F},
    {"tanh", each<tanh_of>, "", ""},
    {"scaled_tanh", each<scaled_tanh>, "alpha", "beta", 1, 1},
    {"silu", each<silu>, "", ""},
    {"gelu", each<gelu>, "", ""},
    {"elu", each<elu>, "alpha", "", 1},
    {"softplus", each<softplus>, "", ""},
    {"softsign", each<softsign>, "", ""},
    {"exp", each<exp_of>, "", ""},
    {"exp2", each<exp2_of>, "", ""},
    {"log", each<log_of>, "epsilon", "", 1e-45F},
    {"sqrt", each<sqrt_of>, "", ""},
    {"rsqrt", each<rsqrt>, "epsilon", "", 1e-12F},
    {"inverse", each<inverse>, "epsilon", "", 1e-4F},
    {"erf", each<erf_of>, "", ""},
    {"sin", each<sin_of>, "", ""},
    {"cos", each<cos_of>, "", ""},
    {"tan", each<tan_of>, "", ""},
    {"asin", each<asin_of>, "", ""},
    {"acos", each<acos_of>, "", ""},
    {"atan", each<atan_of>, "", ""},
    {"sinh", each<sinh_of>, "", ""},
    {"cosh", each<cosh_of>, "", ""},
    {"asinh", each<asinh_of>, "", ""},
    {"acosh", each<acosh_of>, "", ""},
    {"atanh", each<atanh_of>, "", ""},
    {"logical_not", each<logical_not>, "", ""},
};

constexpr Binary kBinary[] = {
    {"add", pairs<add>},
    {"sub", pairs<subtract>},
    {"mul", pairs<multiply>},
    {"real_div", pairs<divide>},
    {"floor_div", pairs<floor_divide>},
    {"mod", pairs<modulo>},
    {"pow", pairs<power>},
    {"maximum", pairs<maximum>},
    {"minimum", pairs<minimum>},
    {"equal", pairs<equal>},
    {"not_equal", pairs<not_equal>},
    {"less", pairs<less>},
    {"less_equal", pairs<less_equal>},
    {"greater", pairs<greater>},
    {"greater_equal", pairs<greater_equal>},
    {"logical_and", pairs<logical_and>},
    {"logical_or", pairs<logical_or>},
    {"logical_xor", pairs<logical_xor>},
};

template <typename Rows>
auto find(const Rows& rows, std::string_view operation) -> decltype(&rows[0]) {
  for (const auto& row : rows) {
    if (row.operation == operation) return &row;
  }
  return nullptr;
}

}  // namespace

const Unary* find_unary(std::string_view operation) { return find(kUnary, operation); }
const Binary* find_binary(std::string_view operation) { return find(kBinary, operation); }

void add_elementwise_names(std::vector<std::string_view>& names) {
  for (const Unary& row : kUnary) names.push_back(row.operation);
  for (const Binary& row : kBinary) names.push_back(row.operation);
}

}  // namespace anemon::profiler::reference
