#include "ctl/trace_decoding.h"

#include <array>
#include <map>
#include <tuple>

#include "collectors/collectors.h"
#include "collectors/task_table.h"
#include "core/error.h"
#include "core/time_expression.h"
#include "platform/replay_devices.h"

namespace anemon {
namespace {

// What reads devices; the others tell of the daemon and of its clients.
constexpr std::array<std::string_view, 6> kCollectors = {"energy",  "frequency", "ane",
                                                         "thermal", "tasks",     "memory"};

std::shared_ptr<const TaskSelection> all_tasks() {
  auto selection = std::make_shared<TaskSelection>();
  selection->top_by_memory = TaskTable::kMaxShown;
  return selection;
}

class InstantClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  void wait_until(CondVar&, Mutex& mutex, Duration) ANEMON_REQUIRES(mutex) override {
    static_cast<void>(mutex);
  }
  void set(Instant now) { now_ = now; }

 private:
  Instant now_;
};

class Silence final : public Log {
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) noexcept override {}
};

class Decoding {
 public:
  Decoding(const std::filesystem::path& file, const DecodingEvents& events)
      : player_(file), devices_(open_replay_devices(player_)), events_(events) {
    const std::string& recorded = player_.header().recorded;
    began_ = parse_time(recorded, Duration::zero()).value_or(Duration::zero());
    for (const std::string_view name : kCollectors) {
      uint32_t series = 0;
      for (const CollectorSpec& spec : collector_specs()) {
        if (spec.name == name) series = spec.max_series;
      }
      SeriesGroup& group = store_.add_group(std::string(name), std::chrono::seconds(1), series);
      lines_.push_back({name, group, Pass(group, signals_), nullptr, true});
    }
  }

  void run() {
    while (const auto at = player_.next_moment()) {
      const Duration slept = player_.advance(*at);
      const Duration since = *at - player_.first() + slept;
      const Instant now{*at, *at + slept, began_ + since};
      clock_.set(now);
      if (events_.instant) events_.instant(*at);
      for (Line& line : lines_) run_pass(line, now, slept != slept_);
      slept_ = slept;
      tell(now);
    }
  }

 private:
  struct Line {
    std::string_view name;
    SeriesGroup& group;
    Pass pass;
    std::unique_ptr<Collector> collector;
    bool rebaseline;
  };

  void run_pass(Line& line, Instant now, bool woke) {
    line.rebaseline = line.rebaseline || woke;
    try {
      if (!line.collector) line.collector = make_collector(line.name, context_);
      line.pass.begin(now, line.rebaseline);
      line.collector->collect(line.pass);
      line.group.commit(now);
      line.rebaseline = false;
    } catch (const Error& error) {
      line.group.discard();
      if (events_.failure) events_.failure(now.awake, line.name, error.what());
    }
  }

  void tell(Instant now) {
    if (events_.reading) {
      for_each_current(store_, now, [&](auto&, const auto& entry, Instant at, double value) {
        if (at.awake == now.awake) events_.reading(now.awake, *entry.description, value);
      });
    }
    if (signals_.version() == told_) return;
    told_ = signals_.version();
    for (const Signal& signal : signals_.signals()) {
      auto& known = states_[{signal.metric, signal.component, signal.source}];
      const auto state = std::pair(std::optional(signal.state), signal.reason);
      if (known == state) continue;
      known = state;
      if (events_.state) events_.state(now.awake, signal);
    }
  }

  TracePlayer player_;
  const std::unique_ptr<AppleDevices> devices_;
  const DecodingEvents& events_;
  Duration began_{};  // wall time of the first moment
  Duration slept_{};

  InstantClock clock_;
  Silence log_;
  const HostRoot root_{};
  Instruments instruments_;
  SignalBoard signals_;
  // Nobody looks back.
  SeriesStore store_{{std::chrono::seconds(1), std::chrono::seconds(10), std::chrono::seconds(20),
                      std::chrono::minutes(2), 4}};
  Published<TaskSelection> task_selection_{all_tasks()};
  InferenceQueue inferences_;
  const CollectorContext context_{
      root_,
      devices_.get(),
      store_,
      task_selection_,
      inferences_,
      instruments_,
      clock_,
      log_,
      player_.contents().powermetrics ? PowermetricsMode::source : PowermetricsMode::off};
  std::vector<Line> lines_;

  uint64_t told_ = 0;
  std::map<std::tuple<Metric, std::string, std::string>,
           std::pair<std::optional<SignalState>, std::string>>
      states_;
};

}  // namespace

void decode_trace(const std::filesystem::path& file, const DecodingEvents& events) {
  Decoding(file, events).run();
}

}  // namespace anemon
