#include "platform/procfs_text.h"

#include <random>
#include <string>

#include "tests/catch.h"

using namespace anemon;

TEST_CASE("A process's line is read from the last parenthesis on") {
  const std::string tail = " R 1 1 1 0 -1 4194304 9 9 9 9 11 12 9 9 20 0 13 0 14 15 16 1844 1 1\n";
  for (const char* name :
       {"sh", "a b", "x) R (y", "))((", "", "new\nline", ") R 1 2 3 4 5 6 7 8"}) {
    const std::string text = "42 (" + std::string(name) + ")" + tail;
    const auto stat = parse_pid_stat(text);
    REQUIRE(stat);
    CHECK(stat->name == name);
    CHECK(stat->user_ticks == 11);
    CHECK(stat->system_ticks == 12);
    CHECK(stat->threads == 13);
    CHECK(stat->start_ticks == 14);
    CHECK(stat->virtual_bytes == 15);
    CHECK(stat->resident_pages == 16);
  }
}

TEST_CASE("A process's line that is cut anywhere, or not of numbers, is no record") {
  const std::string whole = "42 (sh) R 1 1 1 0 -1 4194304 9 9 9 9 11 12 9 9 20 0 13 0 14 15 16";
  REQUIRE(parse_pid_stat(whole));
  for (size_t length = 0; length < whole.size() - 1; ++length) {
    CHECK_FALSE(parse_pid_stat(whole.substr(0, length)));
  }
  CHECK_FALSE(parse_pid_stat("42 (sh) R 1 1 1 0 -1 4194304 9 9 9 9 -11 12 9 9 20 0 13 0 14 15 16"));
  CHECK_FALSE(
      parse_pid_stat("42 (sh) R 1 1 1 0 -1 4194304 9 9 9 9 11 12 9 9 20 0 13 0 14 15 99999999999999"
                     "9999999"));
  CHECK_FALSE(parse_pid_stat(")("));
}

TEST_CASE("Keys and values") {
  const auto check = [](const char* line, const char* key, std::optional<uint64_t> value) {
    const KeyValue row = parse_key_value(line);
    CHECK(row.key == key);
    CHECK(row.value == value);
  };
  check("MemTotal:       24737860 kB", "MemTotal", 24737860ULL * 1024);
  check("VmHWM:\t    1728 kB", "VmHWM", 1728 * 1024);
  check("HugePages_Total:       3", "HugePages_Total", 3);
  check("Name:\tkB: 5", "Name", std::nullopt);
  check("MemTotal: -1 kB", "MemTotal", std::nullopt);
  check("MemTotal: 1 MB", "MemTotal", std::nullopt);
  check("MemTotal: 18446744073709551615 kB", "MemTotal", std::nullopt);
  check("MemTotal:", "MemTotal", std::nullopt);
  check("no colon", "", std::nullopt);
  check("", "", std::nullopt);
}

TEST_CASE("Pressure, cores, load and boot time") {
  const auto some = parse_pressure_line("some avg10=0.00 avg60=1.20 avg300=0.00 total=12345");
  REQUIRE(some);
  CHECK(some->kind == "some");
  CHECK(some->total_microseconds == 12345);
  CHECK_FALSE(parse_pressure_line("some avg10=0.00"));
  CHECK_FALSE(parse_pressure_line("some total=x"));
  CHECK_FALSE(parse_pressure_line(""));

  CHECK_FALSE(parse_core_ticks("cpu  1 2 3 4"));
  CHECK_FALSE(parse_core_ticks("cpu0 1 2 3"));
  CHECK_FALSE(parse_core_ticks("cpufreq 1 2 3 4"));
  const auto core = parse_core_ticks("cpu255 1 2 3 4 5 6 7 8 9 10");
  REQUIRE(core);
  CHECK(core->core == 255);
  CHECK(core->modes == 8);
  CHECK(core->ticks[7] == 8);

  const auto loads = parse_load_average("0.05 10.50 100.00 1/2 3");
  REQUIRE(loads);
  CHECK((*loads)[0] == Approx(0.05));
  CHECK((*loads)[1] == Approx(10.5));
  CHECK((*loads)[2] == 100);
  for (const char* bad : {"", "1 2", "1 2 x", "1. 2 3", "-1 2 3", ".5 1 1", "nan 1 1", "1e9 1 1"}) {
    CHECK_FALSE(parse_load_average(bad));
  }

  CHECK(parse_boot_time("cpu 1\nbtime 1700000000\nx 1\n") == 1700000000);
  CHECK_FALSE(parse_boot_time("cpu 1\n"));
  CHECK_FALSE(parse_boot_time("btime soon\n"));
}

// Under the sanitizers this looks for reads out of bounds; without them, for hangs.
TEST_CASE("Any bytes can be parsed") {
  std::mt19937 random(17);
  const std::string alphabet("() \t\n:0123456789cpukBtotal=.-\xFF\0", 31);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 80, '\0');
    for (char& byte : text) byte = alphabet[random() % alphabet.size()];
    parse_pid_stat(text);
    parse_key_value(text);
    parse_pressure_line(text);
    parse_core_ticks(text);
    parse_load_average(text);
    parse_boot_time(text);
  }
  SUCCEED();
}
