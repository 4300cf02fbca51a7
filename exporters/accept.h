// Which representation a scraper asks for (RFC 9110, sections 12.4 and 12.5).
#pragma once

#include <string_view>

#include "exporters/exposition.h"

namespace anemon {

// OpenMetrics only when `accept` names it (version 1.0.0 or none) at least as eagerly as the text
// format; the text format for everything else, also when nothing offered is acceptable.
ExpositionFormat negotiate_format(std::string_view accept);

// Whether `accept_encoding` allows gzip and does not prefer the plain form.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace anemon
