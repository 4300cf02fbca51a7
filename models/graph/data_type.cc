#include "models/graph/data_type.h"

#include <algorithm>
#include <array>

namespace anemon::models {
namespace {

constexpr uint64_t kNone = 1ULL << 40;  // "has no number there"; above all that are compared

struct Row {
  DataType type;
  std::string_view name;
  unsigned bits;
  uint64_t mil;
  uint64_t blob;
  uint64_t array;
};

constexpr std::array<Row, 22> kRows = {{
    {DataType::boolean, "bool", 8, 1, kNone, kNone},
    {DataType::string, "string", 0, 2, kNone, kNone},
    {DataType::fp16, "fp16", 16, 10, 1, 65552},
    {DataType::fp32, "fp32", 32, 11, 2, 65568},
    {DataType::fp64, "fp64", 64, 12, kNone, 65600},
    {DataType::bf16, "bf16", 16, 13, 5, kNone},
    {DataType::int8, "int8", 8, 21, 4, 131080},
    {DataType::int16, "int16", 16, 22, 6, kNone},
    {DataType::int32, "int32", 32, 23, 14, 131104},
    {DataType::int64, "int64", 64, 24, kNone, kNone},
    {DataType::int4, "int4", 4, 25, 8, kNone},
    {DataType::uint8, "uint8", 8, 31, 3, kNone},
    {DataType::uint16, "uint16", 16, 32, 7, kNone},
    {DataType::uint32, "uint32", 32, 33, 15, kNone},
    {DataType::uint64, "uint64", 64, 34, kNone, kNone},
    {DataType::uint4, "uint4", 4, 35, 11, kNone},
    {DataType::uint2, "uint2", 2, 36, 10, kNone},
    {DataType::uint1, "uint1", 1, 37, 9, kNone},
    {DataType::uint6, "uint6", 6, 38, 13, kNone},
    {DataType::uint3, "uint3", 3, 39, 12, kNone},
    {DataType::fp8_e4m3fn, "fp8e4m3fn", 8, 40, 16, kNone},
    {DataType::fp8_e5m2, "fp8e5m2", 8, 41, 17, kNone},
}};

const Row* row_of(DataType type) {
  const auto found =
      std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.type == type; });
  return found == kRows.end() ? nullptr : &*found;
}

DataType by_number(uint64_t Row::*column, uint64_t number) {
  const auto found = std::find_if(kRows.begin(), kRows.end(),
                                  [&](const Row& row) { return row.*column == number; });
  return found == kRows.end() || number == kNone ? DataType::unknown : found->type;
}

}  // namespace

std::string_view name_of(DataType type) {
  const Row* row = row_of(type);
  return row == nullptr ? "unknown" : row->name;
}

unsigned bits_of(DataType type) {
  const Row* row = row_of(type);
  return row == nullptr ? 0 : row->bits;
}

bool is_float(DataType type) { return type >= DataType::fp16 && type <= DataType::fp8_e5m2; }

bool is_integer(DataType type) { return type >= DataType::int4; }

DataType data_type_of_mil(uint64_t number) { return by_number(&Row::mil, number); }
DataType data_type_of_blob(uint32_t number) { return by_number(&Row::blob, number); }
DataType data_type_of_array(uint64_t number) { return by_number(&Row::array, number); }

DataType data_type_of_name(std::string_view name) {
  const auto found =
      std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.name == name; });
  return found == kRows.end() ? DataType::unknown : found->type;
}

}  // namespace anemon::models
