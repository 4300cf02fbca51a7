#include <algorithm>
#include <cctype>

#include "collectors/thermal.h"
#include "tests/catch.h"
#include "tests/conformance/trace_data.h"
#include "tests/unit/collectors/apple/apple_run.h"

using namespace anemon;

namespace {

std::vector<uint8_t> bytes_of(const std::string& hex) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// "m1-max.tsv" as "Apple M1 Max".
std::string chip_of(const std::filesystem::path& file) {
  std::string name = file.stem().string();
  name.resize(std::min(name.find_last_not_of("-0123456789") + 1, name.size()));
  if (name.size() == 1) name = file.stem().string().substr(0, 2);
  std::string chip = "Apple ";
  bool begins = true;
  for (const char c : name) {
    chip += c == '-' ? ' ' : begins ? static_cast<char>(std::toupper(c)) : c;
    begins = c == '-';
  }
  return chip;
}

}  // namespace

TEST_CASE("Every real controller yields temperatures of its chip, and only plausible ones") {
  const auto folder = test::trace_data();
  if (!folder) return;
  int dumps = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*folder / "smc")) {
    const std::string name = entry.path().filename().string();
    const bool apple_chip = name.find("intel") == std::string::npos;
    INFO(name << " as " << chip_of(entry.path()));
    ++dumps;
    test::AppleRun world(make_thermal);
    world.machine.facts.chip = apple_chip ? chip_of(entry.path()) : "";
    for (const auto& row : test::tsv_rows(entry.path())) {
      std::string type = row[1];
      type.resize(4, ' ');
      world.machine.set_smc(row[0], type, bytes_of(row[2]));
    }
    world.collect();
    int of_the_chip = 0;
    int all = 0;
    for_each_current(world.run.store, world.run.clock.now(),
                     [&](auto&, const auto& series, Instant, double celsius) {
                       if (series.description->metric != Metric::kTemperature) return;
                       ++all;
                       const std::string component(series.description->label("component"));
                       const std::string sensor(series.description->label("sensor"));
                       INFO(component << " " << sensor << " " << celsius);
                       CHECK(celsius >= -20);
                       CHECK(celsius <= 150);
                       if (component == "die" || component == "cpu") {
                         ++of_the_chip;
                         CHECK(celsius >= 15);
                         CHECK(celsius != 40.0);  // what switched-off cores say
                       }
                     });
    CHECK(of_the_chip > 0);
    CHECK(all <= 64);
  }
  CHECK(dumps > 0);
}

TEST_CASE("The parked sensors of an M2 Max are not taken for its temperature") {
  const auto folder = test::trace_data();
  if (!folder) return;
  test::AppleRun world(make_thermal);
  world.machine.facts.chip = "Apple M2 Max";
  for (const auto& row : test::tsv_rows(*folder / "smc" / "m2-max.tsv")) {
    std::string type = row[1];
    type.resize(4, ' ');
    world.machine.set_smc(row[0], type, bytes_of(row[2]));
  }
  world.collect();
  CHECK(world.value("anemon_temperature_celsius{component=\"die\",sensor=\"TCMb\"}") ==
        Approx(36.8483));
  for_each_current(world.run.store, world.run.clock.now(),
                   [&](auto&, const auto& series, Instant, double celsius) {
                     if (series.description->label("component") == "cpu") CHECK(celsius > 25);
                   });
}
