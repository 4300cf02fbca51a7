// Element types of tensors: one table for the numberings of programs, weight files, model inputs
// and compiled text. Source: Core ML's MIL.proto, FeatureTypes.proto and MILBlob's storage types.
#pragma once

#include <cstdint>
#include <string_view>

namespace anemon::models {

enum class DataType : uint8_t {
  unknown,
  boolean,
  string,
  fp16,
  fp32,
  fp64,
  bf16,
  fp8_e4m3fn,
  fp8_e5m2,
  int4,
  int8,
  int16,
  int32,
  int64,
  uint1,
  uint2,
  uint3,
  uint4,
  uint6,
  uint8,
  uint16,
  uint32,
  uint64,
};

// "fp16", "int32", "bool": the words of compiled programs; "unknown".
std::string_view name_of(DataType type);
// Bits of one stored element; 0 for strings and unknown. A bool takes 8.
unsigned bits_of(DataType type);
bool is_float(DataType type);
bool is_integer(DataType type);  // signed or not; a bool is none

// Each answers `unknown` for a number or word it does not know.
DataType data_type_of_mil(uint64_t number);    // MIL.proto's DataType
DataType data_type_of_blob(uint32_t number);   // a weight file's metadata
DataType data_type_of_array(uint64_t number);  // ArrayFeatureType.ArrayDataType
DataType data_type_of_name(std::string_view name);

}  // namespace anemon::models
