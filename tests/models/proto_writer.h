// Writes protobuf messages field by field.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace anemon::models::test {

class ProtoWriter {
 public:
  ProtoWriter& integer(uint32_t field, int64_t value) {
    tag(field, 0);
    varint(static_cast<uint64_t>(value));
    return *this;
  }
  ProtoWriter& float32(uint32_t field, float value) { return fixed(field, 5, value); }
  ProtoWriter& float64(uint32_t field, double value) { return fixed(field, 1, value); }
  ProtoWriter& bytes(uint32_t field, std::string_view content) {
    tag(field, 2);
    varint(content.size());
    bytes_ += content;
    return *this;
  }
  ProtoWriter& message(uint32_t field, const ProtoWriter& message) {
    return bytes(field, message.bytes_);
  }
  // One entry of a map with text keys.
  ProtoWriter& entry(uint32_t field, std::string_view key, const ProtoWriter& value) {
    return message(field, ProtoWriter().bytes(1, key).message(2, value));
  }
  ProtoWriter& entry(uint32_t field, std::string_view key, std::string_view value) {
    return message(field, ProtoWriter().bytes(1, key).bytes(2, value));
  }
  ProtoWriter& packed(uint32_t field, std::span<const int64_t> values) {
    ProtoWriter list;
    for (const int64_t value : values) list.varint(static_cast<uint64_t>(value));
    return message(field, list);
  }
  // A length-delimited field that promises `length` bytes and leaves them to be appended.
  ProtoWriter& begin(uint32_t field, uint64_t length) {
    tag(field, 2);
    varint(length);
    return *this;
  }
  ProtoWriter& append(std::string_view raw) {
    bytes_ += raw;
    return *this;
  }

  const std::string& bytes() const { return bytes_; }

 private:
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  void tag(uint32_t field, uint32_t type) { varint(uint64_t{field} << 3 | type); }
  template <typename T>
  ProtoWriter& fixed(uint32_t field, uint32_t type, T value) {
    tag(field, type);
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof value);
    return *this;
  }

  std::string bytes_;
};

}  // namespace anemon::models::test
