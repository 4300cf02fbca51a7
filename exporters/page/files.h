// The files of exporters/page/ as they are in the source tree, compiled in by cmake/embed.cmake.
#pragma once

#include <string_view>

namespace anemon {

extern const std::string_view kPageCss;
extern const std::string_view kPageJs;
extern const std::string_view kPageIcon;

}  // namespace anemon
