// What the size and the packing of weights cost on the Neural Engine.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "models/rules/check.h"
#include "models/rules/families.h"
#include "models/rules/limits.h"

namespace anemon::models {
namespace {

constexpr uint64_t kBlobMetadataBytes = 64;

uint64_t saturating_sum(uint64_t a, uint64_t b) { return b > UINT64_MAX - a ? UINT64_MAX : a + b; }

uint64_t parts_of(uint64_t bytes, uint64_t largest) {
  return bytes / largest + (bytes % largest != 0);
}

// As far as the constants reach, so that a file that is not at hand has a size too.
void large_file(const RuleContext& context, std::vector<Finding>& findings) {
  if (!first_of_model(context)) return;
  std::map<std::string, uint64_t> sizes;
  for (const Function& function : context.model.functions) {
    for (const Value& value : function.values) {
      if (!value.constant || !value.constant->blob) continue;
      const uint64_t end = saturating_sum(value.constant->blob->offset,
                                          kBlobMetadataBytes + value.constant->stored_bytes());
      uint64_t& size = sizes[value.constant->blob->file];
      size = std::max(size, end);
    }
  }
  for (const auto& [file, size] : sizes) {
    if (size <= kLargestWeightFile) continue;
    Finding finding =
        found(Severity::error, {},
              fmt::format("{} holds {} ({} bytes), more than {}", file,
                          in_bytes(static_cast<double>(size)), size, kLargestWeightFile));
    finding.effect =
        fmt::format("{} files of at most 2^31 bytes", parts_of(size, kLargestWeightFile));
    findings.push_back(std::move(finding));
  }
}

// Distinct weights of all functions, as stored.
uint64_t stored_weights(const Model& model) {
  uint64_t bytes = 0;
  std::set<std::pair<std::string, uint64_t>> seen;
  for (const Function& function : model.functions) {
    for (const Value& value : function.values) {
      if (!value.constant) continue;
      const std::optional<BlobPlace>& blob = value.constant->blob;
      if (blob && !seen.emplace(blob->file, blob->offset).second) continue;
      bytes = saturating_sum(bytes, value.constant->stored_bytes());
    }
  }
  return bytes;
}

void large_model(const RuleContext& context, std::vector<Finding>& findings) {
  if (context.function == nullptr || !first_of_model(context)) return;
  const uint64_t bytes = stored_weights(context.model);
  if (bytes <= kLargestChunk) return;
  const OperationCost& total = context.function->total;
  const double bits = total.parameters == 0 ? 0
                                            : 8.0 * static_cast<double>(total.weight_bytes_stored) /
                                                  static_cast<double>(total.parameters);
  if (total.parameters != 0 && bits <= kSmallBitsPerWeight) return;
  const auto size = static_cast<double>(bytes);
  Finding finding =
      found(Severity::warning, {}, fmt::format("{} of weights, more than 1 GB", in_bytes(size)));
  finding.effect = fmt::format("{} parts of at most 1 GB", parts_of(bytes, kLargestChunk));
  if (context.chip.ane_bytes_per_second) {
    finding.effect += fmt::format("; reading them once takes at least {} on {}",
                                  in_milliseconds(size / context.chip.ane_bytes_per_second->value),
                                  context.chip.name);
  }
  findings.push_back(std::move(finding));
}

// The axis of a weight that counts output channels, by the operation that reads it; none where the
// operation does not sum over its weight.
std::optional<size_t> output_axis(const RuleContext& context, size_t reader, ValueId weight,
                                  size_t rank) {
  const OperationView view = view_of(context, reader);
  const std::string& type = view.operation().type;
  if (type == "conv_transpose") return 1;
  if (type.starts_with("gather")) return std::nullopt;
  if (type != "matmul") return 0;
  const Argument* x = view.operation().argument("x");
  const bool left = x != nullptr && !x->values.empty() && x->values.front() == weight;
  const bool transposed = view.flag(left ? "transpose_x" : "transpose_y").value_or(false);
  return left == transposed ? rank - 1 : rank - 2;
}

using Readers = std::unordered_multimap<ValueId, size_t>;  // operations by what they read

Readers readers_of_all(const FunctionAnalysis& function) {
  Readers readers;
  for (size_t i = 0; i < function.operations.size(); ++i) {
    for (const Argument& argument : function.operations[i].operation->arguments) {
      for (const ValueId value : argument.values) readers.emplace(value, i);
    }
  }
  return readers;
}

bool scaled_along_inputs(const RuleContext& context, size_t packed, const Readers& readers) {
  const OperationView view = view_of(context, packed);
  const TensorType* scale = view.type("scale");
  if (scale == nullptr || !is_known(*scale) || scale->shape.size() < 2) return false;
  if (view.operation().results.empty()) return false;
  const ValueId weight = view.operation().results.back();  // a sparse one gives its mask first
  const auto [begin, end] = readers.equal_range(weight);
  return std::any_of(begin, end, [&](const Readers::value_type& reader) {
    const auto output = output_axis(context, reader.second, weight, scale->shape.size());
    for (size_t axis = 0; output && axis < scale->shape.size(); ++axis) {
      if (axis != *output && scale->shape[axis] > 1) return true;
    }
    return false;
  });
}

void blocks_along_inputs(const RuleContext& context, std::vector<Finding>& findings) {
  if (context.function == nullptr) return;
  Operations packed;
  for (size_t i = 0; i < context.function->operations.size(); ++i) {
    const std::string& type = context.function->operations[i].operation->type;
    if (type == "constexpr_blockwise_shift_scale" ||
        type == "constexpr_sparse_blockwise_shift_scale") {
      packed.push_back(i);
    }
  }
  if (packed.empty()) return;
  const Readers readers = readers_of_all(*context.function);
  Operations operations;
  std::copy_if(packed.begin(), packed.end(), std::back_inserter(operations),
               [&](size_t each) { return scaled_along_inputs(context, each, readers); });
  if (operations.empty()) return;
  std::string what = "weights of " + count_of(context, operations) +
                     " have more than one scale along their input channels";
  findings.push_back(found(context, Severity::warning, std::move(operations), std::move(what)));
}

constexpr std::array<Rule, 3> kRules = {{
    {"WT-1", Severity::error, Confidence::measured,
     "coremltools #2593 (the system's message) and #1807", "weight file over 2 GiB",
     "The Neural Engine refuses a weight file of more than 2^31 bytes.",
     "Split the model into parts with a weight file each.", "parts = bytes / 2^31, rounded up",
     large_file},
    {"WT-2", Severity::warning, Confidence::documented,
     "Apple, ml-stable-diffusion (--chunk-unet); ANEMLL for the limits by system",
     "more than 1 GB of weights",
     "On iOS a model of more than 1 GB runs on the Neural Engine only in parts, unless its weights "
     "have 6 bits or less; on macOS about 2 GB are practical.",
     "Split the model into parts of at most 1 GB, or palettise its weights to 6 bits or less.",
     "parts = bytes / 1e9, rounded up; time to read = bytes / bandwidth", large_model},
    {"WT-4", Severity::warning, Confidence::measured,
     "coremltools guide, optimisation overview; cadamcat, LLMs on the Neural Engine",
     "scales by block of inputs",
     "The Neural Engine takes one scale per tensor or per output channel. Weights with scales per "
     "block along their inputs, such as int4 in blocks of 32, are a format of the GPU.",
     "Quantise to int8 per channel or palettise (4 bits with a lookup table).", "",
     blocks_along_inputs},
}};

}  // namespace

std::span<const Rule> weight_rules() { return kRules; }

}  // namespace anemon::models
