// What is publicly known about each chip's Neural Engine, as data: every value says where it is
// from and how far to trust it. A chip is one entry in chips.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace anemon::models {

// How sure the public knowledge is. `none`: nothing is known; a number would be invented.
enum class Confidence : uint8_t { none, folklore, measured, documented };
std::string_view name_of(Confidence confidence);

struct Fact {
  double value;  // SI units
  std::string_view source;
  Confidence confidence;
};

struct Chip {
  std::string_view name;           // "M4", "A17 Pro"
  std::string_view hardware = {};  // "H16g"; empty when not known
  std::optional<Fact> ane_cores{};
  // Peaks of the matrix part, of what one call runs on: one engine of an Ultra's two, both of an
  // M6.
  std::optional<Fact> fp16_flops_per_second{};
  std::optional<Fact> int8_ops_per_second{};
  std::optional<Fact> ane_bytes_per_second{};  // reading weights
  std::optional<Fact> activation_bytes_per_second{};
  std::optional<Fact> dispatch_seconds{};  // one call of the engine
  std::optional<Fact> max_dimension{};     // largest extent of a tensor
  std::optional<Fact> max_conv_kernel_width{}, max_conv_kernel_height{}, max_conv_kernel_square{};
  std::optional<Fact> max_pool_kernel{};
  std::optional<Fact> max_matmul_inner{};
  bool int8_arithmetic = false;  // computes int8 faster than fp16
};

std::span<const Chip> chips();  // oldest first

// By name, without regard to case and blanks ("m4", "M4 Pro", "Apple M4 Max", "a17pro"); variants
// with figures of their own have entries of their own, others answer with their family's.
// Null when there is none.
const Chip* find_chip(std::string_view name);
const Chip& default_chip();  // M4, on which the placement study was made

}  // namespace anemon::models
