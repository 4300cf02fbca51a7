// anemonctl as a person sees it: on a pseudo terminal.
#include <signal.h>

#include "tests/catch.h"
#include "tests/golden.h"
#include "tests/unit/ctl/ctl_run.h"
#include "tests/unit/ctl/fake_daemon.h"

namespace anemon::test {
namespace {

constexpr const char* kEscape = "\x1b[";

std::string on_terminal(const FakeDaemon& daemon, const std::vector<std::string>& arguments,
                        int columns, std::vector<std::pair<std::string, std::string>> environment) {
  if (environment.empty() || environment.front().first != "TERM") {
    environment.emplace_back("TERM", "xterm-256color");
  }
  PtyChild child(arguments, {daemon.socket(), environment}, columns);
  child.wait();
  return daemon.normalized(child.output());
}

TEST_CASE("a terminal gets colour and its own width", "[golden]") {
  const FakeDaemon daemon;
  check_golden("ctl/terminal.status-80", on_terminal(daemon, {"status"}, 80, {}));
  check_golden("ctl/terminal.status-200", on_terminal(daemon, {"status"}, 200, {}));
}

TEST_CASE("colour can be refused and forced") {
  const FakeDaemon daemon;
  using Environment = std::vector<std::pair<std::string, std::string>>;
  const auto colored = [&](const std::vector<std::string>& arguments, Environment environment) {
    return on_terminal(daemon, arguments, 80, std::move(environment)).find(kEscape) !=
           std::string::npos;
  };
  CHECK(colored({"status"}, {}));
  CHECK_FALSE(colored({"status"}, {{"NO_COLOR", "1"}}));
  CHECK(colored({"status"}, {{"NO_COLOR", ""}}));  // set but empty does not count
  CHECK_FALSE(colored({"status"}, {{"TERM", "dumb"}}));
  CHECK(colored({"status"}, {{"TERM", "dumb"}, {"CLICOLOR_FORCE", "1"}}));
  CHECK_FALSE(colored({"status"}, {{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}));
  CHECK(colored({"status", "--color", "always"}, {{"NO_COLOR", "1"}}));
  CHECK_FALSE(colored({"status", "--color", "never"}, {{"FORCE_COLOR", "1"}}));
  CHECK_FALSE(colored({"status", "-o", "json"}, {}));
  CHECK_FALSE(colored({"status", "-o", "csv"}, {}));

  const auto piped = [&](Environment environment) {
    return run_ctl({"status"}, {daemon.socket(), std::move(environment)}).out.find(kEscape) !=
           std::string::npos;
  };
  CHECK_FALSE(piped({}));
  CHECK(piped({{"CLICOLOR_FORCE", "1"}}));
  CHECK_FALSE(piped({{"CLICOLOR_FORCE", "0"}}));
}

class Top {
 public:
  explicit Top(const FakeDaemon& daemon)
      : child_({"top", "-i", "1h"},
               {daemon.socket(), {{"TERM", "xterm-256color"}, {"NO_COLOR", "1"}}}, 80) {}
  PtyChild& child() { return child_; }

  // Whether the terminal is as it was: the main screen, a cursor, keys that echo.
  bool restored() const {
    const std::string& output = child_.output();
    return output.ends_with("\x1b[?25h\x1b[?1049l") && child_.echoes();
  }

 private:
  PtyChild child_;
};

TEST_CASE("top takes the screen and gives it back on every way out") {
  const FakeDaemon daemon;
  {
    Top top(daemon);
    REQUIRE(top.child().wait_for("s sort (CPU)"));
    CHECK(top.child().output().starts_with("\x1b[?1049h\x1b[?25l"));
    CHECK_FALSE(top.child().echoes());
    top.child().type("q");
    CHECK(top.child().wait() == 0);
    CHECK(top.restored());
  }
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    Top top(daemon);
    REQUIRE(top.child().wait_for("s sort (CPU)"));
    top.child().signal(signal);
    CHECK(top.child().wait() == 128 + signal);
    CHECK(top.restored());
  }
  Top top(daemon);
  REQUIRE(top.child().wait_for("s sort (CPU)"));
  top.child().type("\x03");  // Ctrl-C
  CHECK(top.child().wait() == 128 + SIGINT);
  CHECK(top.restored());
}

TEST_CASE("top obeys its keys") {
  const FakeDaemon daemon;
  Top top(daemon);
  REQUIRE(top.child().wait_for("gpu "));
  CHECK(top.child().wait_for("peak 80.00 W"));
  CHECK(top.child().wait_for("python3"));
  top.child().type("s");
  CHECK(top.child().wait_for("s sort (memory)"));
  top.child().type("p");
  CHECK(top.child().wait_for("  paused"));
  top.child().type("?");
  CHECK(top.child().wait_for("marks an estimate"));
  top.child().type("q");
  CHECK(top.child().wait() == 0);
}

TEST_CASE("top leaves at once although the daemon hangs") {
  const FakeDaemon answering;
  FakeDaemonBehaviour behaviour;
  behaviour.silent_after = 1;
  const FakeDaemon daemon(behaviour);
  PtyChild child({"top", "-i", "1ms", "--timeout", "1h"},
                 {daemon.socket(), {{"TERM", "xterm"}, {"NO_COLOR", "1"}}}, 80);
  REQUIRE(child.wait_for("q quit"));
  child.type("q");
  CHECK(child.wait() == 0);
}

TEST_CASE("top prints plain lines where it cannot draw") {
  const FakeDaemon daemon;
  PtyChild child({"top", "-n", "2", "-i", "1ms"}, {daemon.socket(), {{"TERM", "dumb"}}}, 80);
  CHECK(child.wait() == 0);
  CHECK(child.output().find('\x1b') == std::string::npos);
  CHECK_THAT(child.output(), ANEMON_CONTAINS("gpu 71.25 W"));
}

TEST_CASE("rm asks on a terminal") {
  const FakeDaemon daemon;
  for (const std::string answer : {"n", "y"}) {
    PtyChild child({"sessions", "rm", "resnet"}, {daemon.socket(), {{"TERM", "xterm"}}}, 80);
    REQUIRE(child.wait_for("[y/N]"));
    CHECK(daemon.changes().empty());
    child.type(answer + "\n");
    CHECK(child.wait() == (answer == "y" ? 0 : 1));
  }
  CHECK(daemon.changes() == std::vector<std::string>{"DELETE /v1/sessions/resnet"});
}

TEST_CASE("run gives the terminal to its command and takes it back") {
  const FakeDaemon daemon;
  // stty needs to be in the foreground to change the terminal; the command leaves echo off.
  PtyChild child({"run", "-q", "--", "sh", "-c", "stty -echo && echo changed && read line"},
                 {daemon.socket(), {{"TERM", "xterm"}}}, 80);
  REQUIRE(child.wait_for("changed"));
  child.type("line\n");
  CHECK(child.wait() == 0);
  CHECK(child.echoes());
}

TEST_CASE("Ctrl-C ends the command of run, and the session with it") {
  const FakeDaemon daemon;
  PtyChild child({"run", "--", "sh", "-c", "echo started; exec sleep 1000"},
                 {daemon.socket(), {{"TERM", "xterm"}}}, 80);
  REQUIRE(child.wait_for("started"));
  child.type("\x03");
  CHECK(child.wait() == 128 + SIGINT);
  REQUIRE(daemon.changes().size() == 2);
  CHECK(daemon.changes().back().starts_with("POST /v1/sessions/20261122-151500-new1/stop"));
  CHECK_THAT(child.output(), ANEMON_CONTAINS("20261122-145102-k3f9"));
}

TEST_CASE("run passes signals on to the command") {
  const FakeDaemon daemon;
  PtyChild child({"run", "-q", "--", "sh", "-c",
                  "trap 'echo told; exit 9' TERM; echo started; while :; do sleep 0.01; done"},
                 {daemon.socket(), {{"TERM", "xterm"}}}, 80);
  REQUIRE(child.wait_for("started"));
  child.signal(SIGTERM);
  CHECK(child.wait() == 9);
  CHECK_THAT(child.output(), ANEMON_CONTAINS("told"));
}

}  // namespace
}  // namespace anemon::test
