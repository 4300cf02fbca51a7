#include "config/show.h"

#include <fstream>
#include <random>
#include <regex>
#include <sstream>

#include "config/loader.h"
#include "config/schema.h"
#include "tests/catch.h"
#include "tests/unit/config/test_collectors.h"

using namespace anemon;

namespace {

Config parse(std::string_view yaml) { return parse_config(yaml, "a.yaml", test::kCollectors); }

constexpr const char* kChanged = R"(
http: {listen: "[::1]:1", max_connections: 1, max_header_bytes: 1024, max_headers: 8,
       request_timeout: 100ms, idle_timeout: 1.5s}
control: {socket: "/a b\"c\\.sock", mode: "0777", group: "no", admin_uids: [0, 4294967294],
          max_connections: 1, max_streams: 1}
store: {raw_retention: 10s, retention_1s: 11s, retention_10s: 90s, retention_60s: 91s,
        max_raw_samples: 10}
collectors: {energy: {enabled: false, period: 1ms, max_series: 1}}
tasks: {names: ["a, b", "#x", "true", "null", "-", "[", "12", "x: y", "é"], pids: [1], top_by_memory: 0,
        top_by_cpu: 1}
sessions: {max_bytes: 65537, max_duration: 1s, max_active: 1, keep: 1}
host: {procfs: /p, sysfs: /s}
powermetrics: {mode: source}
helper: {enabled: false, socket: /h}
log: {level: error, format: json}
state_dir: /x
)";

std::string value_of(const ConfigKey& key, const Config& config) {
  return print_field(key.field, config, key.of_collector() ? "energy" : "");
}

}  // namespace

TEST_CASE("the shown configuration is read back as the same one") {
  const Config defaults = default_config(test::kCollectors);
  const Config changed = parse(kChanged);
  CHECK(to_yaml(parse(to_yaml(defaults))) == to_yaml(defaults));
  const Config back = parse(to_yaml(changed, defaults));
  CHECK(to_yaml(back) == to_yaml(changed));
  CHECK(back.tasks.names == changed.tasks.names);
  CHECK(back.control.socket == changed.control.socket);
}

TEST_CASE("a key that differs from its default is not marked, one that does not is") {
  const Config defaults = default_config(test::kCollectors);
  const std::string text = to_yaml(parse("collectors: {energy: {period: 2s}}"), defaults);
  CHECK_THAT(text, ANEMON_CONTAINS("  energy:\n    enabled: true  # default\n    period: 2s\n"));
  CHECK_THAT(text, ANEMON_CONTAINS("http:\n  listen: \"127.0.0.1:10263\"  # default\n"));
  CHECK_THAT(text, ANEMON_CONTAINS("\nstate_dir: \"\"  # default\n"));
}

TEST_CASE("every key of the schema can be changed from YAML and no other key moves with it") {
  const Config defaults = default_config(test::kCollectors);
  const Config changed = parse(kChanged);
  for (const ConfigKey& key : config_keys()) {
    INFO(key.path);
    CHECK(value_of(key, changed) != value_of(key, defaults));

    std::string yaml;
    std::istringstream parts{key.path_for("energy")};
    int depth = 0;
    for (std::string part; std::getline(parts, part, '.'); ++depth) {
      yaml += (depth ? "\n" : "") + std::string(static_cast<size_t>(depth), ' ') + part + ":";
    }
    // Changed tiers need not fit the default ones: those rows are checked together above.
    if (key.path.starts_with("store.ret")) continue;
    const Config one = parse(yaml + " " + value_of(key, changed) + "\n");
    for (const ConfigKey& other : config_keys()) {
      INFO(other.path);
      CHECK((value_of(other, one) != value_of(other, defaults)) == (other.path == key.path));
    }
  }
}

TEST_CASE("the schema covers each key once, with a section, a range and whole sentences") {
  for (const ConfigKey& key : config_keys()) {
    INFO(key.path);
    CHECK(find_config_key(key.path) == &key);
    CHECK_FALSE(describe_field(key.field).empty());
    CHECK(key.help.ends_with('.'));
    CHECK(std::isupper(static_cast<unsigned char>(key.help[0])));
    const size_t dot = key.path.rfind('.');
    if (dot != std::string_view::npos) {
      CHECK(find_config_section(key.path.substr(0, dot)) != nullptr);
    }
    CHECK(find_config_section(key.path) == nullptr);
  }
}

TEST_CASE("the annotated defaults parse to the defaults, with and without their comment signs") {
  const std::string defaults = to_yaml(default_config(test::kCollectors));
  const std::string text = annotated_defaults(test::kCollectors);
  CHECK(to_yaml(parse(text)) == defaults);
  const std::string all = std::regex_replace(text, std::regex("(^|\n)( *)#(\\w)"), "$1$2$3");
  CHECK(to_yaml(parse(all)) == defaults);
  size_t uncommented = 0;
  std::istringstream lines(all);
  for (std::string line; std::getline(lines, line);) {
    CHECK(line.size() <= 100);
    uncommented += std::regex_match(line, std::regex(" *[a-z]\\w*: .+"));
  }
  CHECK(uncommented == config_keys().size() + 2 * 3);
}

TEST_CASE("what only a restart can change is named, the rest is not") {
  const Config from = default_config(test::kCollectors);
  CHECK(restart_only_changes(from, from).empty());
  CHECK(restart_only_changes(from, parse("{collectors: {energy: {period: 5s, enabled: false}},"
                                         " tasks: {names: [a]}, sessions: {keep: 3},"
                                         " log: {level: debug, format: json}}"))
            .empty());
  CHECK(restart_only_changes(from, parse("{http: {listen: \"127.0.0.1:1\"}, state_dir: /x,"
                                         " collectors: {energy: {period: 5s, max_series: 7}}}")) ==
        std::vector<std::string>{"http.listen", "collectors.energy.max_series", "state_dir"});

  // Taken at once, but without its one-second rollups.
  const Config fast = parse("collectors: {energy: {period: 100ms}}");
  CHECK(restart_only_changes(from, fast) == std::vector<std::string>{"collectors.energy.period"});
  CHECK(restart_only_changes(fast, parse("collectors: {energy: {period: 10ms}}")).empty());
  CHECK(restart_only_changes(fast, from).empty());
}
