#include "models/read/wire.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace anemon::models {
namespace {

// The first varint of `rest`, which it is taken from; none when it is cut short or over 10 bytes.
std::optional<uint64_t> take_varint(Bytes& rest) {
  uint64_t value = 0;
  for (size_t i = 0; i < rest.size() && i < 10; ++i) {
    const auto byte = std::to_integer<uint64_t>(rest[i]);
    value |= (byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) {
      rest = rest.subspan(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

template <typename T>
T load(Bytes bytes) {  // little-endian, as all machines this runs on
  static_assert(std::endian::native == std::endian::little);
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

[[noreturn]] void wrong_type(const Field& field) {
  throw WireError(std::string("field ") + std::to_string(field.number) + " of " +
                  field.message_name + " has the wrong wire type");
}

[[noreturn]] void too_long(const Field& field, size_t limit) {
  throw WireError(std::string("field ") + std::to_string(field.number) + " of " +
                  field.message_name + " has more than " + std::to_string(limit) + " elements");
}

template <typename T>
void append_fixed(const Field& field, WireType single, std::vector<T>& list, size_t limit) {
  if (field.type == single) {
    if (list.size() >= limit) too_long(field, limit);
    list.push_back(single == WireType::fixed32 ? field.float32() : static_cast<T>(field.float64()));
    return;
  }
  const Bytes packed = field.message();
  if (packed.size() % sizeof(T) != 0) wrong_type(field);
  if (packed.size() / sizeof(T) > limit - std::min(limit, list.size())) too_long(field, limit);
  for (size_t at = 0; at < packed.size(); at += sizeof(T)) {
    list.push_back(load<T>(packed.subspan(at)));
  }
}

}  // namespace

uint64_t Field::uint64() const {
  if (type != WireType::varint) wrong_type(*this);
  return scalar;
}

float Field::float32() const {
  if (type != WireType::fixed32) wrong_type(*this);
  return std::bit_cast<float>(static_cast<uint32_t>(scalar));
}

double Field::float64() const {
  if (type != WireType::fixed64) wrong_type(*this);
  return std::bit_cast<double>(scalar);
}

Bytes Field::message() const {
  if (type != WireType::length) wrong_type(*this);
  return bytes;
}

std::string_view Field::text() const {
  const Bytes content = message();
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

void Field::append_to(std::vector<int64_t>& varints, size_t limit) const {
  if (type == WireType::varint) {
    if (varints.size() >= limit) too_long(*this, limit);
    varints.push_back(int64());
    return;
  }
  for (Bytes rest = message(); !rest.empty();) {
    const std::optional<uint64_t> value = take_varint(rest);
    if (!value) wrong_type(*this);
    if (varints.size() >= limit) too_long(*this, limit);
    varints.push_back(static_cast<int64_t>(*value));
  }
}

void Field::append_to(std::vector<float>& floats, size_t limit) const {
  append_fixed(*this, WireType::fixed32, floats, limit);
}

void Field::append_to(std::vector<double>& doubles, size_t limit) const {
  append_fixed(*this, WireType::fixed64, doubles, limit);
}

void WireReader::fail(const std::string& what) const {
  throw WireError(std::string("damaged ") + name_ + " at byte " +
                  std::to_string(size_ - rest_.size()) + " of " + std::to_string(size_) + ": " +
                  what);
}

uint64_t WireReader::varint() {
  const std::optional<uint64_t> value = take_varint(rest_);
  if (!value) fail(rest_.size() < 10 ? "it ends inside a number" : "a number is too long");
  return *value;
}

std::optional<Field> WireReader::next() {
  if (rest_.empty()) return std::nullopt;
  const uint64_t tag = varint();
  Field field;
  field.message_name = name_;
  field.type = static_cast<WireType>(tag & 7);
  if (tag >> 3 == 0 || tag >> 3 > 0x1fffffff) fail("no field has this number");
  field.number = static_cast<uint32_t>(tag >> 3);
  uint64_t length = 0;
  switch (field.type) {
    case WireType::varint:
      field.scalar = varint();
      return field;
    case WireType::fixed64:
      length = 8;
      break;
    case WireType::fixed32:
      length = 4;
      break;
    case WireType::length:
      length = varint();
      break;
    default:
      fail("unknown wire type " + std::to_string(tag & 7));
  }
  if (length > rest_.size()) {
    fail("field " + std::to_string(field.number) + " needs " + std::to_string(length) + " bytes, " +
         std::to_string(rest_.size()) + " are left");
  }
  const Bytes content = rest_.first(static_cast<size_t>(length));
  rest_ = rest_.subspan(content.size());
  if (field.type == WireType::fixed64) field.scalar = load<uint64_t>(content);
  if (field.type == WireType::fixed32) field.scalar = load<uint32_t>(content);
  if (field.type == WireType::length) field.bytes = content;
  return field;
}

}  // namespace anemon::models
