#include "profiler/coreml/pixels.h"

#include <cstdint>
#include <limits>

#include "tests/catch.h"

namespace anemon::profiler {
namespace {

TEST_CASE("channels are red, green, blue, wherever a pixel holds them") {
  // Two pixels: (1,2,3) and (4,5,6).
  const std::vector<float> planes{1, 4, 2, 5, 3, 6};
  std::vector<uint8_t> rows(8);
  pack_pixels(planes, PixelFormat::bgra, {1, 2}, 8, rows.data());
  CHECK(rows == std::vector<uint8_t>{3, 2, 1, 255, 6, 5, 4, 255});
  CHECK(unpack_pixels(rows.data(), PixelFormat::bgra, {1, 2}, 8) == planes);
  pack_pixels(planes, PixelFormat::argb, {1, 2}, 8, rows.data());
  CHECK(rows == std::vector<uint8_t>{255, 1, 2, 3, 255, 4, 5, 6});
  CHECK(unpack_pixels(rows.data(), PixelFormat::argb, {1, 2}, 8) == planes);
}

TEST_CASE("what follows a row is left alone") {
  std::vector<uint8_t> rows(8, 99);
  pack_pixels({1, 2, 3, 4, 5, 6}, PixelFormat::gray, {2, 3}, 4, rows.data());
  CHECK(rows == std::vector<uint8_t>{1, 2, 3, 99, 4, 5, 6, 99});
  CHECK(unpack_pixels(rows.data(), PixelFormat::gray, {2, 3}, 4) ==
        std::vector<float>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("bytes are rounded and clamped, halves keep fractions") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<uint8_t> bytes(4);
  pack_pixels({-3, 300, 1.6F, nan}, PixelFormat::gray, {1, 4}, 4, bytes.data());
  CHECK(bytes == std::vector<uint8_t>{0, 255, 2, 0});
  std::vector<uint16_t> halves(4);
  pack_pixels({0.5F, 255, -1}, PixelFormat::gray_half, {1, 3}, 8, halves.data());
  CHECK(unpack_pixels(halves.data(), PixelFormat::gray_half, {1, 3}, 8) ==
        std::vector<float>{0.5F, 255, -1});
}

TEST_CASE("a format knows its channels, its size and its name in a model") {
  CHECK(channels(PixelFormat::argb) == 3);
  CHECK(channels(PixelFormat::gray_half) == 1);
  CHECK(pixel_bytes(PixelFormat::bgra) == 4);
  CHECK(pixel_bytes(PixelFormat::gray) == 1);
  CHECK(pixel_bytes(PixelFormat::gray_half) == 2);
  CHECK(color_space(PixelFormat::bgra) == "RGB");
  CHECK(color_space(PixelFormat::gray) == "GRAYSCALE");
  CHECK(color_space(PixelFormat::gray_half) == "GRAYSCALE_FLOAT16");
}

}  // namespace
}  // namespace anemon::profiler
