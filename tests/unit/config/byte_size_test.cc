#include "config/byte_size.h"

#include "tests/catch.h"

using anemon::format_byte_size;
using anemon::parse_byte_size;

TEST_CASE("sizes are read with binary and decimal units") {
  CHECK(parse_byte_size("0") == 0);
  CHECK(parse_byte_size("4096") == 4096);
  CHECK(parse_byte_size("1B") == 1);
  CHECK(parse_byte_size("64KiB") == 65536);
  CHECK(parse_byte_size("64MiB") == 67108864);
  CHECK(parse_byte_size("1GiB") == 1073741824);
  CHECK(parse_byte_size("2TiB") == 2199023255552);
  CHECK(parse_byte_size("3kB") == 3000);
  CHECK(parse_byte_size("3MB") == 3000000);
  CHECK(parse_byte_size("3GB") == 3000000000);
  CHECK(parse_byte_size("18446744073709551615") == UINT64_MAX);
}

TEST_CASE("text that is not a size is refused") {
  for (const char* text : {"", "MiB", "-1", "+1", "1.5MiB", "64 MiB", " 1", "1 ", "64M", "64mib",
                           "64mb", "0x40", "18446744073709551616", "16777216TiB", "1e6"}) {
    INFO(text);
    CHECK_FALSE(parse_byte_size(text).has_value());
  }
}

TEST_CASE("sizes are printed in the largest unit that divides them and read back") {
  CHECK(format_byte_size(0) == "0B");
  CHECK(format_byte_size(1500) == "1500B");
  CHECK(format_byte_size(65536) == "64KiB");
  CHECK(format_byte_size(67108864) == "64MiB");
  CHECK(format_byte_size(1536ULL << 20) == "1536MiB");
  for (uint64_t bytes = 1; bytes < UINT64_MAX / 7; bytes = bytes * 5 + 3) {
    CHECK(parse_byte_size(format_byte_size(bytes)) == bytes);
  }
}
