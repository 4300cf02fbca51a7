// What scripts rely on: exit codes, and messages that say what failed, why, and what to do.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "ctl/commands.h"
#include "platform/apple_devices.h"
#include "profiler/history/history.h"
#include "tests/catch.h"
#include "tests/golden.h"
#include "tests/scratch_directory.h"
#include "tests/unit/ctl/ctl_run.h"
#include "tests/unit/ctl/fake_daemon.h"
#include "tests/unit/ctl/model_fixtures.h"

namespace anemon::test {
namespace {

int code(const FakeDaemon& daemon, const std::string& line) {
  const CtlResult result = run_ctl(shell_words(line), {daemon.socket()});
  INFO(line << '\n' << result.text());
  CHECK((result.exit_code == 0 || !result.err.empty() || result.exit_code == 1 ||
         line.starts_with("run")));
  return result.exit_code;
}

TEST_CASE("exit codes are those of the table") {
  const FakeDaemon daemon;
  CHECK(code(daemon, "status") == 0);
  CHECK(code(daemon, "statsu") == 2);
  CHECK(code(daemon, "sessions strat") == 2);
  CHECK(code(daemon, "sessions") == 2);
  CHECK(code(daemon, "status --nonsense") == 2);
  CHECK(code(daemon, "status surplus") == 2);
  CHECK(code(daemon, "status -o yaml") == 2);
  CHECK(code(daemon, "watch") == 2);
  CHECK(code(daemon, "watch anemon_load1 -n 0") == 2);
  CHECK(code(daemon, "watch anemon_load1 -i 5") == 2);
  CHECK(code(daemon, "sessions start --label nonsense") == 2);
  CHECK(code(daemon, "sessions start --pid me") == 2);
  CHECK(code(daemon, "sessions stop") == 2);
  CHECK(code(daemon, "sessions stop resnet --last") == 2);
  CHECK(code(daemon, "sessions rm resnet") == 2);  // no terminal and no --yes
  CHECK(code(daemon, "sessions export resnet -o markdown") == 2);
  CHECK(code(daemon, "completion csh") == 2);
  CHECK(code(daemon, "help nonsense") == 2);

  CHECK(code(daemon, "sessions stop done") == 1);

  CHECK(code(daemon, "sessions show nowhere") == 4);
  CHECK(code(daemon, "sessions rm --yes nowhere") == 4);
  CHECK(code(daemon, "sessions rm --yes nowhere resnet") == 1);
  CHECK(code(daemon, "sessions rm --yes nowhere elsewhere") == 4);
  CHECK(code(daemon, "metrics anemon_nonsense") == 4);
  CHECK(code(daemon, "metrics 'nonsense*'") == 4);
  CHECK(code(daemon, "metrics anemon_ane_activity_ratio") == 0);  // known, and why it is not here
  CHECK(code(daemon, "metrics anemon_ane_activity_ratio --values") == 4);
  CHECK(code(daemon, "metrics anemon_ane_activity_ratio anemon_load1 --values") == 0);
  CHECK(code(daemon, "metrics anemon_nonsense anemon_load1") == 0);
  CHECK(code(daemon, "watch anemon_ane_activity_ratio") == 4);
  CHECK(code(daemon, "watch anemon_ane_activity_ratio anemon_load1 -n 1") == 0);
  CHECK(code(daemon, "watch anemon_load1") == 3);  // the fake daemon ends its stream
  CHECK(code(daemon, "power ane") == 4);
  CHECK(code(daemon, "power ane gpu") == 0);
}

TEST_CASE("run passes the command's exit status through") {
  const FakeDaemon daemon;
  CHECK(code(daemon, "run -- true") == 0);
  CHECK(code(daemon, "run -- sh -c 'exit 7'") == 7);
  CHECK(code(daemon, "run sh -c 'exit 7'") == 7);
  CHECK(code(daemon, "run -- sh -c 'kill -9 $$'") == 128 + 9);
  CHECK(code(daemon, "run -- sh -c 'kill -INT $$'") == 128 + 2);
  CHECK(code(daemon, "run -- /nonexistent/program") == 127);
  CHECK(code(daemon, "run -- /etc/passwd") == 126);
  CHECK(code(daemon, "run --runs 2 --ignore-failure -- sh -c 'exit 3'") == 3);
  CHECK(code(daemon, "run") == 125);
  CHECK(code(daemon, "run --nonsense -- true") == 125);
  CHECK(code(daemon, "run --label nonsense -- true") == 125);
  CHECK(code(daemon, "run --prepare false -- true") == 125);
  CHECK(run_ctl({"run", "--", "true"}, {"/nonexistent/socket"}).exit_code == 125);
}

TEST_CASE("a daemon that is not ready fails the status") {
  FakeDaemonBehaviour behaviour;
  behaviour.ready = false;
  const FakeDaemon daemon(behaviour);
  const CtlResult result = run_ctl({"status"}, {daemon.socket()});
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.out, ANEMON_CONTAINS("is not ready, waiting for thermal"));
  CHECK_THAT(result.out, ANEMON_CONTAINS("cannot record: disk full"));
  CHECK_THAT(result.out, ANEMON_CONTAINS("unknown key perod; did you mean period?"));
}

// The same messages wherever the socket lies.
std::string message(const CtlResult& result, const std::filesystem::path& socket) {
  std::string text = result.text();
  for (size_t at = text.find(socket.string()); at != text.npos; at = text.find(socket.string())) {
    text.replace(at, socket.string().size(), "SOCKET");
  }
  return text;
}

TEST_CASE("a daemon that cannot be reached is explained", "[golden]") {
  const ScratchDirectory scratch;
  const std::filesystem::path& folder = scratch.path();
  const auto socket = folder / "anemond.sock";
  check_golden("ctl/error.no-socket", message(run_ctl({"status"}, {socket}), socket));

  // A daemon that died left its socket.
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket.string().copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  check_golden("ctl/error.dead-daemon", message(run_ctl({"status"}, {socket}), socket));

  if (geteuid() == 0) {
    // Somebody else may not even look.
    REQUIRE(chmod(folder.c_str(), 0700) == 0);
    const std::filesystem::path open_folder = folder.string() + "-open";
    std::filesystem::create_directory(open_folder);
    CtlOptions options(socket);
    options.uid = 65534;
    options.program = open_folder / "anemonctl";
    std::filesystem::copy_file(ctl_program(), options.program);
    const CtlResult result = run_ctl({"status"}, options);
    std::filesystem::remove_all(open_folder);
    CHECK(result.exit_code == 5);
    check_golden("ctl/error.permission-denied", message(result, socket));
  }
  close(fd);
}

TEST_CASE("a daemon that hangs, refuses or is none is explained", "[golden]") {
  FakeDaemonBehaviour silent;
  silent.silent = true;
  const FakeDaemon hung(silent);
  const CtlResult late = run_ctl({"status", "--timeout", "50ms"}, {hung.socket()});
  CHECK(late.exit_code == 3);
  check_golden("ctl/error.slow-daemon", hung.normalized(late.text()));

  FakeDaemonBehaviour strict;
  strict.may_change = false;
  const FakeDaemon guarded(strict);
  const CtlResult refused = run_ctl({"sessions", "start"}, {guarded.socket()});
  CHECK(refused.exit_code == 5);
  check_golden("ctl/error.forbidden", guarded.normalized(refused.text()));
  CHECK(run_ctl({"sessions", "list"}, {guarded.socket()}).exit_code == 0);

  FakeDaemonBehaviour strange;
  strange.garbage = true;
  const FakeDaemon other(strange);
  const CtlResult garbage = run_ctl({"status"}, {other.socket()});
  CHECK(garbage.exit_code == 3);
  check_golden("ctl/error.other-server", other.normalized(garbage.text()));

  FakeDaemonBehaviour invalid;
  invalid.valid_config = false;
  const FakeDaemon reloading(invalid);
  const CtlResult reload = run_ctl({"config", "reload"}, {reloading.socket()});
  CHECK(reload.exit_code == 1);
  check_golden("ctl/error.bad-reload", reloading.normalized(reload.text()));
}

TEST_CASE("an export that fails leaves an earlier file alone") {
  const ScratchDirectory scratch;
  const std::filesystem::path& folder = scratch.path();
  const FakeDaemon daemon;
  CtlOptions options(daemon.socket());
  options.directory = folder;
  const auto content = [&] {
    std::ifstream file(folder / "a.csv");
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  std::ofstream(folder / "a.csv") << "earlier";
  CHECK(
      run_ctl({"sessions", "export", "nowhere", "-f", "csv", "--to", "a.csv"}, options).exit_code ==
      4);
  CHECK(content() == "earlier");
  CHECK(run_ctl({"sessions", "export", "last", "-f", "csv", "--to", "a.csv"}, options).exit_code ==
        0);
  CHECK(content().starts_with("time,metric,value\n"));
  CHECK(run_ctl({"sessions", "export", "last", "--to", "no/such/a.csv"}, options).exit_code == 1);
  CHECK(run_ctl({"run", "--export-json", "no/such/a", "--", "touch", "ran"}, options).exit_code ==
        125);
  CHECK_FALSE(std::filesystem::exists(folder / "ran"));
  CHECK(run_ctl({"run", "--export-json", "run.json", "--", "true"}, options).exit_code == 0);
  std::ifstream file(folder / "run.json");
  CHECK_THAT((std::string{std::istreambuf_iterator<char>(file), {}}),
             ANEMON_CONTAINS("anemon.run/1"));
}

TEST_CASE("a configuration is checked as the daemon would") {
  const ScratchDirectory scratch;
  const std::filesystem::path& folder = scratch.path();
  CtlOptions options;
  options.directory = folder;
  std::ofstream(folder / "bad.yaml") << "http:\n  listne: 127.0.0.1:1\n";
  const CtlResult bad = run_ctl({"config", "check", "bad.yaml"}, options);
  CHECK(bad.exit_code == 1);
  CHECK(bad.out.empty());
  CHECK_THAT(bad.err, ANEMON_CONTAINS("bad.yaml:2:3: "));
  CHECK_THAT(bad.err, ANEMON_CONTAINS("listen"));
  const CtlResult document = run_ctl({"config", "check", "bad.yaml", "-o", "json"}, options);
  CHECK(document.exit_code == 1);
  CHECK_THAT(document.out, ANEMON_CONTAINS("\"valid\": false"));
  CHECK(run_ctl({"config", "check", "missing.yaml"}, options).exit_code == 1);

  std::ofstream(folder / "good.yaml") << "http:\n  listen: 127.0.0.1:10264\n";
  const CtlResult good = run_ctl({"config", "check", "good.yaml"}, options);
  CHECK(good.exit_code == 0);
  CHECK(good.out == "good.yaml: valid\n");
  const CtlResult effective = run_ctl({"config", "show", "good.yaml", "--effective"}, options);
  CHECK_THAT(effective.out, ANEMON_CONTAINS("127.0.0.1:10264\"\n"));
  CHECK_THAT(effective.out, ANEMON_CONTAINS("max_connections: 256  # default"));
  CHECK(run_ctl({"config", "show", "good.yaml"}, options).out ==
        "http:\n  listen: 127.0.0.1:10264\n");
}

TEST_CASE("a bug report names nobody and no process") {
  const ScratchDirectory scratch;
  const std::filesystem::path& folder = scratch.path();
  const FakeDaemon daemon;
  CtlOptions options(daemon.socket());
  options.directory = folder;
  REQUIRE(run_ctl({"doctor", "--bundle", "report.tar.gz"}, options).exit_code == 0);
  struct stat status {};
  REQUIRE(stat((folder / "report.tar.gz").c_str(), &status) == 0);
  CHECK((status.st_mode & 0077) == 0);
  REQUIRE(std::system(("cd '" + folder.string() + "' && tar xzf report.tar.gz").c_str()) == 0);
  std::string all;
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "anemon-report")) {
    std::ifstream file(entry.path());
    all += std::string{std::istreambuf_iterator<char>(file), {}};
    ++files;
  }
  CHECK(files == 5);
  CHECK_THAT(all, ANEMON_CONTAINS("anemon.status/1"));
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  if (std::string(host).size() >= 3) CHECK(all.find(host) == std::string::npos);
  CHECK(all.find("python3") == std::string::npos);
}

TEST_CASE("a machine without power says why", "[golden]") {
  FakeDaemonBehaviour behaviour;
  behaviour.has_power = false;
  const FakeDaemon daemon(behaviour);
  const CtlResult power = run_ctl({"power"}, {daemon.socket()});
  CHECK(power.exit_code == 4);
  check_golden("ctl/error.no-power", daemon.normalized(power.text()));
  const CtlResult run = run_ctl({"run", "--", "true"}, {daemon.socket()});
  CHECK(run.exit_code == 0);
  CHECK(run.out.empty());
  CHECK_THAT(run.err, ANEMON_CONTAINS("energy unknown"));
  CHECK_THAT(run.err, ANEMON_CONTAINS("No energy of cpu (refused): energy_uj may be read by root"));
}

TEST_CASE("what was mistyped is guessed", "[golden]") {
  const FakeDaemon daemon;
  std::string text;
  for (const char* line :
       {"statsu", "sessions strat", "status --socet x", "status -o jsn", "metrics anemon_laod1",
        "watch anemon_powr_watts", "help exit-code", "sessions list --state runing"}) {
    const CtlResult result = run_ctl(shell_words(line), {daemon.socket()});
    text += std::string("$ anemonctl ") + line + '\n' + result.err;
  }
  check_golden("ctl/error.did-you-mean", text);
}

TEST_CASE("what a terminal would obey does not come out of a recording") {
  const ScratchDirectory scratch;
  std::ofstream(scratch.path() / "bad.jsonl") << R"({"format":"a\u001b[2Jb"})" << '\n';
  const FakeDaemon daemon;
  CtlOptions options(daemon.socket());
  options.directory = scratch.path();
  for (const char* command : {"check", "decode"}) {
    const CtlResult result = run_ctl({"trace", command, "bad.jsonl"}, options);
    CHECK(result.exit_code != 0);
    CHECK_THAT(result.err, ANEMON_CONTAINS("bad.jsonl:1:11: the format is a?[2Jb"));
    CHECK(result.text().find('\x1b') == std::string::npos);
  }
}

// Results that commands about results can take, the newest with a score.
void keep_results(const std::filesystem::path& file) {
  profiler::ResultHistory history(file);
  for (int i = 0; i < 8; ++i) {
    Json result = {{"schema", "anemon.result/1"},
                   {"kind", "model"},
                   {"model", {{"name", "resnet"}}},
                   {"throughput", {{"inferences_per_second", 500}}},
                   {"power", {{"efficiency_tops_per_watt", 5}}},
                   {"memory", {{"memory_usage_mb", 10}, {"peak_memory_mb", 20}}}};
    history.keep(result);
  }
}

// Runs models for as short a time as can be, and not at all for energy.
void hurry(const Command& command, std::vector<std::string>& words) {
  const bool runs = command.name == "ab" || command.name.starts_with("profile ");
  if (!runs || command.name == "profile monitor") return;
  words.insert(words.end(), {"--iterations", "10", "--time", "1ms", "--warmup", "1",
                             "--warmup-time", "1ms", "--no-power"});
  if (command.name == "ab") words.insert(words.end(), {"--blocks", "6", "--segment", "1ms"});
}

TEST_CASE("every example in the help works") {
  const ScratchDirectory scratch;
  const std::filesystem::path& folder = scratch.path();
  std::ofstream(folder / "anemond.yaml") << "http:\n  listen: 127.0.0.1:10264\n";
  std::ofstream(folder / "mac.jsonl") << R"({"format":"anemon-trace/1","machine":{}})" << '\n';
  write_model_fixtures(folder);
  const ScratchDirectory quick;  // the same names, but models that run at once
  models::test::write_package(quick / "resnet.mlpackage", tiny_model(8));
  models::test::write_package(quick / "resnet-small.mlpackage", tiny_model(2));
  models::test::write_package(quick / "tokens.mlpackage", tokens_model());
  quick.write("result.json", R"({"schema":"anemon.result/1"})");
  const auto results = quick / "results.db";
  keep_results(results);
  const FakeDaemon daemon;
  for (const Command& command : commands()) {
    REQUIRE_FALSE(command.examples.empty());
    for (const Example& example : command.examples) {
      const std::string line(example.command.substr(0, example.command.find(" &&")));
      CAPTURE(line);
      auto words = shell_words(line);
      if (line == "top") words.insert(words.end(), {"-n", "1"});
      std::ranges::replace(words, "1s", "1ms");  // nobody waits for a test
      CtlOptions options(daemon.socket());
      options.directory = folder;
      options.environment = {{"ANEMON_ROOT", folder}, {"PATH", "/nonexistent"}};  // no launchctl
      if (!command.name.starts_with("service ")) options.environment.clear();
      if (command.group == "Profile") {
        options.directory = quick.path();
        options.environment = {{"ANEMON_RESULTS", results}, {"PATH", "/nonexistent"}};
        hurry(command, words);
        if (command.name == "score") keep_results(results);  // what was run before scores nothing
      }
      const CtlResult result = run_ctl(words, options);
      INFO(result.text());
      if (result.err.find("this build of anemon makes no HTML reports") != std::string::npos) {
        continue;
      }
      const bool needs_a_mac = command.name == "record" && open_apple_devices() == nullptr;
      const bool needs_launchd = command.name.starts_with("service ");  // tests/launchd has one
      CHECK(result.exit_code == (needs_a_mac || needs_launchd ? 4 : 0));
    }
  }
}

}  // namespace
}  // namespace anemon::test
