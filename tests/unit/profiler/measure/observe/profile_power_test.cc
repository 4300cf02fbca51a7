#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "profiler/measure/questions.h"
#include "tests/catch.h"
#include "tests/unit/profiler/measure/observe/running_daemon.h"

using namespace anemon;
using namespace anemon::profiler;
using anemon::test::RunningDaemon;
using anemon::test::ScratchDirectory;

namespace {

RunRequest quick(const ScratchDirectory& scratch) {
  RunRequest request;
  request.model = scratch.write("tiny.mlmodel", "of a format that the runner alone knows");
  request.runner = std::string("python3 ") + TINY_RUNNER;
  request.iterations = 20;
  request.time = std::chrono::milliseconds(20);
  request.warm_up = {10, 0.02, 0.05};
  request.energy.baseline = std::chrono::milliseconds(700);
  return request;
}

}  // namespace

TEST_CASE("A power profile lasts as long as it is told to where there is power to be seen") {
  RunningDaemon daemon(anemon::test::busy_mac());
  ScratchDirectory scratch;
  Asking asking;
  asking.socket = daemon.socket();
  const Json result = profile_power(quick(scratch), std::chrono::milliseconds(900), asking);
  INFO(result.dump(2));
  CHECK(text(result, "/kind") == "power");
  CHECK(text(result, "/outcome/state") == "ok");
  CHECK(at(result, "/samples/start_seconds").back().get<double>() > 0.8);
  CHECK(number(result, "/power/average_power_watts").value() == Approx(10.7).epsilon(0.05));
  CHECK(number(result, "/power/energy_per_inference_joules").value() > 0);
  CHECK_FALSE(at(result, "/power/timeline").empty());
}

TEST_CASE("Without a daemon a power profile is a short run, and says why there is no power") {
  ScratchDirectory scratch;
  Asking asking;
  asking.socket = scratch / "none.sock";
  for (const Json& result : {profile_power(quick(scratch), std::chrono::hours(1), asking),
                             profile_memory(quick(scratch), asking)}) {
    CHECK(text(result, "/outcome/state") == "ok");
    CHECK(number(result, "/throughput/inferences_per_second").value() > 0);
    CHECK_THAT(text(result, "/power/absent/average_power_watts"),
               Catch::StartsWith("no daemon at "));
    CHECK_FALSE(number(result, "/score/score"));
  }
  CHECK(text(profile_memory(quick(scratch), asking), "/kind") == "memory");
}
