#include "collectors/apple/clock_ladder.h"

#include "collectors/apple/clock_keys.h"
#include "tests/catch.h"
#include "tests/unit/collectors/apple/apple_run.h"

using namespace anemon;
using anemon::test::clock_table;

TEST_CASE("The words of a clock table tell themselves what they are") {
  SECTION("hertz") {
    CHECK(decode_clocks(clock_table("k", {912'000'000, 2'424'000'000})) ==
          ClockLadder{912e6, 2424e6});
  }
  SECTION("kilohertz") {
    CHECK(decode_clocks(clock_table("k", {1'308'000, 4'608'000})) == ClockLadder{1308e6, 4608e6});
  }
  SECTION("periods, which fall") {
    CHECK(decode_clocks(clock_table("k", {71859, 50103, 14222})) ==
          ClockLadder{912e6, 1308e6, 4608e6});
  }
  SECTION("hertz that went beyond 32 bits") {
    const auto wrapped = static_cast<uint32_t>(4'512'000'000 - 4'294'967'296);
    CHECK(decode_clocks(clock_table("k", {1'260'000'000, 4'044'000'000, wrapped})) ==
          ClockLadder{1260e6, 4044e6, 4512e6});
  }
  SECTION("graphics clocks, which may fall, after an entry for off") {
    CHECK(decode_clocks(clock_table("k", {0, 338'000'000, 1'312'000'000, 1'242'000'000})) ==
          ClockLadder{0, 338e6, 1312e6, 1242e6});
  }
  SECTION("nothing known") {
    CHECK_FALSE(decode_clocks(clock_table("k", {})));
    CHECK_FALSE(decode_clocks(clock_table("k", {0, 0})));
    CHECK_FALSE(decode_clocks(clock_table("k", {1, 2, 3})));
    CHECK_FALSE(decode_clocks(clock_table("k", {912'000'000, 5, 6})));
  }
}

TEST_CASE("A clock table that does not fit the states is not used, and says so") {
  const ClockTables tables{{clock_table("voltage-states1-sram", {912'000'000, 1'284'000'000})}, {}};
  CHECK(cpu_ladder(tables, 'E', 0, "EP", 2).hertz.size() == 2);
  CHECK(cpu_ladder(tables, 'E', 0, "EP", 3).hertz.empty());
  CHECK(std::string(cpu_ladder(tables, 'E', 0, "EP", 3).problem) ==
        "clock table does not fit the states");
  CHECK(std::string(cpu_ladder(tables, 'P', 0, "EP", 3).problem) == "no clock table");
}

TEST_CASE("Two tables of the same clocks that contradict each other are not used") {
  const ClockTables agreeing{{clock_table("voltage-states5", {71859, 50103}),
                              clock_table("voltage-states5-sram", {912'000, 1'308'000})},
                             {}};
  CHECK(cpu_ladder(agreeing, 'P', 0, "EP", 2).hertz == ClockLadder{912e6, 1308e6});
  const ClockTables contradicting{{clock_table("voltage-states5", {71859, 50103}),
                                   clock_table("voltage-states5-sram", {600'000, 1'308'000})},
                                  {}};
  CHECK(cpu_ladder(contradicting, 'P', 0, "EP", 2).hertz.empty());
}

TEST_CASE("The Neural Engine's table is never the graphics engine's") {
  ClockTables tables{{clock_table("voltage-states8", {0, 744'000'000, 2'364'000'000})}, {}};
  CHECK(gpu_ladder(tables, 2).hertz.empty());
  CHECK(ane_clocks(tables, 0) == ClockLadder{744e6, 2364e6});
  CHECK(ane_clocks(tables, 1).empty());
  tables.tables.push_back(clock_table("voltage-states9", {0, 338'000'000, 1'578'000'000}));
  CHECK(gpu_ladder(tables, 2).hertz == ClockLadder{338e6, 1578e6});
}

TEST_CASE("Graphics states that one table does not fit are looked up in the other") {
  const ClockTables tables{
      {clock_table("voltage-states14", {0, 338'000'000, 618'000'000, 796'000'000}),
       clock_table("voltage-states9", {0, 338'000'000, 618'000'000})},
      {}};
  CHECK(gpu_ladder(tables, 2).key == "voltage-states9");
  CHECK(gpu_ladder(tables, 3).key == "voltage-states14");
  CHECK(gpu_ladder(tables, 4).hertz.empty());
}

TEST_CASE("A chip that no row knows finds its tables by the hardware's own clusters") {
  const ClockTables tables{{clock_table("voltage-states40-sram", {1'000'000, 2'000'000}),
                            clock_table("voltage-states41-sram", {1'500'000, 5'000'000})},
                           {{40, 1}, {41, 2}}};
  CHECK(cpu_ladder(tables, 'M', 0, "MP", 2).hertz == ClockLadder{1e9, 2e9});
  CHECK(cpu_ladder(tables, 'P', 0, "MP", 2).hertz == ClockLadder{1.5e9, 5e9});
  CHECK(cpu_ladder(tables, 'P', 0, "EMP", 2).hertz.empty());
}
