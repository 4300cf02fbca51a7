#include "config/loader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/catch.h"
#include "tests/scratch_directory.h"
#include "tests/unit/config/test_collectors.h"

using namespace anemon;
using namespace std::chrono_literals;

namespace {

Config parse(std::string_view yaml) { return parse_config(yaml, "a.yaml", test::kCollectors); }

std::string load_problem(const std::filesystem::path& file) {
  try {
    load_config(file, test::kCollectors);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no problem";
}

}  // namespace

TEST_CASE("defaults have an entry for every collector") {
  const Config config = default_config(test::kCollectors);
  REQUIRE(config.collectors.size() == 3);
  CHECK(config.collectors.at("energy").period == 1s);
  CHECK(config.collectors.at("energy").max_series == 64);
  CHECK_FALSE(config.collectors.at("tasks").enabled);
  CHECK(config.http.listen == "127.0.0.1:10263");
}

TEST_CASE("a file without content means the defaults") {
  for (const char* yaml :
       {"", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "{}", "~\n", "\xEF\xBB\xBF",
        "http:\nstore:\ncollectors:\n  energy:\n", "%YAML 1.2\n---\n"}) {
    INFO(yaml);
    CHECK(parse(yaml).http.listen == default_config(test::kCollectors).http.listen);
  }
}

TEST_CASE("every kind of value is read from block and flow style") {
  const Config config = parse(R"(
http:
  listen: "[::1]:9999"
  max_connections: 17
  request_timeout: 1.5s
control: {socket: /run/a.sock, mode: 0600, group: staff, admin_uids: [501, 502], max_streams: 2}
store:
  retention_60s: 1d
collectors:
  energy:
    enabled: false
    period: 1ms
    max_series: 5
  tasks: {enabled: True}
tasks:
  names: [python3, "my model", 'it''s', 123]
  pids:
    - 1
    - 4194304
  top_by_cpu: 0
sessions: {max_bytes: 1GiB, max_duration: 31d}
log:
  level: debug
  format: json
state_dir: "/var/lib/anemon state"
)");
  CHECK(config.http.listen == "[::1]:9999");
  CHECK(config.http.max_connections == 17);
  CHECK(config.http.request_timeout == 1500ms);
  CHECK(config.http.idle_timeout == 120s);
  CHECK(config.control.socket == "/run/a.sock");
  CHECK(config.control.mode == 0600);
  CHECK(config.control.group == "staff");
  CHECK(config.control.admin_uids == std::vector<uid_t>{501, 502});
  CHECK(config.control.max_streams == 2);
  CHECK(config.store.retention_60s == 24h);
  CHECK_FALSE(config.collectors.at("energy").enabled);
  CHECK(config.collectors.at("energy").period == 1ms);
  CHECK(config.collectors.at("energy").max_series == 5);
  CHECK(config.collectors.at("tasks").enabled);
  CHECK(config.collectors.at("memory").enabled);
  CHECK(config.tasks.names == std::vector<std::string>{"python3", "my model", "it's", "123"});
  CHECK(config.tasks.pids == std::vector<pid_t>{1, 4194304});
  CHECK(config.tasks.top_by_cpu == 0);
  CHECK(config.sessions.max_bytes == 1ULL << 30);
  CHECK(config.sessions.max_duration == 31 * 24h);
  CHECK(config.logging.level == LogLevel::debug);
  CHECK(config.logging.json);
  CHECK(config.state_dir == "/var/lib/anemon state");
}

TEST_CASE("a socket mode is octal whether it is quoted, plain or written the YAML 1.2 way") {
  for (const char* yaml : {"control: {mode: \"0640\"}", "control: {mode: 0640}",
                           "control: {mode: 0o640}", "control: {mode: '0o640'}"}) {
    INFO(yaml);
    CHECK(parse(yaml).control.mode == 0640);
  }
}

TEST_CASE("Windows line ends, tabs behind values and non-ASCII text are no problem") {
  const Config config =
      parse("http:\r\n  max_headers: 9\t# nine\r\ntasks: {names: [\"modèle\"]}\r\n");
  CHECK(config.http.max_headers == 9);
  CHECK(config.tasks.names == std::vector<std::string>{"modèle"});
}

TEST_CASE("a file is loaded under its own name") {
  const test::ScratchDirectory directory;
  CHECK(load_config(directory.write("good.yaml", "log: {level: warn}\n"), test::kCollectors)
            .logging.level == LogLevel::warn);
  const auto bad = directory.write("bad.yaml", "log: {level: loud}\n");
  CHECK(load_problem(bad) ==
        bad.string() +
            ":1:14: log.level: \"loud\" is not known; it takes debug, info, warn or error");
}

TEST_CASE("a file that cannot be read says why") {
  const test::ScratchDirectory directory;
  const std::string text = ": cannot read the configuration: ";
  const auto missing = directory.path() / "missing.yaml";
  CHECK(load_problem(missing) == missing.string() + text + "No such file or directory");
  CHECK(load_problem(directory.path()) == directory.path().string() + text + "Is a directory");
  const auto fifo = directory.path() / "fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(load_problem(fifo) == fifo.string() + text + "not a regular file");
  if (geteuid() != 0) {
    const auto secret = directory.write("secret.yaml", "");
    REQUIRE(chmod(secret.c_str(), 0) == 0);
    CHECK(load_problem(secret) == secret.string() + text + "Permission denied");
  }
}

TEST_CASE("a file of exactly 1 MiB is read and one byte more is refused") {
  const test::ScratchDirectory directory;
  std::string text = "http: {max_headers: 9}\n#";
  text.resize((1 << 20) - 1, 'x');
  text += '\n';
  CHECK(load_config(directory.write("a.yaml", text), test::kCollectors).http.max_headers == 9);
  text += '\n';
  const auto large = directory.write("large.yaml", text);
  CHECK(load_problem(large) ==
        large.string() + ":1:1: the file is larger than 1 MiB; a configuration is a few lines");
}

TEST_CASE("every problem is reported, in the order of the file") {
  try {
    parse("http:\n  max_headers: 1\n  nonsense: 2\nlog: {level: 7}\nhttp.listen: x\n");
    FAIL("accepted");
  } catch (const ConfigError& error) {
    REQUIRE(error.problems().size() == 4);
    CHECK(error.problems()[0].starts_with("a.yaml:2:16: "));
    CHECK(error.problems()[1].starts_with("a.yaml:3:3: "));
    CHECK(error.problems()[2].starts_with("a.yaml:4:14: "));
    CHECK(error.problems()[3].starts_with("a.yaml:5:1: "));
    CHECK(std::string(error.what()) == error.problems()[0] + "\n" + error.problems()[1] + "\n" +
                                           error.problems()[2] + "\n" + error.problems()[3]);
    CHECK_FALSE(error.hint().empty());
  }
}

TEST_CASE("a file full of problems is reported in a bounded number of lines") {
  std::string yaml;
  for (int i = 0; i < 1000; ++i) yaml += "unknown" + std::to_string(i) + ": 1\n";
  try {
    parse(yaml);
    FAIL("accepted");
  } catch (const ConfigError& error) {
    REQUIRE(error.problems().size() == 21);
    CHECK(error.problems().back() == "a.yaml: 980 more problems");
  }
}

TEST_CASE("flags override keys under the same rules") {
  Config config = default_config(test::kCollectors);
  override_config(config, "http.listen", "0.0.0.0:0", "--listen");
  CHECK(config.http.listen == "0.0.0.0:0");
  override_config(config, "log.level", "error", "--log-level");
  CHECK(config.logging.level == LogLevel::error);
  override_config(config, "state_dir", "here", "--state-dir");
  CHECK(config.state_dir == std::filesystem::current_path() / "here");
  CHECK_THROWS_WITH(override_config(config, "http.listen", "nowhere", "--listen"),
                    "--listen: \"nowhere\" is not HOST:PORT; write 127.0.0.1:10263, [::1]:10263 or "
                    "0.0.0.0:10263 for every interface");
  CHECK_THROWS_WITH(override_config(config, "log.level", "inof", "--log-level"),
                    "--log-level: \"inof\" is not known; did you mean \"info\"?");
  CHECK(config.http.listen == "0.0.0.0:0");
}
