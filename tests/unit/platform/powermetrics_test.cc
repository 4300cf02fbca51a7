#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "platform/powermetrics_process.h"
#include "tests/catch.h"
#include "tests/manual_clock.h"
#include "tests/scratch_directory.h"

using namespace anemon;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using State = PowermetricsStatus::State;

namespace {

const std::string kReport =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"x\">\n"
    "<plist version=\"1.0\">\n<dict>\n<key>is_delta</key><true/>\n"
    "<key>elapsed_ns</key><integer>1004920000</integer>\n<key>hw_model</key><string>Mac16,10"
    "</string>\n<key>processor</key>\n<dict>\n<key>clusters</key>\n<array>\n<dict>\n"
    "<key>name</key><string>E-Cluster</string>\n<key>cpu_power</key><real>99</real>\n</dict>\n"
    "</array>\n<key>ane_power</key><real>3378</real>\n<key>cpu_power</key><real>204.5</real>\n"
    "<key>gpu_power</key><real>32</real>\n<key>combined_power</key><real>3614</real>\n</dict>\n"
    "<key>gpu</key>\n<dict>\n<key>freq_hz</key><real>338</real>\n</dict>\n</dict>\n</plist>\n";

// A program that stands in for powermetrics, as a script of a temporary directory.
class Program {
 public:
  explicit Program(const std::string& script) {
    directory_.write("report", kReport + '\0');
    directory_.write("powermetrics",
                     "#!/bin/sh\ncd " + directory_.path().string() + "\n" + script + "\n");
    chmod(path().c_str(), 0755);
  }
  std::filesystem::path path() const { return directory_ / "powermetrics"; }
  std::string file(const std::string& name) const {
    std::ifstream stream(directory_ / name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  test::ScratchDirectory directory_;
};

struct Run {
  Run(const std::string& script, PowermetricsMode mode, bool root = true)
      : program(script), process(mode, program.path(), root) {}

  std::optional<PowermetricsReport> poll() {
    const auto report = process.poll(clock.now());
    if (report) newest = report;
    return report;
  }
  // Waits for the child to say something or to end, and takes it.
  template <class Until>
  bool until(Until&& done) {
    for (int i = 0; i < 100000 && !done(); ++i) {
      pollfd ready{process.output(), POLLIN, 0};
      if (process.output() >= 0) {
        ::poll(&ready, 1, 100);
      } else {
        sched_yield();
      }
      poll();
    }
    return done();
  }
  bool ended() {
    return until([&] { return process.child() == 0; });
  }

  Program program;
  test::ManualClock clock;
  PowermetricsProcess process;
  std::optional<PowermetricsReport> newest;
};

bool alive(pid_t pid) { return kill(pid, 0) == 0 || errno != ESRCH; }

}  // namespace

TEST_CASE("A report of powermetrics is read by its paths, not by any key of that name") {
  const auto report = parse_powermetrics(kReport);
  REQUIRE(report);
  CHECK(report->elapsed == Duration(1004920000));
  CHECK(report->cpu_milliwatts == 204.5);  // and not the cluster's
  CHECK(report->gpu_milliwatts == 32.0);
  CHECK(report->ane_milliwatts == 3378.0);
  CHECK_FALSE(report->dram_milliwatts);
}

TEST_CASE("Older reports give millijoules, which are divided by their own time") {
  const auto report = parse_powermetrics(
      "<plist><dict><key>elapsed_ns</key><integer>2000000000</integer><key>processor</key><dict>"
      "<key>ane_energy</key><integer>6800</integer></dict></dict></plist>");
  REQUIRE(report);
  CHECK(report->ane_milliwatts == 3400.0);
}

TEST_CASE("What is no report gives nothing") {
  for (const std::string text :
       {"", "garbage", "<plist></plist>", "<plist><dict></plist>", "</dict></plist>", "<", "<key>",
        "<plist><dict><key>processor</key><dict><key>ane_power</key><real>1</real></dict></dict>",
        "<plist><dict><key>elapsed_ns</key><integer>-4</integer><key>processor</key><dict>"
        "<key>ane_power</key><real>1</real></dict></dict></plist>",
        "<plist><dict><key>elapsed_ns</key><integer>1000</integer><key>processor</key><dict>"
        "<key>ane_power</key><real>nan</real></dict></dict></plist>"}) {
    INFO(text);
    CHECK_FALSE(parse_powermetrics(text));
  }
  std::string deep = "<plist>";
  for (int i = 0; i < 1000; ++i) deep += "<dict>";
  CHECK_FALSE(parse_powermetrics(deep));
}

TEST_CASE("A stream of reports is cut at their ends, however it arrives") {
  const std::string two = kReport + '\0' + kReport;
  for (const size_t piece : {1, 7, 100, 100000}) {
    PowermetricsStream stream;
    int reports = 0;
    for (size_t at = 0; at < two.size(); at += piece) {
      reports += stream.feed(std::string_view(two).substr(at, piece)).has_value();
    }
    CHECK(reports == (piece == 100000 ? 1 : 2));  // those of one piece are one
  }
}

TEST_CASE("Reports that come together keep all their energy") {
  const auto report = [](int64_t seconds_long, double cpu) {
    PowermetricsReport made;
    made.elapsed = seconds(seconds_long);
    made.cpu_milliwatts = cpu;
    return made;
  };
  PowermetricsReport first = report(1, 100);
  first.gpu_milliwatts = 5;
  PowermetricsReport second = report(3, 500);
  second.at = seconds(9);
  const PowermetricsReport both = combined(first, second);
  CHECK(both.at == seconds(9));
  CHECK(both.elapsed == seconds(4));
  CHECK(*both.cpu_milliwatts == Approx(400));
  CHECK_FALSE(both.gpu_milliwatts);  // of three of the four seconds nobody told
  CHECK_FALSE(both.ane_milliwatts);
  CHECK(combined(report(0, 1), report(0, 2)).cpu_milliwatts == 2.0);

  PowermetricsStream stream;
  const auto fed = stream.feed(kReport + '\0' + kReport + '\0' + kReport);
  REQUIRE(fed);
  CHECK(fed->elapsed == Duration(3 * int64_t{1004920000}));
  CHECK(*fed->cpu_milliwatts == Approx(204.5));
}

TEST_CASE("Reports since the last poll are one, however many there were") {
  Run run("for i in 1 2 3 4 5; do cat report; done; touch written; exec sleep 1000",
          PowermetricsMode::source);
  run.poll();
  for (int i = 0;
       i < 100000 && !std::filesystem::exists(run.program.path().parent_path() / "written"); ++i) {
    ::poll(nullptr, 0, 1);
  }
  const auto report = run.poll();
  REQUIRE(report);
  CHECK(report->elapsed == Duration(5 * int64_t{1004920000}));
  CHECK(*report->cpu_milliwatts == Approx(204.5));
  CHECK_FALSE(run.poll());
}

TEST_CASE("Garbage costs the report it is in, and a flood no memory") {
  PowermetricsStream stream;
  CHECK_FALSE(stream.feed("<plist><dict><dict>garbage</plist>"));
  CHECK(stream.feed(kReport));
  CHECK_FALSE(stream.feed(kReport.substr(0, kReport.size() / 2)));
  CHECK(stream.feed(std::string(1, '\0') + kReport));  // it was restarted in the middle
  const std::string flood(3 * PowermetricsStream::kMaxReport, 'x');
  CHECK_FALSE(stream.feed(flood));
  CHECK(stream.feed(std::string(1, '\0') + kReport));
}

TEST_CASE("Without root it is refused, and nothing is started") {
  Run run("touch started", PowermetricsMode::source, false);
  run.poll();
  run.clock.advance(minutes(10));
  run.poll();
  CHECK(run.process.status().state == State::refused);
  CHECK(run.process.status().reason == "needs root");
  CHECK(run.process.child() == 0);
  CHECK(run.process.status().starts == 0);
}

TEST_CASE("A machine without powermetrics says so") {
  PowermetricsProcess process(PowermetricsMode::source, "/nonexistent/powermetrics", true);
  process.poll(test::ManualClock().now());
  CHECK(process.status().state == State::absent);
}

TEST_CASE("Reports of the child are read, and its options ask for them") {
  Run run("echo \"$@\" > options; cat report; exec cat", PowermetricsMode::source);
  Run hanging("cat report; exec sleep 1000", PowermetricsMode::source);
  hanging.poll();
  CHECK(hanging.process.status().state == State::running);
  CHECK(hanging.process.status().starts == 1);
  REQUIRE(hanging.until([&] { return hanging.newest.has_value(); }));
  CHECK(hanging.newest->ane_milliwatts == 3378.0);
  CHECK(hanging.newest->at == hanging.clock.now().awake);
  CHECK(hanging.process.status().reason.empty());

  run.poll();
  REQUIRE(run.ended());
  CHECK(run.newest);
  CHECK(run.program.file("options") == "-s cpu_power -i 1000 -f plist -b 0\n");
}

TEST_CASE("In refresh mode the output is dropped") {
  Run run("cat report; exec cat", PowermetricsMode::refresh);
  run.poll();
  REQUIRE(run.ended());
  CHECK_FALSE(run.newest);
}

TEST_CASE("A child that ends is started again after a pause that doubles") {
  Run run("exit 3", PowermetricsMode::source);
  Duration pause = PowermetricsProcess::kFirstPause;
  run.poll();
  for (uint64_t starts = 1; starts < 12; ++starts) {
    REQUIRE(run.ended());
    CHECK(run.process.status().state == State::waiting);
    CHECK(run.process.status().reason == "ended with status 3");
    run.clock.advance(pause - milliseconds(1));
    run.poll();
    CHECK(run.process.status().starts == starts);
    run.clock.advance(milliseconds(1));
    run.poll();
    CHECK(run.process.status().starts == starts + 1);
    pause = std::min<Duration>(2 * pause, PowermetricsProcess::kLongestPause);
  }
}

TEST_CASE("A child that was well is started again at once") {
  Run run("cat report; read line", PowermetricsMode::refresh);
  // It reads /dev/null, so it ends by itself; what counts is when that is seen.
  run.poll();
  run.clock.advance(PowermetricsProcess::kWell);
  REQUIRE(run.ended());
  run.clock.advance(PowermetricsProcess::kFirstPause);
  run.poll();
  REQUIRE(run.ended());
  CHECK(run.process.status().starts == 2);
}

TEST_CASE("A child that hangs is ended and started again") {
  Run run("exec sleep 1000", PowermetricsMode::source);
  run.poll();
  const pid_t child = run.process.child();
  run.clock.advance(PowermetricsProcess::kSilence);
  run.poll();
  CHECK(run.process.child() == child);
  run.clock.advance(milliseconds(1));
  run.poll();
  CHECK(run.process.status().state == State::waiting);
  CHECK(run.process.status().reason == "gives no report");
  REQUIRE(run.ended());
  CHECK(run.process.status().reason == "gives no report");
  CHECK_FALSE(alive(child));
  run.clock.advance(PowermetricsProcess::kFirstPause);
  run.poll();
  CHECK(run.process.status().starts == 2);
}

TEST_CASE("A child that prints garbage gives no report and is started again") {
  Run run("head -c 3000000 /dev/zero | tr '\\0' 'x'; exec sleep 1000", PowermetricsMode::source);
  run.poll();
  for (int i = 0; i < 20; ++i) {
    pollfd ready{run.process.output(), POLLIN, 0};
    ::poll(&ready, 1, 100);
    run.clock.advance(seconds(1));
    run.poll();
    if (run.process.status().state == State::waiting) break;
  }
  CHECK(run.process.status().reason == "gives no report");
  CHECK_FALSE(run.newest);
  CHECK(run.ended());
}

TEST_CASE("The child's processor time is told, also after it ended") {
  Run run("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done", PowermetricsMode::refresh);
  run.poll();
  REQUIRE(run.ended());
  const Duration first = run.process.status().cpu;
  CHECK(first > Duration::zero());
  run.clock.advance(PowermetricsProcess::kFirstPause);
  run.poll();
  REQUIRE(run.ended());
  CHECK(run.process.status().cpu > first);
}

TEST_CASE("The child and what it started end with the object") {
  pid_t child = 0;
  {
    Run run("sleep 1000 & echo x; wait", PowermetricsMode::refresh);
    run.poll();
    child = run.process.child();
    REQUIRE(child > 0);
    CHECK(getpgid(child) == child);
  }
  CHECK_FALSE(alive(child));
  // What it started is somebody else's to reap.
  const auto group_is_gone = [&] { return kill(-child, 0) != 0; };
  for (int i = 0; i < 10000 && !group_is_gone(); ++i) ::poll(nullptr, 0, 1);
  CHECK(group_is_gone());
}

TEST_CASE("The child gets the signals that the daemon blocks") {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) sigaddset(&blocked, signal);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  {
    Run run("exec sleep 1000", PowermetricsMode::refresh);
    run.poll();
    kill(run.process.child(), SIGTERM);
    CHECK(run.ended());
    CHECK(run.process.status().reason == "ended by signal 15");
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}
