// Packs numbers into the elements of a constant, as Packing::plain wants them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/graph/data_type.h"

namespace anemon::models {

class ElementWriter {
 public:
  explicit ElementWriter(DataType type) : type_(type) {}

  // Whether the integer fits the type; nothing is added when it does not. A float takes any.
  bool add(int64_t element);
  bool add_unsigned(uint64_t element);
  // Rounded to the nearest of a float; of an integer type only what is integral fits.
  bool add(double element);

  size_t count() const { return count_; }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  void append(uint64_t bits);

  DataType type_;
  size_t count_ = 0;
  std::vector<std::byte> bytes_;
};

}  // namespace anemon::models
