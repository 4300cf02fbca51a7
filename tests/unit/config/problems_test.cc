// Every way to write the configuration wrongly, each with the exact line that the user sees.
#include <sys/un.h>

#include <string>

#include "config/loader.h"
#include "tests/catch.h"
#include "tests/unit/config/test_collectors.h"

using namespace anemon;

namespace {

struct Bad {
  std::string yaml;
  const char* problem;  // without the name of the file
};

std::string problem_of(const std::string& yaml) {
  try {
    parse_config(yaml, "a.yaml", test::kCollectors);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "a.yaml:accepted";
}

void check(std::initializer_list<Bad> table) {
  for (const Bad& bad : table) {
    INFO(bad.yaml.substr(0, 200));
    CHECK(problem_of(bad.yaml) == std::string("a.yaml:") + bad.problem);
  }
}

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

TEST_CASE("unknown keys are refused with the nearest valid name") {
  check({
      {"htp:\n", "1:1: unknown key \"htp\"; did you mean \"http\"?"},
      {"http:\n  lisen: 127.0.0.1:1\n",
       "2:3: unknown key \"lisen\" in http; did you mean \"listen\"?"},
      {"http:\n  Listen: 127.0.0.1:1\n",
       "2:3: unknown key \"Listen\" in http; did you mean \"listen\"?"},
      {"http:\n  port: 80\n",
       "2:3: unknown key \"port\" in http; known are listen, max_connections, max_header_bytes, "
       "max_headers, request_timeout, idle_timeout"},
      {"listen: 127.0.0.1:1\n", "1:1: unknown key \"listen\"; did you mean \"http.listen\"?"},
      {"period: 1s\n", "1:1: unknown key \"period\"; did you mean \"collectors.<name>.period\"?"},
      {"control:\n  max-streams: 3\n",
       "2:3: unknown key \"max-streams\" in control; did you mean \"max_streams\"?"},
      {"collectors:\n  enery: {period: 1s}\n",
       "2:3: unknown collector \"enery\"; did you mean \"energy\"?"},
      {"collectors:\n  gpu: {}\n",
       "2:3: unknown collector \"gpu\"; known are energy, memory, tasks"},
      {"collectors:\n  energy:\n    interval: 1s\n",
       "3:5: unknown key \"interval\" in collectors.energy; known are enabled, period, max_series"},
      {"collectors:\n  energy:\n    perod: 1s\n",
       "3:5: unknown key \"perod\" in collectors.energy; did you mean \"period\"?"},
      {"collectors:\n  \"*\": {period: 1s}\n",
       "2:3: unknown collector \"*\"; known are energy, memory, tasks"},
      {"\"collectors.*.period\": 1s\n",
       "1:1: unknown key \"collectors.*.period\"; write one key a line, the inner one indented"},
      {"\"http.listen\": 127.0.0.1:1\n",
       "1:1: unknown key \"http.listen\"; write one key a line, the inner one indented"},
      {"<<: {http: {}}\n",
       "1:1: unknown key \"<<\"; known are http, control, store, collectors, tasks, sessions, "
       "host, powermetrics, helper, log, state_dir"},
      {"\"a\\x1b[31m\\nb\": 1\n",
       "1:1: unknown key \"a\\x1b[31m\\x0ab\"; known are http, control, store, collectors, tasks, "
       "sessions, host, powermetrics, helper, log, state_dir"},
      {"\"\": 1\n",
       "1:1: unknown key \"\"; known are http, control, store, collectors, tasks, sessions, host, "
       "powermetrics, helper, log, state_dir"},
  });
}

TEST_CASE("wrong types are refused") {
  check({
      {"just text\n", "1:1: keys are expected here, as in \"key: value\""},
      {"- http\n", "1:1: keys are expected here, as in \"key: value\""},
      {"http: 127.0.0.1:10263\n", "1:7: http: keys are expected here, as in \"key: value\""},
      {"collectors: [energy]\n", "1:13: collectors: keys are expected here, as in \"key: value\""},
      {"collectors:\n  energy: false\n",
       "2:11: collectors.energy: keys are expected here, as in \"key: value\""},
      {"http:\n  listen:\n",
       "2:3: http.listen: it has no value; remove the key to use the default"},
      {"http:\n  listen: ~\nlog:\n",
       "2:3: http.listen: it has no value; remove the key to use the default"},
      {"http:\n  listen: [127.0.0.1:1]\n", "2:11: http.listen: a list is not an address"},
      {"http:\n  listen: {host: a}\n", "2:11: http.listen: a mapping is not an address"},
      {"http:\n  max_connections: many\n",
       "2:20: http.max_connections: \"many\" is not a whole number in decimal"},
      {"http:\n  max_connections: \"17\"\n",
       "2:20: http.max_connections: \"17\" is text, not a number; remove the quotes"},
      {"http:\n  max_connections: 0x10\n",
       "2:20: http.max_connections: \"0x10\" is not a whole number in decimal"},
      {"http:\n  max_connections: 010\n",
       "2:20: http.max_connections: \"010\" could mean octal; write it without the leading zero"},
      {"http:\n  max_connections: 1.5\n",
       "2:20: http.max_connections: \"1.5\" is not a whole number in decimal"},
      {"http:\n  max_connections: 1e3\n",
       "2:20: http.max_connections: \"1e3\" is not a whole number in decimal"},
      {"http:\n  max_connections: 1_000\n",
       "2:20: http.max_connections: \"1_000\" is not a whole number in decimal"},
      {"http:\n  request_timeout: 5\n",
       "2:20: http.request_timeout: \"5\" has no unit; did you mean \"5s\"?"},
      {"http:\n  request_timeout: soon\n",
       "2:20: http.request_timeout: \"soon\" is not a duration; write a number and one of ms, s, "
       "m, h, d, as in 500ms"},
      {"http:\n  request_timeout: 5 s\n",
       "2:20: http.request_timeout: \"5 s\" is not a duration; write a number and one of ms, s, m, "
       "h, d, as in 500ms"},
      {"collectors: {energy: {enabled: yes}}\n",
       "1:32: collectors.energy.enabled: \"yes\" is not a boolean; write true or false"},
      {"collectors: {energy: {enabled: \"true\"}}\n",
       "1:32: collectors.energy.enabled: \"true\" is text; write true or false without quotes"},
      {"collectors: {energy: {enabled: 1}}\n",
       "1:32: collectors.energy.enabled: \"1\" is not a boolean; write true or false"},
      {"sessions: {max_bytes: 64M}\n",
       "1:23: sessions.max_bytes: \"64M\" is not a size; write bytes or a unit, as in 64MiB"},
      {"tasks:\n  names: python3\n", "2:10: tasks.names: \"python3\" is not a list; write [a, b]"},
      {"tasks:\n  names: {a: b}\n", "2:10: tasks.names: a mapping is not a list; write [a, b]"},
      {"tasks:\n  names:\n    - a\n    - [b]\n", "4:7: tasks.names: a list is not text"},
      {"tasks:\n  names: [a, ~]\n", "2:14: tasks.names: an item of the list has no value"},
      {"tasks:\n  names: [\"\"]\n", "2:11: tasks.names: an item of the list is empty"},
      {"tasks:\n  names: [\"a\\0b\"]\n",
       "2:11: tasks.names: \"a\\x00b\" contains a line break or another control character"},
      {"state_dir: |\n  /x\n",
       "1:12: state_dir: \"/x\\x0a\" contains a line break or another control character"},
      {"tasks:\n  pids: [1, x]\n", "2:13: tasks.pids: \"x\" is not a whole number in decimal"},
      {"log: {level: inof}\n", "1:14: log.level: \"inof\" is not known; did you mean \"info\"?"},
      {"log: {level: trace}\n",
       "1:14: log.level: \"trace\" is not known; it takes debug, info, warn or error"},
      {"log: {format: xml}\n", "1:15: log.format: \"xml\" is not known; it takes logfmt or json"},
      {"state_dir: var/lib\n",
       "1:12: state_dir: \"var/lib\" is not an absolute path; it has to begin with /"},
      {"state_dir: ~/anemon\n",
       "1:12: state_dir: \"~/anemon\" is not an absolute path; it has to begin with /"},
      {"host: {procfs: \"\"}\n",
       "1:16: host.procfs: \"\" is not an absolute path; it has to begin with /"},
      {"control: {mode: 660}\n",
       "1:17: control.mode: \"660\" is not an octal mode; write it as in \"0660\""},
      {"control: {mode: 0668}\n",
       "1:17: control.mode: \"0668\" is not an octal mode; write it as in \"0660\""},
      {"control: {mode: \"rw-rw----\"}\n",
       "1:17: control.mode: \"rw-rw----\" is not an octal mode; write it as in \"0660\""},
      {"control: {mode: \"01777\"}\n",
       "1:17: control.mode: \"01777\" is not an octal mode; write it as in \"0660\""},
  });
}

TEST_CASE("values out of range are refused with the range") {
  check({
      {"http: {max_connections: 0}\n",
       "1:25: http.max_connections: \"0\" is out of range; it takes 1 to 10000"},
      {"http: {max_connections: -1}\n",
       "1:25: http.max_connections: \"-1\" is out of range; it takes 1 to 10000"},
      {"http: {max_connections: 99999999999999999999999}\n",
       "1:25: http.max_connections: \"99999999999999999999999\" is out of range; it takes 1 to "
       "10000"},
      {"http: {listen: 127.0.0.1:65536}\n",
       "1:16: http.listen: \"127.0.0.1:65536\" is not HOST:PORT; write 127.0.0.1:10263, "
       "[::1]:10263 or 0.0.0.0:10263 for every interface"},
      {"http: {listen: \":10263\"}\n",
       "1:16: http.listen: \":10263\" is not HOST:PORT; write 127.0.0.1:10263, [::1]:10263 or "
       "0.0.0.0:10263 for every interface"},
      {"http: {listen: \"::1:10263\"}\n",
       "1:16: http.listen: \"::1:10263\" is not HOST:PORT; write 127.0.0.1:10263, [::1]:10263 or "
       "0.0.0.0:10263 for every interface"},
      {"collectors: {energy: {period: 999us}}\n",
       "1:31: collectors.energy.period: \"999us\" is out of range; it takes 1ms to 1h"},
      {"collectors: {energy: {period: 61m}}\n",
       "1:31: collectors.energy.period: \"61m\" is out of range; it takes 1ms to 1h"},
      {"collectors: {energy: {period: 0s}}\n",
       "1:31: collectors.energy.period: \"0s\" is out of range; it takes 1ms to 1h"},
      {"collectors: {energy: {max_series: 0}}\n",
       "1:35: collectors.energy.max_series: \"0\" is out of range; it takes 1 to 100000"},
      {"sessions: {max_bytes: 1}\n",
       "1:23: sessions.max_bytes: \"1\" is out of range; it takes 64KiB to 1GiB"},
      {"sessions: {max_bytes: 2GiB}\n",
       "1:23: sessions.max_bytes: \"2GiB\" is out of range; it takes 64KiB to 1GiB"},
      {"tasks: {pids: [0]}\n", "1:16: tasks.pids: \"0\" is out of range; it takes 1 to 4194304"},
      {"tasks: {pids: [4194305]}\n",
       "1:16: tasks.pids: \"4194305\" is out of range; it takes 1 to 4194304"},
      {"control: {admin_uids: [4294967295]}\n",
       "1:24: control.admin_uids: \"4294967295\" is out of range; it takes 0 to 4294967294"},
      {"control: {mode: \"0060\"}\n",
       "1:17: control.mode: \"0060\" shuts out the owner; it takes \"0600\" to \"0777\""},
      {"tasks: {pids: [" + repeated("1, ", 64) + "1]}\n",
       "1:15: tasks.pids: the list has 65 items; it takes at most 64"},
      {"tasks: {names: [" + std::string(256, 'n') + "]}\n",
       "1:17: tasks.names: \"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…\" is "
       "longer than 255 bytes"},
  });
}

TEST_CASE("a socket path that the system cannot bind is refused before it is tried") {
  const size_t most = sizeof(sockaddr_un::sun_path) - 1;
  const auto with_length = [](size_t length) {
    return "control: {socket: /" + std::string(length - 1, 'x') + "}\n";
  };
  CHECK(problem_of(with_length(most)) == "a.yaml:accepted");
  CHECK(problem_of(with_length(most + 1)) ==
        "a.yaml:1:19: control.socket: \"/" + std::string(59, 'x') + "…\" has " +
            std::to_string(most + 1) + " bytes; the system takes at most " + std::to_string(most));
}

TEST_CASE("keys that contradict each other are refused at the later one") {
  check({
      {"store: {raw_retention: 2h}\n",
       "1:24: store.raw_retention (2h) is longer than store.retention_10s (1h); coarser rollups "
       "have to reach at least as far back"},
      {"store:\n  retention_60s: 30m\n",
       "2:18: store.retention_10s (1h) is longer than store.retention_60s (30m); coarser rollups "
       "have to reach at least as far back"},
      {"store:\n  retention_60s: 2h\n  retention_10s: 3h\n",
       "3:18: store.retention_10s (3h) is longer than store.retention_60s (2h); coarser rollups "
       "have to reach at least as far back"},
      {"store: {retention_1s: 61m}\n",
       "1:23: store.retention_1s (61m) is longer than store.retention_10s (1h); coarser rollups "
       "have to reach at least as far back"},
  });
}

TEST_CASE("YAML that is broken, doubled, clever or hostile is refused at its place") {
  check({
      {"http: {listen: a\n", "2:1: not valid YAML: end of map flow not found"},
      {"http:\n\tlisten: a\n", "2:8: the line is indented with a tab; YAML takes spaces"},
      {"http: \"open\n", "1:7: the quote that opens here is never closed"},
      {"log: {}\nstate_dir: \"/x\nlog:\n  level: warn\n",
       "2:12: the quote that opens here is never closed"},
      {"log: {}\nstate_dir: '/x ''\nhttp: {}\n", "2:12: the quote that opens here is never closed"},
      {"state_dir: \"/x", "1:15: not valid YAML: illegal EOF in scalar"},
      {"state_dir: ! \"/x\n",
       "1:12: tags are not supported; remove it, or quote text that begins with !"},
      {"state_dir: \"/x\\\"\n", "1:12: the quote that opens here is never closed"},
      {"a: b: c\n", "1:5: not valid YAML: illegal map value"},
      {"http: {}\nlog: {}\nhttp: {}\n", "3:1: duplicate key \"http\"; line 1 sets it too"},
      {"http:\n  max_headers: 9\n  max_headers: 10\n",
       "3:3: duplicate key \"max_headers\"; line 2 sets it too"},
      {"http: &a {}\n",
       "1:7: anchors and aliases are not supported; repeat the value, or quote text that begins "
       "with & or *"},
      {"http: *a\n", "1:7: not valid YAML: the referenced anchor is not defined"},
      {"a: &a [x]\nb: [*a, *a]\n",
       "1:4: anchors and aliases are not supported; repeat the value, or quote text that begins "
       "with & or *"},
      {"&a http: {}\n",
       "1:1: anchors and aliases are not supported; repeat the value, or quote text that begins "
       "with & or *"},
      {"http: !!map {}\n",
       "1:7: tags are not supported; remove it, or quote text that begins with !"},
      {"http: {listen: !!str x}\n",
       "1:16: tags are not supported; remove it, or quote text that begins with !"},
      {"http: {listen: !secret x}\n",
       "1:16: tags are not supported; remove it, or quote text that begins with !"},
      {"? [a]\n: b\n", "1:3: a key must be plain text"},
      {"? {a: b}\n: c\n", "1:3: a key must be plain text"},
      {"~: x\n", "1:1: a key must be plain text"},
      {"log: {}\n---\nhttp: {}\n",
       "2:1: a second document begins here; a configuration is one document"},
      {"%TAG ! tag:x,2000:\n---\n", "1:1: directives are not supported"},
      {"log: {}\n%level: warn\n", "2:1: directives are not supported"},
      {"%YAML 2.0\n---\n", "1:1: directives are not supported"},
      {repeated("[", 100000), "1:1: a key must be plain text"},
      {repeated("{a: ", 100000), "1:1: a key must be plain text"},
      {repeated("- ", 100000), "1:33: nested too deeply"},
      {repeated("? ", 100000), "1:3: a key must be plain text"},
      {repeated("a: [", 17), "1:33: nested too deeply"},
      {"log: {}\n\xFF\xFE\n", "2:1: the text is not UTF-8"},
      {"log: \xC0\xAF\n", "1:6: the text is not UTF-8"},
      {"log: \xED\xA0\x80\n", "1:6: the text is not UTF-8"},
      {std::string("log: {}\n\0", 9), "2:1: a control character; is this a text file?"},
      {"\x7F"
       "ELF\x02\x01",
       "1:1: a control character; is this a text file?"},
      {"log: \x1b[31m\n", "1:6: a control character; is this a text file?"},
      {"log: {level: \"\\ud800\"}\n", "1:21: not valid YAML: invalid unicode: 55296"},
      {"log: {level: \"\\q\"}\n", "1:17: not valid YAML: unknown escape character: q"},
      {"log: {level: \"\\é\"}\n", "1:17: not valid YAML: unknown escape character: \\xc3"},
      {"\"log\\", "1:7: not valid YAML: unknown escape character: \\x04"},
      {"@\n", "1:1: not valid YAML: unknown token"},
  });
}
