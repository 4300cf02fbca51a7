#include "models/read/oddity_log.h"

#include "tests/catch.h"

using namespace anemon::models;

TEST_CASE("of a thousand oddities alike the message is made once") {
  OddityLog log;
  int made = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto message = [&] { return "number " + std::to_string(++made); };
    log.note(Oddity::Kind::other, i % 2 == 0 ? "even" : "odd", message, "operation");
  }
  CHECK(made == 2);
  const std::vector<Oddity> oddities = log.take();
  REQUIRE(oddities.size() == 2);
  CHECK(oddities[0].message == "number 1 (and 499 more)");
  CHECK(oddities[1].message == "number 2 (and 499 more)");
  CHECK(oddities[1].operation == "operation");
}
