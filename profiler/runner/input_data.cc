#include "profiler/runner/input_data.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <numbers>
#include <string_view>
#include <utility>

#include "core/error.h"

namespace anemon::profiler {
namespace {

using models::FeatureKind;
using Kind = InputFill::Kind;

// splitmix64 (Steele, Lea, Flood, 2014). Own distributions, for those of the standard library give
// other numbers with every library.
class Random {
 public:
  Random(uint64_t seed, std::string_view name, uint64_t item) : state_(seed) {
    for (const char byte : name) state_ = (state_ ^ static_cast<uint8_t>(byte)) * 0x100000001b3;
    state_ ^= next() + item;
    next();
  }

  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }  // [0, 1)

  double normal() {  // Box and Muller
    const double radius = std::sqrt(-2 * std::log(1 - unit()));
    return radius * std::cos(2 * std::numbers::pi * unit());
  }

 private:
  uint64_t next() {
    uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

  uint64_t state_;
};

[[noreturn]] void fail(const models::Feature& input, const std::string& why,
                       std::string hint = {}) {
  throw Error(fmt::format("input {}: {}", input.name, why), std::move(hint));
}

uint64_t elements(const models::Feature& input, const models::Shape& shape) {
  models::TensorType type = input.tensor;
  type.shape = shape;
  const auto count = models::element_count(type);
  constexpr uint64_t kMost = uint64_t{1} << 31;
  if (!count)
    fail(input, fmt::format("its shape {} is not known", models::to_text(shape)), "give its shape");
  if (*count > kMost) fail(input, fmt::format("its shape {} is too large", models::to_text(shape)));
  return *count;
}

bool is_scalar(const models::Feature& input) {
  return input.kind == FeatureKind::integer || input.kind == FeatureKind::number;
}

std::vector<float> read_file(const models::Feature& input, const std::string& path,
                             uint64_t count) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) fail(input, fmt::format("cannot read {}", path));
  const auto size = static_cast<uint64_t>(file.tellg());
  if (size != count * sizeof(float)) {
    fail(input, fmt::format("{} has {} bytes; {} numbers of 4 bytes are needed", path, size, count),
         "the file holds little-endian fp32 numbers and nothing else");
  }
  std::vector<float> numbers(count);
  file.seekg(0);
  file.read(reinterpret_cast<char*>(numbers.data()), static_cast<std::streamsize>(size));
  if (!file) fail(input, fmt::format("cannot read {}", path));
  return numbers;
}

std::vector<float> draw(const InputFill& fill, Random random, uint64_t count) {
  std::vector<float> numbers(count);
  for (float& number : numbers) {
    double drawn = 0;
    if (fill.kind == Kind::normal) drawn = fill.first + fill.second * random.normal();
    if (fill.kind == Kind::uniform) drawn = fill.first + (fill.second - fill.first) * random.unit();
    if (fill.kind == Kind::integers) {
      const double low = std::ceil(fill.first);
      drawn = low + std::floor((std::floor(fill.second) - low + 1) * random.unit());
    }
    number = static_cast<float>(drawn);
  }
  return numbers;
}

InputFill with(InputFill fill, Kind kind, double first, double second) {
  fill.kind = kind;
  fill.first = first;
  fill.second = second;
  return fill;
}

}  // namespace

ChosenFill choose_fill(const models::Feature& input, const InputFill& asked,
                       const std::map<std::string, IndexRange>& ranges) {
  if (asked.kind != Kind::automatic) return {asked, {}};
  switch (input.kind) {
    case FeatureKind::image:
      return {with(asked, Kind::integers, 0, 255), "pixels"};
    case FeatureKind::string: {
      InputFill fill = with(asked, Kind::values, kAbsent, kAbsent);
      fill.text = "a";
      return {fill, "a text"};
    }
    case FeatureKind::dictionary: {
      // A key that is a number and a text.
      InputFill fill = with(asked, Kind::values, kAbsent, kAbsent);
      fill.dictionary = {{"1", 1.0}};
      return {fill, "one entry"};
    }
    case FeatureKind::array:
    case FeatureKind::number:
    case FeatureKind::integer:
    case FeatureKind::state:
      break;
    default:
      fail(input, fmt::format("nothing is known to fill a {} with", models::name_of(input.kind)),
           "give its values");
  }
  // Before the type: old networks look up with numbers of any.
  if (const auto range = ranges.find(input.name); range != ranges.end()) {
    return {with(asked, Kind::integers, 0, static_cast<double>(range->second.rows - 1)),
            "indices into " + range->second.table};
  }
  if (input.kind != FeatureKind::integer && !models::is_integer(input.tensor.dtype)) {
    return {with(asked, Kind::normal, 0, 1), "random"};
  }
  if (input.name.find("mask") != std::string::npos) {
    return {with(asked, Kind::integers, 1, 1), "a mask that lets everything through"};
  }
  return {with(asked, Kind::integers, 0, 1), "integers of unknown meaning"};
}

FeatureValue input_value(const models::Feature& input, const InputFill& chosen, uint64_t seed,
                         uint64_t item) {
  FeatureValue value;
  value.name = input.name;
  value.shape = chosen.shape.empty() ? input.tensor.shape : chosen.shape;
  value.text = chosen.text;
  value.dictionary = chosen.dictionary;
  if (is_scalar(input)) value.shape.clear();
  const bool numeric = input.kind != FeatureKind::string && input.kind != FeatureKind::dictionary;
  if (!numeric) {
    if (chosen.kind != Kind::values) fail(input, "takes given values only");
    if (input.kind == FeatureKind::dictionary && value.dictionary.empty()) {
      fail(input, "needs a dictionary");
    }
    value.shape.clear();
    return value;
  }
  const uint64_t count = elements(input, value.shape);
  if (chosen.kind == Kind::file) {
    value.numbers = read_file(input, chosen.path, count);
  } else if (chosen.kind == Kind::values) {
    if (chosen.numbers.size() != count) {
      fail(input, fmt::format("{} numbers were given; its shape {} has {}", chosen.numbers.size(),
                              models::to_text(value.shape), count));
    }
    value.numbers = chosen.numbers;
  } else {
    value.numbers = draw(chosen, Random(seed, input.name, item), count);
  }
  return value;
}

}  // namespace anemon::profiler
