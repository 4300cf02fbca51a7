// Reads the configuration from YAML and refuses everything it does not know: see config/schema.h
// for the keys. Pure functions; any thread.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "core/collector_spec.h"
#include "core/error.h"

namespace anemon {

// Every problem found, in the order of the file: "file:line:column: reason", one line each, joined
// by line feeds in what(). Programs exit with 78 (EX_CONFIG).
class ConfigError : public Error {
 public:
  explicit ConfigError(std::vector<std::string> problems);
  const std::vector<std::string>& problems() const noexcept { return problems_; }

 private:
  std::vector<std::string> problems_;
};

// What an empty file means: every known collector has its entry.
Config default_config(std::span<const CollectorSpec> collectors);

// Throws ConfigError, also when the file cannot be read (then without line and column).
Config load_config(const std::filesystem::path& file, std::span<const CollectorSpec> collectors);

// `source_name` stands for the file in messages.
Config parse_config(std::string_view yaml, const std::string& source_name,
                    std::span<const CollectorSpec> collectors);

// What a command-line flag says about one key, under the rules of the file: "http.listen". Relative
// paths are taken from the working directory. Throws ConfigError with `flag` for the place.
void override_config(Config& config, std::string_view path, std::string_view value,
                     const std::string& flag);

}  // namespace anemon
