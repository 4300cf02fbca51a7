// Runs one collector over a fixture tree (or the real machine) as the scheduler would, and looks up
// what it set by the names of the text format.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "collectors/collectors.h"
#include "core/series_store.h"
#include "core/signal_board.h"
#include "tests/fixture_tree.h"
#include "tests/manual_clock.h"
#include "tests/recording_log.h"

namespace anemon::test {

class CollectorRun {
 public:
  using Factory = std::unique_ptr<Collector> (*)(const CollectorContext&);

  explicit CollectorRun(Factory factory, uint32_t max_series = 1024)
      : factory_(factory), group_(store.add_group("test", std::chrono::seconds(1), max_series)) {
    root = tree.root();
  }

  // One pass, one second after the last. The first makes the collector.
  void collect() { collect(std::exchange(first_, false)); }
  void collect(bool rebaseline) {
    if (!collector_) {
      collector_ = factory_({root, apple, store, selection, inferences, instruments, clock, log,
                             powermetrics, helper});
    }
    clock.advance(std::chrono::seconds(1));
    pass.begin(clock.now(), rebaseline);
    try {
      collector_->collect(pass);
    } catch (...) {
      group_.discard();
      throw;
    }
    group_.commit(clock.now());
  }

  // `name` without the blank, e.g. `anemon_memory_bytes{kind="total"}`; unset when absent.
  std::optional<double> value(const std::string& name) const {
    std::optional<double> found;
    for_each_current(store, clock.now(), [&](auto&, const auto& entry, Instant, double value) {
      if (entry.description->exposition_name == name + " ") found = value;
    });
    return found;
  }

  size_t current_series() const {
    size_t count = 0;
    for_each_current(store, clock.now(), [&](auto&, const auto&, Instant, double) { ++count; });
    return count;
  }

  // "state: reason" of the signal, or "unknown".
  std::string signal(Metric metric, const std::string& component = {}) const {
    for (const Signal& signal : signals.signals()) {
      if (signal.metric != metric || signal.component != component) continue;
      return std::string(to_string(signal.state)) + ": " + signal.reason;
    }
    return "unknown";
  }

  void select(TaskSelection wanted) {
    selection.publish(std::make_shared<const TaskSelection>(std::move(wanted)));
  }

  FixtureTree tree;
  HostRoot root;
  AppleDevices* apple = nullptr;
  ManualClock clock;
  SeriesStore store;
  SignalBoard signals;
  Published<TaskSelection> selection;
  InferenceQueue inferences;
  Instruments instruments;
  RecordingLog log;
  PowermetricsMode powermetrics = PowermetricsMode::off;
  RootHelper* helper = nullptr;

 private:
  const Factory factory_;
  SeriesGroup& group_;
  std::unique_ptr<Collector> collector_;
  bool first_ = true;

 public:
  Pass pass{group_, signals};
};

}  // namespace anemon::test
