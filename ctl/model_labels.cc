#include "ctl/model_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ctl/numbers.h"
#include "ctl/words.h"
#include "models/document/model_json.h"

namespace anemon {
namespace {

constexpr size_t kShapesShown = 4;
constexpr size_t kLongestName = 60;

std::string extent_text(int64_t extent) { return extent < 0 ? "?" : std::to_string(extent); }

std::string range_text(const models::ExtentRange& range) {
  if (range.lower == range.upper) return extent_text(range.lower);
  return fmt::format("{}..{}", range.lower, range.upper < 0 ? "" : extent_text(range.upper));
}

}  // namespace

const std::string_view kCountedInPart =
    "Some shapes, or how often a loop runs, are not known before the model runs: operations "
    "without "
    "a cost show - and are not in the totals, and what is predicted from them has no upper bound. "
    "--shape sets an input's.";

std::string scaled_count(uint64_t count) {
  static constexpr std::array<const char*, 5> kUnits = {"", " k", " M", " G", " T"};
  double value = static_cast<double>(count);
  size_t unit = 0;
  while (value >= 999.995 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f}{}", value, unit == 0 ? 0 : 2, kUnits[unit]);
}

std::string macs_text(uint64_t count) {
  return scaled_count(count) + (count < 1000 ? " MACs" : "MACs");
}

Cell count_cell(uint64_t count, bool complete) {
  if (count == 0 && !complete) return text_cell("");
  return {scaled_count(count), std::to_string(count)};
}

Cell bytes_cell(std::optional<double> bytes) {
  if (!bytes) return text_cell("");
  return {bytes_text(bytes), fmt::format("{:.0f}", *bytes)};
}

Cell milliseconds_cell(std::optional<double> seconds) {
  return number_cell(seconds, {3, 1000}, true);
}

std::string milliseconds_text(double seconds) { return fmt::format("{:.3g} ms", seconds * 1000); }

std::string latency_text(const Latency& latency) {
  if (!latency.low) return {};
  const std::string low = "~" + milliseconds_text(*latency.low);
  return latency.high ? fmt::format("{} to {}", low, milliseconds_text(*latency.high))
                      : "over " + low;
}

Cell name_cell(std::string_view name) { return text_cell(printable(name)); }

std::string type_text(const models::Feature& feature) {
  std::string text(name_of(feature.kind));
  if (!feature.color_space.empty()) text += ' ' + printable(feature.color_space);
  const bool is_array =
      feature.kind == models::FeatureKind::array || feature.kind == models::FeatureKind::state;
  const bool is_image = feature.kind == models::FeatureKind::image;
  if (is_array && feature.tensor.dtype != models::DataType::unknown) {
    text += fmt::format(" {}", name_of(feature.tensor.dtype));
  }
  if ((is_array || is_image) && feature.tensor.ranked)
    text += ' ' + models::to_text(feature.tensor.shape);
  return text + (feature.optional ? ", optional" : "");
}

std::string flexibility_text(const models::Feature& feature) {
  if (!states_flexibility(feature)) return {};
  if (!feature.enumerated.empty()) {
    std::string text = fmt::format("{} shapes:", feature.enumerated.size());
    for (size_t i = 0; i < feature.enumerated.size() && i < kShapesShown; ++i) {
      text += (i == 0 ? " " : ", ") + models::to_text(feature.enumerated[i]);
    }
    return text + (feature.enumerated.size() > kShapesShown ? ", ..." : "");
  }
  if (feature.flexibility == models::Flexibility::fixed || feature.ranges.empty()) {
    return std::string(name_of(feature.flexibility));
  }
  std::string text;
  for (const models::ExtentRange& range : feature.ranges) {
    text += (text.empty() ? "" : " x ") + range_text(range);
  }
  return text;
}

std::string operation_name(const models::FunctionAnalysis& function, size_t index) {
  const models::Operation& operation = *function.operations[index].operation;
  if (!operation.name.empty()) return printable(operation.name);
  return fmt::format("{} #{}", printable(operation.type), index);
}

Cell operation_cell(const models::FunctionAnalysis& function, size_t index) {
  Cell cell = text_cell(operation_name(function, index));
  cell.shown = elide_middle(cell.shown, kLongestName, false);
  return cell;
}

std::string results_text(const models::FunctionAnalysis& function,
                         const models::Operation& operation) {
  std::string text;
  for (const models::ValueId id : operation.results) {
    const models::TensorType& type = function.types[id].tensor;
    if (!text.empty()) text += ", ";
    text += type.ranked ? models::to_text(type.shape) : "?";
  }
  return text;
}

std::string chip_text(const ChipChoice& choice) {
  return fmt::format("{} ({})", choice.chip->name, choice.origin);
}

}  // namespace anemon
