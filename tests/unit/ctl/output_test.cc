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
      {"config-reload", {"config", "reload"}},
  };
  return kCases;
}

// The path of the socket differs from run to run.
std::string normalized(std::string text, const FakeDaemon& daemon) {
  const std::string path = daemon.socket().string();
  for (size_t at = text.find(path); at != text.npos; at = text.find(path, at)) {
    text.replace(at, path.size(), "SOCKET");
  }
  return text;
}

TEST_CASE("every format of every answer is as its golden file", "[golden]") {
  const FakeDaemon daemon;
  for (const Case& each : cases()) {
    for (const std::string format : {"table", "json", "csv", "markdown"}) {
      auto arguments = each.arguments;
      arguments.insert(arguments.end(), {"-o", format});
      const CtlResult result = run_ctl(arguments, {daemon.socket(), {}, {}, {}});
      check_golden("ctl/" + std::string(each.name) + '.' + format,
                   normalized(result.text(), daemon));
    }
  }
}

TEST_CASE("tables fit the terminal", "[golden]") {
  const FakeDaemon daemon;
  for (const Case& each : cases()) {
    for (const std::string width : {"80", "200"}) {
      const CtlResult result =
          run_ctl(each.arguments, {daemon.socket(), {{"COLUMNS", width}}, {}, {}});
      check_golden("ctl/" + std::string(each.name) + '.' + width,
                   normalized(result.text(), daemon));
    }
  }
}

}  // namespace
}  // namespace anemon::test
