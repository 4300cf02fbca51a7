// Everything whose values are exported. All of it outlives the exporters and is thread-safe.
#pragma once

#include <vector>

#include "core/clock.h"
#include "core/instruments.h"
#include "core/reading.h"
#include "core/series_store.h"
#include "core/signal_board.h"

namespace anemon {

struct Sources {
  const Clock& clock;
  const SeriesStore& store;
  const SignalBoard& signals;
  const Instruments& instruments;
  std::vector<ReadingSource> readings;
};

}  // namespace anemon
