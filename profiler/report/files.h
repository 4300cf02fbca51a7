// The files of web/, embedded when anemon is built.
#pragma once

#include <string_view>

namespace anemon {

extern const std::string_view kReportPage, kReportStyle;
extern const std::string_view kReportScript;  // empty: built without Node's packages

}  // namespace anemon
