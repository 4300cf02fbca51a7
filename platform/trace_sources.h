// The sources of a trace's lines other than IOReport: one function for each, from JSON to values.
// They throw JsonProblem. Keys they do not know are passed over.
#pragma once

#include "platform/json_line.h"
#include "platform/trace.h"

namespace anemon {

HostFacts read_machine(const JsonLine::Value& machine);
TraceSmc read_smc(const JsonLine::Value& line);
TraceHid read_hid(const JsonLine::Value& line);
TracePmgr read_pmgr(const JsonLine::Value& line);
TraceRegistry read_registry(const JsonLine::Value& line);
TraceThermalPressure read_thermal_pressure(const JsonLine::Value& line);
TraceHost read_host(const JsonLine::Value& line);
TracePowermetrics read_powermetrics(const JsonLine::Value& line, Duration at);
TraceTasks read_tasks(const JsonLine::Value& line);

}  // namespace anemon
