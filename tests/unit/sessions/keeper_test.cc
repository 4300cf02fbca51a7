// The sessions thread: many callers at once, slow and hanging disks, death by signal.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "session_world.h"
#include "sessions/job_queue.h"
#include "sessions/session_keeper.h"
#include "tests/catch.h"

namespace anemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::parse;
using test::SessionWorld;

double reading(const SessionKeeper& keeper, Metric metric,
               const std::vector<std::string>& labels = {}) {
  std::vector<Reading> readings;
  keeper.readings()(readings);
  for (const Reading& one : readings) {
    if (one.metric == metric && (labels.empty() || one.label_values == labels)) return one.value;
  }
  return -1;
}

TEST_CASE("a keeper records, answers and tells its state") {
  SessionWorld world;
  SessionKeeper keeper(world.options(), world.context());
  world.tick(1);
  const std::string id = parse(keeper.start({"run", {}, {}, {}})).at("id");
  CHECK(keeper.status().active == 1);
  CHECK(reading(keeper, Metric::kSessionsActive) == 1);
  CHECK(reading(keeper, Metric::kSessionInfo, {id, "run"}) == 1);
  CHECK(reading(keeper, Metric::kSessionStart, {id}) == 1'700'000'001);
  CHECK(reading(keeper, Metric::kSessionEnergy) == -1);  // nothing yet is not zero
  world.ticks(5, 2);
  keeper.flush();
  CHECK(reading(keeper, Metric::kSessionEnergy, {id, "ane"}) == Approx(10));
  CHECK(reading(keeper, Metric::kSessionRecording) == 1);
  CHECK(keeper.samples(id, {"anemon_power_watts"}, {}).find("anemon_power_watts") !=
        std::string::npos);
  CHECK(parse(keeper.export_as(id, SessionFormat::json)).at("id") == id);
  CHECK(parse(keeper.stop("run")).at("state") == "stopped");
  CHECK(reading(keeper, Metric::kSessions, {"stopped"}) == 1);
  CHECK(reading(keeper, Metric::kSessions, {"interrupted"}) == 0);
  CHECK_THROWS_AS(keeper.get("nothing"), SessionError);
  keeper.remove(id);
  CHECK(parse(keeper.list({})).at("sessions").empty());
  CHECK(keeper.close());
  CHECK_THROWS_AS(keeper.get("last"), SessionError);
}

TEST_CASE("open sessions are told with labels and energy, and no longer once they ended") {
  SessionWorld world;
  SessionKeeper keeper(world.options(), world.context());
  CHECK(keeper.open_sessions().empty());
  world.tick(1);
  const std::string id = parse(keeper.start({"run", {{"batch", "8"}}, {}, {}})).at("id");
  world.ticks(5, 2);
  keeper.flush();
  const auto open = keeper.open_sessions();
  REQUIRE(open.size() == 1);
  CHECK(open[0].id == id);
  CHECK(open[0].name == "run");
  CHECK(open[0].start.wall == seconds(1'700'000'001));
  CHECK(open[0].labels == std::map<std::string, std::string>{{"batch", "8"}});
  CHECK(open[0].energy.at("ane") == Approx(10));
  keeper.stop("run");
  CHECK(keeper.open_sessions().empty());
}

TEST_CASE("passes become durable by themselves") {
  SessionWorld world;
  {
    SessionKeeper keeper(world.options(), world.context());
    world.tick(1);
    keeper.start({"run", {}, {}, {}});
    world.ticks(3, 2);
    // The thread wakes by its clock; nothing asks it to.
    while (reading(keeper, Metric::kSessionEnergy) < 5.9) std::this_thread::yield();
  }
  SessionEngine engine(world.options(), world.context());
  engine.open();
  CHECK(parse(engine.get("run")).at("state") == "stopped");
}

TEST_CASE("many callers at once get their own answers") {
  SessionWorld world;
  SessionOptions options = world.options();
  options.max_active = 100;
  SessionKeeper keeper(options, world.context());
  std::atomic<int> done{0};
  std::atomic<bool> sampling{true};
  std::thread sampler([&] {
    while (sampling) world.tick(1, milliseconds(10));
  });
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 6; ++caller) {
    callers.emplace_back([&, caller] {
      const std::string name = "caller" + std::to_string(caller);
      for (int round = 0; round < 10; ++round) {
        const std::string id = parse(keeper.start({name, {{"c", name}}, {}, {}})).at("id");
        keeper.annotate(id, name);
        keeper.add_events(id, std::vector{world.event(name, {}, milliseconds(1))});
        keeper.list({});
        keeper.status();
        reading(keeper, Metric::kSessionEnergy);
        const auto document = parse(keeper.stop(id));
        done += document.at("name") == name && document.at("annotations").size() == 1;
        keeper.remove(id);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  sampling = false;
  sampler.join();
  CHECK(done == 60);
  CHECK(parse(keeper.list({})).at("sessions").empty());
}

TEST_CASE("options change while sessions are open") {
  SessionWorld world;
  SessionKeeper keeper(world.options(), world.context());
  SessionOptions options = world.options();
  options.max_active = 1;
  keeper.set_options(options);
  keeper.start({});
  CHECK_THROWS_AS(keeper.start({}), SessionError);
}

TEST_CASE("options change however busy the database is") {
  SessionWorld world;
  std::atomic<bool> blocked{false};
  std::atomic<bool> go_on{false};
  SessionContext context = world.context();
  context.environment = [&] {
    blocked = true;
    while (!go_on) std::this_thread::yield();
    return std::string("{}");
  };
  SessionKeeper keeper(world.options(), context);
  std::vector<std::thread> callers;
  callers.emplace_back([&] { keeper.start({}); });
  while (!blocked) std::this_thread::yield();
  std::atomic<size_t> refused{0};
  for (size_t i = 0; i < JobQueue::kMaxWaiting + 1; ++i) {
    callers.emplace_back([&] {
      try {
        keeper.list({});
      } catch (const SessionError&) {
        ++refused;
      }
    });
  }
  while (refused == 0) std::this_thread::yield();  // the queue is full
  SessionOptions options = world.options();
  options.max_active = 1;
  CHECK_NOTHROW(keeper.set_options(options));
  go_on = true;
  for (std::thread& caller : callers) caller.join();
  CHECK_THROWS_AS(keeper.start({}), SessionError);
}

TEST_CASE("work that waits too long is given up, and never begins") {
  test::ManualClock clock;
  JobQueue queue(clock);
  std::atomic<bool> ran{false};
  CHECK_THROWS_AS(queue.call([&] { ran = true; }, milliseconds(1)), SessionError);
  std::atomic<bool> second{false};
  {
    const Worker worker(
        "jobs",
        [&](const StopFlag& stop) {
          while (!stop.requested()) queue.run_one(std::nullopt, stop);
        },
        [&] { queue.wake(); });
    CHECK(queue.call([&] { return second = true; }, seconds(30)));
    CHECK_THROWS_AS(queue.call([]() -> int { throw SessionError(SessionErrorCode::conflict, "x"); },
                               seconds(30)),
                    SessionError);
  }
  CHECK_FALSE(ran);
  queue.close();
  CHECK_THROWS_AS(queue.call([] {}, seconds(30)), SessionError);
}

TEST_CASE("a queue has room for so many") {
  test::ManualClock clock;
  JobQueue queue(clock);
  int refused = 0;
  for (size_t i = 0; i < JobQueue::kMaxWaiting + 3; ++i) {
    try {
      queue.call([] {}, Duration::zero());
    } catch (const SessionError& error) {
      refused += std::string(error.what()).find("busy") != std::string::npos;
    }
  }
  CHECK(refused == 3);
}

// The victim of the next test: the same program, told by its environment to record until killed.
// It prints the id once the session is open, and a line per persisted tick.
struct Victim {
  explicit Victim(const std::filesystem::path& state_dir) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe failed");
    pid = ::fork();
    if (pid == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::setenv("ANEMON_TEST_VICTIM", state_dir.c_str(), 1);
      ::execl("/proc/self/exe", "victim", "[.victim]", static_cast<char*>(nullptr));
      ::_exit(1);
    }
    ::close(ends[1]);
    output = ::fdopen(ends[0], "r");
  }
  ~Victim() {
    ::fclose(output);
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  std::string line() {
    char text[256] = {};
    if (::fgets(text, sizeof text, output) == nullptr) return {};
    return std::string(text).substr(0, std::string(text).find('\n'));
  }
  pid_t pid;
  FILE* output;
};

TEST_CASE("records until it is killed", "[.victim]") {
  const char* directory = ::getenv("ANEMON_TEST_VICTIM");
  if (directory == nullptr) return;
  SessionWorld world;
  SessionOptions options = world.options();
  options.state_dir = directory;
  SessionKeeper keeper(options, world.context());
  world.tick(1);
  const std::string id = parse(keeper.start({"victim", {}, {}, {}})).at("id");
  ::printf("%s\n", id.c_str());
  for (int i = 1;; ++i) {
    world.tick(2);
    if (i % 10 != 0) continue;
    keeper.flush();
    ::printf("%d\n", i);
    ::fflush(stdout);
  }
}

TEST_CASE("after kill -9 the session is there, interrupted, with all that was durable") {
  SessionWorld world;
  std::string id;
  int ticks = 0;
  {
    Victim victim(world.state.path());
    do {
      const std::string line = victim.line();
      REQUIRE_FALSE(line.empty());
      if (line.find('-') != std::string::npos) id = line;
      if (!line.empty() && line.find_first_not_of("0123456789") == std::string::npos) {
        ticks = std::stoi(line);
      }
    } while (ticks < 2000);
    ::kill(victim.pid, SIGKILL);
  }
  SessionKeeper keeper(world.options(), world.context());
  const auto document = parse(keeper.get("last"));
  CHECK(document.at("id") == id);
  CHECK(document.at("state") == "interrupted");
  CHECK(document.at("recording").at("complete") == true);
  CHECK(document.at("summary").at("energy").at(0).at("joules").get<double>() >= 2.0 * ticks);
  CHECK(document.at("summary").at("duration_seconds").at("value").get<double>() >= ticks);
  CHECK(reading(keeper, Metric::kSessions, {"interrupted"}) == 1);
}

}  // namespace
}  // namespace anemon
