#include "config/loader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <system_error>

#include "config/schema.h"
#include "config/yaml_tree.h"
#include "core/duration.h"
#include "core/edit_distance.h"

namespace anemon {
namespace {

constexpr size_t kMaxProblems = 20;  // more are of no use to a reader, and a hostile file has many

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

// Walks the tree beside the schema. Collects problems instead of stopping at the first one.
class Reading {
 public:
  explicit Reading(Config& config) : config_(config) {}

  void section(const YamlNode& node, const std::string& pattern, std::string_view collector) {
    if (node.kind == YamlNode::Kind::null) return;  // all of its keys are commented out
    if (node.kind != YamlNode::Kind::mapping) {
      problem(node.position, shown(pattern, collector) + (pattern.empty() ? "" : ": ") +
                                 "keys are expected here, as in \"key: value\"");
      return;
    }
    for (const auto& [key, value] : node.entries) entry(key, value, pattern, collector);
  }

  // Rules between keys, once all of them are read.
  void check_together() {
    not_longer("store.raw_retention", "store.retention_10s");
    not_longer("store.retention_1s", "store.retention_10s");
    not_longer("store.retention_10s", "store.retention_60s");
  }

  std::vector<std::string> problems(const std::string& source_name) {
    std::stable_sort(problems_.begin(), problems_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> lines;
    for (const auto& [position, reason] : problems_) {
      if (lines.size() == kMaxProblems) {
        lines.push_back(source_name + ": " + std::to_string(problems_.size() - kMaxProblems) +
                        " more problems");
        break;
      }
      lines.push_back(source_name + ":" + std::to_string(position.line) + ":" +
                      std::to_string(position.column) + ": " + reason);
    }
    return lines;
  }

  void problem(TextPosition position, const std::string& reason) {
    problems_.emplace_back(position, reason);
  }

 private:
  void entry(const YamlNode& key, const YamlNode& value, const std::string& pattern,
             std::string_view collector) {
    const bool names_collector = pattern == "collectors";
    if (names_collector && !config_.collectors.contains(key.text)) {
      problem(key.position,
              "unknown collector " + quote(key.text) + suggestion(key.text, collector_names()));
      return;
    }
    if (names_collector) return section(value, "collectors.*", key.text);
    // A dot or a star would be taken for the schema's own.
    if (key.text.find_first_of(".*") != std::string::npos) return unknown(key, pattern, collector);
    const std::string path = pattern.empty() ? key.text : pattern + "." + key.text;
    if (const ConfigKey* known = find_config_key(path)) {
      read(*known, key, value, collector);
    } else if (find_config_section(path) != nullptr) {
      section(value, path, collector);
    } else {
      unknown(key, pattern, collector);
    }
  }

  void read(const ConfigKey& known, const YamlNode& key, const YamlNode& value,
            std::string_view collector) {
    try {
      read_field(known.field, value, config_, collector);
      positions_[known.path_for(collector)] = value.position;
    } catch (const PositionedError& error) {
      // yaml-cpp places a missing value at whatever follows: the key is the better place.
      const bool missing = value.kind == YamlNode::Kind::null;
      problem(missing ? key.position : error.position(),
              known.path_for(collector) + ": " + error.what());
    }
  }

  void unknown(const YamlNode& key, const std::string& pattern, std::string_view collector) {
    const std::string prefix = pattern.empty() ? "" : pattern + ".";
    std::vector<std::string_view> siblings;
    std::string elsewhere;
    const auto look_at = [&](std::string_view path) {
      const std::string_view leaf = path.substr(path.rfind('.') + 1);
      if (path.substr(0, path.size() - leaf.size()) == prefix) siblings.push_back(leaf);
      if (leaf == key.text && elsewhere.empty()) elsewhere = path;
    };
    for (const ConfigSection& section : config_sections()) look_at(section.path);
    for (const ConfigKey& known : config_keys()) look_at(known.path);
    const std::string where = shown(pattern, collector);
    std::string advice = suggestion(key.text, siblings);
    if (find_config_key(prefix + key.text) != nullptr) {
      advice = "; write one key a line, the inner one indented";
    } else if (!elsewhere.empty() && nearest_name(key.text, siblings).empty()) {
      if (const size_t star = elsewhere.find('*'); star != std::string::npos) {
        elsewhere.replace(star, 1, "<name>");
      }
      advice = "; did you mean \"" + elsewhere + "\"?";
    }
    problem(key.position,
            "unknown key " + quote(key.text) + (where.empty() ? "" : " in " + where) + advice);
  }

  static std::string suggestion(std::string_view name, std::span<const std::string_view> known) {
    const std::string_view nearest = nearest_name(name, known);
    if (!nearest.empty()) return "; did you mean \"" + std::string(nearest) + "\"?";
    std::string all = "; known are ";
    for (size_t i = 0; i < known.size(); ++i) all += (i == 0 ? "" : ", ") + std::string(known[i]);
    return all;
  }

  std::vector<std::string_view> collector_names() const {
    std::vector<std::string_view> names;
    for (const auto& [name, collector] : config_.collectors) names.push_back(name);
    return names;
  }

  static std::string shown(const std::string& pattern, std::string_view collector) {
    return pattern == "collectors.*" ? "collectors." + std::string(collector) : pattern;
  }

  // The place is the later of the two in the file: the one that was probably just changed.
  void not_longer(std::string_view finer, std::string_view coarser) {
    const auto duration = [&](std::string_view path) {
      return std::get<DurationField>(find_config_key(path)->field).at.get(config_, {});
    };
    if (duration(finer) <= duration(coarser)) return;
    const TextPosition position = std::max(position_of(finer), position_of(coarser));
    problem(position, std::string(finer) + " (" + format_duration(duration(finer)) +
                          ") is longer than " + std::string(coarser) + " (" +
                          format_duration(duration(coarser)) +
                          "); coarser rollups have to reach at least as far back");
  }

  TextPosition position_of(std::string_view path) const {
    const auto found = positions_.find(path);
    return found == positions_.end() ? TextPosition{} : found->second;
  }

  Config& config_;
  std::map<std::string, TextPosition, std::less<>> positions_;  // of the values that were set
  std::vector<std::pair<TextPosition, std::string>> problems_;
};

class File {
 public:
  explicit File(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

[[noreturn]] void cannot_read(const std::filesystem::path& file, const std::string& reason) {
  throw ConfigError({file.string() + ": cannot read the configuration: " + reason});
}

std::string system_reason(int code) { return std::generic_category().message(code); }

// At most one byte over the limit, so that the parser sees that it is too large.
std::string contents_of(const std::filesystem::path& path) {
  const File file(path);
  struct stat status {};
  if (file.descriptor() < 0 || ::fstat(file.descriptor(), &status) != 0) {
    cannot_read(path, system_reason(errno));
  }
  if (S_ISDIR(status.st_mode)) cannot_read(path, system_reason(EISDIR));
  if (!S_ISREG(status.st_mode)) cannot_read(path, "not a regular file");
  std::string text(kMaxConfigBytes + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.descriptor(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) cannot_read(path, system_reason(errno));
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  text.resize(size);
  return text;
}

}  // namespace

ConfigError::ConfigError(std::vector<std::string> problems)
    : Error(joined(problems), "docs/configuration.md lists every key"),
      problems_(std::move(problems)) {}

Config default_config(std::span<const CollectorSpec> collectors) {
  Config config;
  for (const CollectorSpec& spec : collectors) {
    config.collectors.emplace(spec.name,
                              Config::Collector{spec.enabled, spec.period, spec.max_series});
  }
  return config;
}

Config parse_config(std::string_view yaml, const std::string& source_name,
                    std::span<const CollectorSpec> collectors) {
  Config config = default_config(collectors);
  Reading reading(config);
  try {
    reading.section(parse_yaml(yaml), "", {});
    reading.check_together();
  } catch (const PositionedError& error) {
    reading.problem(error.position(), error.what());
  }
  std::vector<std::string> problems = reading.problems(source_name);
  if (!problems.empty()) throw ConfigError(std::move(problems));
  return config;
}

Config load_config(const std::filesystem::path& file, std::span<const CollectorSpec> collectors) {
  return parse_config(contents_of(file), file.string(), collectors);
}

void override_config(Config& config, std::string_view path, std::string_view value,
                     const std::string& flag) {
  const ConfigKey* key = find_config_key(path);
  if (key == nullptr || key->of_collector()) {
    throw Error("no configuration key " + quote(path) + " for " + flag);
  }
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.text = value;
  if (std::holds_alternative<PathField>(key->field) && !value.empty()) {
    std::error_code failed;
    node.text = std::filesystem::absolute(value, failed).lexically_normal().string();
    if (failed) throw ConfigError({flag + ": " + quote(value) + ": " + failed.message()});
  }
  try {
    read_field(key->field, node, config, {});
  } catch (const PositionedError& error) {
    throw ConfigError({flag + ": " + error.what()});
  }
}

}  // namespace anemon
