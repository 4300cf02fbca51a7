#include "profiler/measure/observer.h"

#include <unistd.h>

#include <chrono>
#include <thread>

#include "client/client_error.h"
#include "core/json_access.h"
#include "platform/pipe.h"
#include "profiler/measure/energy_account.h"
#include "profiler/measure/observed.h"
#include "profiler/measure/result.h"
#include "tests/catch.h"
#include "tests/unit/ctl/fake_daemon.h"
#include "tests/unit/profiler/measure/observe/running_daemon.h"
#include "tests/unit/profiler/measure/observe/watched.h"

using namespace anemon;
using namespace anemon::profiler;
using anemon::test::RunningDaemon;
using Names = std::vector<std::string>;

namespace {

// Asks as a run does, until the observer wants no more; seconds since the first call.
double go_on(Observer& observer) {
  const auto began = std::chrono::steady_clock::now();
  while (true) {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    if (!observer.wants_more(seconds)) return seconds;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

EnergyRequest quick() {
  EnergyRequest energy;
  energy.baseline = std::chrono::milliseconds(700);
  energy.at_least = Duration::zero();
  energy.precision = 0.5;
  return energy;
}

std::vector<std::string> session_names(const std::filesystem::path& socket) {
  std::vector<std::string> names;
  const Json list = ControlClient(socket, std::chrono::seconds(10)).sessions({});
  for (const Json& session : at(list, "/sessions")) names.push_back(text(session, "/name"));
  return names;
}

}  // namespace

TEST_CASE("A run beside a busy Mac's daemon has power, activity and heat") {
  RunningDaemon daemon(anemon::test::busy_mac());
  const auto observer = open_observer(daemon.socket(), quick());
  REQUIRE(observer->has_daemon());
  REQUIRE(observer->has_energy());
  CHECK(observer->seen().components == Names{"ane", "cpu", "dram", "gpu"});
  observer->observe_idle();
  observer->begin("nets/busy", getpid());
  go_on(*observer);
  observer->end();

  const Observation& seen = observer->seen();
  CHECK(seen.why_none.empty());
  CHECK(seen.why_no_energy.empty());
  REQUIRE(seen.precision);
  // What the recording holds: 2.5 W, 3 W, 1.2 W and 4 W. The machine's 16 W are not added.
  CHECK(seen.precision->mean_watts == Approx(10.7).epsilon(0.05));
  CHECK(seen.precision->enough);
  REQUIRE_FALSE(seen.watts.empty());
  CHECK(seen.watts.front().second == Approx(10.7));
  CHECK(seen.component_watts.contains("system"));
  // The idle machine's session is gone, its numbers are not.
  CHECK(session_names(daemon.socket()) == Names{"profile nets_busy"});
  REQUIRE(seen.baseline);
  CHECK(mean_watts(*seen.baseline, seen.components).value() == Approx(10.7).epsilon(0.05));

  ModelRun run = anemon::profiler::test::finished_run();
  run.predicted->origin = seen.began;
  const Json power = power_section({run, seen});
  CHECK(number(power, "/average_power_watts").value() > 0);
  CHECK(number(power, "/temperature_celsius").value() > 0);
  CHECK(text(power, "/basis/temperature_celsius") ==
        "highest reading of TCMb (die) during the run");
  const Json ane = ane_section({run, seen});
  CHECK(number(ane, "/ane_utilization_percent").value() == Approx(60).epsilon(0.1));
  CHECK(text(ane, "/signal") == "dcs_floor");
  const Json environment = environment_section({run, seen});
  CHECK(text(environment, "/power_source") == "mains");
  CHECK(text(environment, "/thermal_pressure") == "moderate");
  CHECK(text(environment, "/session") == seen.session);
}

TEST_CASE("Whoever wants no answer any more does not wait for the idle machine") {
  RunningDaemon daemon(anemon::test::busy_mac());
  EnergyRequest energy = quick();
  energy.baseline = std::chrono::hours(1);
  const auto observer = open_observer(daemon.socket(), energy);
  REQUIRE(observer->has_energy());
  int ends[2];
  REQUIRE(open_pipe(ends));
  close(ends[1]);  // readable: its end is reached
  observer->observe_idle(ends[0]);
  close(ends[0]);
  CHECK_FALSE(observer->seen().baseline);
  CHECK(session_names(daemon.socket()).empty());
}

TEST_CASE("Without a daemon nothing is seen, nobody waits, and the reason is kept") {
  anemon::test::ScratchDirectory scratch;
  EnergyRequest patient;
  patient.baseline = patient.at_least = std::chrono::hours(1);
  const auto observer = open_observer(scratch / "none.sock", patient);
  CHECK_FALSE(observer->has_daemon());
  CHECK_FALSE(observer->has_energy());
  observer->observe_idle();
  observer->begin("m", getpid());
  CHECK_FALSE(observer->wants_more(0));
  observer->look_again();
  observer->end();
  const Observation& seen = observer->seen();
  CHECK_THAT(seen.why_none, Catch::StartsWith("no daemon at " + scratch.path().string()));
  CHECK_FALSE(seen.run);
  CHECK_FALSE(seen.precision);
  CHECK(seen.watts.empty());
}

TEST_CASE("A daemon that is killed while the model runs ends the waiting, not the run") {
  RunningDaemon daemon(anemon::test::busy_mac());
  EnergyRequest patient = quick();
  patient.baseline = Duration::zero();
  SECTION("before there is enough") {
    patient.at_least = patient.at_most = std::chrono::hours(1);
    const auto observer = open_observer(daemon.socket(), patient);
    observer->begin("m", getpid());
    CHECK(observer->wants_more(0));
    daemon.kill();
    CHECK(observer->wants_more(4.9));  // not asked yet
    CHECK_FALSE(observer->wants_more(5.1));
    observer->end();
    const Observation& seen = observer->seen();
    CHECK_THAT(seen.why_none, Catch::StartsWith("the daemon stopped answering: "));
    CHECK_FALSE(seen.run);
    CHECK_FALSE(observer->has_daemon());
    const ModelRun run = anemon::profiler::test::finished_run();
    CHECK(text(power_section({run, seen}), "/absent/average_power_watts") == seen.why_none);
    CHECK(number(throughput_section({run, seen}), "/inferences_per_second"));
  }
  SECTION("at the end") {
    const auto observer = open_observer(daemon.socket(), patient);
    observer->begin("m", getpid());
    daemon.kill();
    observer->end();
    CHECK_FALSE(observer->seen().why_none.empty());
    CHECK_FALSE(observer->seen().run);
  }
  SECTION("before the run") {
    const auto observer = open_observer(daemon.socket(), patient);
    daemon.kill();
    observer->observe_idle();
    observer->begin("m", getpid());
    CHECK_FALSE(observer->wants_more(0));
    observer->end();
    CHECK_FALSE(observer->seen().why_none.empty());
  }
}

TEST_CASE("A machine without a source of power is watched, but not for longer") {
  RunningDaemon daemon({"--replay", std::string(TRACES) + "/virtual_machine.jsonl"});
  EnergyRequest patient;
  patient.baseline = patient.at_least = std::chrono::hours(1);
  const auto observer = open_observer(daemon.socket(), patient);
  CHECK(observer->has_daemon());
  CHECK_FALSE(observer->has_energy());
  observer->observe_idle();
  observer->begin("m", getpid());
  CHECK_FALSE(observer->wants_more(0));
  observer->end();
  const Observation& seen = observer->seen();
  CHECK(seen.why_none.empty());
  CHECK_FALSE(seen.baseline);
  REQUIRE(seen.run);
  CHECK_THAT(seen.why_no_energy, Catch::StartsWith("no source of power on this machine"));
}

TEST_CASE("Energy that nobody wants takes no time") {
  RunningDaemon daemon(anemon::test::busy_mac());
  EnergyRequest none;
  none.wanted = false;
  none.baseline = std::chrono::hours(1);
  const auto observer = open_observer(daemon.socket(), none);
  CHECK(observer->has_daemon());
  CHECK_FALSE(observer->has_energy());
  observer->observe_idle();
  observer->begin("m", getpid());
  CHECK_FALSE(observer->wants_more(0));
  observer->end();
  CHECK(observer->seen().run);
  CHECK(observer->seen().why_no_energy == "energy was not asked for");
}

TEST_CASE("The limit ends the waiting whatever the precision") {
  RunningDaemon daemon(anemon::test::busy_mac());
  EnergyRequest exact = quick();
  exact.precision = 1e-9;
  exact.at_most = std::chrono::seconds(60);
  const auto observer = open_observer(daemon.socket(), exact);
  observer->begin("m", getpid());
  CHECK(observer->wants_more(1));
  // Without a reading there would be nothing to wait for.
  ControlClient client(daemon.socket(), std::chrono::seconds(10));
  const auto& seen = observer->seen();
  while (
      account_energy(client.session_samples(seen.session, {}), seen.components).intervals.empty()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(observer->wants_more(59.9));
  CHECK_FALSE(observer->wants_more(60));
}

TEST_CASE("What is no daemon is none, and says so") {
  anemon::test::FakeDaemonBehaviour behaviour;
  SECTION("answers that are no documents") {
    behaviour.garbage = true;
    anemon::test::FakeDaemon fake(behaviour);
    const auto observer = open_observer(fake.socket(), {});
    CHECK_FALSE(observer->has_daemon());
    CHECK_FALSE(observer->seen().why_none.empty());
  }
  SECTION("a daemon that lets this user change nothing") {
    behaviour.may_change = false;
    anemon::test::FakeDaemon fake(behaviour);
    const auto observer = open_observer(fake.socket(), quick());
    observer->observe_idle();
    observer->begin("m", getpid());
    CHECK_FALSE(observer->wants_more(0));
    observer->end();
    CHECK_FALSE(observer->seen().why_none.empty());
    CHECK_FALSE(observer->seen().daemon_version.empty());  // it may be asked
  }
}

TEST_CASE("A precision that is none is refused") {
  EnergyRequest wrong;
  wrong.precision = 0;
  CHECK_THROWS_WITH(open_observer("/nowhere", wrong), Catch::Contains("precision"));
}
