// What a person wants to know of the machine's engines at a glance, out of one document of metrics.
// Each is empty when there is nothing to say.
#pragma once

#include <string>
#include <vector>

#include "ctl/metrics_snapshot.h"

namespace anemon {

// Name globs whose values these need.
extern const std::vector<std::string> kEngineMetrics;

std::string chip_name(const MetricsSnapshot& now);

// "0.53 W (ioreport, mean over 2.1 s)", or "-" and why there is none. Empty on a machine that
// has no Neural Engine to speak of.
std::string ane_power_text(const MetricsSnapshot& now);

// "dcs_floor 82.9 %  firmware 100.0 %", with the engine before it where there are several.
std::string ane_activity_text(const MetricsSnapshot& now);

// "cpu 54.5 C  die 61.7 C  pressure moderate": the hottest sensor of each component.
std::string heat_text(const MetricsSnapshot& now);

}  // namespace anemon
