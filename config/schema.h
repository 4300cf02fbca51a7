// Every key of the configuration, in one table. The loader, `config show`, the reference in
// docs/configuration.md, config/anemond.yaml and the reload rules derive from it: a new key is a
// member of Config and a row here.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/field.h"

namespace anemon {

// When a changed value takes effect.
enum class TakesEffect { on_reload, on_restart };

struct ConfigKey {
  std::string_view path;  // "http.listen"; "collectors.*.period" stands for each collector's
  Field field;
  TakesEffect takes_effect;
  std::string_view help;  // whole sentences

  bool of_collector() const { return path.starts_with("collectors.*."); }
  std::string_view leaf() const { return path.substr(path.rfind('.') + 1); }
  // "collectors.cpu.period"; the path itself for other keys.
  std::string path_for(std::string_view collector) const;
};

// A mapping that holds keys: "http", "collectors", "collectors.*".
struct ConfigSection {
  std::string_view path;
  std::string_view help;
};

// In the order of the documentation; the keys of a section follow each other.
std::span<const ConfigKey> config_keys();
std::span<const ConfigSection> config_sections();

// Null when there is none; `path` has "*" for a collector's name.
const ConfigKey* find_config_key(std::string_view path);
const ConfigSection* find_config_section(std::string_view path);

}  // namespace anemon
