// A value that is known before the model runs: a weight, or a parameter such as a stride.
//
// Weights are never copied: `data` points into a file mapping that the Model keeps. Small values
// written inside the model are unpacked into `own`, so that both are read through one function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/graph/tensor_type.h"

namespace anemon::models {

// How the elements of `data` are packed.
enum class Packing : uint8_t {
  plain,    // little-endian elements of `type.dtype`; sub-byte types fill a byte from its low bits
  varints,  // a packed protobuf list of integers too long to be worth unpacking
  high_first,  // old networks' rawValue: a bit stream, element 0 in the top bits of byte 0
};

// Old networks: element = stored integer * scale + bias, or lookup[stored integer].
struct LayerQuantization {
  unsigned bits = 8;
  std::span<const std::byte> scale, bias;  // fp32, one element or one per output channel
  std::span<const std::byte> lookup;       // fp32, 2^bits elements; empty: linear
};

// Where a weight file holds it.
struct BlobPlace {
  std::string file;     // as the model names it: "@model_path/weights/weight.bin"
  uint64_t offset = 0;  // of the blob's metadata
};

struct Constant {
  TensorType type;  // of the elements as the model computes with them
  Packing packing = Packing::plain;
  std::span<const std::byte> data;
  std::shared_ptr<const std::vector<std::byte>> own;  // what `data` points to, when not a mapping
  std::vector<std::string> strings;                   // elements of DataType::string
  std::optional<BlobPlace> blob;
  std::optional<LayerQuantization> quantization;
  bool missing = false;  // the file that should hold it is absent or damaged; `data` is empty

  // Bytes this takes on disk: of `data`, or by the type where it is missing; with the tables of
  // a quantisation.
  uint64_t stored_bytes() const;
};

// Elements as integers or numbers: none when missing, not numeric, or more than `limit`.
// Quantised elements come out as what they stand for.
std::optional<std::vector<int64_t>> integers(const Constant& constant, size_t limit = 65536);
std::optional<std::vector<double>> numbers(const Constant& constant, size_t limit = 65536);
// The first element; none as above.
std::optional<int64_t> integer(const Constant& constant);
std::optional<double> number(const Constant& constant);
// The only string; none when it is not one.
std::optional<std::string> text(const Constant& constant);

// A constant that owns its elements, for readers' parameters and for tests.
// Elements of type bool, uint8, int32 or int64; all else is kept as fp32.
Constant make_constant(DataType dtype, Shape shape, std::span<const double> elements);
Constant make_integers(std::span<const int64_t> elements);  // int64[n]
Constant make_text(std::string text);
Constant make_bool(bool value);

}  // namespace anemon::models
