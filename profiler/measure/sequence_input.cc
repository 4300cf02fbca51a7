#include "profiler/measure/sequence_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "core/error.h"

namespace anemon::profiler {
namespace {

using models::Feature;
using models::FeatureKind;
using models::Shape;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool holds_one_of(const std::string& name, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return name.find(part) != std::string::npos; });
}

// What goes along with a sequence and is none itself.
bool accompanies(const std::string& name) {
  return holds_one_of(name, {"mask", "position", "type", "segment", "state", "cache", "length",
                             "past", "style", "speed"});
}

bool names_tokens(const std::string& name) {
  return holds_one_of(name, {"input_id", "inputid", "token", "prompt", "text"}) || name == "ids";
}

bool names_embeddings(const std::string& name) { return holds_one_of(name, {"embed", "hidden"}); }

bool is_integer(const Feature& input) { return models::is_integer(input.tensor.dtype); }

// The likeliest first.
struct Sign {
  const char* reason;
  bool (*shown)(const Feature&, const std::string& name, size_t rank);
};
constexpr Sign kSigns[] = {
    {"its name, and integers of rank 2",
     [](const Feature& input, const std::string& name, size_t rank) {
       return names_tokens(name) && is_integer(input) && rank == 2;
     }},
    {"its name", [](const Feature&, const std::string& name,
                    size_t rank) { return names_tokens(name) && (rank == 1 || rank == 2); }},
    {"integers of rank 2", [](const Feature& input, const std::string&,
                              size_t rank) { return is_integer(input) && rank == 2; }},
    {"integers of rank 1", [](const Feature& input, const std::string&,
                              size_t rank) { return is_integer(input) && rank == 1; }},
    {"its name, of embeddings", [](const Feature&, const std::string& name,
                                   size_t rank) { return names_embeddings(name) && rank >= 2; }},
    {"an array of rank 3: batch, sequence, features",
     [](const Feature&, const std::string&, size_t rank) { return rank == 3; }},
    // How transformers are laid out for the Neural Engine.
    {"an array of rank 4: batch, channels, 1, sequence",
     [](const Feature& input, const std::string&, size_t rank) {
       return rank == 4 && input.tensor.shape.size() == 4 && input.tensor.shape[2] == 1;
     }},
};

size_t sequence_axis(const Feature& input) {
  const size_t rank = rank_of(input);
  if (rank < 2) return 0;
  // If a single axis but the batch is open, it is the one.
  std::vector<size_t> open;
  for (size_t axis = 1; axis < rank; ++axis) {
    if (is_open(input, axis)) open.push_back(axis);
  }
  if (open.size() == 1) return open[0];
  return rank == 4 ? 3 : 1;
}

// The extents by which `input` follows the sequence; `start` tells which of two axes go alike.
AxisExtents following(const Feature& input, const SequenceInput& sequence, const Shape& leader,
                      int64_t context) {
  AxisExtents extents;
  const size_t axes = rank_of(input);
  size_t followed = 0;
  for (size_t axis = 0; axis < axes; ++axis) {
    const bool as_batch = axis == 0 && axes > 1 && sequence.has_batch_axis &&
                          vary_alike(*sequence.feature, 0, input, 0);
    if (as_batch) {
      extents.emplace_back(0, leader[0]);
    } else if (vary_alike(*sequence.feature, sequence.sequence, input, axis)) {
      extents.emplace_back(axis, leader[sequence.sequence]);
      ++followed;
    }
  }
  if (followed > 1) extents.back().second = context;
  return extents;
}

}  // namespace

SequenceInput find_sequence(const std::vector<Feature>& inputs) {
  for (const Sign& sign : kSigns) {
    for (const Feature& input : inputs) {
      const std::string name = lower(input.name);
      if (input.kind != FeatureKind::array || accompanies(name)) continue;
      if (!sign.shown(input, name, rank_of(input))) continue;
      return {&input, sequence_axis(input), rank_of(input) > 1, sign.reason};
    }
  }
  throw Error("the model has no input that could be a sequence of tokens",
              "its inputs: " + list_of_inputs(inputs));
}

SequenceShapes shape_sequences(const std::vector<Feature>& inputs, const SequenceInput& sequence,
                               uint64_t batch, uint64_t length, const models::InputShapes& given,
                               std::optional<uint64_t> context) {
  if (batch == 0) throw Error("a batch of no sequences", "give 1 or more");
  const Feature& leader = *sequence.feature;
  const Shape start = starting_shape(leader, given);
  SequenceShapes result;
  const int64_t tokens = length > 0 ? static_cast<int64_t>(length) : start.at(sequence.sequence);
  result.length = static_cast<uint64_t>(tokens);
  result.shapes = with_batch(leader, start, {{sequence.sequence, tokens}}, batch,
                             sequence.has_batch_axis && sequence.sequence != 0);
  const Shape shape = result.shapes.shapes.at(leader.name);
  for (const auto& [name, asked] : given) result.shapes.shapes.try_emplace(name, asked);
  const int64_t keys = static_cast<int64_t>(context.value_or(result.length));
  for (const Feature& input : inputs) {
    if (&input == &leader || given.contains(input.name)) continue;
    const AxisExtents extents = following(input, sequence, shape, keys);
    if (extents.empty()) continue;
    result.shapes.shapes[input.name] = require_shape(input, starting_shape(input, {}), extents);
  }
  return result;
}

}  // namespace anemon::profiler
