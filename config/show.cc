#include "config/show.h"

#include <functional>

#include "config/loader.h"
#include "config/schema.h"

namespace anemon {
namespace {

// Calls `line` for each key's value and `heading` for each mapping, with its depth, in the order of
// the schema; a collector's keys come together.
struct Outline {
  std::function<void(int depth, std::string_view path, std::string_view name)> heading;
  std::function<void(int depth, const ConfigKey&, std::string_view collector)> line;

  void walk(const Config& config) const {
    for (const ConfigSection& section : config_sections()) {
      if (section.path == "collectors.*") continue;
      heading(0, section.path, section.path);
      if (section.path == "collectors") {
        for (const auto& [name, entry] : config.collectors) {
          heading(1, "collectors.*", name);
          keys_in("collectors.*.", 2, name);
        }
      } else {
        keys_in(std::string(section.path) + ".", 1, {});
      }
    }
    keys_in("", 0, {});
  }

 private:
  void keys_in(std::string_view prefix, int depth, std::string_view collector) const {
    for (const ConfigKey& key : config_keys()) {
      if (key.path.substr(0, key.path.size() - key.leaf().size()) == prefix) {
        line(depth, key, collector);
      }
    }
  }
};

std::string indent(int depth) { return std::string(static_cast<size_t>(depth) * 2, ' '); }

// `text` as comment lines of at most 100 columns.
std::string comment(int depth, std::string_view text) {
  constexpr size_t kColumns = 100;
  const std::string start = indent(depth) + "#";
  std::string result, row = start;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (row.size() > start.size() && row.size() + 1 + word.size() > kColumns) {
      result += row + "\n";
      row = start;
    }
    row += " " + std::string(word);
  }
  return result + row + "\n";
}

std::string yaml(const Config& config, const Config* defaults) {
  std::string text;
  const auto is_default = [&](const ConfigKey& key, std::string_view collector) {
    if (defaults == nullptr) return false;
    if (key.of_collector() && !defaults->collectors.contains(collector)) return false;
    return print_field(key.field, config, collector) ==
           print_field(key.field, *defaults, collector);
  };
  const Outline outline{[&](int depth, std::string_view, std::string_view name) {
                          text += indent(depth) + std::string(name) + ":\n";
                        },
                        [&](int depth, const ConfigKey& key, std::string_view collector) {
                          text += indent(depth) + std::string(key.leaf()) + ": " +
                                  print_field(key.field, config, collector) +
                                  (is_default(key, collector) ? "  # default\n" : "\n");
                        }};
  outline.walk(config);
  return text;
}

// "Time between two samples. (duration, 1ms to 1h)"
std::string explained(const ConfigKey& key) {
  return std::string(key.help) + " (" + describe_field(key.field) +
         (key.takes_effect == TakesEffect::on_restart ? "; restart)" : ")");
}

}  // namespace

std::string to_yaml(const Config& config) { return yaml(config, nullptr); }

std::string to_yaml(const Config& config, const Config& defaults) {
  return yaml(config, &defaults);
}

std::string annotated_defaults(std::span<const CollectorSpec> collectors) {
  const Config defaults = default_config(collectors);
  std::string text =
      comment(
          0,
          "Configuration of anemond. Every key is shown with its default: remove the # in front "
          "of a key to change it. Durations are written 500ms, 10s, 5m, 2h or 1d, sizes 512KiB "
          "or 64MiB.") +
      "#\n" +
      comment(0,
              "\"anemond --check-config\" checks the file without starting. A changed file is read "
              "on SIGHUP and by \"anemonctl config reload\"; keys marked \"restart\" keep their "
              "old value until the daemon starts anew.");
  const Outline outline{[&](int depth, std::string_view path, std::string_view name) {
                          if (depth == 0)
                            text += "\n" + comment(0, find_config_section(path)->help);
                          for (const CollectorSpec& spec : collectors) {
                            if (depth == 1 && spec.name == name)
                              text += "\n" + comment(1, spec.help);
                          }
                          text += indent(depth) + std::string(name) + ":\n";
                          if (path != "collectors") return;
                          for (const ConfigKey& key : config_keys()) {
                            if (key.of_collector())
                              text += comment(1, std::string(key.leaf()) + ": " + explained(key));
                          }
                        },
                        [&](int depth, const ConfigKey& key, std::string_view collector) {
                          if (!key.of_collector()) text += "\n" + comment(depth, explained(key));
                          text += indent(depth) + "#" + std::string(key.leaf()) + ": " +
                                  print_field(key.field, defaults, collector) + "\n";
                        }};
  outline.walk(defaults);
  return text;
}

std::vector<std::string> restart_only_changes(const Config& from, const Config& to) {
  std::vector<std::string> changes;
  const auto compare = [&](const ConfigKey& key, std::string_view collector) {
    if (key.takes_effect == TakesEffect::on_restart &&
        print_field(key.field, from, collector) != print_field(key.field, to, collector)) {
      changes.push_back(key.path_for(collector));
    }
  };
  // A new period is taken at once, but the store has the 1 s tier of those below 1 s only from its
  // start.
  constexpr Duration kTier = std::chrono::seconds(1);
  for (const auto& [name, entry] : to.collectors) {
    const auto before = from.collectors.find(name);
    if (before != from.collectors.end() && before->second.period >= kTier && entry.period < kTier) {
      changes.push_back("collectors." + name + ".period");
    }
  }
  for (const ConfigKey& key : config_keys()) {
    if (!key.of_collector()) {
      compare(key, {});
      continue;
    }
    for (const auto& [name, entry] : to.collectors) {
      if (from.collectors.contains(name)) compare(key, name);
    }
  }
  return changes;
}

}  // namespace anemon
