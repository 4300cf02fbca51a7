// The binary form of points in the database (docs/session-database.md): times as varints of their
// change in step, values as the bytes in which they differ from the one before. Decoding checks
// bounds and throws DatabaseError for bytes that no encoder wrote.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sessions/sample_point.h"

namespace anemon {

// Chunks: points of one series. Raw chunks keep one value per point, bucket chunks all five fields.
std::string encode_raw(const SamplePoints& points);
std::string encode_buckets(const SamplePoints& points);
SamplePoints decode_raw(std::string_view bytes);
SamplePoints decode_buckets(std::string_view bytes);

// Tails: raw samples of several series in the order in which they were taken.
struct TailSample {
  uint32_t series;  // number within the session
  SessionTime at;
  double value;

  bool operator==(const TailSample&) const = default;
};
std::string encode_tail(const std::vector<TailSample>& samples);
std::vector<TailSample> decode_tail(std::string_view bytes);

}  // namespace anemon
