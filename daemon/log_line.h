// The text of a log line, in logfmt or JSON. Pure functions.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/log.h"

namespace anemon {

// ts=2026-11-22T14:51:02.123Z level=info msg="collector recovered" collector=energy
std::string logfmt_line(Duration wall, LogLevel level, std::string_view message,
                        std::initializer_list<LogField> fields, int suppressed);

// {"ts":"...","level":"info","msg":"collector recovered","collector":"energy"}
std::string json_line(Duration wall, LogLevel level, std::string_view message,
                      std::initializer_list<LogField> fields, int suppressed);

}  // namespace anemon
