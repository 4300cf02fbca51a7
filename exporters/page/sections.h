// The parts of the page at /, in its order. Each writes one <section> of bounded size.
#pragma once

#include <vector>

#include "core/signal_board.h"
#include "exporters/page/html.h"
#include "exporters/page/readings.h"
#include "exporters/status.h"

namespace anemon {

void glance_section(Html& html, const PageReadings& readings);
void readings_section(Html& html, const PageReadings& readings);
// `signals` say how sure the energy of a session is.
void sessions_section(Html& html, const SessionsStatus& sessions,
                      const std::vector<Signal>& signals, Instant now);
void signals_section(Html& html, const std::vector<Signal>& signals, Instant now);
void daemon_section(Html& html, const DaemonStatus& status);

}  // namespace anemon
