#include "session_world.h"
#include "sessions/session_engine.h"
#include "sessions/session_pieces.h"
#include "tests/catch.h"

namespace anemon {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::parse;
using test::SessionWorld;

struct Engine : SessionWorld {
  SessionEngine engine{options(), context()};
  Engine() {
    engine.open();
    tick(1);
  }
  void tick_and_wake(int count, double power) {
    for (int i = 0; i < count; ++i) {
      tick(power);
      engine.wake();
    }
  }
  std::string start(const SessionRequest& request = {}) {
    return parse(engine.start(request)).at("id");
  }
};

SessionErrorCode code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const SessionError& error) {
    return error.code();
  }
  FAIL("no error");
  return {};
}

const json& row_with(const json& rows, const char* key, const std::string& value) {
  for (const json& row : rows) {
    if (row.value(key, "") == value) return row;
  }
  FAIL("no row with " << key << " " << value << " in " << rows);
  return rows;
}

TEST_CASE("a session's summary tells what its counters and samples say") {
  Engine world;
  SessionRequest request;
  request.name = "run";
  request.labels = {{"batch", "8"}};
  request.pids = {SessionWorld::kPid};
  const std::string id = world.start(request);
  world.tick_and_wake(9, 2.0);
  world.tick_and_wake(1, 10.0);
  const json document = parse(world.engine.stop(id));

  CHECK(document.at("schema") == "anemon.session/1");
  CHECK(document.at("state") == "stopped");
  CHECK(document.at("name") == "run");
  CHECK(document.at("labels").at("batch") == "8");
  CHECK(document.at("environment").at("chip") == "test");
  CHECK(document.at("recording").at("resolution_seconds").is_null());
  CHECK(document.at("recording").at("complete") == true);
  const json& summary = document.at("summary");
  CHECK(summary.at("duration_seconds").at("value") == 10.0);
  CHECK(summary.at("asleep_seconds").at("value") == 0.0);
  CHECK(summary.at("gaps").empty());

  const json& energy = row_with(summary.at("energy"), "component", "ane");
  CHECK(energy.at("joules").get<double>() == Approx(28));
  CHECK(energy.at("mean_watts").get<double>() == Approx(2.8));
  CHECK(energy.at("covered_seconds").get<double>() == Approx(10));
  CHECK(energy.at("provenance") == "measured");
  const json& power = row_with(summary.at("power"), "component", "ane");
  CHECK(power.at("mean_watts").get<double>() == Approx(2.8));
  CHECK(power.at("max_watts") == 10.0);
  CHECK(power.at("p50_watts") == 2.0);
  CHECK(power.at("p95_watts") == 10.0);
  CHECK(power.at("samples") == 10);

  CHECK(summary.at("memory").at("total_bytes") == 8e9);
  CHECK(summary.at("memory").at("min_available_bytes") == 3e9);
  REQUIRE(summary.at("tasks").size() == 1);  // not the foreign process
  const json& task = summary.at("tasks").at(0);
  CHECK(task.at("pid") == SessionWorld::kPid);
  CHECK(task.at("process") == "model");
  CHECK(task.at("max_resident_bytes") == 10e6);
  CHECK(task.at("cpu_seconds").get<double>() == Approx(5));
  CHECK(world.told_pids ==
        std::vector<std::vector<pid_t>>{{SessionWorld::kPid}, std::vector<pid_t>{}});
}

TEST_CASE("every number of a row tells its own provenance, the row the worst") {
  Engine world;
  Series joules(Metric::kTaskEnergy, {std::to_string(SessionWorld::kPid), "model"},
                Provenance::estimated);
  Series used(Metric::kMemoryBytes, {"used"}, Provenance::derived);
  SessionRequest request;
  request.pids = {SessionWorld::kPid};
  const std::string id = world.start(request);
  world.tick_and_wake(2, 2.0);
  world.memory.set(used, 1e9);
  world.memory.set(world.total, 8e9);
  world.clock.advance(seconds(1));
  world.memory.commit(world.clock.now());
  world.tasks.set(world.cpu, 99);
  world.tasks.set(joules, 5);
  world.tasks.commit(world.clock.now());
  world.clock.advance(seconds(1));
  world.tasks.set(joules, 6);
  world.tasks.commit(world.clock.now());
  const json summary = parse(world.engine.stop(id)).at("summary");
  const json& energy = row_with(summary.at("energy"), "component", "ane");
  CHECK(energy.at("provenances") == json{{"joules", "measured"}, {"mean_watts", "derived"}});
  const json& memory = summary.at("memory");
  CHECK(memory.at("provenance") == "derived");
  CHECK(memory.at("provenances").at("total_bytes") == "measured");
  CHECK(memory.at("provenances").at("max_used_bytes") == "derived");
  const json& task = summary.at("tasks").at(0);
  CHECK(task.at("provenance") == "estimated");
  CHECK(task.at("provenances").at("max_resident_bytes") == "measured");
  CHECK(task.at("provenances").at("cpu_seconds") == "measured");
}

TEST_CASE("a pid that is used again is another process, whose readings are not the session's") {
  Engine world;
  Series start(Metric::kTaskStartTime, {std::to_string(SessionWorld::kPid), "model"});
  Series heir(Metric::kTaskResident, {std::to_string(SessionWorld::kPid), "heir"});
  Series heir_start(Metric::kTaskStartTime, {std::to_string(SessionWorld::kPid), "heir"});
  const double own = to_seconds(world.clock.now().wall) - 100;
  const auto pass = [&](Series& resident, Series& started, double bytes, double at) {
    world.clock.advance(seconds(1));
    world.tasks.set(resident, bytes);
    world.tasks.set(started, at);
    world.tasks.commit(world.clock.now());
    world.engine.wake();
  };
  SessionRequest request;
  request.pids = {SessionWorld::kPid};
  const std::string id = world.start(request);
  pass(world.resident, start, 5, own);
  pass(world.resident, start, 6, own + 1);      // the time of boot was told anew
  pass(world.resident, start, 700, own + 101);  // of the same name
  pass(heir, heir_start, 800, own + 103);       // and of another
  const json tasks = parse(world.engine.stop(id)).at("summary").at("tasks");
  REQUIRE(tasks.size() == 1);
  CHECK(tasks.at(0).at("process") == "model");
  CHECK(tasks.at(0).at("max_resident_bytes") == 6);

  // The process had ended, and its pid was taken, before anything was read.
  const std::string late = world.start(request);
  pass(heir, heir_start, 900, to_seconds(world.clock.now().wall) + 60);
  const json summary = parse(world.engine.stop(late)).at("summary");
  CHECK(summary.at("tasks").empty());
  CHECK(row_with(summary.at("missing"), "what", "tasks").at("component") ==
        std::to_string(SessionWorld::kPid));
}

TEST_CASE("a running session's mean power in lists is over the time its energy was read") {
  Engine world;
  const std::string id = world.start();
  world.tick_and_wake(4, 3.0);
  world.clock.sleep(minutes(10));
  world.clock.advance(seconds(20));  // no reading since
  const json row = parse(world.engine.list({})).at("sessions").at(0);
  CHECK(row.at("energy_joules").at("ane").get<double>() == Approx(12));
  CHECK(row.at("mean_power_watts").at("ane").get<double>() == Approx(3));
}

TEST_CASE("open sessions follow no more processes than can be shown") {
  Engine world;
  SessionOptions options = world.options();
  options.max_pids = 3;
  world.engine.set_options(options);
  SessionRequest request;
  request.pids = {1, 2};
  const std::string first = world.start(request);
  request.pids = {3, 4};
  CHECK(code_of([&] { world.engine.start(request); }) == SessionErrorCode::unavailable);
  request.pids = {2, 3, 3};
  world.start(request);
  world.start();  // without pids
  CHECK(world.told_pids.back() == std::vector<pid_t>{1, 2, 3});
}

TEST_CASE("the energy between two readings is shared with the session by time") {
  Engine world;
  world.clock.advance(milliseconds(400));
  const std::string id = world.start();
  world.energy_so_far += 4;  // within one second, of which the session has 0.6
  world.tick(0, milliseconds(600));
  world.tick(3);
  const json summary = parse(world.engine.stop(id)).at("summary");
  const json& energy = row_with(summary.at("energy"), "component", "ane");
  CHECK(energy.at("joules").get<double>() == Approx(4 * 0.6 + 3));
  CHECK(energy.at("covered_seconds").get<double>() == Approx(1.6));
}

TEST_CASE("a counter that is reset goes on counting") {
  Engine world;
  const std::string id = world.start();
  world.tick(5);
  world.energy_so_far = 0;
  world.tick(7);
  world.tick(1);
  const json summary = parse(world.engine.stop(id)).at("summary");
  CHECK(row_with(summary.at("energy"), "component", "ane").at("joules").get<double>() ==
        Approx(5 + 7 + 1));
}

TEST_CASE("power readings weigh as much as the spans they are the mean of") {
  Engine world;
  const std::string id = world.start();
  world.tick(1, seconds(9));
  world.tick(11, seconds(1));
  const json summary = parse(world.engine.stop(id)).at("summary");
  const json& power = row_with(summary.at("power"), "component", "ane");
  CHECK(power.at("mean_watts").get<double>() == Approx(2));
  CHECK(power.at("p50_watts") == 1.0);
  CHECK(power.at("p95_watts") == 11.0);
}

TEST_CASE("what was not read is missing, with the reason of its signal") {
  Engine world;
  world.signals.report(Metric::kEnergyJoules, "gpu", "powercap", SignalState::refused,
                       "only root may read it", Provenance::measured, world.clock.now());
  world.signals.report(Metric::kEnergyJoules, "ane", "other", SignalState::absent, "no such",
                       Provenance::measured, world.clock.now());
  SessionRequest request;
  request.pids = {123};
  const std::string id = world.start(request);
  world.tick(1);
  const json summary = parse(world.engine.stop(id)).at("summary");
  const json& missing = summary.at("missing");
  const json& energy = row_with(missing, "what", "energy");  // not of the ane: it has a source
  CHECK(energy.at("component") == "gpu");
  CHECK(energy.at("reason") == "only root may read it");
  CHECK(energy.at("state") == "refused");
  CHECK(row_with(missing, "what", "temperatures").at("state") == "absent");
  CHECK(row_with(missing, "what", "tasks").at("component") == "123");
  CHECK(summary.at("temperatures").empty());
  CHECK_FALSE(summary.contains("thermal_pressure"));
}

TEST_CASE("silences of a collector are gaps, sleep is not") {
  Engine world;
  const std::string id = world.start();
  world.tick_and_wake(3, 1);
  world.clock.sleep(minutes(10));
  world.tick_and_wake(3, 1);
  // The energy collector hangs; the others go on.
  for (int i = 0; i < 8; ++i) {
    world.clock.advance(seconds(1));
    world.memory.set(world.total, 8e9);
    world.memory.commit(world.clock.now());
    world.tasks.commit(world.clock.now());
    world.engine.wake();
  }
  world.tick_and_wake(1, 1);
  const json summary = parse(world.engine.stop(id)).at("summary");
  CHECK(summary.at("asleep_seconds").at("value") == 600.0);
  CHECK(summary.at("duration_seconds").at("value") == 615.0);
  REQUIRE(summary.at("gaps").size() == 1);
  CHECK(summary.at("gaps").at(0).at("collector") == "energy");
  CHECK(summary.at("gap_seconds").at("value") == 9.0);
  // Mean power over the time awake.
  CHECK(row_with(summary.at("energy"), "component", "ane").at("covered_seconds") == 15.0);
}

TEST_CASE("a collector that stays silent until the end leaves a gap") {
  Engine world;
  const std::string id = world.start();
  world.tick_and_wake(2, 1);
  world.clock.advance(seconds(20));
  const json summary = parse(world.engine.stop(id)).at("summary");
  CHECK(summary.at("gap_seconds").at("value") == 20.0);
}

TEST_CASE("inferences are counted, their latencies ranked, their energy shared out") {
  Engine world;
  const std::string id = world.start();
  world.tick_and_wake(1, 2);
  std::vector<InferenceEvent> events;
  for (int i = 0; i < 100; ++i) {
    events.push_back(world.event("net", milliseconds(-10 * i), milliseconds(10)));
    events.back().items = {{"token", 3}};
  }
  events[99].ok = false;
  for (int i = 0; i < 5; ++i) world.tick(4);
  const auto count = world.engine.add_events(id, events);
  CHECK(count.accepted == 100);
  CHECK(count.refused == 0);
  world.tick_and_wake(1, 4);
  const json summary = parse(world.engine.stop(id)).at("summary");
  const json& row = row_with(summary.at("inference"), "model", "net");
  CHECK(row.at("count") == 100);
  CHECK(row.at("errors") == 1);
  CHECK(row.at("items").at("token") == 300);
  CHECK(row.at("latency_seconds").at("p99").get<double>() == Approx(0.01));
  CHECK(row.at("throughput_per_second").get<double>() == Approx(99));
  // One second at 4 W for 100 inferences.
  CHECK(row.at("energy_per_inference_joules").at("ane").get<double>() == Approx(0.04));
  CHECK(row.at("energy_reason").is_null());
}

TEST_CASE("energy per inference is not told when it cannot be") {
  Engine world;
  const std::string id = world.start();
  world.tick_and_wake(5, 2);
  std::vector<InferenceEvent> events = {world.event("a", seconds(3), seconds(2)),
                                        world.event("b", seconds(2), seconds(1)),
                                        world.event("short", seconds(4), milliseconds(2))};
  world.engine.add_events(id, events);
  const json rows = parse(world.engine.stop(id)).at("summary").at("inference");
  CHECK(row_with(rows, "model", "a").at("energy_per_inference_joules").is_null());
  CHECK(row_with(rows, "model", "a").at("energy_reason") == "other models ran at the same time");
  CHECK(row_with(rows, "model", "short").at("energy_reason") ==
        "inferences too short or too few for the energy readings");
}

TEST_CASE("events that cannot be true, or of another time, are refused") {
  Engine world;
  const std::string id = world.start();
  world.tick_and_wake(2, 1);
  std::vector<InferenceEvent> events = {
      world.event("", seconds(1), seconds(1)),    world.event("m", seconds(1), -seconds(1)),
      world.event("m", -minutes(1), seconds(1)),  world.event("m", minutes(5), seconds(1)),
      world.event("m\n", seconds(1), seconds(1)), world.event("good", seconds(1), seconds(1))};
  const auto count = world.engine.add_events(id, events);
  CHECK(count.accepted == 1);
  CHECK(count.refused == 5);
}

TEST_CASE("a jump of the wall clock does not move events and annotations") {
  Engine world;
  const std::string id = world.start();
  world.tick_and_wake(5, 1);
  world.clock.jump_wall(std::chrono::hours(1));
  world.engine.add_events(id, std::vector{world.event("m", seconds(2), seconds(1))});
  const json note = parse(world.engine.annotate(id, "now", std::nullopt));
  CHECK(note.at("time") == "2023-11-14T22:13:26.000Z");  // five seconds after the start
  const auto outline = world.engine.outline(id);
  const auto inferences = world.engine.inferences(outline.models.at(0).key, SessionTime::min(), 0);
  REQUIRE(inferences.size() == 1);
  CHECK(inferences[0].begins == seconds(3));
}

TEST_CASE("a session ends by itself after its maximum duration") {
  Engine world;
  SessionRequest request;
  request.max_duration = seconds(3);
  const std::string id = world.start(request);
  world.tick_and_wake(4, 1);
  const json document = parse(world.engine.get(id));
  CHECK(document.at("state") == "expired");
  CHECK(document.at("summary").at("duration_seconds").at("value") == 3.0);
  CHECK(world.engine.snapshot()->ended[static_cast<size_t>(SessionState::expired)] == 1);
}

TEST_CASE("references are ids, the last, or names that fit one session") {
  Engine world;
  SessionRequest named;
  named.name = "twice";
  const std::string first = world.start(named);
  CHECK(parse(world.engine.get("twice")).at("id") == first);
  world.engine.stop("twice");
  world.clock.advance(seconds(1));
  const std::string second = world.start(named);
  CHECK(parse(world.engine.get("last")).at("id") == second);
  CHECK(parse(world.engine.get(first)).at("id") == first);
  CHECK(code_of([&] { world.engine.get("twice"); }) == SessionErrorCode::conflict);
  CHECK(parse(world.engine.stop("twice")).at("id") == second);  // the one that runs
  CHECK(code_of([&] { world.engine.stop("twice"); }) == SessionErrorCode::conflict);
  CHECK(code_of([&] { world.engine.get("thrice"); }) == SessionErrorCode::not_found);
  CHECK(code_of([&] { world.engine.get(""); }) == SessionErrorCode::not_found);
  CHECK(code_of([&] { world.engine.get("' OR 1=1 --"); }) == SessionErrorCode::not_found);
}

TEST_CASE("lists are newest first and filter by state, label and time") {
  Engine world;
  SessionRequest request;
  request.labels = {{"k", "1"}};
  const std::string a = world.start(request);
  world.tick_and_wake(2, 3);
  world.engine.stop(a);
  const Duration later = world.clock.now().wall + seconds(1);
  world.tick_and_wake(2, 0);
  request.labels = {{"k", "2"}, {"j", "x"}};
  const std::string b = world.start(request);
  world.tick_and_wake(2, 3);
  const auto ids = [&](const SessionFilter& filter) {
    std::vector<std::string> found;
    const json document = parse(world.engine.list(filter));
    for (const auto& row : document.at("sessions")) {
      found.push_back(row.at("id"));
    }
    return found;
  };
  using Ids = std::vector<std::string>;
  CHECK(ids({}) == Ids{b, a});
  CHECK(ids({"running", {}, {}, 10}) == Ids{b});
  CHECK(ids({"", {{"k", "1"}}, {}, 10}) == Ids{a});
  CHECK(ids({"", {{"k", "2"}, {"j", "x"}}, {}, 10}) == Ids{b});
  CHECK(ids({"", {{"k", "2"}, {"j", "y"}}, {}, 10}).empty());
  CHECK(ids({"", {}, later, 10}) == Ids{b});
  CHECK(ids({"", {}, {}, 1}) == Ids{b});
  const json rows = parse(world.engine.list({})).at("sessions");
  CHECK(rows.at(1).at("energy_joules").at("ane").get<double>() == Approx(6));
  CHECK(rows.at(0).at("energy_joules").at("ane").get<double>() == Approx(6));
  CHECK(rows.at(1).at("mean_power_watts").at("ane").get<double>() == Approx(3));
}

TEST_CASE("requests out of bounds are refused with a reason") {
  Engine world;
  const auto refused = [&](const SessionRequest& request) {
    return code_of([&] { world.engine.start(request); }) == SessionErrorCode::bad_request;
  };
  CHECK(refused({std::string(65, 'x'), {}, {}, {}}));
  CHECK(refused({"new\nline", {}, {}, {}}));
  CHECK(refused({"\xff", {}, {}, {}}));
  CHECK(refused({"last", {}, {}, {}}));
  CHECK(refused({"20261122-145102-abcd", {}, {}, {}}));
  CHECK(refused({"", {{"1x", "v"}}, {}, {}}));
  CHECK(refused({"", {{"k", std::string(257, 'v')}}, {}, {}}));
  CHECK(refused({"", {}, {0}, {}}));
  CHECK(refused({"", {}, std::vector<pid_t>(65, 1), {}}));
  CHECK(refused({"", {}, {}, Duration::zero()}));
  CHECK(refused({"", {}, {}, std::chrono::hours(25)}));
  const std::string id = world.start();
  CHECK(code_of([&] { world.engine.annotate(id, "", {}); }) == SessionErrorCode::bad_request);
  CHECK(code_of([&] { world.engine.annotate(id, "x", world.clock.now().wall + minutes(1)); }) ==
        SessionErrorCode::bad_request);
  CHECK(code_of([&] { world.engine.annotate(id, "x", world.clock.now().wall - minutes(1)); }) ==
        SessionErrorCode::bad_request);
}

TEST_CASE("a bounded number of sessions is open, a bounded number is kept") {
  Engine world;
  SessionOptions options = world.options();
  options.max_active = 2;
  options.keep = 3;
  world.engine.set_options(options);
  world.start();
  world.start();
  CHECK(code_of([&] { world.engine.start({}); }) == SessionErrorCode::unavailable);
  world.engine.stop("last");
  for (int i = 0; i < 5; ++i) {
    world.clock.advance(seconds(1));
    world.engine.stop(world.start());
  }
  CHECK(parse(world.engine.list({})).at("sessions").size() == 4);  // and the open one
}

TEST_CASE("a second engine finds the sessions of the first, and closes what it left open") {
  SessionWorld world;
  std::string finished, open;
  {
    SessionEngine first(world.options(), world.context());
    first.open();
    world.tick(1);
    finished = parse(first.start({})).at("id");
    world.tick(2);
    first.stop(finished);
    world.tick(2);
    open = parse(first.start({"left", {}, {SessionWorld::kPid}, {}})).at("id");
    for (int i = 0; i < 10; ++i) {
      world.tick(4);
      first.wake();
    }
    world.tick(1000);  // taken by nobody
  }
  SessionEngine second(world.options(), world.context());
  second.open();
  CHECK(parse(second.get(finished)).at("state") == "stopped");
  const json document = parse(second.get(open));
  CHECK(document.at("state") == "interrupted");
  CHECK(document.at("recording").at("reason") == "the daemon died");
  CHECK(document.at("summary").at("duration_seconds").at("value") == 10.0);
  CHECK(row_with(document.at("summary").at("energy"), "component", "ane")
            .at("joules")
            .get<double>() == Approx(40));
  CHECK(second.snapshot()->ended[static_cast<size_t>(SessionState::interrupted)] == 1);
  CHECK(world.log.count("session was interrupted") == 1);
}

TEST_CASE("what is shut down is stopped, durably and with a summary") {
  SessionWorld world;
  std::string id;
  {
    SessionEngine engine(world.options(), world.context());
    engine.open();
    world.tick(1);
    id = parse(engine.start({})).at("id");
    world.tick(2);
    engine.shut_down();
  }
  SessionEngine second(world.options(), world.context());
  second.open();
  const json document = parse(second.get(id));
  CHECK(document.at("state") == "stopped");
  CHECK(document.at("recording").at("reason") == "the daemon shut down");
  CHECK(row_with(document.at("summary").at("energy"), "component", "ane").at("joules") == 2.0);
}

TEST_CASE("a session near its size limit is folded, and its energy stays the same") {
  SessionWorld world;
  SessionOptions options = world.options();
  options.max_bytes = 500'000;
  SessionEngine engine(options, world.context());
  engine.open();
  world.tick(1);
  const std::string id = parse(engine.start({"", {}, {SessionWorld::kPid}, {}})).at("id");
  double expected = 0;
  uint64_t most = 0;
  for (int i = 0; i < 30'000; ++i) {
    const double power = 1 + (i % 7) * 0.37 + (i % 1000 == 0 ? 90 : 0);
    world.tick(power);
    expected += power;
    if (i % 4 == 0) engine.wake();
    if (i % 500 == 0) {
      most = std::max(most, parse(engine.get(id)).at("recording").at("bytes").get<uint64_t>());
    }
  }
  const json document = parse(engine.stop(id));
  CHECK(most <= options.max_bytes + 8192);
  CHECK(most > options.max_bytes / 2);
  CHECK(document.at("recording").at("resolution_seconds").get<double>() >= 10);
  CHECK(document.at("recording").at("complete") == true);
  CHECK(document.at("recording").at("samples").get<int>() > 150'000);
  const json& energy = row_with(document.at("summary").at("energy"), "component", "ane");
  CHECK(energy.at("joules").get<double>() == Approx(expected));
  const json& power = row_with(document.at("summary").at("power"), "component", "ane");
  CHECK(power.at("mean_watts").get<double>() == Approx(expected / 30'000));
  CHECK(power.at("max_watts").get<double>() == Approx(93.22).margin(2.5));
  CHECK(power.at("samples") == 30'000);
}

TEST_CASE("a session that is full all the same takes no more, and says so") {
  SessionWorld world;
  SessionOptions options = world.options();
  options.max_bytes = 20'000;
  SessionEngine engine(options, world.context());
  engine.open();
  world.tick(1);
  const std::string id = parse(engine.start({})).at("id");
  for (int i = 0; i < 5000; ++i) {
    world.tick(1);
    engine.wake();
  }
  const auto refused = engine.add_events(id, std::vector{world.event("m", seconds(1), seconds(1))});
  CHECK(refused.refused == 1);
  const json document = parse(engine.stop(id));
  CHECK(document.at("recording").at("bytes").get<uint64_t>() <= options.max_bytes + 1000);
  CHECK(document.at("recording").at("complete") == false);
  CHECK(document.at("recording").at("reason") == "size limit of the session reached");
}

TEST_CASE("nothing is due while no session is open") {
  Engine world;
  CHECK_FALSE(world.engine.next_wake());
  const std::string id = world.start();
  world.engine.wake();
  CHECK(world.engine.next_wake() == world.clock.now().awake + SessionEngine::kWakePeriod);
  world.engine.stop(id);
  CHECK_FALSE(world.engine.next_wake());
}

}  // namespace
}  // namespace anemon
