// The configuration as text, derived from the schema.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/collector_spec.h"

namespace anemon {

// Every key with its value; parse_config reads back the same configuration.
std::string to_yaml(const Config& config);

// The same with "# default" behind each value that equals `defaults`.
std::string to_yaml(const Config& config, const Config& defaults);

// config/anemond.yaml: every key explained and commented out with its default.
std::string annotated_defaults(std::span<const CollectorSpec> collectors);

// Paths of the keys that differ and take effect, or all of it, only when the daemon starts anew.
std::vector<std::string> restart_only_changes(const Config& from, const Config& to);

}  // namespace anemon
