// A pull parser for protobuf messages: fields are views into the bytes given, nothing is copied and
// nothing is allocated. Every length is checked against what is left.
//
//   for (WireReader reader(message, "Model"); auto field = reader.next();) {
//     switch (field->number) {
//       case 1: version = field->int32(); break;
//       case 2: description = read_description(field->message()); break;
//     }
//   }
//
// Unknown fields are skipped by not looking at them. Groups (wire types 3 and 4) never occur in
// Core ML and are refused. Throws WireError with the place; readers let it pass to read_model.
// Source of the encoding: protobuf.dev, "Encoding".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace anemon::models {

using Bytes = std::span<const std::byte>;

class WireError : public Error {
 public:
  using Error::Error;
};

enum class WireType : uint8_t { varint = 0, fixed64 = 1, length = 2, fixed32 = 5 };

struct Field {
  uint32_t number = 0;
  WireType type = WireType::varint;
  uint64_t scalar = 0;  // of varint, fixed64 and fixed32
  Bytes bytes;          // of length
  const char* message_name = "";

  // Each throws WireError when the wire type does not fit.
  uint64_t uint64() const;
  int64_t int64() const { return static_cast<int64_t>(uint64()); }
  int32_t int32() const { return static_cast<int32_t>(uint64()); }
  bool boolean() const { return uint64() != 0; }
  float float32() const;
  double float64() const;
  Bytes message() const;
  std::string_view text() const;  // bytes as they are; not checked to be UTF-8

  // A repeated scalar, packed or not: appends what this field holds, up to `limit` elements in all
  // (more are an error, so that no small file makes a large list).
  void append_to(std::vector<int64_t>& varints, size_t limit) const;
  void append_to(std::vector<float>& floats, size_t limit) const;
  void append_to(std::vector<double>& doubles, size_t limit) const;
};

class WireReader {
 public:
  // `name`: the message's, for errors; a string literal.
  WireReader(Bytes message, const char* name)
      : rest_(message), size_(message.size()), name_(name) {}

  std::optional<Field> next();

 private:
  uint64_t varint();
  [[noreturn]] void fail(const std::string& what) const;

  Bytes rest_;
  size_t size_;
  const char* name_;
};

}  // namespace anemon::models
