// A session document (anemon.session/1) for people.
#pragma once

#include <memory>

#include "ctl/report.h"

namespace anemon {

Report session_report(std::shared_ptr<const Json> session);

// "sum 120 J, gpu 71 J over 30.2 s": the answer in one line.
std::string session_headline(const Json& session);

// Energy with mean power by component.
Table energy_table(const Json& session);

// Why numbers one would expect are not there, a line each.
std::vector<std::string> missing_lines(const Json& session);

}  // namespace anemon
