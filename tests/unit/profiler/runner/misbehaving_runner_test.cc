// Every way in which a runner can fail, by real processes that fail that way. After each there is
// no process and no descriptor left, and the next run goes well.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include "platform/pipe.h"
#include "profiler/runner/runner_process.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"
#include "tests/unit/profiler/runner/runner_tests.h"

using namespace anemon;
using namespace anemon::profiler;
using namespace anemon::profiler::test;
using Words = std::vector<std::string>;

namespace {

constexpr Duration kShort = std::chrono::milliseconds(300);

int open_descriptors() {
  int count = 0;
  for (int fd = 0; fd < 1024; ++fd) count += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
  return count;
}

// What a test leaves behind is found at its end.
class Traces {
 public:
  Traces() : descriptors_(open_descriptors()) {}
  ~Traces() {
    CHECK(open_descriptors() == descriptors_);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
    CHECK_NOTHROW([] {
      RunnerProcess next({SCRIPTED_RUNNER}, {});
      next.load(model("good"));
      next.fill({});
      first_inference(next);
      if (next.end().end.outcome != RunOutcome::ok) throw Error("the next run failed");
    }());
  }
  Traces(const Traces&) = delete;
  Traces& operator=(const Traces&) = delete;

 private:
  const int descriptors_;
};

// A runner that is a shell script, after it was greeted and has answered.
Words polite(const std::string& script) {
  return {
      "/bin/sh", "-c",
      "read -r line; echo '{\"answer\":\"hello\",\"protocol\":1,\"engine\":{\"name\":\"sh\"}}'\n" +
          script};
}
Words rude(const std::string& script) { return {"/bin/sh", "-c", script}; }

// Short in one phase alone: a busy machine takes its time for the others.
RunnerLimits short_in(Duration RunnerLimits::*phase) {
  RunnerLimits limits;
  limits.*phase = kShort;
  return limits;
}

RunFailure failure_at_start(const Words& words, const RunnerLimits& limits = {}) {
  return failure_of([&] { RunnerProcess(words, limits); });
}

RunFailure failure_in_load(const Words& words, const RunnerLimits& limits = {},
                           const std::string& name = "good") {
  RunnerProcess runner(words, limits);
  const RunFailure failure = failure_of([&] { runner.load(model(name)); });
  return failure;
}

bool is_gone(pid_t pid) { return ::kill(pid, 0) != 0 && errno == ESRCH; }

}  // namespace

TEST_CASE("a runner that crashes in load is told by its signal, phase and last words") {
  const Traces traces;
  const RunFailure segfault = failure_in_load({SCRIPTED_RUNNER}, {}, "segfault-load");
  CHECK(segfault.outcome() == RunOutcome::crashed);
  CHECK(segfault.phase() == RunPhase::load);
  CHECK(segfault.end().signal == SIGSEGV);
  CHECK(std::string(segfault.what()) == "the runner crashed in phase load: SIGSEGV");

  const RunFailure abort = failure_in_load({SCRIPTED_RUNNER}, {}, "abort-load");
  CHECK(abort.outcome() == RunOutcome::crashed);
  CHECK(abort.end().signal == SIGABRT);
  CHECK_THAT(abort.end().last_words, ANEMON_CONTAINS("an assertion of the framework"));

  const RunFailure exit = failure_in_load({SCRIPTED_RUNNER}, {}, "exit-load");
  CHECK(exit.outcome() == RunOutcome::crashed);
  CHECK(exit.end().exit_status == 7);
  CHECK_FALSE(exit.end().signal);
}

TEST_CASE("a runner that crashes in a prediction is told by the phase that it was for") {
  const Traces traces;
  for (const RunPhase phase : {RunPhase::first_inference, RunPhase::warm_up, RunPhase::measure}) {
    RunnerProcess runner({SCRIPTED_RUNNER}, {});
    runner.load(model("abort-predict"));
    runner.fill({});
    const RunFailure failure =
        failure_of([&] { runner.predict(phase, {}, [](const Samples&) { return true; }); });
    CHECK(failure.outcome() == RunOutcome::crashed);
    CHECK(failure.phase() == phase);
    CHECK_FALSE(runner.alive());
    // And whatever is asked then is an error too.
    CHECK(failure_of([&] { runner.memory(); }).outcome() == RunOutcome::crashed);
    CHECK(runner.end().end.outcome == RunOutcome::crashed);
    CHECK(runner.end().end.phase == phase);
  }
}

TEST_CASE("a runner that somebody else kills is no crash, and says what may be behind it") {
  const Traces traces;
  const RunFailure load = failure_in_load({SCRIPTED_RUNNER}, {}, "kill-load");
  CHECK(load.outcome() == RunOutcome::killed);
  CHECK(load.end().signal == SIGKILL);
  CHECK_THAT(load.what(), ANEMON_CONTAINS("killed by SIGKILL in phase load"));
  CHECK_THAT(load.what(), ANEMON_CONTAINS("MiB"));
  CHECK_THAT(load.hint(), ANEMON_CONTAINS("Neural Engine's compiler"));

  RunnerProcess runner({SCRIPTED_RUNNER}, {});
  LoadRequest on_cpu = model("slow:1");
  on_cpu.units = ComputeUnits::cpu_only;
  runner.load(on_cpu);
  runner.fill({});
  PredictRequest predict;
  predict.min_count = UINT32_MAX;
  predict.chunk = std::chrono::milliseconds(5);
  const pid_t pid = runner.pid();
  const RunFailure outside = failure_of([&] {
    runner.predict(RunPhase::warm_up, predict, [&](const Samples&) {
      ::kill(pid, SIGTERM);
      return true;
    });
  });
  CHECK(outside.outcome() == RunOutcome::killed);
  CHECK(outside.end().signal == SIGTERM);
  CHECK(outside.phase() == RunPhase::warm_up);
  CHECK_THAT(outside.hint(), !ANEMON_CONTAINS("Neural Engine"));
  CHECK(is_gone(pid));
}

TEST_CASE("a runner that hangs and ignores SIGTERM is killed at the limit of its phase") {
  const Traces traces;
  RunnerLimits limits;
  limits.load = kShort;
  const RunFailure load = failure_in_load({SCRIPTED_RUNNER}, limits, "hang-load");
  CHECK(load.outcome() == RunOutcome::timed_out);
  CHECK(load.phase() == RunPhase::load);
  CHECK_THAT(load.what(), ANEMON_CONTAINS("no answer within 0.3 s in phase load"));
  CHECK_FALSE(load.end().signal);  // it was this program's own

  limits.call = kShort;
  RunnerProcess runner({SCRIPTED_RUNNER}, limits);
  runner.load(model("hang-predict"));
  runner.fill({});
  const pid_t pid = runner.pid();
  CHECK(failure_of([&] { first_inference(runner); }).outcome() == RunOutcome::timed_out);
  CHECK(is_gone(pid));

  const RunFailure start = failure_at_start(rude("trap '' TERM; while :; do sleep 1; done"),
                                            short_in(&RunnerLimits::start));
  CHECK(start.outcome() == RunOutcome::timed_out);
  CHECK(start.phase() == RunPhase::start);
}

TEST_CASE("a runner whose calls take longer than the limit, but which goes on, is left alone") {
  const Traces traces;
  RunnerLimits limits;
  limits.call = std::chrono::seconds(2);
  RunnerProcess runner({SCRIPTED_RUNNER}, limits);
  runner.load(model("slow:20"));
  runner.fill({});
  PredictRequest predict;
  predict.min_time = std::chrono::milliseconds(2500);
  predict.chunk = std::chrono::milliseconds(100);
  CHECK_NOTHROW(runner.predict(RunPhase::measure, predict, [](const Samples&) { return true; }));
}

TEST_CASE("what is no protocol is garbage, and its beginning is shown without harm") {
  const Traces traces;
  const RunFailure bytes = failure_at_start(rude(R"(printf '\377\033[31mgarbage\n'; sleep 9)"));
  CHECK(bytes.outcome() == RunOutcome::garbage);
  CHECK(bytes.phase() == RunPhase::start);
  CHECK_THAT(bytes.what(), ANEMON_CONTAINS("[31mgarbage"));
  CHECK(std::string(bytes.what()).find('\033') == std::string::npos);

  CHECK(failure_at_start(rude("yes")).outcome() == RunOutcome::garbage);
  const RunFailure endless = failure_at_start(rude("cat /dev/zero"));
  CHECK(endless.outcome() == RunOutcome::garbage);
  CHECK_THAT(endless.what(), ANEMON_CONTAINS("a line without end"));
  const RunFailure huge =
      failure_at_start(rude("head -c 20000000 /dev/zero | tr '\\0' '['; echo; sleep 9"));
  CHECK(huge.outcome() == RunOutcome::garbage);
  CHECK(std::string(huge.what()).size() < 1000);
  CHECK(
      failure_at_start(rude("head -c 100000 /dev/zero | tr '\\0' '['; echo; sleep 9")).outcome() ==
      RunOutcome::garbage);

  const RunFailure other =
      failure_in_load(polite(R"(read -r line; echo '{"answer":"bye"}'; sleep 9)"));
  CHECK(other.outcome() == RunOutcome::garbage);
  CHECK_THAT(other.what(), ANEMON_CONTAINS("\"bye\" when \"loaded\" was due"));
}

TEST_CASE("half a line and the end is garbage; with a status it is a crash that shows it") {
  const Traces traces;
  const RunFailure quiet = failure_at_start(rude(R"(printf '{"answer":"hel')"));
  CHECK(quiet.outcome() == RunOutcome::garbage);
  CHECK_THAT(quiet.what(), ANEMON_CONTAINS("in the middle of a line: \"{\"answer\":\"hel\""));
  const RunFailure loud = failure_at_start(rude(R"(printf '{"answer":"hel'; exit 3)"));
  CHECK(loud.outcome() == RunOutcome::crashed);
  CHECK(loud.end().exit_status == 3);
  const RunFailure nothing = failure_at_start(rude("echo I will not >&2; exit 5"));
  CHECK(nothing.outcome() == RunOutcome::crashed);
  CHECK(nothing.end().exit_status == 5);
  CHECK(nothing.end().last_words == "I will not");
}

TEST_CASE("what was said before the end is heard before the end") {
  const Traces traces;
  const RunFailure failure = failure_in_load(
      polite(R"(read -r line; echo '{"answer":"error","kind":"refused","error":"no"}'; exit 4)"));
  CHECK(failure.outcome() == RunOutcome::refused);
  CHECK(std::string(failure.what()) == "no");
}

TEST_CASE("another version of the protocol is called by its number") {
  const Traces traces;
  const RunFailure failure = failure_at_start(
      rude(R"(read -r line; echo '{"answer":"hello","protocol":9,"engine":"new"}'; read -r line)"));
  CHECK(failure.outcome() == RunOutcome::wrong_version);
  CHECK_THAT(failure.what(), ANEMON_CONTAINS("speaks version 9"));
}

TEST_CASE("a program that there is not, or that is none, is not found") {
  const Traces traces;
  const anemon::test::ScratchDirectory scratch;
  const std::string data = scratch.write("data", "no program").string();
  const std::string orphan = scratch.write("orphan", "#!/no/such/interpreter\n").string();
  std::filesystem::permissions(orphan, std::filesystem::perms::owner_all);
  for (const Words& words : {Words{"/no/such/runner"}, Words{"no-such-runner-on-path"}, Words{data},
                             Words{orphan}, Words{}, Words{""}, Words{scratch.path().string()}}) {
    const RunFailure failure = failure_at_start(words);
    CHECK(failure.outcome() == RunOutcome::not_found);
    CHECK(failure.phase() == RunPhase::start);
    CHECK_FALSE(failure.hint().empty());
  }
}

TEST_CASE("a runner that closes its output and lives is not waited for without end") {
  const Traces traces;
  const RunFailure failure =
      failure_in_load(polite("exec >&-; sleep 100"), short_in(&RunnerLimits::load));
  CHECK(failure.outcome() == RunOutcome::garbage);
  CHECK_THAT(failure.what(), ANEMON_CONTAINS("closed its output"));
}

TEST_CASE("a runner that never reads what it is asked runs into the limit") {
  const Traces traces;
  RunnerProcess runner(
      polite("read -r line; "
             "echo '{\"answer\":\"loaded\",\"load_seconds\":0,\"inputs\":[],\"outputs\":[]}'; "
             "sleep 100"),
      short_in(&RunnerLimits::fill));
  runner.load(model("good"));
  FillRequest fill;
  fill.inputs.emplace_back().kind = InputFill::Kind::values;
  fill.inputs[0].numbers.assign(100'000, 0.125f);
  const RunFailure failure = failure_of([&] { runner.fill(fill); });
  CHECK(failure.outcome() == RunOutcome::timed_out);
  CHECK(failure.phase() == RunPhase::fill);
}

TEST_CASE("a grandchild that holds the pipes hides no end, and is killed too") {
  const Traces traces;
  RunnerProcess runner({SCRIPTED_RUNNER}, {});
  runner.load(model("fork-predict"));
  runner.fill({});
  const pid_t group = runner.pid();
  const RunFailure failure = failure_of([&] { first_inference(runner); });
  CHECK(failure.outcome() == RunOutcome::crashed);
  CHECK(failure.end().exit_status == 3);
  // Its parent is gone: who reaps it is up to the system, and may take a moment.
  for (int i = 0; i < 1000 && !is_gone(-group); ++i) ::usleep(10'000);
  CHECK(is_gone(-group));
}

TEST_CASE("standard error is read without end, and only its end is kept") {
  const Traces traces;
  const RunFailure failure = failure_in_load(
      polite(R"(i=0; while [ $i -lt 3000 ]; do echo "line $i says something"; i=$((i+1)); done >&2
                printf '\033[2Jlast\n' >&2; exit 1)"));
  CHECK(failure.outcome() == RunOutcome::crashed);
  const std::string& words = failure.end().last_words;
  CHECK(words.size() <= RunnerProcess::kLastWords + 8);
  CHECK_THAT(words, ANEMON_CONTAINS("line 2999 says something\n"));
  CHECK_THAT(words, !ANEMON_CONTAINS("line 0 says"));
  CHECK_THAT(words, ANEMON_CONTAINS("[2Jlast"));
  CHECK(words.find('\033') == std::string::npos);
}

TEST_CASE("memory beyond the limit is refused by the kernel where it can, and the runner lives") {
  const Traces traces;
  RunnerLimits limits;
  limits.memory = uint64_t{48} << 20;
  limits.load = std::chrono::seconds(60);
  RunnerProcess runner({SCRIPTED_RUNNER}, limits);
  const RunFailure failure = failure_of([&] { runner.load(model("hungry-load")); });
  CHECK(failure.outcome() == RunOutcome::out_of_memory);
  CHECK(failure.phase() == RunPhase::load);
  CHECK_THAT(failure.what(), ANEMON_CONTAINS("48 MiB"));
}

TEST_CASE("memory beyond the limit that the kernel does not see is watched") {
  const Traces traces;
  RunnerLimits limits;
  limits.memory = uint64_t{40} << 20;
  limits.start = std::chrono::seconds(60);
  // Before the greeting nothing is bound yet.
  const RunFailure failure = failure_at_start(
      {"python3", "-c", "import time; x = b'x' * 120_000_000; time.sleep(100)"}, limits);
  CHECK(failure.outcome() == RunOutcome::out_of_memory);
  CHECK_THAT(failure.what(), ANEMON_CONTAINS("more than the limit of 40 MiB"));
}

TEST_CASE("a runner that dies for want of memory is told by its last words") {
  const Traces traces;
  RunnerLimits limits;
  limits.memory = uint64_t{4} << 30;
  const RunFailure failure = failure_in_load(polite("echo 'MemoryError' >&2; exit 1"), limits);
  CHECK(failure.outcome() == RunOutcome::out_of_memory);
  CHECK(failure.end().exit_status == 1);
}

TEST_CASE("processor time beyond the limit ends a runner that does not stop") {
  const Traces traces;
  RunnerLimits limits;
  limits.cpu = std::chrono::milliseconds(200);
  limits.load = std::chrono::seconds(60);
  const RunFailure failure = failure_in_load(polite("while :; do :; done"), limits);
  CHECK(failure.outcome() == RunOutcome::timed_out);
  CHECK_THAT(failure.what(), ANEMON_CONTAINS("0.2 s of processor time"));
}

TEST_CASE("who wants no answer any more interrupts") {
  const Traces traces;
  int ends[2];
  REQUIRE(open_pipe(ends));
  const FileDescriptor reading(ends[0]);
  const FileDescriptor writing(ends[1]);
  RunnerLimits limits;
  limits.interrupt = reading.get();
  {
    RunnerProcess runner({SCRIPTED_RUNNER}, limits);
    REQUIRE(::write(writing.get(), "x", 1) == 1);
    CHECK(failure_of([&] { runner.load(model("hang-load")); }).outcome() ==
          RunOutcome::interrupted);
  }
  char byte = 0;
  REQUIRE(::read(reading.get(), &byte, 1) == 1);
  ::close(::dup(0));
}

TEST_CASE("samples that are too many, do not follow, or are not counted are garbage") {
  const Traces traces;
  const auto lies = [](const std::string& lines) {
    RunnerProcess runner(polite("read -r line\n" + lines + "sleep 9"), {});
    PredictRequest predict;
    predict.max_count = 3;
    return failure_of([&] {
             runner.predict(RunPhase::measure, predict, [](const Samples&) { return true; });
           })
        .outcome();
  };
  const std::string one = R"(echo '{"answer":"samples","first":0,"start":[0],"total":[1]}'; )";
  CHECK(lies(one + one) == RunOutcome::garbage);
  CHECK(lies(one + R"(echo '{"answer":"predicted","count":2,"seconds":1}'; )") ==
        RunOutcome::garbage);
  CHECK(lies(R"(echo '{"answer":"samples","first":0,"start":[],"total":[]}'; )") ==
        RunOutcome::garbage);
  CHECK(lies(R"(echo '{"answer":"samples","first":0,"start":[0,1,2,3],"total":[1,1,1,1]}'; )") ==
        RunOutcome::garbage);
}

TEST_CASE("results in parts that do not follow each other, or without end, are garbage") {
  const Traces traces;
  const auto lies = [](const std::string& lines) {
    RunnerProcess runner(polite("read -r line\n" + lines + "sleep 9"), {});
    return failure_of([&] { runner.results({0, 3}); }).outcome();
  };
  const std::string part =
      R"(echo '{"answer":"results","name":"y","count":9,"offset":0,"more":true,)";
  CHECK(lies(part + R"("numbers":[1,2,3,4]}'; )") == RunOutcome::garbage);
  CHECK(lies(part + R"("numbers":[1,2]}'; echo '{"answer":"results","name":"y","count":9,)" +
             R"("offset":1,"numbers":[1]}'; )") == RunOutcome::garbage);
  CHECK(lies("while :; do " + part + R"("numbers":[]}'; done; )") == RunOutcome::garbage);
}

TEST_CASE("a runner that says bye and stays is killed; one that ends badly is told") {
  const Traces traces;
  RunnerProcess stays(polite("read -r line; echo '{\"answer\":\"bye\"}'; sleep 100"),
                      short_in(&RunnerLimits::end));
  const pid_t pid = stays.pid();
  const RunnerFarewell farewell = stays.end();
  CHECK(farewell.end.outcome == RunOutcome::timed_out);
  CHECK(farewell.end.phase == RunPhase::end);
  CHECK(is_gone(pid));

  RunnerProcess badly(polite("read -r line; echo '{\"answer\":\"bye\"}'; exit 9"), {});
  CHECK(badly.end().end.exit_status == 9);
  RunnerProcess mute(polite("read -r line; exit 0"), {});
  CHECK(mute.end().end.outcome == RunOutcome::crashed);
}

TEST_CASE("a runner that nobody wants any more is killed with its object") {
  const Traces traces;
  pid_t pid = 0;
  {
    RunnerProcess runner({SCRIPTED_RUNNER}, {});
    pid = runner.pid();
    CHECK_FALSE(is_gone(pid));
  }
  CHECK(is_gone(pid));
}

TEST_CASE("a runner inherits the three pipes and nothing else") {
  if (!std::filesystem::exists("/proc/self/fd")) return;
  const Traces traces;
  const int inheritable = ::open("/dev/null", O_RDONLY);
  REQUIRE(inheritable >= 0);
  const RunFailure failure = failure_in_load(polite("exec ls /proc/self/fd >&2"));
  ::close(inheritable);
  CHECK(failure.end().last_words == "0\n1\n2\n3");  // the last is the folder that it reads
}
