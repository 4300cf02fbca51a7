#include "exporters/number_text.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "tests/catch.h"

using namespace anemon;

namespace {

std::string written(double value) {
  char text[kMaxNumberLength + 1];
  std::memset(text, '#', sizeof text);
  char* end = write_number(text, value);
  REQUIRE(end - text <= static_cast<std::ptrdiff_t>(kMaxNumberLength));
  REQUIRE(text[kMaxNumberLength] == '#');
  return {text, end};
}

size_t significant(const std::string& text) {
  std::string digits;
  for (const char c : text.substr(0, text.find('e'))) {
    if (c >= '0' && c <= '9') digits += c;
  }
  digits.erase(0, digits.find_first_not_of('0'));
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits.size();
}

void check(double value) {
  const std::string text = written(value);
  INFO(text);
  const double back = std::strtod(text.c_str(), nullptr);
  REQUIRE(std::memcmp(&back, &value, sizeof value) == 0);
  REQUIRE(significant(text) <= significant(fmt::format("{}", value)));
}

}  // namespace

TEST_CASE("numbers have the text that people expect") {
  CHECK(written(0) == "0");
  CHECK(written(1) == "1");
  CHECK(written(-17) == "-17");
  CHECK(written(0.5) == "0.5");
  CHECK(written(-12.345) == "-12.345");
  CHECK(written(0.000001) == "0.000001");
  CHECK(written(1e-7) == "1e-07");
  CHECK(written(0.1 + 0.2) == "0.30000000000000004");
  CHECK(written(123456789.000001) == "123456789.000001");
  CHECK(written(1e15) == "1000000000000000");
  CHECK(written(1e300) == "1e+300");
  CHECK(written(std::numeric_limits<double>::infinity()) == "+Inf");
  CHECK(written(-std::numeric_limits<double>::infinity()) == "-Inf");
  CHECK(written(std::nan("")) == "NaN");
}

TEST_CASE("every finite double comes back, from no more digits than it needs") {
  using Limits = std::numeric_limits<double>;
  for (const double value : {-0.0, Limits::min(), Limits::max(), Limits::lowest(),
                             Limits::denorm_min(), 9007199254740993.0, 999999999999999.9, 1e15 - 1,
                             1e15 + 0.5, 0.9999995, 0.99999949999, 4.35, 0.000001234}) {
    check(value);
  }
  std::mt19937_64 random(5);
  for (int i = 0; i < 300'000; ++i) {
    const uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) check(value);
    check(static_cast<double>(random() % 1'000'000'000) / 1e3);
    check(-static_cast<double>(random() % 1'000'000'000'000) / 1e6);
    check(static_cast<double>(random() % 1'000'000'000'000'000) / 1e6);
    check(static_cast<double>(random() >> 32) / 4294967296.0 * 100);
  }
}
