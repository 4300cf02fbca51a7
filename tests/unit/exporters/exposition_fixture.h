// A small world to export: a clock, a store, a signal board, instruments and readings.
#pragma once

#include <initializer_list>
#include <utility>
#include <vector>

#include "exporters/exposition.h"
#include "exporters/sources.h"
#include "tests/manual_clock.h"

namespace anemon::test {

struct ExportedWorld {
  ManualClock clock;
  SeriesStore store;
  SignalBoard signals;
  Instruments instruments;
  std::vector<Reading> readings;
  Sources sources{clock, store, signals, instruments, {[this](std::vector<Reading>& out) {
                    out.insert(out.end(), readings.begin(), readings.end());
                  }}};

  SeriesGroup& group(const std::string& name, Duration period = std::chrono::seconds(1),
                     uint32_t capacity = 64) {
    return store.add_group(name, period, capacity);
  }

  void pass(SeriesGroup& group, std::initializer_list<std::pair<Series*, double>> values) {
    for (const auto& [series, value] : values) group.set(*series, value);
    group.commit(clock.now());
  }

  std::string page(ExpositionFormat format = ExpositionFormat::text) {
    Exposition exposition(sources);
    std::string out;
    exposition.render(format, clock.now(), out);
    return out;
  }
};

}  // namespace anemon::test
