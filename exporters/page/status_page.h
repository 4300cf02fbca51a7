// The page at /: the first look at a machine, without Grafana. Complete without script; page.js
// fetches it again and again.
#pragma once

#include <string>

#include "exporters/sources.h"
#include "exporters/status.h"

namespace anemon {

// HTML of bounded size. Reads no device and takes no lock for long.
std::string status_page(const Sources& sources, const DaemonStatus& status);

}  // namespace anemon
