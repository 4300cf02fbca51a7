#include "models/read/layer_weights.h"

#include <cstring>
#include <utility>

#include "models/read/layer_fields.h"

namespace anemon::models {
namespace {

// A repeated float: one packed run is used in place, anything else is gathered.
class FloatRun {
 public:
  void add(const Field& field) {
    if (field.type == WireType::fixed32) {
      const auto bits = static_cast<uint32_t>(field.scalar);
      append(std::as_bytes(std::span(&bits, 1)));
      return;
    }
    const Bytes run = field.message();
    if (run.size() % sizeof(float) != 0) {
      throw WireError(std::string("a list of floats in ") + field.message_name + " has " +
                      std::to_string(run.size()) + " bytes");
    }
    if (view_.empty() && own_.empty()) {
      view_ = run;
    } else {
      append(run);
    }
  }

  bool empty() const { return view_.empty() && own_.empty(); }
  bool in_place() const { return own_.empty(); }
  Bytes view() const { return view_; }
  std::vector<std::byte> take() { return std::move(own_); }
  Bytes bytes() const { return in_place() ? view_ : Bytes(own_); }

 private:
  void append(Bytes run) {
    if (own_.empty()) own_.assign(view_.begin(), view_.end());
    own_.insert(own_.end(), run.begin(), run.end());
  }

  Bytes view_;
  std::vector<std::byte> own_;
};

struct Quantization {
  uint64_t bits = 0;
  FloatRun scale, bias, lookup;

  void add(Bytes message) {
    for (WireReader reader(message, "QuantizationParams"); auto field = reader.next();) {
      if (field->number == 1) bits = field->uint64();
      if (field->number == 101) {
        for (WireReader linear(field->message(), "LinearQuantizationParams");
             auto part = linear.next();) {
          if (part->number == 1) scale.add(*part);
          if (part->number == 2) bias.add(*part);
        }
      }
      if (field->number == 102) {
        for (WireReader table(field->message(), "LookUpTableQuantizationParams");
             auto part = table.next();) {
          if (part->number == 1) lookup.add(*part);
        }
      }
    }
  }
};

// The tables may stand in the file or, unpacked, need a place of their own.
LayerQuantization place_tables(Quantization& found, Constant& constant) {
  LayerQuantization quantization;
  quantization.bits = static_cast<unsigned>(found.bits);
  auto own = std::make_shared<std::vector<std::byte>>();
  for (const FloatRun* run : {&found.scale, &found.bias, &found.lookup}) {
    if (!run->in_place()) own->insert(own->end(), run->bytes().begin(), run->bytes().end());
  }
  size_t at = 0;
  const auto place = [&](const FloatRun& run) {
    if (run.in_place()) return run.view();
    const Bytes moved = Bytes(*own).subspan(at, run.bytes().size());
    at += moved.size();
    return moved;
  };
  quantization.scale = place(found.scale);
  quantization.bias = place(found.bias);
  quantization.lookup = place(found.lookup);
  if (!own->empty()) constant.own = std::move(own);
  return quantization;
}

std::string count_problem(uint64_t have, uint64_t asked, const Shape& shape) {
  return "holds " + std::to_string(have) + " values, its parameters ask for " +
         std::to_string(asked) + " (" + to_text(shape) + ")";
}

std::string table_problem(const Quantization& found, const std::optional<Shape>& shape) {
  const size_t entries = found.lookup.bytes().size() / sizeof(float);
  if (entries > 0 && entries != size_t{1} << found.bits) {
    return "has a table of " + std::to_string(entries) + " values for " +
           std::to_string(found.bits) + " bits";
  }
  if (entries > 0 || !shape || shape->empty()) return {};
  for (const FloatRun* run : {&found.scale, &found.bias}) {
    const size_t count = run->bytes().size() / sizeof(float);
    bool fits = count <= 1;  // one for all, or one per output channel
    for (const int64_t extent : *shape) fits |= static_cast<int64_t>(count) == extent;
    if (!fits) {
      return "has " + std::to_string(count) + " scales or biases for the shape " + to_text(*shape);
    }
  }
  return {};
}

}  // namespace

LayerWeights read_weights(std::span<const Bytes> occurrences, const std::optional<Shape>& shape) {
  FloatRun floats;
  Bytes halves, raw, int8;
  Quantization quantization;
  for (const Bytes message : occurrences) {
    for (WireReader reader(message, "WeightParams"); auto field = reader.next();) {
      if (field->number == 1) floats.add(*field);
      if (field->number == 2) halves = field->message();
      if (field->number == 30) raw = field->message();
      if (field->number == 31) int8 = field->message();
      if (field->number == 40) quantization.add(field->message());
    }
  }

  LayerWeights result;
  Constant& constant = result.constant;
  constant.type.dtype = DataType::fp32;
  unsigned bits = 32;
  if (!floats.empty()) {
    if (floats.in_place()) {
      constant.data = floats.view();
    } else {
      constant.own = std::make_shared<const std::vector<std::byte>>(floats.take());
      constant.data = *constant.own;
    }
  } else if (!halves.empty()) {
    constant.type.dtype = DataType::fp16;
    constant.data = halves;
    bits = 16;
  } else if (!raw.empty()) {
    constant.data = raw;
    constant.packing = Packing::high_first;
    if (quantization.bits < 1 || quantization.bits > 8) {
      result.problem = "is quantised to " + std::to_string(quantization.bits) +
                       " bits, which is none of 1 to 8; taken as 8";
      quantization.bits = 8;
    } else {
      result.problem = table_problem(quantization, shape);
    }
    bits = static_cast<unsigned>(quantization.bits);
    constant.quantization = place_tables(quantization, constant);
  } else if (!int8.empty()) {
    constant.type.dtype = DataType::int8;
    constant.data = int8;
    bits = 8;
    if (const Bytes scale = quantization.scale.bytes(); scale.size() >= sizeof(float)) {
      float first = 0;
      std::memcpy(&first, scale.data(), sizeof first);
      result.int8_scale = static_cast<double>(first);
    }
  }

  const uint64_t have = uint64_t{constant.data.size()} * 8 / bits;
  if (!shape) {
    constant.type.shape = {static_cast<int64_t>(have)};
    return result;
  }
  constant.type.shape = *shape;
  const std::optional<uint64_t> asked = element_count(constant.type);
  if (!asked) {
    result.problem = "has a shape too large to count (" + to_text(*shape) + ")";
  } else if (have < *asked || have - *asked >= (bits < 8 ? (8 + bits - 1) / bits : 1)) {
    result.problem = count_problem(have, *asked, *shape);
  }
  return result;
}

}  // namespace anemon::models
