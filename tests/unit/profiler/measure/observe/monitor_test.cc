#include "profiler/measure/monitor.h"

#include <anemon/client.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "client/control_client.h"
#include "core/json_access.h"
#include "tests/catch.h"
#include "tests/unit/profiler/measure/observe/running_daemon.h"

using namespace anemon;
using namespace anemon::profiler;
using anemon::test::RunningDaemon;

namespace {

// The first of the monitor's documents that fulfils `condition`; fails after many.
template <class Condition>
Json eventually(Monitor& monitor, const Condition& condition) {
  Json document;
  for (int i = 0; i < 600; ++i) {
    document = monitor.current();
    if (condition(document)) return document;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  FAIL(document.dump(2));
  return document;
}

}  // namespace

TEST_CASE("A program that is watched has power and memory, and throughput once it reports") {
  RunningDaemon daemon({"--replay", std::string(TRACES) + "/busy_m5.jsonl"});
  MonitorRequest request;
  request.model = "talker";
  request.pid = 512;  // a process of the recording
  request.socket = daemon.socket();
  Monitor monitor(request);

  Json document = eventually(monitor, [](const Json& each) {
    return number(each, "/power/average_power_watts") && number(each, "/memory/memory_usage_mb");
  });
  CHECK(text(document, "/kind") == "monitor");
  CHECK(number(document, "/power/average_power_watts").value() == Approx(10.7).epsilon(0.1));
  CHECK(number(document, "/ane/ane_utilization_percent").value() == Approx(60).epsilon(0.1));
  // Nobody has reported: absent, with the reason, and so is what rests on it.
  CHECK_FALSE(number(document, "/throughput/inferences_per_second"));
  const std::string why = text(document, "/throughput/absent/inferences_per_second");
  CHECK(why == "no inference of \"talker\" was reported to the daemon meanwhile");
  CHECK(text(document, "/power/absent/energy_per_inference_joules") == why);
  CHECK(at(document, "/score/missing").size() == 2);
  CHECK(text(document, "/environment/session") != "");

  anemon_options options{};
  options.size = sizeof options;
  const std::string socket = daemon.socket().string();
  options.socket = socket.c_str();
  options.send_interval_ms = 5;
  REQUIRE(anemon_start(&options) == ANEMON_OK);
  {
    const char* kinds[] = {"token"};
    const anemon_model* talker = anemon_model_register("talker", "ane", kinds, 1);
    const anemon_model* other = anemon_model_register("somebody else", "ane", nullptr, 0);
    const uint64_t tokens = 8;
    for (int i = 0; i < 600 && anemon_listening() == 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    for (int i = 0; i < 50; ++i) {
      anemon_inference(talker, 1'000'000, 1, &tokens);
      anemon_inference(other, 1'000'000, 1, nullptr);
    }
    CHECK(anemon_flush(10'000) == ANEMON_OK);
  }
  document = eventually(monitor, [](const Json& each) {
    return number(each, "/throughput/tokens_per_second").has_value();
  });
  const double rate = number(document, "/throughput/inferences_per_second").value();
  CHECK(rate > 0);
  CHECK(number(document, "/throughput/tokens_per_second").value() == Approx(8 * rate));
  CHECK_THAT(text(document, "/throughput/basis/inferences_per_second"),
             Catch::StartsWith("50 inferences reported (ane) in "));
  CHECK_FALSE(number(document, "/throughput/images_per_second"));
  CHECK(number(document, "/power/energy_per_inference_joules").value() ==
        Approx(number(document, "/power/average_power_watts").value() / rate));
  anemon_stop();

  document = monitor.stop();
  CHECK(number(document, "/power/average_power_watts").value() == Approx(10.7).epsilon(0.1));
  const Json sessions = ControlClient(daemon.socket(), std::chrono::seconds(10)).sessions({});
  CHECK(text(sessions["sessions"][0], "/state") == "stopped");
}

TEST_CASE("Watching without a daemon gives documents of reasons") {
  anemon::test::ScratchDirectory scratch;
  MonitorRequest request;
  request.model = "m";
  request.socket = scratch / "none.sock";
  Monitor monitor(request);
  for (const Json& document : {monitor.current(), monitor.stop()}) {
    for (const char* key :
         {"/throughput/absent/inferences_per_second", "/power/absent/average_power_watts",
          "/memory/absent/memory_usage_mb", "/ane/absent/ane_utilization_percent"}) {
      CHECK_THAT(text(document, key), Catch::StartsWith("no daemon at "));
    }
    CHECK(at(document, "/score/missing").size() == 4);
  }
}

TEST_CASE("A daemon that is killed leaves the watching with a reason") {
  RunningDaemon daemon(anemon::test::busy_mac());
  MonitorRequest request;
  request.model = "m";
  request.socket = daemon.socket();
  Monitor monitor(request);
  daemon.kill();
  CHECK_THAT(text(monitor.current(), "/power/absent/average_power_watts"),
             Catch::StartsWith("the daemon stopped answering: "));
  CHECK_FALSE(text(monitor.stop(), "/memory/absent/memory_usage_mb").empty());
}
