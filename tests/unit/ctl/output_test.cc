// What anemonctl prints, byte for byte, in every format (tests/golden/ctl).
#include "tests/catch.h"
#include "tests/golden.h"
#include "tests/unit/ctl/ctl_run.h"
#include "tests/unit/ctl/fake_daemon.h"

namespace anemon::test {
namespace {

struct Case {
  const char* name;
  std::vector<std::string> arguments;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases = {
      {"status", {"status"}},
      {"metrics", {"metrics"}},
      {"metrics-values", {"metrics", "anemon_memory_bytes", "anemon_energy*", "--values"}},
      {"watch", {"watch", "anemon_power_watts", "anemon_memory_bytes", "-n", "2"}},
      {"power", {"power"}},
      {"memory", {"memory", "--by", "process"}},
      {"top", {"top", "-n", "2", "-i", "1ms"}},
      {"sessions-list", {"sessions", "list"}},
      {"sessions-show", {"sessions", "show", "resnet"}},
      {"doctor", {"doctor"}},
      {"config-reload", {"config", "reload"}},
  };
  return kCases;
}

TEST_CASE("every format of every answer is as its golden file", "[golden]") {
  const FakeDaemon daemon;
  for (const Case& each : cases()) {
    for (const std::string format : {"table", "json", "csv", "markdown"}) {
      auto arguments = each.arguments;
      arguments.insert(arguments.end(), {"-o", format});
      const CtlResult result = run_ctl(arguments, {daemon.socket()});
      check_golden("ctl/" + std::string(each.name) + '.' + format,
                   daemon.normalized(result.text()));
    }
  }
}

TEST_CASE("the summary of a run goes to standard error in every format", "[golden]") {
  const FakeDaemon daemon;
  const auto run = [&](const std::string& format) {
    return run_ctl({"run", "--runs", "2", "-o", format, "--", "echo", "output"}, {daemon.socket()});
  };
  for (const std::string format : {"table", "json", "csv", "markdown"}) {
    const CtlResult result = run(format);
    CHECK(result.out == "output\noutput\n");
    CHECK_THAT(result.err, ANEMON_CONTAINS("20261122-145102-k3f9"));
  }
  CHECK(run("csv").err.starts_with("run,session,exit_code,elapsed_seconds,"));
  CHECK(run("markdown").err.find("| RUN | SESSION |") != std::string::npos);
}

TEST_CASE("tables fit the terminal", "[golden]") {
  const FakeDaemon daemon;
  for (const Case& each : cases()) {
    for (const std::string width : {"80", "200"}) {
      const CtlResult result = run_ctl(each.arguments, {daemon.socket(), {{"COLUMNS", width}}});
      check_golden("ctl/" + std::string(each.name) + '.' + width, daemon.normalized(result.text()));
    }
  }
}

}  // namespace
}  // namespace anemon::test
