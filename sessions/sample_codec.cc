#include "sessions/sample_codec.h"

#include <bit>

#include "core/database.h"

namespace anemon {
namespace {

class Writer {
 public:
  void number(uint64_t value) {
    while (value >= 0x80) {
      bytes_ += static_cast<char>(value | 0x80);
      value >>= 7;
    }
    bytes_ += static_cast<char>(value);
  }

  // Small magnitudes of either sign become small numbers.
  void difference(int64_t value) {
    number((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
  }

  // Time as the change of the step since the point before: an even series costs one byte each.
  void time(SessionTime at) {
    const int64_t step = at.count() - at_;
    difference(step - step_);
    step_ = step;
    at_ = at.count();
  }

  // The bits that differ from `previous`: one byte tells how many whole bytes are equal at either
  // end, the others follow, lowest first.
  void value(double value, uint64_t& previous) {
    const uint64_t bits = std::bit_cast<uint64_t>(value);
    uint64_t changed = bits ^ previous;
    previous = bits;
    if (changed == 0) {
      bytes_ += '\0';
      return;
    }
    const int high = std::countl_zero(changed) / 8;
    const int low = std::countr_zero(changed) / 8;
    const int count = 8 - high - low;
    bytes_ += static_cast<char>(low << 4 | count);
    changed >>= low * 8;
    for (int i = 0; i < count; ++i, changed >>= 8) bytes_ += static_cast<char>(changed);
  }

  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
  int64_t at_ = 0;
  int64_t step_ = 0;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  uint64_t number() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint64_t next = byte();
      value |= (next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
    damaged();
  }

  int64_t difference() {
    const uint64_t value = number();
    return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
  }

  SessionTime time() {
    // Unsigned, because damaged bytes may add up to anything.
    step_ += static_cast<uint64_t>(difference());
    at_ += step_;
    return SessionTime(static_cast<int64_t>(at_));
  }

  double value(uint64_t& previous) {
    const int head = byte();
    const int low = head >> 4;
    const int count = head & 15;
    if (low + count > 8) damaged();
    uint64_t changed = 0;
    for (int i = 0; i < count; ++i) changed |= uint64_t{byte()} << ((low + i) * 8);
    previous ^= changed;
    return std::bit_cast<double>(previous);
  }

  // The number of records of at least two bytes each that follow.
  size_t count() {
    const uint64_t count = number();
    if (count > rest_.size()) damaged();
    return count;
  }

  void finish() const {
    if (!rest_.empty()) damaged();
  }

 private:
  [[noreturn]] static void damaged() {
    throw DatabaseError(DatabaseError::Cause::damaged, "session samples: damaged chunk");
  }

  uint8_t byte() {
    if (rest_.empty()) damaged();
    const auto first = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }

  std::string_view rest_;
  uint64_t at_ = 0;
  uint64_t step_ = 0;
};

}  // namespace

std::string encode_raw(const SamplePoints& points) {
  Writer out;
  out.number(points.size());
  uint64_t previous = 0;
  for (const SamplePoint& point : points) {
    out.time(point.at);
    out.value(point.last, previous);
  }
  return out.take();
}

SamplePoints decode_raw(std::string_view bytes) {
  Reader in(bytes);
  SamplePoints points(in.count());
  uint64_t previous = 0;
  for (SamplePoint& point : points) {
    const SessionTime at = in.time();
    point = raw_point(at, in.value(previous));
  }
  in.finish();
  return points;
}

std::string encode_buckets(const SamplePoints& points) {
  Writer out;
  out.number(points.size());
  uint64_t min = 0, max = 0, mean = 0, last = 0;
  for (const SamplePoint& point : points) {
    out.time(point.at);
    out.number(point.count);
    out.value(point.min, min);
    out.value(point.max, max);
    out.value(point.mean, mean);
    out.value(point.last, last);
  }
  return out.take();
}

SamplePoints decode_buckets(std::string_view bytes) {
  Reader in(bytes);
  SamplePoints points(in.count());
  uint64_t min = 0, max = 0, mean = 0, last = 0;
  for (SamplePoint& point : points) {
    point.at = in.time();
    point.count = in.number();
    point.min = in.value(min);
    point.max = in.value(max);
    point.mean = in.value(mean);
    point.last = in.value(last);
  }
  in.finish();
  return points;
}

std::string encode_tail(const std::vector<TailSample>& samples) {
  Writer out;
  out.number(samples.size());
  for (const TailSample& sample : samples) {
    uint64_t none = 0;
    out.number(sample.series);
    out.time(sample.at);
    out.value(sample.value, none);
  }
  return out.take();
}

std::vector<TailSample> decode_tail(std::string_view bytes) {
  Reader in(bytes);
  std::vector<TailSample> samples(in.count());
  for (TailSample& sample : samples) {
    uint64_t none = 0;
    sample.series = static_cast<uint32_t>(in.number());
    sample.at = in.time();
    sample.value = in.value(none);
  }
  in.finish();
  return samples;
}

}  // namespace anemon
