// The fields of one layer's small messages, by number, with protobuf's rules for what is absent,
// repeated or given twice.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "models/graph/tensor_type.h"
#include "models/read/wire.h"

namespace anemon::models {

// Extents beyond this are refused: no tensor has them, and arithmetic on them could overflow.
inline constexpr int64_t kLargestExtent = int64_t{1} << 40;

class LayerFields {
 public:
  // `name`: the message's, for errors; a string literal.
  explicit LayerFields(const char* name) : name_(name) {}
  // A message that occurs several times is merged: add() each occurrence in order. Throws
  // WireError when it is damaged or has more than 65536 fields.
  void add(Bytes message);

  const char* name() const { return name_; }
  bool has(uint32_t number) const { return last(number) != nullptr; }
  // The one of a oneof's members that was set last; 0 when none was.
  uint32_t last_of(std::initializer_list<uint32_t> numbers) const;

  // A singular field; absent: what protobuf says, or `otherwise`.
  int64_t integer(uint32_t number, int64_t otherwise = 0) const;
  int64_t extent(uint32_t number, int64_t otherwise = 0) const;  // 0..kLargestExtent or an error
  bool flag(uint32_t number) const;
  double number(uint32_t number, double otherwise = 0) const;
  std::string_view text(uint32_t number) const;
  LayerFields message(uint32_t number, const char* name) const;  // empty when absent

  // Repeated fields.
  std::vector<int64_t> integers(uint32_t number, size_t limit = 65536) const;
  Shape extents(uint32_t number) const;
  std::vector<double> numbers(uint32_t number) const;
  std::vector<LayerFields> messages(uint32_t number, const char* name) const;
  std::vector<Bytes> occurrences(uint32_t number) const;  // of a message, unparsed

 private:
  const Field* last(uint32_t number) const;
  int64_t checked_extent(uint64_t value, uint32_t number) const;

  const char* name_;
  std::vector<Field> fields_;
};

}  // namespace anemon::models
