#include <cmath>
#include <random>

#include "core/database.h"
#include "sessions/point_fold.h"
#include "sessions/sample_codec.h"
#include "tests/catch.h"

namespace anemon {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

SamplePoints random_points(std::mt19937& random, size_t count) {
  std::uniform_int_distribution<int> kind(0, 5);
  std::uniform_real_distribution<double> value(-1e6, 1e6);
  SamplePoints points;
  int64_t at = 0;
  double last = 0;
  for (size_t i = 0; i < count; ++i) {
    switch (kind(random)) {
      case 0:
        last = value(random);
        break;
      case 1:
        last = std::round(last);
        break;
      case 2:
        last = -last;
        break;
      case 3:
        last = kind(random) == 0 ? 1e-308 : 1e300;
        break;
      default:
        break;  // unchanged
    }
    at += kind(random) == 0 ? static_cast<int64_t>(random() % 100'000'000) : 1'000'000;
    points.push_back(raw_point(microseconds(at), last));
  }
  return points;
}

TEST_CASE("raw points and buckets survive their binary form bit by bit") {
  std::mt19937 random(1);
  for (size_t count : {size_t{0}, size_t{1}, size_t{2}, size_t{500}}) {
    for (int round = 0; round < 20; ++round) {
      const SamplePoints points = random_points(random, count);
      CHECK(decode_raw(encode_raw(points)) == points);
      const SamplePoints buckets = fold(points, seconds(10));
      CHECK(decode_buckets(encode_buckets(buckets)) == buckets);
    }
  }
}

TEST_CASE("tails survive their binary form") {
  std::mt19937 random(2);
  std::vector<TailSample> samples;
  for (uint32_t i = 0; i < 1000; ++i) {
    samples.push_back({static_cast<uint32_t>(random() % 300),
                       microseconds(random() % 1'000'000'000), static_cast<double>(random()) / 3});
  }
  CHECK(decode_tail(encode_tail(samples)) == samples);
}

TEST_CASE("an even series of an unchanging value costs two bytes a point") {
  SamplePoints points;
  for (int i = 0; i < 1000; ++i) points.push_back(raw_point(seconds(i), 42.5));
  CHECK(encode_raw(points).size() < 2 * points.size() + 30);
}

TEST_CASE("damaged bytes are refused or decode to something, never more") {
  std::mt19937 random(3);
  const std::string good = encode_buckets(fold(random_points(random, 200), seconds(3)));
  for (int round = 0; round < 3000; ++round) {
    std::string bad = good.substr(0, random() % (good.size() + 1));
    for (int flip = 0; flip < 3 && !bad.empty(); ++flip) {
      bad[random() % bad.size()] = static_cast<char>(random());
    }
    try {
      const SamplePoints points = decode_buckets(bad);
      CHECK(points.size() <= bad.size());
      decode_raw(bad);
      decode_tail(bad);
    } catch (const DatabaseError& error) {
      CHECK(error.cause() == DatabaseError::Cause::damaged);
    }
  }
  CHECK_THROWS_AS(decode_raw("\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), DatabaseError);
}

}  // namespace
}  // namespace anemon
