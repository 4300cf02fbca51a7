#include "daemon/live_config.h"

#include <fstream>

#include "core/error.h"
#include "tests/catch.h"
#include "tests/manual_clock.h"
#include "tests/recording_log.h"
#include "tests/scratch_directory.h"

namespace anemon {
namespace {

TEST_CASE("a reload whose taking fails gives back the old configuration and says why") {
  const test::ScratchDirectory directory;
  const auto file = directory.path() / "anemond.yaml";
  const auto write = [&](int keep) { std::ofstream(file) << "sessions: {keep: " << keep << "}\n"; };
  write(3);
  Instruments instruments;
  test::ManualClock clock;
  test::RecordingLog log;
  CommandLine line;
  line.config = file;
  LiveConfig live(line, instruments, clock, log);
  write(4);
  std::vector<uint32_t> taken;
  const auto failing = [&](const Config& config) {
    taken.push_back(config.sessions.keep);
    if (config.sessions.keep == 4) throw Error("no thread could be made");
  };
  CHECK_THROWS_AS(live.reload(failing), Error);
  CHECK(taken == std::vector<uint32_t>{4, 3});
  CHECK(live.current()->sessions.keep == 3);
  CHECK_FALSE(live.status().last_reload_ok);
  CHECK(live.status().error == "no thread could be made");
  CHECK(log.count("configuration not reloaded; the old one stays in force") == 1);

  live.reload([](const Config&) {});
  CHECK(live.current()->sessions.keep == 4);
  CHECK(live.status().last_reload_ok);
}

}  // namespace
}  // namespace anemon
